// What makes the finder work without a network: loaded when the page is idle, so that it costs the first visit nothing.

import { offerInstall, tellStored } from "./hint.js";
import { keptDistricts } from "./kept.js";
import { VERSION, lang, ready } from "./said.js";

const { serviceWorker, connection } = navigator;
let attended = null;
let known = null;

/** Register the worker, and keep the districts that are visited. */
async function start() {
  // A site of plain files has its answers beside it, and no server that makes a worker.
  if (!serviceWorker || !isSecureContext || document.documentElement.dataset.home) return;
  serviceWorker.addEventListener("message", ({ data, ports: [port] }) => data?.type === "version" && port?.postMessage(VERSION));
  serviceWorker.startMessages();
  await ready();
  offerInstall();
  addManifest();
  const registration = await serviceWorker.register("/sw.js");
  if (!registration) return;
  await serviceWorker.ready;
  await ask({ type: "hello" });
  registration.periodicSync?.register("pockets", { minInterval: 12 * 3600e3 }).catch(() => {});
  if (!connection?.saveData) await ask({ type: "refresh" });
  document.addEventListener("yizhan:answered", visit);
  addEventListener("online", () => connection?.saveData || ask({ type: "refresh" }));
  visit();
}

/** The manifest is named late: only now could anything be installed. */
function addManifest() {
  const add = (rel, href) => document.head.append(Object.assign(document.createElement("link"), { rel, href }));
  add("manifest", lang === "en" ? "/manifest.webmanifest?lang=en" : "/manifest.webmanifest");
  add("apple-touch-icon", new URL("../../icons/maskable-192.png", import.meta.url).href);
}

/** Have the district stored in which somebody has just found something. */
async function visit() {
  const query = new URLSearchParams(location.search);
  if (!query.has("lon") || !document.querySelector(".card")) return;
  const at = [Number(query.get("lon")), Number(query.get("lat"))];
  try {
    known ??= (await read("/pockets.json")).pockets;
    const area = areaOf(at, known);
    if (!area || area === attended) return;
    const facts = await read(`/pockets/${encodeURIComponent(area)}.json`);
    attended = area;
    const isKept = (await keptDistricts()).some((each) => each.area === area);
    const keep = () => ask({ type: "keep", facts });
    tellStored(facts, { isKept, keep, sparing: Boolean(connection?.saveData) && !isKept });
  } catch (error) {
    // No network, or a site without districts: the next visit will do.
    console.debug(error);
  }
}

/** The district whose box a position is in; the smallest, as boxes overlap. */
function areaOf([lon, lat], pockets) {
  const inside = pockets.filter(({ bbox: [west, south, east, north] }) => west <= lon && lon <= east && south <= lat && lat <= north);
  const extent = ({ bbox: [west, south, east, north] }) => (east - west) * (north - south);
  return inside.sort((a, b) => extent(a) - extent(b))[0]?.area;
}

async function read(path) {
  const response = await fetch(path, { headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.json();
}

/** Have the worker do something; resolves with how it went. */
async function ask(message) {
  const { active } = await serviceWorker.ready;
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = ({ data }) => resolve(data);
    active.postMessage(message, [port2]);
  });
}

start().catch((error) => console.debug(error));
