// The map of a way: its ends, the way without a stop, the stops as numbered pins and the way by one of them.

import { el } from "../dom.js";
import { nameOf, ui, words } from "../words.js";
import { say } from "./late.js";

const L = window.L;
const SIGNS = { closing_soon: "!", closed: "×", unknown: "?" };
const STILL = matchMedia("(prefers-reduced-motion: reduce)");

/** The layers of a way on a Leaflet map. */
export class AlongMap {
  #map;
  #ends = L.layerGroup();
  #stops = L.layerGroup();
  #ways = L.layerGroup();
  #pins = new Map();
  #answer = null;
  #onPin;

  /**
   * @param {object} map the Leaflet map
   * @param {{onPick: (lon: number, lat: number) => void, onPin: (rank: number) => void}} handlers
   */
  constructor(map, { onPick, onPin }) {
    this.#map = map;
    this.#onPin = onPin;
    for (const layer of [this.#ways, this.#ends, this.#stops]) layer.addTo(map);
    map.on("click", (event) => onPick(event.latlng.lng, event.latlng.lat));
    const box = map.getContainer();
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", ui("map_keys"));
    for (const [selector, key] of [[".leaflet-control-zoom-in", "zoom_in"], [".leaflet-control-zoom-out", "zoom_out"]]) {
      const button = box.querySelector(selector);
      if (button) button.title = ui(key);
      button?.setAttribute("aria-label", ui(key));
    }
    box.addEventListener("keyup", () => box.classList.add("is-keyed"));
    box.addEventListener("pointerdown", () => box.classList.remove("is-keyed"));
    box.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.target !== box) return;
      const { lng, lat } = map.getCenter();
      onPick(lng, lat);
    });
  }

  resized() {
    this.#map.invalidateSize({ animate: false });
  }

  /** Put the ends that are known, and look at them. */
  showEnds({ from, to, via }) {
    this.#answer = null;
    this.#pins.clear();
    for (const layer of [this.#ends, this.#stops, this.#ways]) layer.clearLayers();
    const ends = [[from, "from"], [via, "via"], [to, "to"]].filter(([point]) => point);
    for (const [point, name] of ends) this.#ends.addLayer(end(point, name));
    if (ends.length) this.#fit(ends.map(([{ lon, lat }]) => [lat, lon]));
  }

  /** Draw the way without a stop and the pins; `select` then shows the way by one of them. */
  showAnswer(answer) {
    this.#answer = answer;
    this.#drawPlain();
    for (const stop of answer.stops) {
      const pin = this.#pin(stop);
      this.#pins.set(stop.rank, pin);
      this.#stops.addLayer(pin);
    }
  }

  select(rank, { frame = true } = {}) {
    const stop = this.#answer?.stops.find((each) => each.rank === rank);
    if (!stop) return;
    for (const [other, pin] of this.#pins) {
      pin.getElement()?.classList.toggle("is-selected", other === rank);
      pin.setZIndexOffset(other === rank ? 2000 : 1000);
    }
    this.#ways.clearLayers();
    // The other legs stay as they are without a stop.
    this.#answer.way.paths.forEach((path, leg) => leg !== stop.leg && this.#draw(path));
    this.#draw(stop.path_to);
    this.#draw(stop.path_on);
    if (frame) this.#fit([...stop.path_to.coordinates, ...stop.path_on.coordinates].map(flip));
  }

  frame() {
    const ways = this.#answer.way.paths.flatMap((path) => path.coordinates.map(flip));
    this.#fit([...ways, ...this.#answer.stops.slice(0, 3).map(({ place }) => [place.lat, place.lon])]);
  }

  #drawPlain() {
    this.#ways.clearLayers();
    for (const path of this.#answer.way?.paths ?? []) this.#draw(path);
  }

  #draw({ coordinates }) {
    if (coordinates.length < 2) return;
    this.#map.yizhanSvg ??= L.svg({ padding: 0.5 });
    for (const className of ["way-edge", "way-band", "way-core"]) {
      this.#ways.addLayer(L.polyline(coordinates.map(flip), { className, interactive: false, renderer: this.#map.yizhanSvg }));
    }
  }

  #pin({ rank, place, state }) {
    const title = [ui("place_pin", { rank, name: nameOf(place) }), state ? words.state[state.kind] : null].filter(Boolean).join(" · ");
    const sign = state && state.kind !== "open" ? el("span", { class: "pin__state", "data-state": state.kind }, SIGNS[state.kind]) : null;
    const pin = L.marker([place.lat, place.lon], {
      icon: L.divIcon({
        className: place.accuracy === "exact" ? "pin" : "pin pin--vague",
        iconSize: [38, 46],
        iconAnchor: [19, 44],
        html: el("span", { class: "pin__plate" }, String(rank), sign),
      }),
      title,
      keyboard: false,
      riseOnHover: true,
      zIndexOffset: 1000 - rank,
    });
    pin.on("click", () => this.#onPin(rank));
    return pin;
  }

  #fit(points) {
    const margin = Math.min(60, this.#map.getSize().y / 8);
    this.#map.fitBounds(points, { paddingTopLeft: [margin, margin + 24], paddingBottomRight: [margin, margin], maxZoom: 16, animate: !STILL.matches });
  }
}

function end({ lon, lat }, name) {
  const icon = L.divIcon({ className: `pin-end pin-end--${name}`, iconSize: [30, 30], html: el("span", {}, say(`along_sign_${name}`)) });
  return L.marker([lat, lon], { icon, interactive: false, keyboard: false, zIndexOffset: 500 });
}

function flip([lon, lat]) {
  return [lat, lon];
}
