// The sheet on which a reader chooses how large and in which colours; loaded when first asked for.

import "./early.js";

const root = document.documentElement;
const HOME = root.dataset.home; // of a site that is filed; api.js knows it too, but not every page has its words
const USUAL = "18";
const LARGE = "22";
const STYLE = new URL("../css/modes.css", import.meta.url).href;

let sheet = null;

/** Open the sheet; who reads the usual size has pressed for a larger one. */
export async function press() {
  await styled();
  if (!root.dataset.type || root.dataset.type === USUAL) choose("type", LARGE);
  sheet ??= await fetched();
  show();
  sheet.showModal();
}

function show() {
  for (const name of ["type", "theme"]) {
    // Black on white, or white on black, as the system wishes is no choice of the reader's.
    const value = (root.dataset[name] ?? "").replace("night", "") || (name === "type" ? USUAL : "");
    for (const input of sheet.querySelectorAll(`[name="${name}"]`)) input.checked = input.value === value;
  }
}

async function fetched() {
  const response = await fetch(`${HOME ? `${HOME}/modes.html` : "/modes"}?lang=${root.lang.startsWith("en") ? "en" : "zh"}`);
  const dialog = new DOMParser().parseFromString(await response.text(), "text/html").querySelector("dialog");
  document.body.append(document.adoptNode(dialog));
  dialog.addEventListener("change", ({ target }) => choose(target.name, target.value));
  // Beside the sheet is out of it.
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  return dialog;
}

/** Wait for the style sheet, so that nobody sees half a mode. */
function styled() {
  if ([...document.styleSheets].some(({ href }) => href === STYLE)) return null;
  return new Promise((done) => {
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: STYLE, onload: done, onerror: done });
    document.head.append(link);
  });
}

/** Take a mode, and remember it on this device; empty: none of one's own. */
function choose(name, value) {
  if (value) root.dataset[name] = value;
  else delete root.dataset[name];
  remember("localStorage", name, value);
  remember("sessionStorage", name, "");
  forget(name);
  document.dispatchEvent(new Event("yizhan:modes"));
}

function remember(store, name, value) {
  try {
    const kept = JSON.parse(self[store].yizhanModes || "{}");
    if (value) kept[name] = value;
    else delete kept[name];
    self[store].yizhanModes = JSON.stringify(kept);
  } catch {
    // Without storage it holds as long as the page.
  }
}

/** The address says no longer what the reader has changed. */
function forget(name) {
  const here = new URL(location);
  if (!here.searchParams.has(name)) return;
  here.searchParams.delete(name);
  history.replaceState(history.state, "", here);
}
