// The finder in a frame: it leaves the history of the page around it alone, and tells that page what it may know.

import { Host } from "./embed_host.js";
import { start as startFinder } from "./finder.js";
import { city, lang } from "./words.js";

const told = JSON.parse(document.getElementById("embed").textContent);

/** Start the finder of a frame on the Leaflet map of the page. */
export function start(map) {
  const host = new Host(told.embedders);
  // Who scrolls the page around must not zoom the map that passes under the pointer.
  map.scrollWheelZoom.disable();
  map.on("click focus", () => map.scrollWheelZoom.enable());
  startFinder(map, {
    keepsAddress: false,
    draws: ({ services }) => !told.services.length || services.some((kind) => told.services.includes(kind)),
    // Never from where: whose position it is stays in the frame, and times to several places would give it away.
    onNearest: ({ mode, results, nearest }) => {
      const found = results.find(({ place }) => place.id === nearest?.[0]) ?? results[0];
      host.say("nearest", { mode, count: results.length, place: found ? named(found.place) : null });
    },
    onSelect: (place) => host.say("select", { place: named(place) }),
  });
  if (told.layer) import("./embed_layer.js").then(({ drawShares }) => drawShares(map, told.layer)).catch(console.warn);
  host.say("ready", { city: city.name, version: city.version, lang });
  new ResizeObserver(() => host.say("height", { height: Math.ceil(document.body.getBoundingClientRect().height) })).observe(document.body);
}

function named({ id, name, name_en }) {
  return { id, name, name_en: name_en ?? null };
}
