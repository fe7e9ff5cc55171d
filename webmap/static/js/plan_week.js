// The week: a bar for each of its 168 hours, and a slider that moves through them.

import { count, dateAfter, dayName, say, share, shortDate } from "./plan_say.js";
import { el } from "./dom.js";
import { words } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";
const DAY = 24;
const TALL = 20;

/** The chart and its slider. */
export class WeekChart {
  #parts;
  #onHour;
  #monday;
  #hour = 0;
  #series = null;
  #rows = [];

  /**
   * @param {{rows: HTMLElement, slider: HTMLInputElement, value: HTMLElement, note: HTMLElement}} parts
   * @param {(hour: number) => void} onHour called for each hour that the slider comes to
   */
  constructor(parts, onHour) {
    this.#parts = parts;
    this.#onHour = onHour;
    parts.slider.addEventListener("input", () => this.#go(Number(parts.slider.value)));
    parts.slider.addEventListener("keydown", (event) => {
      const days = { PageUp: 1, PageDown: -1 }[event.key];
      if (!days) return;
      event.preventDefault();
      this.#go(Math.max(0, Math.min(167, this.#hour + days * DAY)));
    });
  }

  /** Show a week. `certain` and `perhaps` are covered amounts by hour, `total` all there are. */
  show({ monday, days, certain, perhaps, total, name }) {
    this.#monday = monday;
    this.#series = { certain, perhaps, total };
    this.#rows = days.map((day, number) => this.#row(day, number));
    this.#parts.rows.replaceChildren(...this.#rows.map(({ node }) => node));
    this.#parts.note.textContent = name;
    this.at(this.#hour, { whole: this.#whole });
  }

  #whole = true;

  /** Point at an hour without telling; `whole`: hours do not count at present. */
  at(hour, { whole = false } = {}) {
    this.#hour = hour;
    this.#whole = whole;
    this.#parts.slider.value = hour;
    for (const [day, { mark }] of this.#rows.entries()) {
      const here = !whole && Math.floor(hour / DAY) === day;
      mark.setAttribute("visibility", here ? "visible" : "hidden");
      if (here) mark.setAttribute("x", hour % DAY);
    }
    const text = this.#text(hour, whole);
    this.#parts.value.textContent = text;
    this.#parts.slider.setAttribute("aria-valuetext", text);
    this.#parts.slider.classList.toggle("is-idle", whole);
  }

  /** Amounts at an hour, or null while nothing is known. */
  amounts(hour) {
    return this.#series && { certain: this.#series.certain[hour], perhaps: this.#series.perhaps[hour], total: this.#series.total };
  }

  #go(hour) {
    performance.mark("plan.hour.begin");
    this.at(hour);
    this.#onHour(hour);
    performance.measure("plan.hour", "plan.hour.begin");
  }

  #text(hour, whole) {
    if (whole) return words.plan.any_hour;
    const date = this.#monday ? shortDate(dateAfter(this.#monday, Math.floor(hour / DAY))) : "";
    const moment = say("moment", { day: dayName(Math.floor(hour / DAY)), date, time: `${String(hour % DAY).padStart(2, "0")}:00` });
    if (!this.#series) return moment;
    const { certain, perhaps, total } = this.amounts(hour);
    return say(certain === perhaps ? "hour_value" : "hour_values", { moment, certain: share(certain, total), perhaps: share(perhaps, total) });
  }

  #row(day, number) {
    const svg = document.createElementNS(SVG, "svg");
    const attributes = { viewBox: `0 0 ${DAY} ${TALL}`, preserveAspectRatio: "none", class: "week__bars", "aria-hidden": "true" };
    for (const [name, value] of Object.entries(attributes)) svg.setAttribute(name, value);
    const { certain, perhaps, total } = this.#series;
    for (let hour = 0; hour < DAY; hour += 1) {
      const at = number * DAY + hour;
      const low = total ? (certain[at] / total) * TALL : 0;
      const high = total ? (perhaps[at] / total) * TALL : 0;
      if (high > low) svg.append(bar(hour, TALL - high, high - low, "week__bar week__bar--perhaps"));
      svg.append(bar(hour, TALL - low, low, "week__bar"));
    }
    const mark = bar(0, 0, TALL, "week__mark");
    mark.setAttribute("width", 1);
    svg.append(mark);
    svg.addEventListener("click", (event) => {
      const box = svg.getBoundingClientRect();
      this.#go(number * DAY + Math.max(0, Math.min(DAY - 1, Math.floor(((event.clientX - box.left) / box.width) * DAY))));
    });
    const off = day.kind === "holiday" || day.kind === "weekend";
    const label = el("span", { class: off ? "week__day is-off" : "week__day", title: day.name ?? "" }, dayName(number), el("small", {}, shortDate(day.date)));
    return { node: el("div", { class: "week__row" }, label, svg), mark };
  }
}

function bar(x, y, height, kind) {
  const rect = document.createElementNS(SVG, "rect");
  const attributes = { x: x + 0.06, y, width: 0.88, height, class: kind };
  for (const [name, value] of Object.entries(attributes)) rect.setAttribute(name, value);
  return rect;
}

/** How many hours of how many places nobody knows, in words; null if all are known. */
export function unknownHours(unknown, all) {
  return unknown > 0 ? say("hours_unknown_for", { n: count(unknown), all: count(all) }) : null;
}
