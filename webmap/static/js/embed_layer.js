// A planner's layer in a frame: the subdistricts in the colour of how many have a place within reach, with the share
// written on each, and a legend. The figures come with the page, the outlines when the layer is drawn.

import { ask } from "./api.js";
import { onScheme, scheme } from "./basemap.js";
import { el } from "./dom.js";
import { nameOf } from "./words.js";

const L = window.L;
// Below this zoom the shares would lie on each other; the colours stay.
const LABEL_ZOOM = 12;

/**
 * Draw the layer on a Leaflet map.
 * @param {object} map
 * @param {{areas: {number: number, name: string, name_en: ?string, step: number, percent: string}[], version: string, words: object}} layer
 */
export async function drawShares(map, layer) {
  const { features } = await ask("areas", "/api/v1/areas", { v: layer.version });
  const told = new Map(layer.areas.map((area) => [area.number, area]));
  map.createPane("shares").style.zIndex = 350; // above the streets, below ways and places
  map.createPane("shareLabels").style.zIndex = 595; // a share must not be hidden by places
  for (const pane of ["shares", "shareLabels"]) map.getPane(pane).style.pointerEvents = "none";
  const renderer = L.svg({ pane: "shares", padding: 0.5 });
  for (const feature of features) {
    const area = told.get(feature.properties.number);
    if (!area) continue;
    const shape = L.geoJSON(feature, { pane: "shares", interactive: false, style: { className: `share share--${area.step}`, renderer } }).addTo(map);
    // The base map says the names.
    const label = el("span", { class: "share__label", title: nameOf(area) }, area.percent);
    L.marker(shape.getBounds().getCenter(), { pane: "shareLabels", interactive: false, keyboard: false, icon: L.divIcon({ className: "share__mark", iconSize: [0, 0], html: label }) }).addTo(map);
  }
  const labelled = () => map.getContainer().classList.toggle("shows-shares", map.getZoom() >= LABEL_ZOOM);
  const painted = () => map.getContainer().classList.toggle("by-night", ["dark", "night"].includes(scheme()));
  map.on("zoomend", labelled);
  onScheme(painted);
  labelled();
  painted();
  legend(layer.words).addTo(map);
}

function legend({ title, hour, steps, source }) {
  const control = L.control({ position: "topleft" });
  control.onAdd = () => {
    const rows = steps.map((step, at) => el("li", { class: "shares__row" }, el("span", { class: `shares__sample share--${at}`, "aria-hidden": "true" }), step));
    const box = el("details", { class: "shares", open: innerWidth > 600 }, el("summary", { class: "shares__title" }, title), hour ? el("p", {}, hour) : null, el("ul", {}, ...rows), el("p", { class: "shares__source" }, source));
    L.DomEvent.disableClickPropagation(box);
    return box;
  };
  return control;
}
