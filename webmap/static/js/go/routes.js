// The address that opens a map app with the way to a place. Each app has an axis order, a datum and words of its own;
// docs/going.md names the published description of each. Only what browsers may call is used.

import { bd09, gcj02 } from "./datums.js";

/** In the order in which they are offered. */
export const APPS = ["amap", "baidu", "tencent", "apple", "geo"];

const NAME_LENGTH = 60;
// Marks that turn the direction of text: in the app they would reorder what stands around the name.
const UNSEEN = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu;

/**
 * What kind of device a page is on, and whether WeChat shows it.
 * @returns {{kind: "android"|"ios"|"harmony"|"mac"|"desktop", phone: boolean, wechat: boolean}}
 */
export function platformOf({ userAgent, maxTouchPoints = 0 }) {
  const kind = kindOf(userAgent, maxTouchPoints);
  return { kind, phone: kind !== "mac" && kind !== "desktop", wechat: /MicroMessenger/i.test(userAgent) };
}

function kindOf(agent, touchPoints) {
  if (/iPhone|iPad|iPod/.test(agent)) return "ios";
  // An iPad says that it is a Mac.
  if (/Macintosh/.test(agent)) return touchPoints > 1 ? "ios" : "mac";
  if (/Android/.test(agent)) return "android";
  return /OpenHarmony|HarmonyOS/.test(agent) ? "harmony" : "desktop";
}

/**
 * The address that shows the way in an app.
 * @param {string} app one of APPS
 * @param {{name: string, lon: number, lat: number}} place WGS-84
 * @param {string} mode of the finder: walk, bike, ebike, drive
 * @param {{kind: string, phone: boolean}} platform
 * @param {[number, number]|null} from where one starts, WGS-84; a phone knows better
 * @returns {{href: string, mode: "walk"|"ride"|"drive"|null}|null} the mode that the app is asked for, null if it cannot
 *   be told one; null as a whole: the app has nothing for this on such a device
 */
export function route(app, place, mode, platform, from = null) {
  const wanted = mode === "walk" || mode === "drive" ? mode : "ride";
  return MAKERS[app]?.({ ...place, lonlat: [place.lon, place.lat], name: cleaned(place.name) }, wanted, platform, platform.phone ? null : from) ?? null;
}

const MAKERS = { amap, baidu, tencent, apple, geo };

// lon,lat,name in GCJ-02. Its page knows how to ride on phones only; callnative starts the app.
function amap({ lonlat, name }, wanted, { phone }, from) {
  const mode = phone || wanted === "drive" ? wanted : "walk";
  const parts = [
    ["from", from && escaped(lonLat(gcj02(from)))],
    ["to", [lonLat(gcj02(lonlat)), escaped(name.replaceAll(",", "，"))].join(",")],
    ["mode", { walk: "walk", ride: "ride", drive: "car" }[mode]],
    ["src", "yizhan"],
    ["callnative", "1"],
  ];
  return { href: written("https://uri.amap.com/navigation", parts), mode };
}

// name:…|latlng:lat,lon in BD-09. The page for desks wants a start, and does not know how to ride.
function baidu({ lonlat, name }, wanted, { kind, phone }, from) {
  const at = latLon(bd09(lonlat));
  const to = ["destination", escaped(`name:${name.replaceAll("|", "｜")}|latlng:${at}`)];
  const datum = ["coord_type", "bd09ll"];
  if (phone) {
    const [scheme, source] = kind === "android" ? ["bdapp", "andr"] : ["baidumap", kind === "ios" ? "ios" : "harmony"];
    const mode = ["mode", { walk: "walking", ride: "riding", drive: "driving" }[wanted]];
    return { href: written(`${scheme}://map/direction`, [to, datum, mode, ["src", `${source}.yizhan.finder`]]), mode: wanted };
  }
  const shown = [["output", "html"], datum, ["src", "webapp.yizhan.finder"]];
  if (!from) {
    const marked = [["location", at], ["title", escaped(name)], ["content", escaped(name)]];
    return { href: written("https://api.map.baidu.com/marker", [...marked, ...shown]), mode: null };
  }
  const mode = wanted === "drive" ? "drive" : "walk";
  const way = [["origin", escaped(`latlng:${latLon(bd09(from))}|name:${START}`)], to, ["mode", mode === "drive" ? "driving" : "walking"]];
  return { href: written("https://api.map.baidu.com/direction", [...way, ...shown]), mode };
}

const START = "起点";

// lat,lon in GCJ-02 (coord_type 2, "Tencent's own"). Walking is for phones only; nothing that browsers may call rides.
function tencent({ lonlat, name }, wanted, { phone }, from) {
  if (!phone && (wanted !== "drive" || !from)) return null;
  const mode = wanted === "drive" ? "drive" : "walk";
  const parts = [
    ["type", mode],
    ["from", from && escaped(START)],
    ["fromcoord", from && latLon(gcj02(from))],
    ["to", escaped(name)],
    ["tocoord", latLon(gcj02(lonlat))],
    ["coord_type", "2"],
    ["referer", "yizhan"],
  ];
  return { href: written("https://apis.map.qq.com/uri/v1/routeplan", parts), mode };
}

// lat,lon; its map of China is in GCJ-02. Its links know how to walk and to drive, and take no name beside a position.
function apple({ lonlat }, wanted, { kind }, from) {
  if (kind !== "ios" && kind !== "mac") return null;
  const mode = wanted === "drive" ? "drive" : "walk";
  const parts = [
    ["saddr", from && latLon(gcj02(from))],
    ["daddr", latLon(gcj02(lonlat))],
    ["dirflg", mode === "drive" ? "d" : "w"],
  ];
  return { href: written("https://maps.apple.com/", parts), mode };
}

// RFC 5870: lat,lon in WGS-84; Android's label stands in q. Only there does anything answer to it.
function geo({ lonlat, name }, wanted, { kind }) {
  if (kind !== "android" && kind !== "harmony") return null;
  const at = latLon(lonlat);
  return { href: `geo:${at}?q=${at}(${escaped(name.replace(/[()]/g, (sign) => (sign === "(" ? "（" : "）")))})`, mode: null };
}

/** A name as an app may show it: one line, no unseen marks, of bounded length. */
export function cleaned(name) {
  const text = name.replace(UNSEEN, " ").replace(/\s+/g, " ").trim();
  return Array.from(text).slice(0, NAME_LENGTH).join("");
}

/** A position in the words of people, for an app in which it is typed: GCJ-02, each number with its name. */
export function gcj02Numbers({ lon, lat }) {
  const [x, y] = gcj02([lon, lat]);
  return { lon: x.toFixed(6), lat: y.toFixed(6) };
}

function written(address, parts) {
  return `${address}?${parts.filter(([, value]) => value).map(([name, value]) => `${name}=${value}`).join("&")}`;
}

/** Every sign that may mean something in an address is escaped, and quotes and brackets, too. */
function escaped(text) {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

function lonLat([lon, lat]) {
  return `${lon.toFixed(6)},${lat.toFixed(6)}`;
}

function latLon([lon, lat]) {
  return `${lat.toFixed(6)},${lon.toFixed(6)}`;
}
