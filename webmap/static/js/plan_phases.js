// Year by year: how many places each year, or how much money.

import { el } from "./dom.js";
import { facts, say } from "./plan_say.js";
import { words } from "./words.js";

const MOST = 10;

/** The rows of years in the form. */
export class Years {
  #parts;
  #rows = [];
  #onChange;

  /** @param {{list: HTMLElement, add: HTMLButtonElement, from: HTMLElement}} parts */
  constructor(parts, onChange) {
    this.#parts = parts;
    this.#onChange = onChange;
    parts.add.addEventListener("click", () => this.#add());
    this.#draw();
  }

  get some() {
    return this.#rows.length > 0;
  }

  /** What may be there by each year, as the interface wants it: added up. `what`: `p` or `budget`. */
  phases(what) {
    let sum = 0;
    return this.#rows.map(({ year, amount }) => {
      sum += Number(amount.value) || 0;
      return { year, [what]: sum };
    });
  }

  #add() {
    const last = this.#rows.at(-1)?.year ?? Number(facts.today.slice(0, 4));
    const amount = el("input", { type: "number", min: 1, max: 1_000_000_000, value: this.#rows.at(-1)?.amount.value ?? 5, inputmode: "numeric", "aria-label": say("year_amount", { year: last + 1 }) });
    this.#rows.push({ year: last + 1, amount });
    this.#draw();
    amount.focus();
  }

  #draw() {
    this.#parts.list.replaceChildren(...this.#rows.map(({ year, amount }, at) => el("li", { class: "year" }, el("strong", {}, String(year)), amount, at === this.#rows.length - 1 ? el("button", { type: "button", class: "quiet", onclick: () => this.#drop() }, words.plan.remove, el("span", { class: "visually-hidden" }, ` ${year}`)) : null)));
    this.#parts.add.disabled = this.#rows.length >= MOST;
    this.#parts.from.hidden = this.#rows.length < 2;
    this.#onChange();
  }

  #drop() {
    this.#rows.pop();
    this.#draw();
    this.#parts.add.focus();
  }
}
