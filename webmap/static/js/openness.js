// Whether a place is open when one gets there: a shape and words, never colour alone.

import { el, icon, outside } from "./dom.js";
import { ui, words } from "./words.js";

const HOUR = 60;
// A place that opens this soon after the arrival is worth waiting for.
const WORTH_WAITING = 30;

/** The line of a card; null if the question names no time. */
export function openness(result) {
  const { state } = result;
  if (!state) return null;
  const assumed = state.assumed ? el("span", { class: "fact__note" }, words.assumed[state.assumed] ?? state.assumed) : null;
  return el(
    "p",
    { class: "open", "data-state": state.kind },
    icon(`state-${state.kind}`),
    el("span", {}, el("b", {}, words.state[state.kind] ?? state.kind), " ", detail(result), assumed),
  );
}

/** When a place that is not open will be: soon after the arrival, or at what time; empty if nobody knows. */
export function opening({ state, arrival, opens_in_s }) {
  if (!state?.next_open) return "";
  const wait = Math.ceil(opens_in_s / 60);
  return wait <= WORTH_WAITING ? ui("opens_after", { minutes: wait }) : ui("opens_at", { time: clock(state.next_open, arrival) });
}

function detail(result) {
  const { state, arrival } = result;
  if (state.kind === "open" || state.kind === "closing_soon") {
    return state.until ? ui("open_until", { time: clock(state.until, arrival), left: spell(state.minutes_left) }) : "";
  }
  return opening(result);
}

/** The time by China's clock, as the API gives it; with the day if it is another than that of the arrival. */
export function clock(time, arrival) {
  const hour = time.slice(11, 16);
  const day = daysBetween(arrival.slice(0, 10), time.slice(0, 10));
  if (day === 0) return hour;
  if (day === 1) return ui("tomorrow", { time: hour });
  const weekday = words.hours[["Su", "Mo", "Tu", "We", "Th", "Fr", "Sa"][new Date(`${time.slice(0, 10)}T00:00Z`).getUTCDay()]];
  return day < 7 ? `${weekday} ${hour}` : `${time.slice(0, 10)} ${hour}`;
}

function daysBetween(from, to) {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86400000);
}

function spell(minutes) {
  return minutes < 2 * HOUR ? ui("n_minutes", { n: minutes }) : ui("n_hours", { n: Math.floor(minutes / HOUR) });
}
