// The query of /api/v1/nearest -> a question; strict, as geo/finding/reading.py is.

import { PocketError } from "./errors.js";
import { clockUs } from "./schedules.js";

const REPEATED = ["service", "amenity", "amenity_or_unknown", "access"];
// An advisory is the server's to know; a pocket has none in force.
const KNOWN = ["lon", "lat", "k", "mode", ...REPEATED, "audience", "accuracy", "cutoff", "open", "min_left", "when", "paths", "passed", "advisory"];
const OPENNESSES = ["any", "arrival", "arrival_or_unknown"];
const UNITS = { s: 1, sec: 1, m: 60, min: 60, h: 3600 };
const TIME = /^(\d{4}-\d\d-\d\d)T(\d\d)(?::(\d\d)(?::(\d\d)(?:[.,](\d{1,6}))?)?)?(Z|[+-]\d\d:\d\d)?$/;

const bad = (parameter, text) => new PocketError("bad_parameter", `${parameter}=${String(text).slice(0, 40)} is not of its form or out of its range`, parameter);

/**
 * Read a question.
 * @param {URLSearchParams} query
 * @param {{services: string[], amenities: string[], accesses: string[], audiences: string[], accuracies: string[]}} words
 * @param {string[]} modes
 * @param {number} now milliseconds of the epoch
 */
export function readQuestion(query, words, modes, now) {
  for (const name of query.keys()) {
    if (!KNOWN.includes(name)) throw new PocketError("unknown_word", `${name.slice(0, 40)} is no parameter here`, name);
    if (!REPEATED.includes(name) && query.getAll(name).length > 1) throw bad(name, "given more than once");
  }
  const text = (name, otherwise) => query.get(name) ?? otherwise;
  const list = (name, known) => {
    const asked = query.getAll(name).flatMap((one) => one.split(","));
    for (const one of asked) word(name, one, known);
    return known.filter((one) => asked.includes(one));
  };
  const open = word("open", text("open", "any"), OPENNESSES);
  if (query.has("min_left") && open === "any") throw bad("min_left", query.get("min_left"));
  const wanted = {
    services: list("service", words.services),
    amenities: list("amenity", words.amenities),
    likely: list("amenity_or_unknown", words.amenities),
    access: list("access", words.accesses),
    audience: query.has("audience") ? word("audience", query.get("audience"), words.audiences) : null,
    accuracy: query.has("accuracy") ? word("accuracy", query.get("accuracy"), words.accuracies) : null,
  };
  if (wanted.likely.some((one) => wanted.amenities.includes(one))) throw bad("amenity_or_unknown", wanted.likely);
  const lon = degrees("lon", query.get("lon"), 180);
  const lat = degrees("lat", query.get("lat"), 180);
  if (Math.abs(lat) > 90) throw Math.abs(lon) <= 90 ? new PocketError("swapped_coordinates", "exchanged", "lat") : bad("lat", lat);
  return {
    lon,
    lat,
    k: whole("k", text("k", "5"), 1, 50),
    mode: word("mode", text("mode", "walk"), modes),
    wanted,
    cutoffS: duration("cutoff", text("cutoff", "30min"), 4 * 3600, false),
    atUs: text("when", "") ? time("when", query.get("when")) : clockUs(now),
    open,
    minLeftS: query.has("min_left") ? duration("min_left", query.get("min_left"), 24 * 3600, true) : 900,
    paths: word("paths", text("paths", "yes"), ["yes", "no"]) === "yes",
    passed: text("passed", "20") === "all" ? Infinity : whole("passed", text("passed", "20"), 0, 1000),
  };
}

function word(parameter, text, known) {
  if (!known.includes(text)) throw new PocketError("unknown_word", `${parameter}=${text.slice(0, 40)} is not known`, parameter);
  return text;
}

export function whole(parameter, text, lowest, highest) {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : NaN;
  if (!(lowest <= value && value <= highest)) throw bad(parameter, text);
  return value;
}

export function degrees(parameter, text, limit) {
  const value = /^-?\d{1,3}(?:\.\d{1,15})?$/.test(text ?? "") ? Number(text) : NaN;
  if (!(Math.abs(value) <= limit)) throw bad(parameter, text);
  return value;
}

function duration(parameter, text, limitS, zero) {
  const [, number, unit] = /^(\d{1,5}(?:\.\d{1,3})?)\s?(s|sec|m|min|h)$/.exec(text) ?? [];
  const seconds = number ? Number(number) * UNITS[unit] : NaN;
  if (!(seconds <= limitS) || (seconds === 0 && !zero)) throw bad(parameter, text);
  return seconds;
}

/** A time as China's clock shows it, microseconds; China's clock unless an offset is given. */
function time(parameter, text) {
  const [, day, hour, minute = "00", second = "00", fraction = "", zone = "+08:00"] = TIME.exec(text) ?? [];
  const ms = day ? Date.parse(`${day}T${hour}:${minute}:${second}${zone}`) : NaN;
  const year = day ? Number(day.slice(0, 4)) : 0;
  // 30 February is no day, whatever an engine makes of it.
  const real = day && new Date(`${day}T00:00Z`).toJSON()?.slice(0, 10) === day;
  if (Number.isNaN(ms) || !real || year < 2000 || year > 2100) throw bad(parameter, text);
  return clockUs(ms) + Number(fraction.padEnd(6, "0"));
}
