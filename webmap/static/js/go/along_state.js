// What is asked of a way, kept in the address: a link can be shared and Back works.

export const DETOURS = [3, 5, 10, 20];
export const STAYS = [0, 10, 20, 40];
const ANSWERS = "10";
const TIME = /^20\d\d-\d\d-\d\dT\d\d:\d\d$/;

/** Read the question from the address. Values that make no sense are left out, as if not given. */
export function readAddress(city) {
  const query = new URLSearchParams(location.search);
  const services = query.getAll("service").flatMap((text) => text.split(","));
  const mode = query.get("mode");
  return {
    from: readPoint(query.get("from")),
    to: readPoint(query.get("to")),
    via: readPoint(query.get("via")),
    labels: {},
    mode: city.modes.includes(mode) ? mode : city.modes[0],
    services: city.services.filter((code) => services.includes(code)),
    open: query.get("open") === "arrival",
    when: readTime(query.get("when")),
    until: readTime(query.get("until")),
    stay: readMinutes(query.get("stay"), STAYS, 0),
    detour: readMinutes(query.get("detour"), DETOURS, 10),
  };
}

/** The page's own address for a question. */
export function addressOf(state, city, lang) {
  const query = new URLSearchParams(wanted(state));
  for (const name of ["from", "to", "via"]) if (state[name]) query.set(name, pair(state[name]));
  if (state.mode !== city.modes[0]) query.set("mode", state.mode);
  if (state.detour !== 10) query.set("detour", `${state.detour}min`);
  if (lang !== "zh") query.set("lang", lang);
  // A comma and a colon need no escape in a query, and a shared link is read by people.
  const text = query.toString().replaceAll("%2C", ",").replaceAll("%3A", ":");
  return location.pathname + (text ? `?${text}` : "");
}

/** The query of `/api/v1/along`. */
export function apiQuery(state) {
  const query = { from: pair(state.from), to: pair(state.to), k: ANSWERS, mode: state.mode, detour: `${state.detour}min`, ...wanted(state) };
  return state.via ? { ...query, via: pair(state.via) } : query;
}

function wanted({ services, open, when, until, stay }) {
  const query = {};
  if (services.length) query.service = services.join(",");
  if (open) query.open = "arrival";
  if (when) query.when = when;
  if (until) query.until = until;
  if (stay) query.stay = `${stay}min`;
  return query;
}

function pair({ lon, lat }) {
  return `${lon},${lat}`;
}

function readPoint(text) {
  const [lon, lat, more] = (text ?? "").split(",").map((part) => (part.trim() ? Number(part) : NaN));
  return Number.isFinite(lon) && Number.isFinite(lat) && more === undefined ? { lon, lat } : null;
}

function readTime(text) {
  return text && TIME.test(text) && !Number.isNaN(Date.parse(`${text}Z`)) ? text : null;
}

function readMinutes(text, known, usual) {
  const asked = Number(/^(\d{1,3})min$/.exec(text ?? "")?.[1] ?? usual);
  return known.includes(asked) ? asked : usual;
}
