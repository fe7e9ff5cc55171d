// Where nothing was found: why, and what to ask instead.

import { whyNone } from "./passed.js";
import { city, joined, ui, wordFor } from "./words.js";

const LONGEST_CUTOFF = 60;

/**
 * Say why nothing was found: first what the places nearby fail, if there are any.
 * @returns {{text: string, hint: string, remedies: [string, string, object][]}} remedies: label, icon, changes of the question
 */
export function nothingFound(state, answer) {
  const why = whyNone(answer);
  const none = ui("none", { mode: wordFor("by_mode", state.mode), minutes: state.cutoff, what: wanted(state) });
  return { text: why || none, hint: why ? none : ui("none_hint"), remedies: [...yielding(state, answer), ...widening(state)] };
}

function wanted({ services, amenities }) {
  const kinds = services.map((code) => wordFor("service", code)).join(ui("none_or")) || ui("none_any");
  return amenities.length ? ui("none_with", { amenities: joined(amenities.map((code) => wordFor("amenity", code))), services: kinds }) : kinds;
}

/** What would let the places nearby pass. */
function yielding({ open, orUnknown }, answer) {
  const failed = answer.passed_over.places.flatMap(({ failures }) => failures);
  const fails = (condition, unknown) => failed.some((failure) => failure.condition === condition && (failure.found === null) === unknown);
  const remedies = [];
  if (open === "arrival" && fails("open", true)) remedies.push([ui("or_hours_unknown"), "state-unknown", { open: "arrival_or_unknown" }]);
  if (open !== "any" && fails("open", false)) remedies.push([ui("any_time"), "clock", { open: "any" }]);
  if (!orUnknown && fails("amenity", true)) remedies.push([ui("or_unknown"), "state-unknown", { orUnknown: true }]);
  return remedies;
}

function widening({ mode, services, amenities, access, audience, accuracy, cutoff }) {
  const remedies = [];
  if (cutoff < LONGEST_CUTOFF) remedies.push([ui("widen", { minutes: LONGEST_CUTOFF }), "clock", { cutoff: LONGEST_CUTOFF }]);
  if (amenities.length) remedies.push([ui("any_amenity"), "filter", { amenities: [] }]);
  if (access.length || audience || accuracy) remedies.push([ui("clear_filters"), "filter", { access: [], audience: null, accuracy: null }]);
  if (services.length) remedies.push([ui("any_service"), "rest_stop", { services: [] }]);
  if (mode === "walk" && city.modes.includes("ebike")) remedies.push([ui("try_mode", { mode: wordFor("mode", "ebike") }), "ebike", { mode: "ebike" }]);
  return remedies;
}
