// Gaps: uncovered streets that lie together, the heaviest first.

import { el, outside } from "./dom.js";
import { STATES } from "./plan_paint.js";
import { amount, count, districtOf, say } from "./plan_say.js";
import { lang, minutes, nameOf, words } from "./words.js";

const L = window.L;

/** The panel of the gaps, and their numbers on the map. */
export class GapsPanel {
  #parts;
  #map;
  #marks;
  #pins = L.layerGroup();
  #gaps = null;
  #layer = null;
  #open = false;

  /** @param {{list: HTMLElement, note: HTMLElement}} parts */
  constructor(parts, map, marks) {
    this.#parts = parts;
    this.#map = map;
    this.#marks = marks;
  }

  /** Show an answer of `/api/v1/gaps`. */
  show(answer, layer) {
    this.#gaps = answer.features.map(({ geometry, properties }) => ({ ...properties, lon: geometry.coordinates[0], lat: geometry.coordinates[1] }));
    this.#layer = layer;
    this.#parts.list.replaceChildren(...this.#gaps.map((gap) => this.#row(gap)));
    this.#parts.note.textContent = this.#gaps.length ? say("gaps_note", { shown: count(this.#gaps.length), n: count(answer.count), rest: amount(layer, answer.rest) }) : words.plan.gaps_none;
    this.#number();
  }

  /** Numbers stand on the map while the panel is open. */
  opened(open) {
    this.#open = open;
    if (open) this.#pins.addTo(this.#map);
    else {
      this.#pins.remove();
      this.#marks.setBox(null);
    }
  }

  #number() {
    this.#pins.clearLayers();
    for (const gap of this.#gaps) {
      const pin = L.marker([gap.lat, gap.lon], { icon: L.divIcon({ className: "gap-pin", iconSize: [24, 24], html: el("span", { class: "gap-pin__face" }, String(gap.rank)) }), keyboard: false, zIndexOffset: -gap.rank });
      pin.on("click", () => this.#look(gap, { scroll: true }));
      pin.addTo(this.#pins);
    }
  }

  #row(gap) {
    const reason = STATES.slice(1).reduce((best, state) => (gap.reasons[state] > (gap.reasons[best] ?? 0) ? state : best), "nothing");
    const where = gap.streets.length ? gap.streets.slice(0, 2).join(words.hours.and) : gap.near ? say("gap_near", { street: gap.near }) : words.plan.gap_unnamed;
    const near = gap.nearest && gap.travel_s !== null ? say("gap_nearest", { name: nameOf(gap.nearest) ?? words.plan.any_place, minutes: minutes(gap.travel_s) }) : words.plan.gap_no_nearest;
    const button = el(
      "button",
      { type: "button", class: "gap", onclick: () => this.#look(gap), onmouseenter: () => this.#hint(gap), onfocus: () => this.#hint(gap), onmouseleave: () => this.#hint(null), onblur: () => this.#hint(null) },
      el("span", { class: "gap__rank" }, String(gap.rank)),
      el("span", { class: "gap__text" }, el("span", { class: "gap__where" }, outside(where)), el("span", { class: "gap__area" }, outside([(lang === "en" && gap.subdistrict_en) || gap.subdistrict, districtOf(gap)].filter(Boolean).join(" · "))), el("span", { class: "gap__why" }, `${words.plan[`state_${reason}`]} · `, outside(near))),
      el("span", { class: "gap__weight" }, amount(this.#layer, gap.weight, { short: true })),
    );
    return el("li", { "data-rank": gap.rank }, button);
  }

  #chosen = null;

  #hint(gap) {
    this.#marks.setBox(gap?.bbox ?? this.#chosen?.bbox ?? null);
  }

  #look(gap, { scroll = false } = {}) {
    this.#chosen = gap;
    for (const row of this.#parts.list.children) row.classList.toggle("is-chosen", Number(row.dataset.rank) === gap.rank);
    const [west, south, east, north] = gap.bbox;
    this.#map.fitBounds([[south, west], [north, east]], { maxZoom: 16, padding: [60, 60], animate: false });
    this.#marks.setBox(gap.bbox);
    if (scroll) this.#parts.list.querySelector(`[data-rank="${gap.rank}"] button`)?.focus();
  }
}
