/* For pages with a frame of this site: sizes it and hands on its events. See docs/embedding.md.
   Listens to the site's own origin and frames only. */
(() => {
  const home = new URL(document.currentScript.src).origin;
  const ours = (frame) => frame.tagName === "IFRAME" && frame.src.startsWith(`${home}/`);
  // The greeting says nothing but that somebody listens; the frame looks at where it comes from.
  const greet = (frame) => frame.contentWindow.postMessage({ yizhan: 1, type: "hello" }, home);
  const events = ["ready", "select", "nearest"];

  addEventListener("message", ({ origin, source, data }) => {
    if (origin !== home || data?.yizhan !== 1) return;
    const frame = [...document.querySelectorAll("iframe")].find((each) => each.contentWindow === source);
    if (!frame || !ours(frame)) return;
    const { type, detail } = data;
    if (type === "height" && Number.isFinite(detail?.height)) {
      const most = Number(frame.dataset.maxHeight) || 1600;
      frame.style.height = `${Math.min(Math.max(Math.ceil(detail.height), 240), most)}px`;
    } else if (events.includes(type)) {
      frame.dispatchEvent(new CustomEvent(`yizhan:${type}`, { bubbles: true, detail }));
    }
  });

  // Frames that load from now on, and those that already have: what is still empty has a document of this page.
  document.addEventListener("load", ({ target }) => target.tagName && ours(target) && greet(target), true);
  for (const frame of document.querySelectorAll("iframe")) if (ours(frame) && !frame.contentDocument) greet(frame);
})();
