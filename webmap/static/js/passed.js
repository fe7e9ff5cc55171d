// "Why not a nearer one?": the places that were passed over, each with the conditions that it failed.

import { el, icon, outside } from "./dom.js";
import { opening } from "./openness.js";
import { reasonHere, reasonKey, servicesOf, tally } from "./reasons.js";
import { counted, joined, minutes, nameOf, ui } from "./words.js";

// Up to so many are shown unasked.
const AT_ONCE = 10;
// How many reasons one sentence can bear.
const TOLD = 3;
const SIGNS = { open: "clock", amenity: "without", access: "door", audience: "info", accuracy: "position", status: "warning", service: "info" };

/**
 * Build the section beneath the list; null if nothing was passed over.
 * @param {object} answer as the API gives it
 * @param {{onPoint: (place: object|null) => void, onShow: (place: object, row: HTMLElement) => void, onAll: () => void}} handlers
 */
export function passedOver(answer, handlers) {
  const { places, count } = answer.passed_over;
  if (!count) return null;
  const [near, others] = split(places);
  // While a warning is in force, places that give relief come on top of the nearest.
  const full = (answer.nearest ?? answer.results).length >= answer.k;
  const none = answer.results.length === 0;
  const titled = (key, group, values) => counted(key, count > places.length ? `${group.length}+` : group.length, values);
  return el(
    "section",
    { class: "passed", id: "passed", "aria-label": ui("why_not") },
    near.length ? fold(titled(full ? "passed_nearer" : none ? "passed_near" : "passed_within", near), near, handlers, none && near.length <= AT_ONCE) : null,
    others.length ? fold(titled(full ? "passed_other" : "passed_other_within", others, { service: serviceOf(others[0]) }), others, handlers, false, "passed__fold--other") : null,
    count > places.length ? el("button", { class: "passed__more", type: "button", onclick: handlers.onAll }, ui("passed_more", { n: count - places.length })) : null,
  );
}

/** One sentence that says why nothing near will do; empty if nothing near offers what is asked for. */
export function whyNone(answer) {
  const [near] = split(answer.passed_over.places);
  if (!near.length) return "";
  const reasons = tally(near);
  if (reasons.length > 1) return ui("near_but", { n: near.length, reasons: joined(told(reasons)) });
  const closed = near.every(({ failures }) => reasonKey(failures[0]) === "open_closed");
  return closed ? counted("near_closed", near.length) : counted("near_all", near.length, { reason: reasons[0][0] });
}

function told(reasons) {
  const rest = reasons.slice(TOLD).reduce((sum, [, n]) => sum + n, 0);
  const first = reasons.slice(0, TOLD).map(([words, n]) => ui("near_each", { n, reason: words }));
  return rest ? [...first, ui("near_rest", { n: rest })] : first;
}

/** How many nearer places that offer what is asked for were passed over, with a plus if there may be more. */
export function surprises({ passed_over: { places, count } }) {
  const { length } = split(places)[0];
  return count > places.length && length ? `${length}+` : length;
}

/** Places that offer what is asked for, and those that do not: those surprise nobody. */
function split(places) {
  const lacks = (place) => place.failures.some(({ condition }) => condition === "service");
  return [places.filter((place) => !lacks(place)), places.filter(lacks)];
}

function serviceOf({ failures }) {
  return servicesOf(failures.find(({ condition }) => condition === "service"));
}

function fold(heading, places, handlers, open, kind = "") {
  const list = el("ol", { class: "passed__list" });
  // A cheap phone need not build what nobody looks at.
  const fill = () => list.children.length || list.append(...places.map((place) => row(place, handlers)));
  if (open) fill();
  const summary = el("summary", { class: "passed__title", onclick: fill }, el("span", {}, heading), icon("chevron"));
  return el("details", { class: `passed__fold ${kind}`, open, ontoggle: fill }, summary, list);
}

function row(place, { onPoint, onShow }) {
  // What is not in operation cannot be chosen after all.
  const never = place.failures.some(({ condition }) => condition === "status");
  const button = el(
    "button",
    { class: "passed__row", type: "button", "aria-expanded": never ? null : "false" },
    el("span", { class: "passed__name" }, outside(nameOf(place))),
    el("span", { class: "passed__time" }, el("b", {}, String(minutes(place.travel_s))), ` ${ui("minutes")}`),
    el("span", { class: "passed__reasons" }, ...place.failures.map((failure) => why(failure, place))),
    never ? null : el("span", { class: "passed__anyway" }, ui("show_anyway")),
  );
  const item = el("li", { class: "passed__item", "data-id": place.id }, button);
  button.addEventListener("click", () => (never ? onPoint(place) : onShow(place, item)));
  button.addEventListener("focus", () => onPoint(place));
  button.addEventListener("blur", () => onPoint(null));
  button.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && onPoint(place));
  button.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && button !== document.activeElement && onPoint(null));
  return item;
}

/** Say on the row whether its place is shown. */
export function expand(button, open) {
  button.setAttribute("aria-expanded", String(open));
  button.querySelector(".passed__anyway").textContent = ui(open ? "put_away" : "show_anyway");
}

function why(failure, place) {
  return el("span", { class: "passed__why" }, icon(failure.found === null && failure.condition !== "service" ? "state-unknown" : (SIGNS[failure.condition] ?? "info")), reasonHere(failure, place, opening));
}
