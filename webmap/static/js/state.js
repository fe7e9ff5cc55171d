// What is asked, kept in the address: a link can be shared and Back works.

export const DEFAULT_CUTOFF = 30;
export const DEFAULT_LEFT = 15;
// How many nearer places that were passed over one answer lists.
const PASSED = 50;
const CHINA_MS = 8 * 3600e3;
const TIME = /^(20\d\d-\d\d-\d\dT\d\d:\d\d)(?::\d\d(?:\.\d+)?)?(Z|[ +-]\d\d:\d\d)?$/;

/** Everything that may be wanted of a place, with nothing wanted. */
export const PLAIN = {
  services: [],
  amenities: [],
  orUnknown: false,
  access: [],
  audience: null,
  accuracy: null,
  cutoff: DEFAULT_CUTOFF,
  open: "any",
  left: DEFAULT_LEFT,
  when: null,
};

/** Read the question from the address. Values that make no sense are left out, as if not given. */
export function readState(city) {
  const query = new URLSearchParams(location.search);
  const certain = readList(query, "amenity", city.amenities);
  const likely = readList(query, "amenity_or_unknown", city.amenities);
  return {
    origin: readOrigin(query),
    label: history.state?.label ?? null,
    mode: readWord(query, "mode", city.modes) ?? city.modes[0],
    services: readList(query, "service", city.services),
    amenities: city.amenities.filter((code) => certain.includes(code) || likely.includes(code)),
    orUnknown: likely.length > 0 && certain.length === 0,
    access: readList(query, "access", city.accesses),
    audience: readWord(query, "audience", city.audiences),
    accuracy: readWord(query, "accuracy", city.accuracies),
    cutoff: readMinutes(query, "cutoff", 1, 120, DEFAULT_CUTOFF),
    open: readWord(query, "open", ["arrival", "arrival_or_unknown"]) ?? "any",
    left: readMinutes(query, "min_left", 0, 1440, DEFAULT_LEFT),
    when: readTime(query.get("when") ?? ""),
  };
}

/** The query of the finder's own address. */
export function addressQuery(state, city, lang) {
  const query = new URLSearchParams();
  if (state.origin) {
    query.set("lon", state.origin.lon);
    query.set("lat", state.origin.lat);
  }
  if (state.mode !== city.modes[0]) query.set("mode", state.mode);
  for (const [name, value] of Object.entries(wanted(state))) query.set(name, value);
  if (state.cutoff !== DEFAULT_CUTOFF) query.set("cutoff", `${state.cutoff}min`);
  if (lang !== "zh") query.set("lang", lang);
  // A comma and a colon need no escape in a query, and a shared link is read by people.
  return query.toString().replaceAll("%2C", ",").replaceAll("%3A", ":");
}

/** The query of `/api/v1/nearest`. */
export function nearestQuery(state, k, passed = PASSED) {
  return { lon: state.origin.lon, lat: state.origin.lat, k, mode: state.mode, ...wanted(state), cutoff: `${state.cutoff}min`, passed };
}

/** The same question without the conditions that a place failed, for as long as it takes to get there. */
export function relaxed(state, { failures, travel_s }) {
  const failed = new Set(failures.map((failure) => failure.condition));
  const lacking = failures.filter((failure) => failure.condition === "amenity").map((failure) => failure.wanted);
  return {
    ...state,
    services: failed.has("service") ? [] : state.services,
    amenities: state.amenities.filter((code) => !lacking.includes(code)),
    access: failed.has("access") ? [] : state.access,
    audience: failed.has("audience") ? null : state.audience,
    accuracy: failed.has("accuracy") ? null : state.accuracy,
    open: failed.has("open") ? "any" : state.open,
    cutoff: Math.floor(travel_s / 60) + 1,
  };
}

/** A position to about 10 cm: shorter links, and no false exactness. */
export function position(lon, lat) {
  return { lon: Number(lon.toFixed(6)), lat: Number(lat.toFixed(6)) };
}

/** What is wanted, in the words of the API; the page's own address uses the same. */
function wanted(state) {
  const query = {};
  if (state.services.length) query.service = state.services.join(",");
  if (state.amenities.length) query[state.orUnknown ? "amenity_or_unknown" : "amenity"] = state.amenities.join(",");
  if (state.access.length) query.access = state.access.join(",");
  if (state.audience) query.audience = state.audience;
  if (state.accuracy) query.accuracy = state.accuracy;
  if (state.open !== "any") {
    query.open = state.open;
    if (state.left !== DEFAULT_LEFT) query.min_left = `${state.left}min`;
  }
  if (state.when) query.when = state.when;
  return query;
}

function readOrigin(query) {
  const [lon, lat] = [query.get("lon"), query.get("lat")].map((text) => (text?.trim() ? Number(text) : NaN));
  return Number.isFinite(lon) && Number.isFinite(lat) ? position(lon, lat) : null;
}

function readWord(query, name, known) {
  const asked = query.get(name);
  return known.includes(asked) ? asked : null;
}

function readList(query, name, known) {
  const asked = query.getAll(name).flatMap((text) => text.split(","));
  return known.filter((code) => asked.includes(code));
}

function readMinutes(query, name, lowest, highest, usual) {
  const match = /^(\d{1,4})min$/.exec(query.get(name) ?? "");
  const asked = match ? Number(match[1]) : usual;
  return asked >= lowest && asked <= highest ? asked : usual;
}

/** Read a time to the minute, by China's clock unless it names another; null if it is none. */
function readTime(text) {
  const [, local, zone] = TIME.exec(text) ?? [];
  if (!local) return null;
  // A plus that nobody escaped arrives as a blank.
  const at = Date.parse(zone ? `${local}${zone.replace(" ", "+")}` : `${local}Z`);
  if (Number.isNaN(at)) return null;
  const time = new Date(zone ? at + CHINA_MS : at).toISOString().slice(0, 16);
  return zone || time === local ? time : null;
}
