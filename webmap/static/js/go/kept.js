// The places that somebody keeps on this device: nobody else learns of them.

import { keep, recall } from "./device.js";

const KEPT = "places";
export const MOST = 100;

/** The kept places, the newest first: {id, name, name_en}. */
export function keptPlaces() {
  const kept = recall(KEPT);
  return Array.isArray(kept) ? kept.filter((each) => typeof each?.id === "string" && typeof each.name === "string").slice(0, MOST) : [];
}

export function isKept(id) {
  return keptPlaces().some((each) => each.id === id);
}

/** Keep a place, or give it up; return the key of what to say. */
export function toggleKept(place) {
  const kept = keptPlaces();
  if (kept.some(({ id }) => id === place.id)) return written(kept.filter(({ id }) => id !== place.id), "given_up");
  if (kept.length >= MOST) return "too_many";
  return putBack(place, 0);
}

/** Put a place into the list at a position; return the key of what to say. */
export function putBack({ id, name, name_en = null }, at) {
  const kept = keptPlaces().filter((each) => each.id !== id);
  kept.splice(at, 0, { id, name, name_en });
  return written(kept, "kept");
}

/** Take a place out; return where in the list it was. */
export function takeOut(id) {
  const kept = keptPlaces();
  written(kept.filter((each) => each.id !== id), "given_up");
  return kept.findIndex((each) => each.id === id);
}

function written(places, done) {
  return keep(KEPT, places) || done !== "kept" ? done : "kept_for_now";
}
