// The subdistricts: a table that can be sorted and searched, and the one that is looked at.

import { el, outside } from "./dom.js";
import { piece } from "./plan_head.js";
import { STATES, sample } from "./plan_paint.js";
import { amount, districtOf, say, share } from "./plan_say.js";
import { lang, nameOf, words } from "./words.js";

const SORTS = {
  name: (a, b) => nameOf(a).localeCompare(nameOf(b), lang === "en" ? "en" : "zh-CN"),
  share: (a, b) => a.covered / a.total - b.covered / b.total,
  rest: (a, b) => b.total - b.covered - (a.total - a.covered),
};

/** The panel of the subdistricts. */
export class AreasPanel {
  #parts;
  #onChoose;
  #sort = ["rest", 1];
  #answer = null;
  #layer = null;
  #chosen = null;

  /** @param {{head: HTMLElement, body: HTMLElement, filter: HTMLInputElement, none: HTMLElement, card: HTMLElement}} parts */
  constructor(parts, onChoose) {
    this.#parts = parts;
    this.#onChoose = onChoose;
    for (const button of parts.head.querySelectorAll("button")) button.addEventListener("click", () => this.#sortBy(button.dataset.sort));
    parts.filter.addEventListener("input", () => this.#table());
  }

  /** Show an answer of `/api/v1/coverage`. */
  show(answer, layer) {
    this.#answer = answer;
    this.#layer = layer;
    this.#table();
    this.#card();
  }

  /** Look at a subdistrict; null: at none. */
  choose(number) {
    this.#chosen = number;
    for (const row of this.#parts.body.children) row.classList.toggle("is-chosen", Number(row.dataset.area) === number);
    this.#card();
  }

  /** The subdistrict of a number, as the answer has it. */
  find(number) {
    return this.#answer?.areas.find((area) => area.number === number) ?? null;
  }

  #sortBy(column) {
    const [before, way] = this.#sort;
    this.#sort = [column, before === column ? -way : 1];
    this.#table();
  }

  #table() {
    const [column, way] = this.#sort;
    for (const button of this.#parts.head.querySelectorAll("button")) {
      const sorted = button.dataset.sort === column;
      // The people without a place are sorted from many to few at first.
      const up = (column === "rest") !== (way > 0);
      button.closest("th").setAttribute("aria-sort", sorted ? (up ? "ascending" : "descending") : "none");
    }
    const asked = this.#parts.filter.value.trim().toLowerCase();
    const fits = (area) => !asked || [area.name, area.name_en, area.district, area.district_en].some((text) => text?.toLowerCase().includes(asked));
    const areas = this.#answer.areas.filter((area) => area.number >= 0 && area.total > 0 && fits(area));
    areas.sort((a, b) => way * SORTS[column](a, b) || a.number - b.number);
    // A row that has the focus keeps it, though it is made anew.
    const focused = this.#parts.body.contains(document.activeElement) ? document.activeElement.closest("tr").dataset.area : null;
    this.#parts.body.replaceChildren(...areas.map((area) => this.#row(area)));
    if (focused) this.#parts.body.querySelector(`[data-area="${focused}"] button`)?.focus({ preventScroll: true });
    this.#parts.none.hidden = areas.length > 0;
    this.#parts.none.textContent = areas.length ? "" : words.plan[this.#answer.areas.length > 1 ? "areas_none" : "areas_missing"];
  }

  #row(area) {
    const button = el("button", { type: "button", class: "areas__name", onclick: () => this.#onChoose(area.number) }, outside(nameOf(area)));
    return el(
      "tr",
      { class: area.number === this.#chosen ? "is-chosen" : "", "data-area": area.number },
      el("th", { scope: "row" }, button),
      el("td", {}, el("span", { class: "areas__share" }, stack(area), el("span", { class: "areas__percent" }, share(area.covered, area.total)))),
      el("td", { class: "areas__rest" }, amount(this.#layer, area.total - area.covered, { short: true })),
    );
  }

  #card() {
    const area = this.#chosen === null ? null : this.find(this.#chosen);
    this.#parts.card.hidden = !area;
    if (!area) return;
    const part = area.inside_share !== undefined && area.inside_share < 0.995 ? el("p", { class: "area__note" }, say("area_partly", { share: share(area.inside_share, 1) })) : null;
    const rows = STATES.filter((state) => area[state] > 0).map((state) =>
      el("li", { class: "legend__row" }, sample(state), el("span", { class: "legend__name" }, words.plan[`state_${state}`]), el("span", { class: "legend__share" }, share(area[state], area.total)), el("span", { class: "legend__amount" }, amount(this.#layer, area[state], { short: true }))),
    );
    const close = el("button", { type: "button", class: "quiet area__close", onclick: () => this.#onChoose(null) }, words.plan.area_all);
    const focused = this.#parts.card.contains(document.activeElement);
    this.#parts.card.replaceChildren(
      el("h2", { class: "area__name", tabindex: "-1" }, outside(nameOf(area)), el("small", {}, ` ${districtOf(area)}`)),
      el("p", { class: "area__sentence" }, say(`area_${this.#layer}`, { share: share(area.covered, area.total), total: amount(this.#layer, area.total) })),
      stack(area),
      el("ul", { class: "legend" }, ...rows),
      el("p", { class: "area__note" }, say("circle", { share: share(area.circle, area.total) })),
      ...(part ? [part] : []),
      el("p", { class: "area__actions" }, el("a", { class: "quiet", href: this.#parts.report(area.number) }, words.plan.report), close),
    );
    if (focused) this.#parts.card.querySelector("h2").focus({ preventScroll: true });
  }
}

function stack(area) {
  const bar = el("span", { class: "stack stack--small", "aria-hidden": "true" });
  bar.append(...STATES.filter((state) => area[state] > 0).map((state) => piece(state, area[state] / area.total)));
  return bar;
}
