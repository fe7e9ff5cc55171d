// What lies on the streets: borders of subdistricts, places, what a scenario gains and loses. One canvas.

import { CanvasLayer, mercator } from "./plan_canvas.js";
import { paint, onNight } from "./plan_paint.js";

const NEAR_PX = 14;
const PLACES_FROM = 12;

/** Borders, places and changed streets. */
export class MarksLayer extends CanvasLayer {
  #areas = [];
  #chosen = null;
  #places = [];
  #closed = new Set();
  #changes = { gained: [], lost: [] };
  #box = null;
  #covered = false;

  constructor() {
    super({ padding: 0.05 });
    onNight(() => this.redraw());
  }

  /** Outlines of the subdistricts, GeoJSON. */
  setAreas(collection) {
    this.#areas = collection.features.map(({ id, geometry, properties }) => ({ number: id, ...properties, rings: ringsOf(geometry) }));
    this.redraw();
  }

  /** The subdistricts with their outlines. */
  get areas() {
    return this.#areas;
  }

  /** Mark one subdistrict; null: none. */
  choose(number) {
    this.#chosen = number;
    this.redraw();
  }

  /** The places, and which of them a scenario closes or moves away. */
  setPlaces(places) {
    this.#places = places.map((place) => ({ ...place, at: mercator(place.lon, place.lat) }));
    this.redraw();
  }

