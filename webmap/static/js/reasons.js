// Why a nearer place was passed over: each failed condition in words.

import { fill, joined, ui, wordFor, words } from "./words.js";

const KINDS = { closed: "closed", planned: "planned", paused: "paused", no: "no" };

/** Which word of the group "reason" fits a failure. */
export function reasonKey({ condition, found }) {
  if (condition === "service") return "service";
  if (found === null) return `${condition}_unknown`;
  if (condition === "open" && found !== "closed") return "open_short";
  return condition in { status: 1, amenity: 1, open: 1 } ? `${condition}_${KINDS[found] ?? found}` : condition;
}

/** A failed condition in words that fit every place that fails it in this way. */
export function reason(failure) {
  const { condition, wanted, found } = failure;
  const values = {
    amenity: condition === "amenity" ? wordFor("amenity", wanted) : "",
    service: condition === "service" ? servicesOf(failure) : "",
    access: condition === "access" && found ? wordFor("only_by", found) : "",
    audience: condition === "audience" ? joined(found.split("|").map((code) => wordFor("audience", code))) : "",
    accuracy: condition === "accuracy" ? wordFor("accuracy", found) : "",
  };
  return fill(words.reason[reasonKey(failure)] ?? condition, values);
}

/** The services that were asked for, where none is offered. */
export function servicesOf({ wanted }) {
  return wanted.split("|").map((code) => wordFor("service", code)).join(ui("none_or"));
}

/** The same with what is particular to the place: when it opens, how long it stays open. */
export function reasonHere(failure, place, when) {
  const key = reasonKey(failure);
  if (key === "open_short") return ui("open_short_here", { minutes: Number.parseInt(failure.found, 10) });
  if (key !== "open_closed" || !place.state?.next_open) return reason(failure);
  return `${reason(failure)}${ui("comma")}${when(place)}`;
}

/** The reasons of many places, the most frequent first: [[words, how many], ...]; of each place its first. */
export function tally(places) {
  const counts = new Map();
  for (const { failures } of places) {
    const words = reason(failures[0]);
    counts.set(words, (counts.get(words) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1]);
}
