// The legend of what is laid over the map: what it is, how to read it, and how to take it off. One at a time.

import { el } from "./dom.js";
import { words } from "./words.js";

export class MapKey {
  #box;
  #overlay;
  #marks;
  #shown = null;
  #onOff = null;

  constructor(box, overlay, marks) {
    this.#marks = marks;
    this.#box = box;
    this.#overlay = overlay;
  }

  /** Lay a scene over the map; `rows`: `{sample, text}`; `onOff` is called when somebody takes it off. */
  show(name, { title, rows, note = null, scene, onOff }) {
    if (this.#shown && this.#shown !== name) this.#onOff?.();
    [this.#shown, this.#onOff] = [name, onOff];
    const off = el("button", { type: "button", class: "quiet map-key__off", onclick: () => { this.hide(name); onOff?.(); } }, words.plan.layer_off);
    this.#box.replaceChildren(
      el("h2", { class: "map-key__title" }, title),
      el("ul", { class: "map-key__rows" }, ...rows.map(({ sample, text }) => el("li", {}, sample, el("span", {}, text)))),
      ...(note ? [el("p", { class: "map-key__note" }, note)] : []),
      off,
    );
    this.#box.dataset.layer = name;
    this.#box.hidden = false;
    this.#overlay.show(scene);
    this.#marks.setCovered(true);
  }

  /** Take it off, if it is this one that lies there. */
  hide(name) {
    if (this.#shown !== name) return;
    [this.#shown, this.#onOff] = [null, null];
    this.#box.hidden = true;
    this.#overlay.show(null);
    this.#marks.setCovered(false);
  }

  /** Which one lies there, or null. */
  get shown() {
    return this.#shown;
  }
}
