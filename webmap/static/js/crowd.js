// All places of a city on one canvas: dots where there is room, gathered to numbers where there is none. A thousand
// places are no node of the page at all. What is gathered is reckoned once per zoom; panning only moves the canvas.

import { el, icon } from "./dom.js";

const L = window.L;
const WORLD_PX = 256;
// Degrees are told as whole numbers of this many to a degree.
const PER_DEGREE = 1e5;
const GATHERED_PX = 56;
const APART_ZOOM = 15;
// How far from its middle a dot can be pressed: a finger is wide, and a mouse is told by its cursor.
const PRESS_PX = 18;
const GLYPH = 12.5;
const PARTS = ["x", "y"];

/** Read the columns of `/api/v1/pins`: whole numbers, each but the first told as the step from the one before. */
export function readPins({ lon, lat, kind, kinds, id, name }, draws = () => true) {
  const pins = [];
  let [east, north] = [0, 0];
  for (let at = 0; at < id.length; at++) {
    east += lon[at];
    north += lat[at];
    const services = kinds[kind[at]];
    if (draws({ services })) pins.push({ id: id[at], name: name[at], services, lon: east / PER_DEGREE, lat: north / PER_DEGREE });
  }
  return pins;
}

/**
 * Gather points that lie within a radius of one another, as many as are near the first of them that is left.
 * @param {Float64Array} x
 * @param {Float64Array} y
 * @param {number} radius in the unit of x and y
 * @param {(at: number) => boolean} left which points are still to be shown
 * @returns {{x: number, y: number, of: number[]}[]} middles, and who is there
 */
export function gather(x, y, radius, left = () => true) {
  const cells = new Map();
  const cell = (value) => Math.floor(value / radius);
  // Cells of a map of the world at any zoom fit in 26 bits each.
  const key = (column, row) => column * 0x4000000 + row;
  for (let at = 0; at < x.length; at++) {
    if (!left(at)) continue;
    const here = key(cell(x[at]), cell(y[at]));
    if (cells.has(here)) cells.get(here).push(at);
    else cells.set(here, [at]);
  }
  const taken = new Uint8Array(x.length);
  const groups = [];
  for (const members of cells.values()) {
    for (const first of members) {
      if (taken[first]) continue;
      const group = { x: 0, y: 0, of: [] };
      const [column, row] = [cell(x[first]), cell(y[first])];
      for (let right = -1; right <= 1; right++) {
        for (let down = -1; down <= 1; down++) {
          for (const other of cells.get(key(column + right, row + down)) ?? []) {
            if (taken[other] || Math.hypot(x[other] - x[first], y[other] - y[first]) > radius) continue;
            taken[other] = 1;
            group.of.push(other);
            group.x += x[other];
            group.y += y[other];
          }
        }
      }
      for (const part of PARTS) group[part] /= group.of.length;
      groups.push(group);
    }
  }
  return groups;
}

/** The canvas; Leaflet keeps it in place while the map moves and zooms. */
const Sheet = L.Renderer.extend({
  options: { padding: 0.4, pane: "crowd" },
  initialize(paint) {
    L.Renderer.prototype.initialize.call(this);
    this.paint = paint;
  },
  _initContainer() {
    this._container = el("canvas", { class: "crowd" });
  },
  _destroyContainer() {
    this._container.remove();
    delete this._container;
  },
  _updatePaths() {},
  _update() {
    if (this._map._animatingZoom && this._bounds) return;
    L.Renderer.prototype._update.call(this);
    const size = this._bounds.getSize();
    const scale = devicePixelRatio || 1;
    L.DomUtil.setPosition(this._container, this._bounds.min);
    Object.assign(this._container, { width: size.x * scale, height: size.y * scale });
    Object.assign(this._container.style, { width: `${size.x}px`, height: `${size.y}px` });
    this.redraw();
  },
  /** Draw once more what is in sight; several wishes of one frame are one. */
  redraw() {
    if (this._asked) return;
    this._asked = requestAnimationFrame(() => {
      this._asked = 0;
      if (!this._container) return;
      const scale = devicePixelRatio || 1;
      const context = this._container.getContext("2d");
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.clearRect(0, 0, this._container.width, this._container.height);
      context.setTransform(scale, 0, 0, scale, 0, 0);
      this.paint(context, this._bounds, scale);
    });
  },
});

