// Answers of a site of plain files: from the districts that lie beside its pages, each fetched when first needed.

import { Problem } from "../api.js";
import { el } from "../dom.js";
import { answerOf } from "../pocket/answers.js";
import { json, unpack } from "../pocket/file.js";
import { Names } from "../pocket/names.js";
import { contains, grown } from "../pocket/numbers.js";
import { openPocket } from "../pocket/pocket.js";
import { whole } from "../pocket/questions.js";
import { fill, lang, nameOf } from "../words.js";

const { root, words } = JSON.parse(document.getElementById("filed").textContent);
const ROOT = new URL(`${root}/`, location.href);
const MAX_SNAP_M = 500;
const MINUTE_S = 60;
const CHINA_MS = 8 * 3600e3;
const DATE = new Intl.DateTimeFormat(lang === "en" ? "en-GB" : "zh-CN", { timeZone: "UTC", month: "long", day: "numeric" });

/** What these files cannot answer, said in full. */
class FiledProblem extends Problem {
  constructor(text, hint = "") {
    super("outside");
    this.text = text;
    this.hint = hint;
  }
}

const kept = new Map();
let line = null;

/** Do something once; what failed is tried again next time. */
function once(key, make) {
  if (!kept.has(key)) {
    const making = make();
    making.catch(() => kept.delete(key));
    kept.set(key, making);
  }
  return kept.get(key);
}

async function fetched(path, cache = "default") {
  let response;
  try {
    response = await fetch(new URL(path, ROOT), { cache });
  } catch {
    throw new Problem("network");
  }
  if (!response.ok) {
    // The site has been made anew: its index names other files now.
    kept.delete("index");
    throw new Problem("network");
  }
  return response;
}

const index = () => once("index", async () => (await fetched("data/index.json", "no-cache")).json());
const values = (path) => once(path, async () => (await fetched(path)).json());
const pocketOf = ({ url }) => once(url, async () => openPocket(await (await fetched(url)).arrayBuffer()));

/**
 * Answer a question of the API.
 * @param {string} path such as `/api/v1/nearest`
 * @param {string} query
 * @returns {Promise<object>} what a server would answer
 */
export async function answerFromPocket(path, query) {
  const asked = new URLSearchParams(query);
  const all = await index();
  if (path === "/api/v1/nearest") return nearest(all, asked);
  if (path === "/api/v1/pins") return values(all.pins[lang]);
  if (path === "/api/v1/search") return search(all, asked);
  if (path.startsWith("/api/v1/places/")) return place(all, decodeURIComponent(path.split("/").pop()));
  throw new Problem("network");
}

async function nearest(all, asked) {
  const [lon, lat] = ["lon", "lat"].map((name) => Number(asked.get(name)));
  const there = all.pockets.filter(({ bbox }) => contains(bbox, lon, lat)).sort((a, b) => a.bytes - b.bytes);
  if (!there.length) throw nowhere(all, lon, lat);
  let best = null;
  // Where streets lead out of one district, another may know more.
  for (const each of there) {
    const answer = answerOf(await pocketOf(each), "/api/v1/nearest", asked);
    if (!best || certain(answer) > certain(best)) best = answer;
    if (certain(best) === Infinity) break;
  }
  say(all.pockets.find(({ area }) => area === best.offline.area), best.offline);
  return best;
}

function certain({ offline }) {
  return offline.certain_s ?? Infinity;
}

function nowhere({ city, pockets }, lon, lat) {
  const box = grown(city.bbox, MAX_SNAP_M);
  if (contains(box, lon, lat)) return new FiledProblem(words.outside, fill(words.outside_hint, { names: pockets.map(nameOf).join(words.and) }));
  return new Problem(contains(box, lat, lon) ? "swapped_coordinates" : "outside_city");
}

async function search(all, asked) {
  const names = await once("names", async () => new Names(json(await unpack(await (await fetched(all.names)).arrayBuffer()), "names")));
  const text = asked.get("q")?.trim() ?? "";
  return { query: text, results: names.search(text, whole("limit", asked.get("limit") ?? "8", 1, 20)) };
}

async function place(all, id) {
  const found = (await values(all.places)).find((each) => each.id === id);
  if (!found) throw new Problem("not_found");
  return found;
}

/** Say how old the answer is, until when hours are known, and where something may be missing. */
function say({ made, valid_until: until }, { certain_s: limit, expired }) {
  const date = (text, earlier = 0) => DATE.format(Date.parse(text) + CHINA_MS - earlier);
  const lines = [fill(words.source, { made: date(made), until: date(until, 1) })];
  if (expired) lines.push(words.expired);
  if (limit !== null) lines.push(fill(words.uncertain, { minutes: Math.floor(limit / MINUTE_S) }));
  line ??= el("p", { class: "filed", id: "filed-line", role: "status" });
  if (!line.isConnected) document.querySelector(".ask").append(line);
  line.classList.toggle("is-warning", expired || limit !== null);
  if (line.textContent !== lines.join(" ")) line.textContent = lines.join(" ");
}
