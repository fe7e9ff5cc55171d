// The streets of a city by state: compact arrays on one canvas, no element for a street.

import { CanvasLayer } from "./plan_canvas.js";
import { Cells } from "./plan_cells.js";
import { STATES, fullWidth, lookOf, onNight, paint } from "./plan_paint.js";

const MIXED = 254;
const STRIDE = 1200;
const LEAST_PX = 0.8;
const ROUND_FROM_PX = 2.5;
/** Below this zoom a dash is longer than most streets: width and colour tell the state. */
const DASHED_FROM = 11;
/** Where more of the canvas than this has changed, all of it is drawn. */
const MOST_CHANGED = 0.7;

/** The streets. */
export class StreetsLayer extends CanvasLayer {
  #streets = null;
  #states = null;
  #seen = null;
  /** The states that the canvas shows as it is now; null: it must be drawn anew. */
  #shown = null;
  #scratch = document.createElement("canvas").getContext("2d");

  constructor() {
    super({ padding: 0.05 });
    onNight(() => this.redraw());
  }

  /** How the streets run. */
  setStreets(streets) {
    this.#streets = streets;
    this.#seen = { edge: new Uint32Array(streets.edges), first: new Uint32Array(streets.edges + 1), xy: new Float32Array(streets.xy.length), slot: new Int32Array(streets.edges), cells: new Uint16Array(4 * streets.edges), count: 0 };
    if (this._map) {
      this.moved();
      this.redraw();
    }
  }

  /** In which state they are. */
  setStates(states) {
    if (states === this.#states) return;
    this.#states = states;
    if (this.#shown && this.#streets) this.#redrawChanged();
    else this.redraw();
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
    const cells = new Cells(this._container.width, this._container.height);
    const reach = fullWidth(this._map.getZoom()) + 1;
    const [ratio, west0, north0] = [this.ratio, dx - reach, dy - reach];
    this.#shown = null;
    seen.slot.fill(-1);
    let [slot, put] = [0, 0];
    for (let edge = 0; edge < streets.edges; edge += 1) {
      const b = 4 * edge;
      if (box[b] > east || box[b + 2] < west || box[b + 1] > south || box[b + 3] < north) continue;
      seen.edge[slot] = edge;
      seen.slot[edge] = slot;
      seen.first[slot] = put;
      slot += 1;
      cells.box(seen.cells, 4 * (slot - 1), (box[b] * scale + west0) * ratio, (box[b + 1] * scale + north0) * ratio, (box[b + 2] * scale + dx + reach) * ratio, (box[b + 3] * scale + dy + reach) * ratio);
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
    this.#shown = this.#streets ? this.#states : null;
    this.#paint(context, null);
  }

  /** Draw only where streets look otherwise than on the canvas; what is not touched stays. */
  #redrawChanged() {
    const { width, height } = this._container;
    const [cells, seen] = [new Cells(width, height), this.#seen];
    const [before, now] = [this.#shown.look, this.#states.look];
    this.#shown = this.#states;
    let changed = false;
    for (let slot = 0; slot < seen.count; slot += 1) {
      if (before[seen.edge[slot]] === now[seen.edge[slot]]) continue;
      cells.mark(seen.cells, 4 * slot);
      changed = true;
    }
    if (!changed) return;
    if (cells.share() > MOST_CHANGED) {
      this.redraw();
      return;
    }
    const scratch = this.#scratch;
    if (scratch.canvas.width !== width || scratch.canvas.height !== height) Object.assign(scratch.canvas, { width, height });
    scratch.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    scratch.clearRect(0, 0, width, height);
    this.#paint(scratch, cells);
    this.context.setTransform(1, 0, 0, 1, 0, 0);
    cells.each((x, y, wide, high) => {
      this.context.clearRect(x, y, wide, high);
      this.context.drawImage(scratch.canvas, x, y, wide, high, x, y, wide, high);
    });
  }

  /** Draw the streets that touch marked squares; null: all. */
  #paint(context, cells) {
    // The base map steps back. A veil on this canvas: an opacity of its own would cost it a surface at every frame.
    context.fillStyle = paint().veil;
    context.fillRect(0, 0, this._container.width, this._container.height);
    if (!this.#streets || !this.#states) return;
    performance.mark("plan.streets.begin");
    const [groups, parts] = [this.#grouped(cells), this.#partsInView(cells)];
    const zoom = this._map.getZoom();
    const full = fullWidth(zoom);
    for (const [number, state] of STATES.entries()) {
      if (!groups[number].length && !parts[number].length) continue;
      const { color, width, dash } = lookOf(state);
      context.strokeStyle = color;
      context.lineWidth = Math.max(full * width, 0.8);
      context.globalAlpha = state === "covered" && zoom < 13 ? 0.75 : 1;
      // Round ends and corners of a line this thin cannot be seen, but cost more than the line.
      const thin = full * width < ROUND_FROM_PX;
      context.lineJoin = thin ? "bevel" : "round";
      context.lineCap = thin || dash.length ? "butt" : "round";
      context.setLineDash(zoom >= DASHED_FROM ? dash.map((part) => part * full * width) : []);
      this.#strokeWhole(context, groups[number]);
      this.#strokeParts(context, parts[number]);
    }
    context.globalAlpha = 1;
    context.setLineDash([]);
    performance.measure("plan.streets", "plan.streets.begin");
  }

  #grouped(cells) {
    const { state } = this.#states;
    const groups = STATES.map(() => []);
    for (let slot = 0; slot < this.#seen.count; slot += 1) {
      if (!cells || cells.touches(this.#seen.cells, 4 * slot)) groups[state[this.#seen.edge[slot]]]?.push(slot);
    }
    return groups;
  }

  #partsInView(cells) {
    const { edge, of, state } = this.#states;
    const groups = STATES.map(() => []);
    for (let part = 0; part < edge.length; part += 1) {
      const slot = this.#seen.slot[edge[part]];
      if (slot >= 0 && state[edge[part]] === MIXED && (!cells || cells.touches(this.#seen.cells, 4 * slot))) groups[of[part]].push(part);
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