/** All places of the city, drawn; a place is `{id, name, services, lon, lat}`. */
export class Crowd {
  #map;
  #pins;
  #x;
  #y;
  #zoom = null;
  #groups = [];
  #shown = [];
  #hidden = new Set();
  #pointed = null;
  #faces = null;
  #sheet;
  #onDot;
  #title;

  /**
   * @param {object} map the Leaflet map
   * @param {object[]} pins
   * @param {{onDot: (pin: object) => void, title: (count: number) => string, onLook?: (listener: () => void) => void}} ways
   *   what pressing a dot does, what is said of several places, and who tells when the page looks different
   */
  constructor(map, pins, { onDot, title, onLook }) {
    this.#map = map;
    this.#onDot = onDot;
    this.#title = title;
    map.createPane("crowd").style.zIndex = 590; // above ways, below pins
    map.getPane("crowd").setAttribute("aria-hidden", "true");
    this.#sheet = new Sheet((context, bounds, scale) => this.#paint(context, bounds, scale)).addTo(map);
    this.show(pins);
    map.on("mousemove", ({ containerPoint, originalEvent }) => this.#point(originalEvent.target.closest?.(".leaflet-marker-icon, .leaflet-popup") ? null : this.#at(containerPoint)));
    map.on("mouseout zoomstart", () => this.#point(null));
    onLook?.(() => {
      this.#faces = null;
      this.#sheet.redraw();
    });
  }

  /** Draw these places instead. */
  show(pins) {
    this.#pins = pins;
    this.#x = Float64Array.from(pins, ({ lon }) => ((lon + 180) / 360) * WORLD_PX);
    this.#y = Float64Array.from(pins, ({ lat }) => (0.5 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / (2 * Math.PI)) * WORLD_PX);
    this.#zoom = null;
    this.#sheet.redraw();
  }

  /** Leave these places out, since they are shown otherwise; nobody who is not named here stays out. */
  hide(ids) {
    this.#hidden = new Set(ids);
    this.#zoom = null;
    this.#sheet.redraw();
  }

  /** Do what a press at a point of the map means; whether it meant anything here. */
  press(containerPoint) {
    const found = this.#at(containerPoint);
    if (!found) return false;
    if (found.of.length === 1) this.#onDot(this.#pins[found.of[0]]);
    else this.#spread(found);
    return true;
  }

  /** Where something is drawn now, in pixels of the map: for tests. */
  drawn() {
    const corner = this.#map.getPixelOrigin().add(this.#map.containerPointToLayerPoint([0, 0]));
    return this.#shown.map(({ x, y, of }) => ({ x: x - corner.x, y: y - corner.y, ids: of.map((at) => this.#pins[at].id) }));
  }

  #spread({ of }) {
    const bounds = L.latLngBounds(of.map((at) => [this.#pins[at].lat, this.#pins[at].lon]));
    const zoom = Math.max(this.#map.getZoom() + 1, Math.min(this.#map.getBoundsZoom(bounds), APART_ZOOM));
    this.#map.setView(bounds.getCenter(), zoom);
  }

  /** What is drawn at a point of the map's box, the nearest; null: nothing. */
  #at(containerPoint) {
    const { x, y } = this.#map.containerPointToLayerPoint(containerPoint).add(this.#map.getPixelOrigin());
    let [found, least] = [null, PRESS_PX];
    for (const each of this.#shown) {
      const apart = Math.hypot(each.x - x, each.y - y);
      if (apart <= least) [found, least] = [each, apart];
    }
    return found;
  }

  #point(found) {
    if (found === this.#pointed) return;
    this.#pointed = found;
    const box = this.#map.getContainer();
    box.classList.toggle("points", Boolean(found));
    if (found) box.title = found.of.length > 1 ? this.#title(found.of.length) : this.#pins[found.of[0]].name;
    else box.removeAttribute("title");
    this.#sheet.redraw();
  }

  /** The groups of the present zoom, in its pixels. */
  #gathered() {
    const zoom = this.#map.getZoom();
    if (zoom === this.#zoom) return this.#groups;
    const scale = 2 ** zoom;
    const left = (at) => !this.#hidden.has(this.#pins[at].id);
    const all = () => Array.from(this.#x, (x, at) => ({ x, y: this.#y[at], of: [at] })).filter(({ of }) => left(of[0]));
    const found = zoom < APART_ZOOM ? gather(this.#x, this.#y, GATHERED_PX / scale, left) : all();
    this.#groups = found.map(({ x, y, of }) => ({ x: x * scale, y: y * scale, of }));
    this.#zoom = zoom;
    return this.#groups;
  }

  #paint(context, bounds, scale) {
    const faces = (this.#faces ??= readFaces(this.#map.getPane("crowd"), scale, () => this.#sheet.redraw()));
    const origin = this.#map.getPixelOrigin().add(bounds.min);
    const size = bounds.getSize();
    const edge = PRESS_PX * 2;
    this.#shown = this.#gathered().filter(({ x, y }) => x > origin.x - edge && y > origin.y - edge && x < origin.x + size.x + edge && y < origin.y + size.y + edge);
    context.textAlign = "center";
    context.textBaseline = "middle";
    for (const each of this.#shown) {
      const [x, y] = [Math.round(each.x - origin.x), Math.round(each.y - origin.y)];
      const pointed = each === this.#pointed;
      if (each.of.length > 1) drawCount(context, faces.cluster, x, y, each.of.length, pointed);
      else drawDot(context, faces, x, y, this.#pins[each.of[0]].services[0] ?? "dot", pointed);
    }
  }
}

function drawCount(context, face, x, y, count, pointed) {
  context.font = face.font;
  const width = Math.max(face.height, context.measureText(count).width + 12);
  context.beginPath();
  context.roundRect(x - width / 2, y - face.height / 2, width, face.height, face.height / 2);
  fill(context, face, pointed);
  context.fillStyle = pointed ? face.ground : face.ink;
  context.fillText(count, x, y + 0.5);
}

function drawDot(context, faces, x, y, kind, pointed) {
  const face = faces.dot;
  context.beginPath();
  context.arc(x, y, face.height / 2 - face.edge / 2, 0, 2 * Math.PI);
  fill(context, face, pointed);
  const glyph = faces.glyph(kind, pointed ? face.ground : face.ink);
  if (glyph.complete && glyph.naturalWidth) context.drawImage(glyph, x - face.glyph / 2, y - face.glyph / 2, face.glyph, face.glyph);
}

function fill(context, face, pointed) {
  context.fillStyle = pointed ? face.ink : face.ground;
  context.strokeStyle = face.line;
  context.lineWidth = face.edge;
  context.fill();
  context.stroke();
}

/** How dots and numbers look, from the style sheets, so that every mode of the page has its own. */
function readFaces(pane, scale, changed) {
  const probe = (name) => {
    const face = el("span", { class: `${name}__face` }, icon("dot"));
    const node = el("div", { class: name }, face);
    node.style.visibility = "hidden";
    node.style.position = "absolute";
    pane.append(node);
    const style = getComputedStyle(face);
    const read = {
      ground: style.backgroundColor,
      ink: style.color,
      line: style.borderTopColor,
      edge: parseFloat(style.borderTopWidth) || 1.5,
      height: parseFloat(style.height) || 26,
      font: `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`,
      glyph: parseFloat(getComputedStyle(face.firstChild).width) || GLYPH * 1.35,
      stroke: parseFloat(getComputedStyle(face.firstChild).strokeWidth) || 1.9,
    };
    node.remove();
    return read;
  };
  const faces = { dot: probe("dot"), cluster: probe("cluster") };
  const glyphs = new Map();
  faces.glyph = (kind, colour) => {
    const key = `${kind} ${colour}`;
    if (!glyphs.has(key)) glyphs.set(key, glyphImage(kind, colour, faces.dot, scale, changed));
    return glyphs.get(key);
  };
  return faces;
}

/** A picture of the page's sprite in a colour. */
function glyphImage(kind, colour, { glyph, stroke }, scale, changed) {
  const symbol = document.getElementById(`i-${kind}`) ?? document.getElementById("i-dot");
  const image = new Image();
  image.onload = changed;
  const size = Math.ceil(glyph * scale);
  const look = `width="${size}" height="${size}" color="${colour}" fill="none" stroke="currentColor" stroke-width="${stroke}" stroke-linecap="round" stroke-linejoin="round"`;
  const drawing = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${symbol.getAttribute("viewBox")}" ${look}>${symbol.innerHTML}</svg>`;
  image.src = `data:image/svg+xml,${encodeURIComponent(drawing)}`;
  return image;
}
