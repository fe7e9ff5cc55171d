// What lies on the base map: all places as light dots (crowd.js), the origin, the answers as numbered pins and
// the way to the one that is looked at.

import { ask, isAbort } from "./api.js";
import { onScheme } from "./basemap.js";
import { label, walkedAtTheEnd } from "./cards.js";
import { Crowd } from "./crowd.js";
import { el, outside } from "./dom.js";
import { nameOf, ui, wordFor, words } from "./words.js";

const L = window.L;
const FRAMED = 3;
// On the corner of a pin; an open place has none.
const SIGNS = { closing_soon: "!", closed: "×", unknown: "?" };
const NEAR_ZOOM = 14;
const STILL = matchMedia("(prefers-reduced-motion: reduce)");

/** The layers of the finder on a Leaflet map. */
export class MapView {
  #map;
  #pins = new Map();
  #crowd = null;
  #ways = L.layerGroup();
  #origin = null;
  #passed = null;
  #answer = null;
  #zooming = false;
  #frameNext = null;
  #onPin;

  /**
   * @param {object} map the Leaflet map
   * @param {{onPick: (lon: number, lat: number) => void, onPin: (rank: number) => void}} handlers
   */
  constructor(map, { onPick, onPin }) {
    this.#map = map;
    this.#onPin = onPin;
    this.#ways.addTo(map);
    map.on("click", (event) => this.#crowd?.press(event.containerPoint) || onPick(event.latlng.lng, event.latlng.lat));
    map.on("zoomstart", () => (this.#zooming = true));
    map.on("zoomend", () => this.#zoomed());
    this.#describeMap(onPick);
  }

  /** Draw places of the city as dots, gathered where they are many; `pins` as readPins of crowd.js gives them. */
  showPlaces(pins) {
    this.#crowd?.show(pins);
    this.#crowd ??= new Crowd(this.#map, pins, {
      onDot: (pin) => this.#describe(pin),
      title: (n) => ui("cluster", { n }),
      onLook: onScheme,
    });
    this.#hideAnswered();
  }

  /** Put the origin; `lon`, `lat` in degrees. */
  showOrigin(origin) {
    this.clear();
    this.#origin = L.marker([origin.lat, origin.lon], {
      icon: L.divIcon({ className: "pin-origin", iconSize: [26, 26], html: el("span") }),
      interactive: false,
      keyboard: false,
      zIndexOffset: 500,
    }).addTo(this.#map);
    this.#approach(this.#origin.getLatLng());
  }

  /** Draw the pins of an answer; `select` then shows the way to one. */
  showAnswer(answer) {
    this.#answer = answer;
    for (const result of answer.results) this.#pins.set(result.rank, this.#pin(result));
    this.#hideAnswered();
  }

  /** Add the pin of a place that was not among the answers. */
  addResult(result) {
    this.#answer.results.push(result);
    this.#pins.set(result.rank, this.#pin(result));
  }

  /** Take it away again. */
  removeResult(rank) {
    this.#pins.get(rank)?.remove();
    this.#pins.delete(rank);
    this.#answer.results = this.#answer.results.filter((result) => result.rank !== rank);
    this.#ways.clearLayers();
  }

  /** Point at a place that was passed over with a small hollow pin; null: at none. */
  pointAt(place) {
    this.#passed?.remove();
    this.#passed = null;
    if (!place || this.#pins.has(place.id)) return;
    const at = [place.lat, place.lon];
    this.#passed = L.marker(at, {
      icon: L.divIcon({ className: "hollow", iconSize: [30, 38], iconAnchor: [15, 36], html: el("span", { class: "hollow__face" }) }),
      interactive: false,
      keyboard: false,
      zIndexOffset: 3000,
    }).addTo(this.#map);
    if (!this.#zooming) this.#map.panInside(at, { paddingTopLeft: [40, 60], paddingBottomRight: [70, 40], animate: !STILL.matches });
  }

  /** Bring the origin and the nearest few of the answer into view. */
  frameAnswer() {
    const nearest = this.#answer.results.slice(0, FRAMED).map(({ place }) => [place.lat, place.lon]);
    this.#frame([...nearest, this.#start()]);
  }

  /** Show the way to the result of this rank, and return its place; null if there is none. */
  select(rank, { frame = true } = {}) {
    this.#ways.clearLayers();
    for (const [other, pin] of this.#pins) mark(pin, other === rank);
    const result = this.#answer?.results.find((each) => each.rank === rank);
    if (!result) return null;
    this.#drawWay(result);
    if (frame) this.#frame([...result.path.coordinates.map(flip), [result.place.lat, result.place.lon], this.#start()]);
    return result.place;
  }

  /** Remove the answer and the origin. */
  clear() {
    for (const pin of this.#pins.values()) pin.remove();
    this.#pins.clear();
    this.#ways.clearLayers();
    this.pointAt(null);
    this.#crowd?.hide([]);
    this.#origin?.remove();
    this.#origin = null;
    this.#answer = null;
  }

  /** Tell the map that its box changed. */
  resized() {
    this.#map.invalidateSize({ animate: false });
  }

  /**
   * Give the map a name and the keyboard a way to choose an origin. Pins and dots are for pointers: for
   * the keyboard and the ear the list says the same in order, without hundreds of stops on the way.
   */
  #describeMap(onPick) {
    const box = this.#map.getContainer();
    box.setAttribute("role", "application");
    box.setAttribute("aria-label", ui("map_keys"));
    this.#map.getPane("markerPane").setAttribute("aria-hidden", "true");
    for (const way of ["in", "out"]) {
      const button = box.querySelector(`.leaflet-control-zoom-${way}`);
      button.title = ui(`zoom_${way}`);
      button.setAttribute("aria-label", button.title);
    }
    box.addEventListener("keyup", () => box.classList.add("is-keyed"));
    box.addEventListener("pointerdown", () => box.classList.remove("is-keyed"));
    box.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.target !== box) return;
      const { lng, lat } = this.#map.getCenter();
      onPick(lng, lat);
    });
  }

