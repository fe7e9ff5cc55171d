// What is asked, kept in the address: a link can be shared and Back works.

export const DEFAULT_CUTOFF = 30;

/** Read the question from the address. Values that make no sense are left out, as if not given. */
export function readState(city) {
  const query = new URLSearchParams(location.search);
  const mode = query.get("mode");
  return {
    origin: readOrigin(query),
    label: history.state?.label ?? null,
    mode: city.modes.includes(mode) ? mode : city.modes[0],
    services: readList(query, "service", city.services),
    amenities: readList(query, "amenity", city.amenities),
    cutoff: readCutoff(query),
    open: query.get("open") === "arrival",
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
  if (state.services.length) query.set("service", state.services.join(","));
  if (state.amenities.length) query.set("amenity", state.amenities.join(","));
  if (state.cutoff !== DEFAULT_CUTOFF) query.set("cutoff", `${state.cutoff}min`);
  if (state.open) query.set("open", "arrival");
  if (lang !== "zh") query.set("lang", lang);
  // A comma needs no escape in a query and a shared link is read by people.
  return query.toString().replaceAll("%2C", ",");
}

/** The query of `/api/v1/nearest`. */
export function nearestQuery(state, k) {
  const query = { lon: state.origin.lon, lat: state.origin.lat, k, mode: state.mode, cutoff: `${state.cutoff}min` };
  if (state.services.length) query.service = state.services.join(",");
  if (state.amenities.length) query.amenity = state.amenities.join(",");
  if (state.open) query.open = "arrival";
  return query;
}

/** A position to about 10 cm: shorter links, and no false exactness. */
export function position(lon, lat) {
  return { lon: Number(lon.toFixed(6)), lat: Number(lat.toFixed(6)) };
}

function readOrigin(query) {
  const [lon, lat] = [query.get("lon"), query.get("lat")].map((text) => (text?.trim() ? Number(text) : NaN));
  return Number.isFinite(lon) && Number.isFinite(lat) ? position(lon, lat) : null;
}

function readList(query, name, known) {
  const asked = query.getAll(name).flatMap((text) => text.split(","));
  return known.filter((code) => asked.includes(code));
}

function readCutoff(query) {
  const match = /^(\d{1,3})min$/.exec(query.get("cutoff") ?? "");
  const asked = match ? Number(match[1]) : DEFAULT_CUTOFF;
  return asked >= 1 && asked <= 120 ? asked : DEFAULT_CUTOFF;
}
