// A district that fits in a phone: the server's answers without a server. See geo/pocket.

import { PocketError } from "./errors.js";
import { Varints, json, section, unpack } from "./file.js";
import { Graph, accessTicks } from "./graphs.js";
import { Names } from "./names.js";
import { Network, TICKS_PER_S } from "./network.js";
import { contains, geodesic, grown, micro, rint, tenths } from "./numbers.js";
import { readQuestion } from "./questions.js";
import { draw } from "./routes.js";
import { Schedules, best, opensIn, shut, state, written } from "./schedules.js";
import { Grid, MAX_SNAP_M } from "./snapping.js";
import { Stream } from "./streams.js";
import { failures, offers } from "./wanted.js";

export { PocketError };

const TICK_US = 1e6 / TICKS_PER_S;
const MAX_CUTOFF = 2 ** 30;

/**
 * Open a pocket.
 * @param {ArrayBuffer} buffer the file
 * @returns {Promise<Pocket>}
 * @throws {PocketError} `damaged`: it is no pocket, cut off or of another format
 */
export async function openPocket(buffer) {
  const sections = await unpack(buffer);
  return new Pocket(json(sections, "meta"), sections);
}

export class Pocket {
  #sections;
  #network;
  #grid = null;
  #places;
  #number;
  #positions = new Map();
  #graphs = new Map();
  #schedules;
  #names = null;
  #tiles = null;

  constructor(meta, sections) {
    this.meta = meta;
    this.#sections = sections;
    this.#network = new Network(meta.streets, sections);
    this.#places = json(sections, "places");
    this.#number = new Map(this.#places.map(({ id }, number) => [id, number]));
    this.#schedules = new Schedules(json(sections, "hours"), meta);
    this.#stand();
  }

  /** Whether a point lies where the pocket answers. */
  covers([lon, lat]) {
    return contains(this.meta.bbox, lon, lat);
  }

