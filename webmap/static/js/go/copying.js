// Text to the clipboard: by the browser's leave, by the old way that needs none, or by the person's own hand.

import { el } from "../dom.js";
import { say } from "./late.js";
import { showSheet } from "./sheet.js";

/**
 * Copy a text; where no way leads to the clipboard, show it selected.
 * @returns {Promise<boolean>} whether it is in the clipboard
 */
export async function copy(text) {
  try {
    // There is none on pages without TLS.
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    if (copiedTheOldWay(text)) return true;
    showSelected(text);
    return false;
  }
}

function copiedTheOldWay(text) {
  const focused = document.activeElement;
  const box = area(text, { class: "visually-hidden", "aria-hidden": "true", tabindex: "-1" });
  document.body.append(box);
  box.select();
  let done = false;
  try {
    done = document.execCommand("copy");
  } catch {
    // Some frames forbid it by throwing.
  }
  box.remove();
  focused?.focus?.({ preventScroll: true });
  return done;
}

function showSelected(text) {
  const box = area(text, { class: "sheet__text", rows: String(text.split("\n").length + 1), "aria-label": say("copy_by_hand") });
  showSheet(say("copy_by_hand"), [box]);
  box.focus();
  box.select();
}

function area(text, attributes) {
  const box = el("textarea", { readonly: true, ...attributes });
  box.value = text;
  return box;
}
