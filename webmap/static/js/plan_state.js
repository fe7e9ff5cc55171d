// What the planner's page shows, kept in its address: a link shows the same to somebody else.

import { facts } from "./plan_say.js";
import { city, lang } from "./words.js";

export const TABS = ["areas", "gaps", "enough", "whatif", "sites", "downloads"];
const MAPS = ["seats", "backup", "none"];
const DECAYS = ["alike", "steps", "gaussian"];
export const CUTOFFS = [5, 10, 15, 20, 30];
export const OPENED = ["any", "certainly", "perhaps"];
const WHEN = /^20\d\d-\d\d-\d\dT\d\d:\d\d$/;
const KEY = /^[0-9a-f]{16}$/;
const ID = /^[\w./:-]{1,60}$/;
const MOST_WISHES = 40;
const JOB = /^[0-9a-f]{24}$/;
/** Conditions that the page hands on as they are given. */
const HANDED_ON = ["amenity", "amenity_or_unknown", "access", "audience", "accuracy", "min_left"];
/** Longer lists of edits are shared by saving them. */
const MAX_EDITS_TEXT = 1800;

/** Read the state from the address; what makes no sense is left out. */
export function readState() {
  const query = new URLSearchParams(location.search);
  const word = (name, known, otherwise) => (known.includes(query.get(name)) ? query.get(name) : otherwise);
  const services = query.getAll("service").flatMap((text) => text.split(","));
  const open = word("open", OPENED, "any");
  const when = WHEN.test(query.get("when") ?? "") ? query.get("when") : null;
  return {
    layer: word("layer", facts.layers, facts.layers[0]),
    mode: word("mode", city.modes, city.modes[0]),
    services: city.services.filter((code) => services.includes(code)),
    cutoff: minutes(query.get("cutoff")),
    open,
    when: when ?? (open === "any" ? null : `${facts.today}T14:00`),
    handedOn: HANDED_ON.filter((name) => query.get(name)).map((name) => [name, query.getAll(name).join(",")]),
    tab: word("tab", TABS, query.get("scenario") || query.get("edits") ? "whatif" : query.get("job") ? "sites" : "areas"),
    area: /^\d{1,4}$/.test(query.get("area") ?? "") ? Number(query.get("area")) : null,
    scenario: KEY.test(query.get("scenario") ?? "") ? query.get("scenario") : null,
    shown: query.get("shown") === "scenario",
    against: KEY.test(query.get("against") ?? "") || query.get("against") === "base" ? query.get("against") : null,
    edits: readEdits(query.get("edits")),
    name: (query.get("name") ?? "").slice(0, 80),
    job: JOB.test(query.get("job") ?? "") ? query.get("job") : null,
    surface: JOB.test(query.get("surface") ?? "") ? query.get("surface") : null,
    map: MAPS.includes(query.get("map")) ? query.get("map") : null,
    decay: word("decay", DECAYS, "alike"),
    must: readIds(query.get("must")),
    never: readIds(query.get("never")),
    at: readView(query.get("at")),
  };
}

/** The question in the words of the interface, without a scenario. */
export function questionOf(state) {
  const query = new URLSearchParams();
  query.set("layer", state.layer);
  query.set("mode", state.mode);
  query.set("cutoff", `${state.cutoff}min`);
  if (state.services.length) query.set("service", state.services.join(","));
  for (const [name, value] of state.handedOn) query.set(name, value);
  if (state.open !== "any") {
    query.set("open", state.open);
    query.set("when", state.when);
  }
  return query;
}

/** The question about what is shown: the city as it is, or as the scenario has it. */
export function shownQuestion(state) {
  const query = questionOf(state);
  if (state.shown && state.scenario) query.set("scenario", state.scenario);
  return query;
}

/** The page's own address. */
export function addressOf(state) {
  const query = new URLSearchParams();
  if (state.layer !== facts.layers[0]) query.set("layer", state.layer);
  if (state.mode !== city.modes[0]) query.set("mode", state.mode);
  if (state.services.length) query.set("service", state.services.join(","));
  if (state.cutoff !== 15) query.set("cutoff", `${state.cutoff}min`);
  for (const [name, value] of state.handedOn) query.set(name, value);
  if (state.open !== "any") query.set("open", state.open);
  if (state.when) query.set("when", state.when);
  if (state.tab !== "areas") query.set("tab", state.tab);
  if (state.area !== null) query.set("area", state.area);
  if (state.scenario) query.set("scenario", state.scenario);
  else if (state.edits.length) {
    const text = writeEdits(state.edits);
    if (text.length <= MAX_EDITS_TEXT) query.set("edits", text);
    if (state.name) query.set("name", state.name);
  }
  if (state.shown && state.scenario) query.set("shown", "scenario");
  if (state.against) query.set("against", state.against);
  if (state.job) query.set("job", state.job);
  if (state.surface) query.set("surface", state.surface);
  if (state.map) query.set("map", state.map);
  if (state.decay !== "alike") query.set("decay", state.decay);
  for (const wish of ["must", "never"]) {
    // rows of a table mean nothing to somebody who does not have it
    const ids = state[wish].filter((id) => !id.startsWith("listed-")).slice(0, MOST_WISHES);
    if (ids.length) query.set(wish, ids.join(","));
  }
  if (state.at) query.set("at", state.at.join(","));
  if (lang !== "zh") query.set("lang", lang);
  const text = query.toString().replaceAll("%2C", ",").replaceAll("%3A", ":");
  return text ? `?${text}` : location.pathname;
}

/** Degrees as a scenario keeps them. */
export function degrees(value) {
  return Number(value.toFixed(7));
}

function minutes(text) {
  const asked = Number(/^(\d{1,3})min$/.exec(text ?? "")?.[1] ?? 15);
  return asked >= 1 && asked <= 240 ? asked : 15;
}

function readIds(text) {
  return (text ?? "").split(",").filter((id) => ID.test(id)).slice(0, MOST_WISHES);
}

function readView(text) {
  const numbers = (text ?? "").split(",").map(Number);
  return numbers.length === 3 && numbers.every(Number.isFinite) && numbers[2] >= 9 && numbers[2] <= 19 ? numbers : null;
}

/** Edits as text for an address: JSON in URL-safe base64. */
function writeEdits(edits) {
  const bytes = new TextEncoder().encode(JSON.stringify(edits));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function readEdits(text) {
  if (!text) return [];
  try {
    const bytes = Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
    const edits = JSON.parse(new TextDecoder().decode(bytes));
    return Array.isArray(edits) ? edits.filter((edit) => edit && typeof edit.edit === "string").slice(0, 200) : [];
  } catch {
    return [];
  }
}