  setClosed(ids) {
    if (!ids.length && !this.#closed.size) return;
    this.#closed = new Set(ids);
    this.redraw();
  }

  /** Something else is to be looked at: places make room. */
  setCovered(covered) {
    if (covered === this.#covered) return;
    this.#covered = covered;
    this.redraw();
  }

  /** Streets that edits win and lose, MultiLineStrings. */
  setChanges(streets) {
    if (!streets && !this.#changes.gained.length && !this.#changes.lost.length) return;
    performance.mark("plan.marks.begin");
    this.#changes = { gained: linesOf(streets?.gained), lost: linesOf(streets?.lost) };
    this.redraw();
    performance.measure("plan.marks", "plan.marks.begin");
  }

  /** A box to look at: west, south, east, north; null: none. */
  setBox(bbox) {
    this.#box = bbox ? [mercator(bbox[0], bbox[3]), mercator(bbox[2], bbox[1])] : null;
    this.redraw();
  }

  /** The subdistrict at a position, or null. */
  areaAt(lon, lat) {
    const at = mercator(lon, lat);
    return this.#areas.find(({ rings }) => rings.reduce((inside, ring) => (crosses(ring, at) ? !inside : inside), false)) ?? null;
  }

  /** The box of a subdistrict as south-west and north-east corner, or null. */
  boxOf(number) {
    const area = this.#areas.find((each) => each.number === number);
    if (!area) return null;
    const [xs, ys] = [0, 1].map((axis) => area.rings.flat().map((point) => point[axis]));
    return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
  }

  /** The place that is drawn nearest to a point of the map, if it is near enough to be meant. */
  placeNear(point) {
    if (this._map.getZoom() < PLACES_FROM) return null;
    const { scale } = this.frame();
    const origin = this._map.getPixelOrigin();
    let [best, least] = [null, NEAR_PX];
    for (const place of this.#places) {
      const apart = Math.hypot(place.at[0] * scale - origin.x - point.x, place.at[1] * scale - origin.y - point.y);
      if (apart < least) [best, least] = [place, apart];
    }
    return best;
  }

  draw(context) {
    const frame = this.frame();
    const colors = paint();
    this.#drawAreas(context, frame, colors);
    this.#drawChanges(context, frame, colors);
    this.#drawPlaces(context, frame, colors);
    if (this.#box) {
      const [a, b] = this.#box.map(([x, y]) => [x * frame.scale + frame.x0, y * frame.scale + frame.y0]);
      strokeTwice(context, colors, 3, () => context.rect(a[0] - 6, a[1] - 6, b[0] - a[0] + 12, b[1] - a[1] + 12));
    }
  }

  #drawAreas(context, { scale, x0, y0 }, colors) {
    const trace = (rings) => {
      for (const ring of rings) ring.forEach(([x, y], at) => context[at ? "lineTo" : "moveTo"](x * scale + x0, y * scale + y0));
    };
    context.strokeStyle = colors.border;
    context.lineWidth = 1;
    context.setLineDash([2, 3]);
    context.globalAlpha = 0.8;
    context.beginPath();
    for (const { rings } of this.#areas) trace(rings);
    context.stroke();
    context.setLineDash([]);
    context.globalAlpha = 1;
    const chosen = this.#areas.find(({ number }) => number === this.#chosen);
    if (chosen) strokeTwice(context, colors, 3, () => trace(chosen.rings));
  }

  #drawChanges(context, { scale, x0, y0 }, colors) {
    context.lineCap = "round";
    for (const [lines, color, dash] of [[this.#changes.gained, colors.gained, []], [this.#changes.lost, colors.lost, [3, 6]]]) {
      if (!lines.length) continue;
      const trace = () => {
        context.beginPath();
        for (const line of lines) line.forEach(([x, y], at) => context[at ? "lineTo" : "moveTo"](x * scale + x0, y * scale + y0));
        context.stroke();
      };
      [context.strokeStyle, context.lineWidth] = [colors.halo, 8];
      trace();
      context.setLineDash(dash);
      [context.strokeStyle, context.lineWidth] = [color, 4.5];
      trace();
      context.setLineDash([]);
    }
  }

  #drawPlaces(context, { scale, x0, y0, width, height }, colors) {
    const zoom = this._map.getZoom();
    if (zoom < PLACES_FROM || this.#covered) return;
    const radius = zoom < 14 ? 2.2 : zoom < 16 ? 4 : 6;
    context.lineWidth = zoom < 14 ? 0.8 : 1.6;
    for (const place of this.#places) {
      const [x, y] = [place.at[0] * scale + x0, place.at[1] * scale + y0];
      if (x < -9 || y < -9 || x > width + 9 || y > height + 9) continue;
      const gone = this.#closed.has(place.id);
      context.beginPath();
      context.arc(x, y, radius, 0, 7);
      context.fillStyle = gone ? colors.placeEdge : colors.place;
      context.strokeStyle = gone ? colors.place : colors.placeEdge;
      context.fill();
      context.stroke();
      if (!gone) continue;
      context.beginPath();
      for (const way of [-1, 1]) {
        context.moveTo(x - radius, y - way * radius);
        context.lineTo(x + radius, y + way * radius);
      }
      context.stroke();
    }
  }
}

function strokeTwice(context, colors, width, trace) {
  context.lineJoin = "round";
  for (const [color, extra] of [[colors.halo, 3], [colors.chosen, 0]]) {
    context.beginPath();
    trace();
    [context.strokeStyle, context.lineWidth] = [color, width + extra];
    context.stroke();
  }
}

function ringsOf({ type, coordinates }) {
  const polygons = type === "Polygon" ? [coordinates] : type === "MultiPolygon" ? coordinates : [];
  return polygons.flat().map((ring) => ring.map(([lon, lat]) => mercator(lon, lat)));
}

function linesOf(multi) {
  return (multi?.coordinates ?? []).map((line) => line.map(([lon, lat]) => mercator(lon, lat)));
}

/** Whether a ray from a point to the east crosses a ring an odd number of times. */
function crosses(ring, [x, y]) {
  let odd = false;
  for (let a = 0, b = ring.length - 1; a < ring.length; b = a, a += 1) {
    const [[xa, ya], [xb, yb]] = [ring[a], ring[b]];
    if (ya > y !== yb > y && x < ((xb - xa) * (y - ya)) / (yb - ya) + xa) odd = !odd;
  }
  return odd;
}
