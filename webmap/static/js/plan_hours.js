// The hours of a week: who has a place at each, and the page at the hour that the slider comes to.

import { isAbort } from "./api.js";
import { keptAnswer, peek } from "./plan_api.js";
import { readStates } from "./plan_arrays.js";
import { facts, hourOf, mondayOf, momentOf, problemNode } from "./plan_say.js";
import { shownQuestion } from "./plan_state.js";
import { WeekChart } from "./plan_week.js";
import { city, nameOf } from "./words.js";

/** So many hours beyond the present one are made ready, and some behind. */
const AHEAD = [1, 2, 3, 4, 5, 6, 7, 8, -1, -2];

/** The addresses of an answer and of the streets that it draws. */
export function pathsOf(query) {
  return [`/api/v1/coverage?${query}`, `/api/v1/coverage/streets?${query}`];
}

/** The same question, as if hours counted. */
export function openedQuestion(state, open) {
  return shownQuestion({ ...state, open, when: state.when ?? `${facts.today}T14:00` });
}

/** The week below the map, its slider, and what it makes ready. */
export class Hours {
  #parts;
  #desk;
  #chart;
  #weeks = null;
  #way = 1;
  #looking = false;
  #coming = 0;

  /**
   * @param {object} parts elements by name
   * @param {{state: () => object, change: (changes: object) => void, toHour: (changes: object) => void, area: (number: number) => ?object}} desk
   */
  constructor(parts, desk) {
    this.#parts = parts;
    this.#desk = desk;
    this.#chart = new WeekChart(parts, (hour) => this.#toHour(hour));
    for (const [button, days] of [[parts.before, -7], [parts.after, 7]]) button.addEventListener("click", () => this.#toWeek(days));
    parts.none.addEventListener("click", () => desk.change({ open: "any", when: null }));
  }

  /** Follow the page: its hour, and the week of its question. */
  follow() {
    const { open } = this.#desk.state();
    this.#chart.at(this.hour(), { whole: open === "any" });
    this.#load();
  }

  monday() {
    return mondayOf((this.#desk.state().when ?? facts.today).slice(0, 10));
  }

  hour() {
    const { when } = this.#desk.state();
    return when ? hourOf(when) : 14;
  }

  /** What the week says of an hour for the whole city, or null. */
  amounts(hour) {
    return this.#desk.state().area === null ? this.#chart.amounts(hour) : null;
  }

  async #load() {
    const state = this.#desk.state();
    const monday = this.monday();
    const paths = ["certainly", "perhaps"].map((open) => {
      const query = openedQuestion(state, open);
      query.set("when", `${monday}T00:00`);
      query.set("week", monday);
      return `/api/v1/coverage/week?${query}`;
    });
    this.#coming += 1;
    const coming = this.#coming;
    try {
      const [certain, perhaps] = await Promise.all(paths.map((path, at) => keptAnswer(`week-${at}`, path)));
      if (coming !== this.#coming) return;
      this.#weeks = { certain, perhaps, monday };
      this.draw();
    } catch (error) {
      if (!isAbort(error)) this.#parts.note.replaceChildren(problemNode(error));
    }
  }

  /** Draw the week of the city, or of the subdistrict that is looked at. */
  draw() {
    if (!this.#weeks) return;
    const { certain, perhaps, monday } = this.#weeks;
    const { area: number, open } = this.#desk.state();
    const of = (week) => (number === null ? week : week.areas.find((area) => area.number === number) ?? week);
    const area = number === null ? null : this.#desk.area(number);
    this.#chart.show({ monday, days: perhaps.days, certain: of(certain).covered, perhaps: of(perhaps).covered, total: of(perhaps).total, name: nameOf(area ?? city) });
    this.#chart.at(this.hour(), { whole: open === "any" });
  }

  /** The slider came to an hour. */
  #toHour(hour) {
    const { open } = this.#desk.state();
    this.#way = hour < this.hour() ? -1 : 1;
    this.#desk.toHour({ open: open === "any" ? this.#weekOpen() : open, when: momentOf(this.#weeks?.monday ?? this.monday(), hour) });
  }

  /** Where hardly any hours are known, "certainly open" would only say that. */
  #weekOpen() {
    return this.#weeks?.certain.covered.some((amount) => amount > 0) ? "certainly" : "perhaps";
  }

  /** Have the next hours ready, in the direction in which the slider was moved. */
  async lookAhead() {
    if (this.#looking) return;
    this.#looking = true;
    try {
      for (let next = this.#nextHour(); next; next = this.#nextHour()) {
        const [coverage, states] = next;
        await Promise.all([keptAnswer(states, states, { bytes: true, read: readStates }), keptAnswer(coverage, coverage)]);
      }
    } catch {
      // the hour will be asked for when somebody goes there
    }
    this.#looking = false;
  }

  /** What an hour nearby needs that is not there yet; null once all is. */
  #nextHour() {
    const state = this.#desk.state();
    if (state.open === "any") return null;
    for (const step of AHEAD) {
      const hour = this.hour() + step * this.#way;
      if (hour < 0 || hour > 167) continue;
      const paths = pathsOf(shownQuestion({ ...state, when: momentOf(this.monday(), hour) }));
      if (paths.some((path) => peek(path) === undefined)) return paths;
    }
    return null;
  }

  #toWeek(days) {
    const { when, open } = this.#desk.state();
    const date = new Date(`${when ?? momentOf(this.monday(), this.hour())}:00Z`);
    date.setUTCDate(date.getUTCDate() + days);
    this.#desk.change({ when: date.toISOString().slice(0, 16), open: open === "any" ? this.#weekOpen() : open });
  }
}
