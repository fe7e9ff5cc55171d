// Whether it is enough: how evenly far people have it, how many seats are left for whom, who loses if a place closes.

import { isAbort } from "./api.js";
import { el, outside } from "./dom.js";
import { keptAnswer } from "./plan_api.js";
import { areasScene, circlesScene, radiusOf } from "./plan_overlay.js";
import { classRows, stepOf, swatch } from "./plan_ramp.js";
import { amount, count, districtOf, facts, problemNode, say, share } from "./plan_say.js";
import { shownQuestion } from "./plan_state.js";
import { lang, nameOf, words } from "./words.js";

const FEWEST = 8;
const MOST_PLACES = 20;
const TIMES = ["median_s", "mean_s", "ninth_decile_s", "worst_decile_s"];

/** The panel, and its layers on the map. */
export class EnoughPanel {
  #parts;
  #map;
  #key;
  #marks;
  #desk;
  #open = false;
  #asked = 0;
  #answers = {};

  /**
   * @param {{equity: HTMLElement, seats: HTMLElement, backup: HTMLElement}} parts
   * @param {{state: () => object, change: (changes: object, options?: object) => void}} desk the page
   */
  constructor(parts, map, key, marks, desk) {
    this.#parts = parts;
    this.#map = map;
    this.#key = key;
    this.#marks = marks;
    this.#desk = desk;
    for (const button of this.#buttons()) button.addEventListener("click", () => this.#toggle(button.dataset.map));
    parts.decay.addEventListener("change", () => {
      desk.change({ decay: parts.decay.value }, { quiet: true });
      this.ask();
    });
  }

  /** Layers lie on the map while the panel is open. */
  opened(open) {
    this.#open = open;
    if (open) this.ask();
    else for (const name of ["seats", "backup"]) this.#key.hide(name);
  }

  /** How evenly far people have it: part of every answer. */
  showEquity({ equity, total }, state) {
    const times = TIMES.filter((name) => equity[name] !== null);
    const most = Math.max(...times.map((name) => equity[name]), state.cutoff * 60) * 1.04;
    const rows = times.map((name) => {
      const bar = el("span", { class: "scale__bar" });
      bar.style.inlineSize = `${(100 * equity[name]) / most}%`;
      const limit = el("span", { class: "scale__limit" });
      limit.style.insetInlineStart = `${(6000 * state.cutoff) / most}%`;
      return el("li", { class: equity[name] > state.cutoff * 60 ? "scale__row is-over" : "scale__row" },
        el("span", { class: "scale__name" }, words.plan[`equity_${name}`]),
        el("span", { class: "scale__track", "aria-hidden": "true" }, bar, limit),
        el("strong", { class: "scale__value", "data-figure": name }, say("n_minutes", { n: (equity[name] / 60).toFixed(1) })));
    });
    const dial = el("span", { class: "scale__bar" });
    dial.style.inlineSize = `${100 * (equity.gini ?? 0)}%`;
    const gini = equity.gini === null ? [] : [el("li", { class: "scale__row scale__row--gini" }, el("span", { class: "scale__name" }, words.plan.equity_gini), el("span", { class: "scale__track", "aria-hidden": "true" }, dial), el("strong", { class: "scale__value", "data-figure": "gini" }, equity.gini.toFixed(2)))];
    const notes = [say("equity_limit", { minutes: state.cutoff }), words.plan.equity_gini_note];
    if (equity.capped > 0) notes.push(say("equity_capped", { share: share(equity.capped, total.total), minutes: facts.cap_s / 60 }));
    this.#parts.equity.replaceChildren(...(times.length ? [el("ul", { class: "scale" }, ...rows, ...gini), el("p", { class: "area__note" }, notes.join(" "))] : [el("p", { class: "none" }, words.plan.equity_none)]));
  }

  /** Ask what the panel shows of the present question. */
  async ask() {
    if (!this.#open) return;
    this.#asked += 1;
    const asked = this.#asked;
    const state = this.#desk.state();
    const query = shownQuestion(state);
    const seats = new URLSearchParams(query);
    seats.set("decay", state.decay);
    this.#parts.decay.value = state.decay;
    await Promise.all([
      this.#fetch("backup", `/api/v1/coverage/backup?${query}`, asked),
      this.#fetch("seats", `/api/v1/coverage/seats?${seats}`, asked),
    ]);
  }

  async #fetch(name, path, asked) {
    try {
      const answer = await keptAnswer(name, path);
      if (asked !== this.#asked || !this.#open) return;
      this.#answers[name] = answer;
      if (name === "backup") this.#tellBackup(answer);
      else this.#tellSeats(answer);
      this.#draw();
    } catch (error) {
      if (!isAbort(error)) this.#parts[name].replaceChildren(problemNode(error));
    }
  }

  #tellBackup({ places }) {
    const { layer } = this.#desk.state();
    const losing = places.filter(({ weight }) => weight > 0);
    const most = losing[0]?.weight ?? 1;
    const rows = losing.slice(0, MOST_PLACES).map((place, at) => ranked({
      rank: at + 1, name: nameOf(place), value: amount(layer, place.weight, { short: true }), part: place.weight / most, act: () => this.#map.setView([place.lat, place.lon], Math.max(this.#map.getZoom(), 15), { animate: false }),
    }));
    const note = losing.length ? say("backup_note", { n: count(losing.length), none: count(places.length - losing.length) }) : words.plan.backup_none;
    this.#parts.backup.replaceChildren(el("ol", { class: "ranked", "data-list": "backup" }, ...rows), el("p", { class: "area__note" }, note));
  }

  #tellSeats(answer) {
    if (!answer.areas) {
      this.#parts.seats.replaceChildren(el("p", { class: "none" }, words.plan.seats_too_large));
      return;
    }
    if (!answer.places) {
      this.#parts.seats.replaceChildren(el("p", { class: "none" }, say("seats_unknown", { n: count(answer.places_without_known_seats) })));
      return;
    }
    const { layer } = this.#desk.state();
    const areas = answer.areas.filter(({ number, total }) => number >= 0 && total > 0).sort((a, b) => a.seats_per_1000 - b.seats_per_1000 || b.total - a.total);
    const most = Math.max(...areas.map((area) => area.seats_per_1000), 1e-9);
    const rows = areas.slice(0, FEWEST).map((area) => ranked({
      name: nameOf(area), small: districtOf(area), value: perThousand(area.seats_per_1000), part: area.seats_per_1000 / most, act: () => this.#desk.lookAt(area.number),
    }));
    const { total } = { total: answer.areas.reduce((sum, area) => sum + area.total, 0) };
    this.#parts.seats.replaceChildren(
      el("p", { class: "seats__sentence" }, say("seats_sentence", { seats: count(answer.seats), places: count(answer.places), share: share(answer.reached, total) })),
      el("h3", { class: "panel__small" }, say(`seats_fewest_${layer}`)),
      el("ol", { class: "ranked", "data-list": "seats" }, ...rows),
      el("p", { class: "area__note" }, answer.places_without_known_seats ? say("seats_without", { n: count(answer.places_without_known_seats) }) : ""),
    );
  }

  #buttons() {
    return document.querySelectorAll("[data-map]");
  }

  #toggle(name) {
    this.#desk.change({ map: this.#desk.state().map === name && this.#key.shown === name ? "none" : name }, { quiet: true });
    this.#draw();
  }

  /** Lay the chosen answer over the map. */
  #draw() {
    const state = this.#desk.state();
    const chosen = state.map ?? "backup";
    for (const name of ["seats", "backup"]) if (name !== chosen) this.#key.hide(name);
    const off = () => {
      this.#desk.change({ map: "none" }, { quiet: true });
      this.#press();
    };
    if (chosen === "backup" && this.#answers.backup) this.#drawBackup(this.#answers.backup.places.filter(({ weight }) => weight > 0), state.layer, off);
    if (chosen === "seats" && this.#answers.seats?.places) this.#drawSeats(this.#answers.seats, state.layer, off);
    this.#press();
  }

  #press() {
    for (const button of this.#buttons()) button.setAttribute("aria-pressed", String(this.#key.shown === button.dataset.map));
  }

  #drawBackup(places, layer, onOff) {
    if (!places.length) {
      this.#key.hide("backup");
      return;
    }
    const most = places[0].weight;
    const circles = places.map((place, at) => ({ lon: place.lon, lat: place.lat, amount: place.weight, text: at < 9 ? String(at + 1) : "" }));
    const rows = [1, 0.25].map((part) => {
      const sample = swatch("circle");
      sample.style.inlineSize = sample.style.blockSize = `${2 * radiusOf(part, 1)}px`;
      return { sample, text: amount(layer, most * part, { short: true }) };
    });
    this.#key.show("backup", { title: words.plan.backup_title, rows, note: words.plan.backup_key, scene: circlesScene(circles, most), onOff });
  }

  #drawSeats({ areas }, layer, onOff) {
    const own = new Map(areas.map((area) => [area.number, area.seats_per_1000]));
    const step = stepOf(Math.max(...own.values()));
    const rows = [...classRows(step, perThousand), { sample: swatch("hatch"), text: words.plan.seats_zero }];
    this.#key.show("seats", { title: say(`seats_title_${layer}`), rows, note: words.plan[`decay_${this.#desk.state().decay}`], scene: areasScene(this.#marks.areas, own, step), onOff });
  }
}

/** A row with a rank, a name, a bar and a value, which leads somewhere. */
export function ranked({ rank = "", name, small = "", value, part, act }) {
  const bar = el("span", { class: "ranked__bar" });
  bar.style.inlineSize = `${100 * Math.min(1, Math.max(0, part))}%`;
  return el("li", {}, el("button", { type: "button", class: "ranked__row", onclick: act },
    el("span", { class: "ranked__rank" }, String(rank)),
    el("span", { class: "ranked__text" }, el("span", { class: "ranked__name" }, outside(name), ...(small ? [el("small", {}, ` ${small}`)] : [])), el("span", { class: "ranked__track", "aria-hidden": "true" }, bar)),
    el("strong", { class: "ranked__value" }, value)));
}

function perThousand(value) {
  const digits = value >= 10 ? 0 : value >= 1 ? 1 : 2;
  return value.toLocaleString(lang === "en" ? "en" : "zh-CN", { minimumFractionDigits: value ? digits : 0, maximumFractionDigits: digits });
}