  /**
   * Answer the question of `/api/v1/nearest`, in its shape, with `offline` beside: `certain_s` is the travel time up to
   * which nothing is missing (null: the whole answer is the city's), `expired` whether it reaches beyond the days of
   * which hours are known.
   * @param {URLSearchParams} query
   * @param {number} now milliseconds of the epoch
   * @throws {PocketError} `outside`: the point is not covered; or a code of the API
   */
  nearest(query, now = Date.now()) {
    const asked = readQuestion(query, this.meta.words, this.meta.modes, now);
    this.#checkInside(asked);
    const origin = this.#snapped(asked);
    const access = accessTicks(origin.snapM);
    const cutoff = Math.min(rint(asked.cutoffS * TICKS_PER_S) - access, MAX_CUTOFF);
    const stream = new Stream(this.#graph(asked.mode), origin, cutoff);
    const [taken, passed] = [[], []];
    while (taken.length < asked.k && stream.next()) {
      const i = stream.place.length - 1;
      const own = this.#arrived(asked, stream.place[i], access + stream.cost[i], i);
      if (!own.failures.length && own.why === null) taken.push(own);
      else if (own.place.status !== "retired") passed.push(own);
    }
    const last = taken.length < asked.k ? cutoff + 1 : stream.cost.at(-1);
    const certain = stream.horizon > last ? null : stream.horizon + access;
    const answer = {
      origin: { lon: asked.lon, lat: asked.lat, snapped: [micro(origin.lon), micro(origin.lat)], snap_m: tenths(origin.snapM) },
      mode: asked.mode,
      k: asked.k,
      cutoff_s: asked.cutoffS,
      when: written(asked.atUs),
      open: asked.open,
      min_left_s: asked.minLeftS,
      city: { name: this.meta.city.name, version: this.meta.city.version, sample: this.meta.city.sample },
      results: taken.map((own, at) => this.#result(asked, origin, stream, own, at + 1)),
      passed_over: { count: passed.length, places: passed.slice(0, asked.passed).map((own) => this.#passedOver(asked, own)) },
      offline: { ...this.about, certain_s: certain === null ? null : certain / TICKS_PER_S, expired: !this.#knownThroughout(asked, [...taken, ...passed]) },
    };
    if (!taken.length) answer.nearest_straight = this.#nearestStraight(asked);
    return answer;
  }

  /** The JSON of `/api/v1/search`. */
  search(text, limit = 8) {
    this.#names ??= new Names(json(this.#sections, "names"));
    return { query: text, results: this.#names.search(text, limit) };
  }

  /** The JSON of `/api/v1/places/<id>`. */
  place(id) {
    const number = this.#number.get(id);
    if (number === undefined) throw new PocketError("not_found", "no such place here");
    return this.#places[number];
  }

  /** The GeoJSON of `/api/v1/places`, of those in a box. */
  places(bbox = this.meta.bbox) {
    const features = this.#places
      .filter(({ lon, lat }) => contains(bbox, lon, lat))
      .map(({ id, name, name_en, lon, lat, services, accuracy }) => ({
        type: "Feature",
        id,
        geometry: { type: "Point", coordinates: [lon, lat] },
        properties: { id, name, name_en, services: services.map(({ kind }) => kind), accuracy },
      }));
    return { type: "FeatureCollection", features };
  }

  /** The bytes of a vector tile, unpacked; null where there is none. */
  tile(z, x, y) {
    this.#tiles ??= this.#tileTable();
    const at = this.#tiles.get(`${z}/${x}/${y}`);
    return at ? section(this.#sections, "tiles").subarray(...at) : null;
  }

  /** What is said of the pocket beside every answer. */
  get about() {
    const { area, version, made, data_date } = this.meta;
    return { area, version, made, data_date };
  }

  #tileTable() {
    const read = new Varints(section(this.#sections, "tileset"));
    const table = new Map();
    let begin = 0;
    for (let left = read.next(); left > 0; left -= 1) {
      const name = `${read.next()}/${read.next()}/${read.next()}`;
      const end = begin + read.next();
      table.set(name, [begin, end]);
      begin = end;
    }
    return table;
  }

  /** Read where the places stand on the streets of each mode. */
  #stand() {
    const { modes } = this.meta;
    const n = this.#places.length;
    const read = new Varints(section(this.#sections, "standing"));
    const edges = modes.map(() => Int32Array.from({ length: n }, () => read.next() - 1));
    const lengths = read.next();
    let edge = 0;
    const exact = Array.from({ length: lengths }, () => (edge += read.next()));
    const metres = new Float64Array(section(this.#sections, "offsets").slice().buffer);
    modes.forEach((mode, m) => {
      const [offsetM, snapM] = [0, 1].map((which) => metres.subarray((2 * m + which) * n, (2 * m + which + 1) * n));
      this.#positions.set(mode, { edge: edges[m], offsetM, snapM });
    });
    this.#network.setLengths(exact, metres.subarray(2 * modes.length * n));
  }

  #graph(mode) {
    if (!this.#graphs.has(mode)) this.#graphs.set(mode, new Graph(this.#network, mode, this.#positions.get(mode)));
    return this.#graphs.get(mode);
  }

  #checkInside({ lon, lat }) {
    const city = grown(this.meta.city.bbox, MAX_SNAP_M);
    if (!contains(city, lon, lat)) {
      const code = contains(city, lat, lon) ? "swapped_coordinates" : "outside_city";
      throw new PocketError(code, `${lon},${lat} lies outside ${this.meta.city.name}`, "lon");
    }
    if (!this.covers([lon, lat])) throw new PocketError("outside", `${lon},${lat} lies outside ${this.meta.name}`, "lon");
  }

  #snapped({ lon, lat, mode }) {
    this.#grid ??= new Grid(this.#network);
    const origin = this.#grid.snap(lon, lat, this.#network.standing(mode));
    if (!origin) throw new PocketError("off_network", `${lon},${lat}: no street open to ${mode} within ${MAX_SNAP_M} m`, "lon");
    return origin;
  }

  /** What holds at a place when one gets there. */
  #arrived(asked, number, ticks, at) {
    const place = this.#places[number];
    const us = asked.atUs + ticks * TICK_US;
    const runs = this.#schedules.runs(number, us);
    const { services } = asked.wanted;
    const chosen = services.length ? runs.filter((_, i) => services.includes(place.services[i].kind)) : runs;
    const why = asked.open === "any" ? null : shut(best(chosen), us, asked.minLeftS);
    const told = offers(place, services) ? chosen : runs;
    return {
      number,
      place,
      ticks,
      at,
      us,
      runs,
      run: best(told),
      why: why === "hours_unknown" && asked.open === "arrival_or_unknown" ? null : why,
      failures: failures(place, asked.wanted, this.meta.words.accuracies),
    };
  }

  #result(asked, origin, stream, own, rank) {
    const position = this.#positions.get(asked.mode);
    const goalM = position.offsetM[own.number];
    const accessM = position.snapM[own.number];
    const way = draw(this.#network, origin.offsetM, goalM, stream.route(own.at));
    const result = {
      rank,
      place: own.place,
      arrival: written(own.us),
      state: state(own.run, own.us),
      states: own.runs.map((run) => state(run, own.us)),
      opens_in_s: opensIn(own.run, own.us),
      travel_s: tenths(own.ticks / TICKS_PER_S),
      network_m: tenths(origin.snapM + way.lengthM + accessM),
      straight_m: tenths(geodesic(asked.lon, asked.lat, own.place.lon, own.place.lat)),
      access_m: { origin: tenths(origin.snapM), place: tenths(accessM) },
    };
    if (asked.mode === "ebike") {
      result.on_foot_m = tenths(way.onFootM + accessM);
      result.parked = way.line[way.parked].map(micro);
    }
    if (asked.paths) result.path = { type: "LineString", coordinates: way.line.map((point) => point.map((degrees) => rint(degrees * 1e6) / 1e6)) };
    return result;
  }

  #passedOver(asked, { place, ticks, us, run, why, failures: failed }) {
    const lacks = failed.some(({ condition }) => condition === "service"); // it has no hours for what it does not offer
    return {
      id: place.id,
      name: place.name,
      name_en: place.name_en,
      lon: place.lon,
      lat: place.lat,
      travel_s: tenths(ticks / TICKS_PER_S),
      arrival: written(us),
      state: state(run, us),
      opens_in_s: opensIn(run, us),
      failures: lacks ? failed : [...failed, ...closed(why, asked.minLeftS, run, us)],
    };
  }

  /** The nearest place as the crow flies that passes; null where there is none, or one outside might be nearer. */
  #nearestStraight({ lon, lat, wanted }) {
    let least = null;
    for (const place of this.#places) {
      if (failures(place, wanted, this.meta.words.accuracies).length) continue;
      const metres = geodesic(lon, lat, place.lon, place.lat);
      if (!least || metres < least.metres) least = { place, metres };
    }
    if (!least) return null;
    const [west, south, east, north] = grown([lon, lat, lon, lat], least.metres);
    // Beyond this box there are places that the pocket does not have.
    const all = this.meta.places_bbox;
    if (!contains(all, west, south) || !contains(all, east, north)) return null;
    return { place: least.place, straight_m: tenths(least.metres) };
  }

  #knownThroughout(asked, arrived) {
    return this.#schedules.knows(asked.atUs) && arrived.every(({ us }) => this.#schedules.knows(us));
  }
}

function closed(why, minLeftS, run, us) {
  if (why === null) return [];
  const wanted = `${Number((minLeftS / 60).toPrecision(6))}min`;
  if (why !== "closes_too_soon") return [{ condition: "open", wanted, found: why === "closed" ? "closed" : null }];
  return [{ condition: "open", wanted, found: `${Math.floor((run.until - us) / 60e6)}min` }];
}
