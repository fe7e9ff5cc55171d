// The streets of a city by state: compact arrays on one canvas, no element for a street.

import { STATES, fullWidth, lookOf, onNight, paint } from "./plan_paint.js";

const L = window.L;
const MIXED = 254;
const STRIDE = 1200;
const LEAST_PX = 0.8;
/** Below this zoom a dash is longer than most streets: width and colour tell the state. */
const DASHED_FROM = 11;

/** Read the geometry of `/base/streets.bin` (`YZS1`): positions on a square of side 1, relative to its middle. */
export function readStreets(buffer) {
  expect(buffer, "YZS1");
  const head = new DataView(buffer);
  const [edges, points] = [head.getUint32(4, true), head.getUint32(8, true)];
  const first = new Uint32Array(buffer, 12, edges + 1);
  const degrees = new Int32Array(buffer, 12 + 4 * (edges + 1), 2 * points);
  const middle = mercator(degrees[0] / 1e7, degrees[1] / 1e7);
  const xy = new Float32Array(2 * points);
  for (let at = 0; at < points; at += 1) {
    const [x, y] = mercator(degrees[2 * at] / 1e7, degrees[2 * at + 1] / 1e7);
    xy[2 * at] = x - middle[0];
    xy[2 * at + 1] = y - middle[1];
  }
  return { edges, first, xy, middle, box: boxes(edges, first, xy) };
}

/** Read the states of `/api/v1/coverage/streets` (`YZC1`). */
export function readStates(buffer) {
  expect(buffer, "YZC1");
  const head = new DataView(buffer);
  const [edges, parts] = [head.getUint32(4, true), head.getUint32(8, true)];
  let at = 12 + edges + ((4 - (edges % 4)) % 4);
  const state = new Uint8Array(buffer, 12, edges);
  const edge = new Uint32Array(buffer, at, parts);
  at += 4 * parts;
  const start = new Uint16Array(buffer, at, parts);
  at += 2 * parts;
  return { state, edge, start, end: new Uint16Array(buffer, at, parts), of: new Uint8Array(buffer, at + 2 * parts, parts) };
}

/** Web Mercator on a square of side 1. */
export function mercator(lon, lat) {
  const sine = Math.sin((lat * Math.PI) / 180);
  return [lon / 360 + 0.5, 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)];
}

/** A canvas of Leaflet's overlay pane that follows the map; whoever extends it says how to draw. */
export class CanvasLayer extends L.Renderer {
  _initContainer() {
    this._container = document.createElement("canvas");
    this._container.classList.add("plan-canvas");
    this._container.setAttribute("aria-hidden", "true");
    this.context = this._container.getContext("2d");
  }

  _destroyContainer() {
    this._container.remove();
  }

  _updatePaths() {}

  _update() {
    if (this._map._animatingZoom && this._bounds) return;
    super._update();
    const size = this._bounds.getSize();
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    L.DomUtil.setPosition(this._container, this._bounds.min);
    this._container.width = Math.round(size.x * ratio);
    this._container.height = Math.round(size.y * ratio);
    this._container.style.width = `${size.x}px`;
    this._container.style.height = `${size.y}px`;
    this.ratio = ratio;
    this.moved();
    this.redraw();
  }

  /** The view is another one. */
  moved() {}

  /** Where a position of the square lies on the canvas, and how large the square is: x = X * scale + x0. */
  frame() {
    const scale = 256 * 2 ** this._map.getZoom();
    const origin = this._map.getPixelOrigin();
    return { scale, x0: -origin.x - this._bounds.min.x, y0: -origin.y - this._bounds.min.y, width: this._bounds.getSize().x, height: this._bounds.getSize().y };
  }

  /** Wipe the canvas and draw. */
  redraw() {
    if (!this._map || !this._bounds) return;
    this.context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    this.context.clearRect(0, 0, this._container.width, this._container.height);
    this.draw(this.context);
  }

  draw() {}
}

/** The streets. */
export class StreetsLayer extends CanvasLayer {
  #streets = null;
  #states = null;
  #seen = null;

  constructor() {
    super({ padding: 0.05 });
    onNight(() => this.redraw());
  }

  /** How the streets run. */
  setStreets(streets) {
    this.#streets = streets;
    this.#seen = { edge: new Uint32Array(streets.edges), first: new Uint32Array(streets.edges + 1), xy: new Float32Array(streets.xy.length), slot: new Int32Array(streets.edges), count: 0 };
    if (this._map) {
      this.moved();
      this.redraw();
    }
  }

