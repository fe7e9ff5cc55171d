// Numbers and sentences of the planner, in the language of the page.

import { el } from "./dom.js";
import { fill, lang, words } from "./words.js";

export const facts = JSON.parse(document.getElementById("facts").textContent);

const MYRIAD = 1e4;
const DAYS = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"];
const whole = new Intl.NumberFormat(lang === "en" ? "en" : "zh-CN", { maximumFractionDigits: 0 });
const percent = new Intl.NumberFormat(lang === "en" ? "en" : "zh-CN", { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** Return a sentence of the planner. */
export function say(key, values) {
  return fill(words.plan[key], values);
}

/** Return a sentence as nodes: marks that stand for elements become these, all else is text. */
export function sentence(key, values) {
  return words.plan[key].split(/(\{\w+\})/).map((part) => {
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    return name && name in values ? (values[name] instanceof Node ? values[name] : String(values[name])) : part;
  });
}

/** A share as a percentage; nothing of nothing is a dash. */
export function share(part, all) {
  return all > 0 ? percent.format(part / all) : "–";
}

/** A whole number with its separators. */
export function count(n) {
  return whole.format(n);
}

/** A large number as people say it: 1107 万, 11.07 M. */
export function large(n) {
  const size = Math.abs(n);
  if (lang === "en") {
    if (size >= 1e6) return `${brief(n / 1e6)} M`;
    return whole.format(n);
  }
  return size >= 10 * MYRIAD ? `${brief(n / MYRIAD)} 万` : whole.format(n);
}

/** About three digits that count. */
function brief(n) {
  return n.toFixed(Math.abs(n) >= 100 ? 0 : lang === "en" ? 2 : 1);
}

/** An amount of a layer, with its unit; lengths come in metres. */
export function amount(layer, n, { short = false } = {}) {
  if (layer === "street_length") return say("km", { n: whole.format(n / 1000) });
  const number = short ? large(n) : whole.format(n);
  return short ? number : say(`amount_${layer}`, { n: number });
}

/** A gain or loss with its sign, which is no hyphen. */
export function signed(layer, n) {
  const sign = n > 0 ? "+" : n < 0 ? "−" : "";
  return `${sign}${amount(layer, Math.abs(n), { short: true })}`;
}

/** The district of a subdistrict, or of what lies in one; in English where the map has such a name. */
export function districtOf(area) {
  return (lang === "en" && area.district_en) || area.district || "";
}

/** Name of a weekday, Monday is 0. */
export function dayName(day) {
  return words.hours[DAYS[day]];
}

/** The date that so many days after a Monday is. */
export function dateAfter(monday, days) {
  const date = new Date(`${monday}T00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

/** The Monday of a date's week. */
export function mondayOf(date) {
  const day = new Date(`${date}T00:00Z`).getUTCDay();
  return dateAfter(date, -((day + 6) % 7));
}

/** Which hour of its week a moment is in. */
export function hourOf(when) {
  const [date, time] = when.split("T");
  const day = (new Date(`${date}T00:00Z`).getUTCDay() + 6) % 7;
  return day * 24 + Number(time.slice(0, 2));
}

/** The moment at an hour of a week. */
export function momentOf(monday, hour) {
  return `${dateAfter(monday, Math.floor(hour / 24))}T${String(hour % 24).padStart(2, "0")}:00`;
}

/** Month and day. */
export function shortDate(date) {
  return say("date", { month: Number(date.slice(5, 7)), day: Number(date.slice(8, 10)) });
}

/** Words for a problem, with what the server said for those who can use it. */
export function problemNode(error) {
  const told = words.problem[error.code] ?? words.plan[`problem_${error.code}`] ?? words.problem.internal;
  return el("p", { class: "notice", role: "alert" }, error.parameter || error.code === "too_busy" || error.code === "conflict" ? plannersProblem(error) : told);
}

function plannersProblem(error) {
  return error.detail ? say("refused", { detail: error.detail }) : words.problem[error.code] ?? words.problem.internal;
}
