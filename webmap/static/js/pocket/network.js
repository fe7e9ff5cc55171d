// The streets of a pocket: what geo/pocket/network.py wrote, with lengths and costs reckoned as it did.

import { Varints, section } from "./file.js";
import { rint } from "./numbers.js";

export const E7 = 1e7;
export const TICKS_PER_S = 10000;
export const NO_WAY = 2147483647;
// What an edge is to who is put on the streets.
export const CLOSED = 0;
export const MAIN = 2;

/**
 * Streets as arrays; names as in geo/streets/network.py.
 *
 * Nodes lie at `nodeX`, `nodeY` (1e-7 degree). Edge e leads from `tail[e]` to `head[e]`; its shape are the points
 * `shapeStart[e]` to before `shapeStart[e + 1]` of `shapeX`, `shapeY`, `shapeM` metres from its tail.
 */
export class Network {
  #meta;
  #kind;
  #classes;
  #ticks;
  #costs = new Map();
  #standing = new Map();
  #measured = new Map();

  constructor(meta, sections) {
    this.#meta = meta;
    this.#readNodes(new Varints(section(sections, "nodes")));
    this.#readEdges(new Varints(section(sections, "edges")));
    this.#readShapes(new Varints(section(sections, "shapes")));
    this.#measure(new Varints(section(sections, "lengths")));
    this.#readClasses(new Varints(section(sections, "classes")));
    this.#readTicks(new Varints(section(sections, "ticks")));
    this.#readBorder(new Varints(section(sections, "border")));
  }

  get nodeCount() {
    return this.#meta.nodes;
  }

  get edgeCount() {
    return this.#meta.edges;
  }

  /** Cost of each edge along and against its drawing, ticks; `NO_WAY` where closed. */
  costs(mode) {
    if (!this.#costs.has(mode)) this.#costs.set(mode, this.#reckon(this.#meta.modes.indexOf(mode), this.#meta.speeds[mode]));
    return this.#costs.get(mode);
  }

  /** What each edge is to a mode: `CLOSED`, an islet, or `MAIN`. */
  standing(mode) {
    if (!this.#standing.has(mode)) {
      const column = 2 * this.#meta.modes.length + this.#meta.modes.indexOf(mode);
      this.#standing.set(mode, Uint8Array.from(this.#kind, (kind) => this.#classes[kind][column]));
    }
    return this.#standing.get(mode);
  }

  /** Set the exact lengths of some edges; costs are reckoned from what was measured, with which the maker compared. */
  setLengths(edges, metres) {
    edges.forEach((edge, at) => {
      this.#measured.set(edge, this.lengthM[edge]);
      this.lengthM[edge] = metres[at];
      this.shapeM[this.shapeStart[edge + 1] - 1] = metres[at];
    });
  }

  #readNodes(read) {
    const n = this.nodeCount;
    this.nodeX = new Int32Array(n);
    this.nodeY = new Int32Array(n);
    for (let i = 0, x = 0, y = 0; i < n; i += 1) {
      this.nodeX[i] = x += read.signed();
      this.nodeY[i] = y += read.signed();
    }
  }

  #readEdges(read) {
    const m = this.edgeCount;
    this.tail = new Int32Array(m);
    this.head = new Int32Array(m);
    this.#kind = new Uint16Array(m);
    for (let e = 0, tail = 0; e < m; e += 1) this.tail[e] = tail += read.signed();
    for (let e = 0; e < m; e += 1) this.head[e] = this.tail[e] + read.signed();
    for (let e = 0; e < m; e += 1) this.#kind[e] = read.next();
  }

  #readShapes(read) {
    const m = this.edgeCount;
    this.shapeStart = new Int32Array(m + 1);
    for (let e = 0; e < m; e += 1) this.shapeStart[e + 1] = this.shapeStart[e] + 2 + read.next();
    const points = this.shapeStart[m];
    this.shapeX = new Int32Array(points);
    this.shapeY = new Int32Array(points);
    this.shapeEdge = new Int32Array(points);
    for (let e = 0; e < m; e += 1) {
      const [first, last] = [this.shapeStart[e], this.shapeStart[e + 1] - 1];
      let [x, y] = [this.nodeX[this.tail[e]], this.nodeY[this.tail[e]]];
      for (let i = first; i < last; i += 1) {
        if (i > first) {
          x += read.signed();
          y += read.signed();
        }
        this.shapeX[i] = x;
        this.shapeY[i] = y;
      }
      this.shapeX[last] = this.nodeX[this.head[e]];
      this.shapeY[last] = this.nodeY[this.head[e]];
      this.shapeEdge.fill(e, first, last + 1);
    }
  }

  /** Lengths by planes at the middle latitude of each segment; each operation in the order in which the maker has it. */
  #measure(read) {
    const { lat0, lon_m: lonC, lat_m: latC } = this.#meta.scale;
    const step = this.#meta.step_m;
    const scaled = (c, x) => ((c[3] * x + c[2]) * x + c[1]) * x + c[0];
    this.shapeM = new Float64Array(this.shapeX.length);
    this.lengthM = new Float64Array(this.edgeCount);
    let along = 0;
    for (let e = 0; e < this.edgeCount; e += 1) {
      const begin = along;
      const [first, end] = [this.shapeStart[e], this.shapeStart[e + 1]];
      for (let i = first + 1; i < end; i += 1) {
        const x = (this.shapeY[i] + this.shapeY[i - 1]) / 2 / E7 - lat0;
        const east = ((this.shapeX[i] - this.shapeX[i - 1]) / E7) * scaled(lonC, x);
        const north = ((this.shapeY[i] - this.shapeY[i - 1]) / E7) * scaled(latC, x);
        along += Math.sqrt(east * east + north * north);
        this.shapeM[i] = along - begin;
      }
      const reckoned = along - begin;
      const lengthM = reckoned + read.signed() * step;
      if (reckoned) for (let i = first + 1; i < end - 1; i += 1) this.shapeM[i] *= lengthM / reckoned;
      this.shapeM[end - 1] = this.lengthM[e] = lengthM;
    }
  }

  #readClasses(read) {
    const columns = 3 * this.#meta.modes.length;
    this.#classes = Array.from({ length: this.#meta.classes }, () => Array.from({ length: columns }, () => read.next()));
  }

  #readTicks(read) {
    this.#ticks = Array.from({ length: this.#meta.ticks }, () => [0, 1, 2, 3].map(() => read.next()));
  }

  #readBorder(read) {
    this.border = new Map();
    for (const mode of this.#meta.modes) {
      const marks = new Uint8Array(this.nodeCount);
      let node = 0;
      for (let left = read.next(); left > 0; left -= 1) marks[(node += read.next())] = 1;
      this.border.set(mode, marks);
    }
  }

  #reckon(mode, speeds) {
    const costs = [0, 1].map((way) => {
      const ticks = new Int32Array(this.edgeCount).fill(NO_WAY);
      for (let e = 0; e < this.edgeCount; e += 1) {
        const speed = this.#classes[this.#kind[e]][2 * mode + way];
        if (speed) ticks[e] = rint(((this.#measured.get(e) ?? this.lengthM[e]) / (speeds[speed - 1] / 3.6)) * TICKS_PER_S);
      }
      return ticks;
    });
    for (const [own, way, edge, ticks] of this.#ticks) if (own === mode) costs[way][edge] = ticks;
    return costs;
  }
}