  /** Stay where the map is if the origin is well in view at a useful scale. */
  #approach(latlng) {
    const zoom = Math.max(this.#map.getZoom(), NEAR_ZOOM);
    const inView = this.#map.getBounds().pad(-0.2).contains(latlng);
    if (!inView || zoom !== this.#map.getZoom()) this.#map.setView(latlng, zoom, { animate: false });
  }

  #pin({ rank, place, state }) {
    const name = typeof rank === "number" ? ui("place_pin", { rank, name: nameOf(place) }) : nameOf(place);
    const title = [name, state ? words.state[state.kind] : null].filter(Boolean).join(" · ");
    const sign = state && state.kind !== "open" ? el("span", { class: "pin__state", "data-state": state.kind }, SIGNS[state.kind]) : null;
    const pin = L.marker([place.lat, place.lon], {
      icon: L.divIcon({
        className: place.accuracy === "exact" ? "pin" : "pin pin--vague",
        iconSize: [38, 46],
        iconAnchor: [19, 44],
        html: el("span", { class: "pin__plate" }, label(rank), sign),
      }),
      title,
      keyboard: false,
      riseOnHover: true,
      zIndexOffset: 1000 - (Number(rank) || 0),
    });
    pin.on("mouseover", () => this.#onPin(rank));
    pin.on("click", () => this.#onPin(rank, { scroll: true }));
    pin.addTo(this.#map);
    return pin;
  }

  #drawWay(result) {
    const path = result.path.coordinates.map(flip);
    const place = [result.place.lat, result.place.lon];
    const start = this.#start();
    const add = (points, className) => L.polyline(points, { className, interactive: false, renderer: this.#renderer() }).addTo(this.#ways);
    // The ends off the street are no known way: dotted, straight.
    add([start, path[0] ?? place], "way-access");
    add([path.at(-1) ?? start, place], "way-access");
    const parked = walkedAtTheEnd(result) ? cornerAt(result.path.coordinates, result.parked) : path.length - 1;
    const ridden = path.slice(0, parked + 1);
    if (parked < path.length - 1) for (const part of ["way-foot way-foot--band", "way-foot"]) add(path.slice(parked), part);
    if (ridden.length > 1) for (const part of ["way-edge", "way-band", "way-core"]) add(ridden, part);
    if (walkedAtTheEnd(result)) {
      L.marker(flip(result.parked), {
        icon: L.divIcon({ className: "parking", iconSize: [24, 24], html: el("span", { class: "parking__face" }, "P") }),
        interactive: false,
        keyboard: false,
        zIndexOffset: 1500,
      }).addTo(this.#ways);
    }
  }

  /** A place with a pin needs no dot; the dots may arrive before the answer or after it. */
  #hideAnswered() {
    if (this.#crowd && this.#answer) this.#crowd.hide(this.#answer.results.map(({ place }) => place.id));
  }

  #start() {
    return [this.#answer.origin.lat, this.#answer.origin.lon];
  }

  #renderer() {
    this.#map.yizhanSvg ??= L.svg({ padding: 0.5 });
    return this.#map.yizhanSvg;
  }

  #frame(points) {
    // Leaflet drops what is asked of it while it zooms.
    this.#frameNext = this.#zooming ? points : null;
    if (this.#zooming) return;
    // Room for a pin above its foot, and for the buttons at the right.
    const margin = Math.min(70, this.#map.getSize().y / 14);
    this.#map.fitBounds(points, {
      paddingTopLeft: [margin, margin + 30],
      paddingBottomRight: [margin + 34, margin + 16],
      maxZoom: 17,
      animate: !STILL.matches,
    });
  }

  #zoomed() {
    this.#zooming = false;
    if (this.#frameNext) this.#frame(this.#frameNext);
  }

  async #describe(pin) {
    const box = el("div", { class: "about" }, el("h3", { class: "about__name" }, outside(pin.name)));
    const lines = el("div", {}, el("p", {}, pin.services.map((kind) => wordFor("service", kind)).join(" · ")));
    box.append(lines);
    // Leaflet takes the element as it is; none of its text is parsed.
    const popup = L.popup({ className: "bubble", maxWidth: 260, autoPanPadding: [12, 12] }).setLatLng([pin.lat, pin.lon]).setContent(box).openOn(this.#map);
    try {
      const place = await ask("place", `/api/v1/places/${encodeURIComponent(pin.id)}`);
      const where = place.address ?? place.subdistrict ?? place.district;
      lines.prepend(...(where ? [el("p", {}, outside(where))] : []));
      lines.append(el("p", {}, wordFor("accuracy", place.accuracy)));
      popup.update();
    } catch (error) {
      // The bubble already says what the map knows; more was a courtesy.
      if (!isAbort(error)) lines.append(el("p", {}, wordFor("problem", error.code ?? "internal")));
    }
  }
}

function mark(pin, selected) {
  const node = pin.getElement();
  node?.classList.toggle("is-selected", selected);
  pin.setZIndexOffset(selected ? 2000 : 1000);
}

/** Which corner of a way is at a position, or nearest to it. */
function cornerAt(way, [lon, lat]) {
  const apart = way.map(([x, y]) => Math.hypot(x - lon, y - lat));
  return apart.lastIndexOf(Math.min(...apart));
}

function flip([lon, lat]) {
  return [lat, lon];
}
