// Style sheets that ask the system for its colours ask this page instead, once it has a theme of its own. Run before
// anything is painted where a theme is remembered, and imported by modes.js where one is chosen; safe to run twice.

(() => {
  const DARK = new Set(["dark", "night"]);
  const ASKS = /\(prefers-color-scheme:\s*dark\)/;
  const root = document.documentElement;
  // What each rule asked at first; with the document, so that running twice is no harm.
  const first = (document.yizhanRules ??= new Map());

  function obey() {
    const { theme } = root.dataset;
    const answer = DARK.has(theme) ? "(min-width: 0px)" : "(max-width: 0px)";
    root.style.colorScheme = theme ? (DARK.has(theme) ? "dark" : "light") : "";
    for (const sheet of document.styleSheets) {
      for (const rule of sheet.cssRules) {
        if (!rule.media) continue;
        if (!first.has(rule)) first.set(rule, rule.media.mediaText);
        const asks = first.get(rule);
        if (ASKS.test(asks)) rule.media.mediaText = theme ? asks.replace(ASKS, answer) : asks;
      }
    }
  }

  // What is asked for in the address holds for all pages of this tab.
  const asked = {};
  const query = new URLSearchParams(location.search);
  for (const name of ["type", "theme"]) if (query.has(name) && root.dataset[name]) asked[name] = root.dataset[name];
  try {
    if (asked.type || asked.theme) sessionStorage.yizhanModes = JSON.stringify({ ...JSON.parse(sessionStorage.yizhanModes || "{}"), ...asked });
  } catch {
    // A frame in somebody's page may have no storage: its own address says the same next time.
  }

  obey();
  document.addEventListener("yizhan:modes", obey);
  // A style sheet that comes later obeys, too.
  document.addEventListener("load", ({ target }) => target.sheet && obey(), true);
})();
