// A sheet over the page, at its foot on a phone: one thing to decide.

import { el } from "../dom.js";
import { say } from "./late.js";

let open = null;

/**
 * Show a sheet; an open one goes.
 * @param {string|Node} title
 * @param {Node[]} nodes
 * @returns {{close: () => void, box: HTMLElement}}
 */
export function showSheet(title, nodes) {
  open?.close();
  const heading = el("h2", { class: "sheet__title", id: "sheet-title" }, title);
  const close = el("button", { class: "sheet__close", type: "button", onclick: () => dialog.close() }, say("close"));
  const dialog = el("dialog", { class: "sheet", "aria-labelledby": "sheet-title" }, el("div", { class: "sheet__box" }, el("div", { class: "sheet__head" }, heading, close), ...nodes));
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (open === dialog) open = null;
  });
  // The sheet itself is only pressed beside its box.
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  document.body.append(dialog);
  dialog.showModal();
  open = dialog;
  return { close: () => dialog.close(), box: dialog.firstElementChild };
}
