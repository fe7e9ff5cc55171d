// The form of what is wanted: reading it, writing it, and saying what time it is asked for.

import { DEFAULT_CUTOFF, DEFAULT_LEFT } from "./state.js";
import { lang, ui } from "./words.js";

const byId = (id) => document.getElementById(id);
const DATE = new Intl.DateTimeFormat(lang === "en" ? "en-GB" : "zh-CN", { timeZone: "UTC", month: "long", day: "numeric", weekday: "short" });

/** Read what the form says; what it does not show stays as it was in `before`. */
export function readForm(form, before) {
  const data = new FormData(form);
  const number = (name, otherwise) => Number(data.get(name) ?? otherwise);
  return {
    mode: data.get("mode"),
    services: data.getAll("service"),
    amenities: data.getAll("amenity"),
    orUnknown: data.has("or_unknown"),
    access: data.getAll("access"),
    audience: data.get("audience") || null,
    accuracy: data.get("accuracy") || null,
    cutoff: number("cutoff", before.cutoff),
    open: !data.has("open") ? "any" : data.has("hours_unknown") ? "arrival_or_unknown" : "arrival",
    left: number("min_left", before.left),
    when: readWhen(form.elements.when, before.when),
  };
}

/** Write a question into the form. */
export function writeForm(form, state) {
  const chosen = {
    mode: [state.mode],
    service: state.services,
    amenity: state.amenities,
    or_unknown: state.orUnknown ? ["yes"] : [],
    access: state.access,
    audience: [state.audience ?? ""],
    accuracy: [state.accuracy ?? ""],
    cutoff: [String(state.cutoff)],
    open: state.open === "any" ? [] : ["arrival"],
    hours_unknown: state.open === "arrival_or_unknown" ? ["yes"] : [],
    min_left: [String(state.left)],
  };
  for (const input of form.elements) {
    if (input.name in chosen) input.checked = chosen[input.name].includes(input.value);
  }
  // Writing a time that is being typed would take the cursor out of it.
  const { when } = form.elements;
  if (when.value !== (state.when ?? "")) when.value = state.when ?? "";
  byId("left").hidden = state.open === "any";
  byId("or-unknown")?.toggleAttribute("hidden", state.amenities.length === 0);
  byId("when-bar").hidden = !state.when;
  byId("when-text").textContent = state.when ? ui("setting_out", { day: DATE.format(Date.parse(`${state.when}Z`)), time: state.when.slice(11) }) : "";
  const count = foldedAway(state);
  byId("more-count").hidden = count === 0;
  byId("more-count").textContent = String(count);
}

/** How many choices the fold hides. */
function foldedAway(state) {
  const others = [
    state.cutoff !== DEFAULT_CUTOFF,
    state.audience,
    state.accuracy,
    state.when,
    state.open !== "any" && state.left !== DEFAULT_LEFT,
    state.open === "arrival_or_unknown",
  ];
  return state.amenities.length + state.access.length + others.filter(Boolean).length;
}

function readWhen(input, before) {
  // A time that is only half typed has no value; it is not "now" yet.
  return input.validity.badInput ? before : input.value.slice(0, 16) || null;
}
