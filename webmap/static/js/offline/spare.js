// Answers where the network gives none: from the districts that are kept on this phone. Loaded when first needed.

import { Problem } from "../api.js";
import { fileOf, keptDistricts, markUnreadable } from "./kept.js";
import { listed, ready, say } from "./said.js";
import { isSaying, showNone, showOffline } from "./strip.js";

const NEAREST = "/api/v1/nearest";
const PINS = "/api/v1/pins";
const SEARCH = "/api/v1/search";
const PER_DEGREE = 1e5;
// Tiles come by the dozen; so long the list of districts holds.
const HELD_MS = 2000;

/** What cannot be answered, said in full. */
class OfflineProblem extends Problem {
  constructor(key, values = {}) {
    super("network");
    this.text = say(key, values);
    this.hint = say(`${key}_hint`, values);
  }
}

const opened = new Map();
let held = { until: 0, districts: null };

/** All districts that can be read, the one visited last first, and those that cannot. */
function districts() {
  if (Date.now() > held.until) held = { until: Date.now() + HELD_MS, districts: read() };
  return held.districts;
}

async function read() {
  const found = { good: [], unreadable: [] };
  for (const facts of await keptDistricts()) {
    try {
      const pocket = await open(facts);
      if (pocket) found.good.push({ facts, pocket });
    } catch (error) {
      console.warn(error);
      found.unreadable.push(facts);
      await markUnreadable(facts);
    }
  }
  return found;
}

/** A file is opened once; one of another version has another address. */
function open(facts) {
  if (!opened.has(facts.url)) {
    const opening = Promise.all([fileOf(facts), import("../pocket/pocket.js")]).then(([body, { openPocket }]) => body && openPocket(body));
    opened.set(facts.url, opening);
    // What is not there, or not readable, may be later.
    opening.then((pocket) => pocket || opened.delete(facts.url), () => opened.delete(facts.url));
  }
  return opened.get(facts.url);
}

/**
 * Answer a question of the API.
 * @param {string} path
 * @param {object} parameters
 * @param {Promise<object>} network what the server says, if it says it after all
 * @returns {Promise<object>} what the API would answer
 */
export async function answer(path, parameters, network) {
  let slow = true;
  network.catch(() => (slow = false));
  try {
    await ready();
    const { answerOf } = await import("../pocket/answers.js");
    const { good, unreadable } = await districts();
    if (!good.length && unreadable.length) throw new OfflineProblem("unreadable", { names: listed(unreadable) });
    if (!good.length) throw new OfflineProblem("nothing");
    const query = new URLSearchParams(parameters);
    const [value, used] = answerFrom(good, path, query, (pocket) => answerOf(pocket, path, query));
    // Dots on the map are not what somebody has asked for: what is said of that stays.
    if (path !== PINS || !isSaying()) showOffline(used.map(({ facts }) => facts), { slow, ...value.offline });
    return value;
  } catch (error) {
    // Slow is not gone: who has nothing better goes on waiting.
    return network.catch((reason) => {
      if (error instanceof OfflineProblem) showNone();
      throw reason.code === "network" && error instanceof Problem ? error : reason;
    });
  }
}

/** The answer, and the districts that it is from. */
function answerFrom(good, path, query, ask) {
  if (path === NEAREST) {
    const best = nearestTo([Number(query.get("lon")), Number(query.get("lat"))], good);
    try {
      return [ask(best.pocket), [best]];
    } catch (error) {
      throw error.code === "outside" ? new OfflineProblem("outside", { names: listed(good.map(({ facts }) => facts)) }) : error;
    }
  }
  if (path === SEARCH) {
    const results = once(good.flatMap(({ pocket }) => ask(pocket).results), ({ kind, name, lon, lat }) => `${kind} ${name} ${lon} ${lat}`);
    return [{ query: query.get("q"), results: results.slice(0, Number(query.get("limit") ?? 8)) }, good];
  }
  if (path === PINS) return [pinsOf(once(good.flatMap(({ pocket }) => pocket.places().features), ({ id }) => id)), good];
  const last = good.at(-1);
  for (const each of good) {
    try {
      return [ask(each.pocket), [each]];
    } catch (error) {
      if (each === last) throw error;
    }
  }
  return null;
}

/** Places as the columns that a map draws (webmap/pins.py). */
function pinsOf(features) {
  const whole = features.map(({ geometry }) => geometry.coordinates.map((degrees) => Math.round(degrees * PER_DEGREE)));
  const steps = (axis) => whole.map((at, n) => at[axis] - (n ? whole[n - 1][axis] : 0));
  return {
    lon: steps(0),
    lat: steps(1),
    kinds: features.map(({ properties }) => [...new Set(properties.services)]),
    kind: features.map((_, n) => n),
    id: features.map(({ id }) => id),
    name: features.map(({ properties }) => listed([properties])),
  };
}

/** The district that a position is farthest inside of; if it is in none, any: that one knows what is wrong with it. */
function nearestTo(at, good) {
  const there = good.filter(({ pocket }) => pocket.covers(at));
  return (there.length ? there : good).reduce((a, b) => (inside(b.facts, at) > inside(a.facts, at) ? b : a));
}

function inside({ bbox: [west, south, east, north] }, [lon, lat]) {
  return Math.min(lon - west, east - lon, lat - south, north - lat);
}

function once(values, key) {
  return [...new Map(values.map((value) => [key(value), value])).values()];
}

/** A tile of the base map as the server gives it; null if no district has it. */
export async function tile(z, x, y) {
  for (const { pocket } of (await districts()).good) {
    const found = pocket.tile(z, x, y);
    if (found) return found;
  }
  return null;
}