  /** In which state they are. */
  setStates(states) {
    if (states === this.#states) return;
    this.#states = states;
    this.redraw();
  }

  /** Which streets are in view, and where on the canvas; corners closer than a pixel are one. */
  moved() {
    const streets = this.#streets;
    if (!streets || !this._map) return;
    const { scale, x0, y0, width, height } = this.frame();
    const [dx, dy] = [streets.middle[0] * scale + x0, streets.middle[1] * scale + y0];
    const [west, east, north, south] = [-dx / scale, (width - dx) / scale, -dy / scale, (height - dy) / scale];
    const { first, xy, box } = streets;
    const seen = this.#seen;
    seen.slot.fill(-1);
    let [slot, put] = [0, 0];
    for (let edge = 0; edge < streets.edges; edge += 1) {
      const b = 4 * edge;
      if (box[b] > east || box[b + 2] < west || box[b + 1] > south || box[b + 3] < north) continue;
      seen.edge[slot] = edge;
      seen.slot[edge] = slot;
      seen.first[slot] = put;
      slot += 1;
      const end = first[edge + 1] - 1;
      let [lastX, lastY] = [Infinity, Infinity];
      for (let at = first[edge]; at <= end; at += 1) {
        const [x, y] = [xy[2 * at] * scale + dx, xy[2 * at + 1] * scale + dy];
        if (at !== end && Math.abs(x - lastX) < LEAST_PX && Math.abs(y - lastY) < LEAST_PX) continue;
        seen.xy[2 * put] = lastX = x;
        seen.xy[2 * put + 1] = lastY = y;
        put += 1;
      }
    }
    seen.first[slot] = put;
    seen.count = slot;
  }

  draw(context) {
    // The base map steps back. A veil on this canvas: an opacity of its own would cost it a surface at every frame.
    context.fillStyle = paint().veil;
    context.fillRect(0, 0, this._container.width, this._container.height);
    if (!this.#streets || !this.#states) return;
    performance.mark("plan.streets.begin");
    const [groups, parts] = [this.#grouped(), this.#partsInView()];
    const zoom = this._map.getZoom();
    const full = fullWidth(zoom);
    context.lineJoin = "round";
    for (const [number, state] of STATES.entries()) {
      if (!groups[number].length && !parts[number].length) continue;
      const { color, width, dash } = lookOf(state);
      context.strokeStyle = color;
      context.lineWidth = Math.max(full * width, 0.8);
      context.globalAlpha = state === "covered" && zoom < 13 ? 0.75 : 1;
      context.lineCap = dash.length ? "butt" : "round";
      context.setLineDash(zoom >= DASHED_FROM ? dash.map((part) => part * full * width) : []);
      this.#strokeWhole(context, groups[number]);
      this.#strokeParts(context, parts[number]);
    }
    context.globalAlpha = 1;
    context.setLineDash([]);
    performance.measure("plan.streets", "plan.streets.begin");
  }

  #grouped() {
    const { state } = this.#states;
    const groups = STATES.map(() => []);
    for (let slot = 0; slot < this.#seen.count; slot += 1) groups[state[this.#seen.edge[slot]]]?.push(slot);
    return groups;
  }

  #partsInView() {
    const { edge, of, state } = this.#states;
    const groups = STATES.map(() => []);
    for (let part = 0; part < edge.length; part += 1) {
      if (this.#seen.slot[edge[part]] >= 0 && state[edge[part]] === MIXED) groups[of[part]].push(part);
    }
    return groups;
  }

  #strokeWhole(context, slots) {
    const { first, xy } = this.#seen;
    for (let from = 0; from < slots.length; from += STRIDE) {
      context.beginPath();
      for (let n = from; n < Math.min(from + STRIDE, slots.length); n += 1) {
        const slot = slots[n];
        let at = first[slot];
        context.moveTo(xy[2 * at], xy[2 * at + 1]);
        for (at += 1; at < first[slot + 1]; at += 1) context.lineTo(xy[2 * at], xy[2 * at + 1]);
      }
      context.stroke();
    }
  }

  #strokeParts(context, parts) {
    const { edge, start, end } = this.#states;
    for (let from = 0; from < parts.length; from += STRIDE) {
      context.beginPath();
      for (const part of parts.slice(from, from + STRIDE)) this.#tracePart(context, this.#seen.slot[edge[part]], start[part] / 65535, end[part] / 65535);
      context.stroke();
    }
  }

  /** Trace a street from one share of its length to another. */
  #tracePart(context, slot, start, end) {
    const { first, xy } = this.#seen;
    let all = 0;
    for (let at = first[slot] + 1; at < first[slot + 1]; at += 1) all += Math.hypot(xy[2 * at] - xy[2 * at - 2], xy[2 * at + 1] - xy[2 * at - 1]);
    const [from, to] = [start * all, end * all];
    let [gone, drawing] = [0, false];
    for (let at = first[slot] + 1; at < first[slot + 1] && gone < to; at += 1) {
      const [x, y] = [xy[2 * at - 2], xy[2 * at - 1]];
      const [dx, dy] = [xy[2 * at] - x, xy[2 * at + 1] - y];
      const length = Math.hypot(dx, dy);
      if (gone + length > from && length > 0) {
        const head = Math.max(from - gone, 0) / length;
        const tail = Math.min(to - gone, length) / length;
        if (!drawing) context.moveTo(x + dx * head, y + dy * head);
        drawing = true;
        context.lineTo(x + dx * tail, y + dy * tail);
      }
      gone += length;
    }
  }
}

function boxes(edges, first, xy) {
  const box = new Float32Array(4 * edges);
  for (let edge = 0; edge < edges; edge += 1) {
    let [west, north, east, south] = [Infinity, Infinity, -Infinity, -Infinity];
    for (let at = first[edge]; at < first[edge + 1]; at += 1) {
      const [x, y] = [xy[2 * at], xy[2 * at + 1]];
      if (x < west) west = x;
      if (x > east) east = x;
      if (y < north) north = y;
      if (y > south) south = y;
    }
    box.set([west, north, east, south], 4 * edge);
  }
  return box;
}

function expect(buffer, mark) {
  const found = String.fromCharCode(...new Uint8Array(buffer, 0, 4));
  if (found !== mark) throw new Error(`${mark} expected, ${found} found`);
}
