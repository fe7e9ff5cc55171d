// What a search walks on: a mode's arcs, and places hung on them as leaves, as geo/streets/graphs.py has them.

import { NO_WAY, TICKS_PER_S } from "./network.js";
import { rint } from "./numbers.js";

const ACCESS_M_PER_S = 4.8 / 3.6;
/** Set in an arc code where a rider has parked and walks. */
export const ON_FOOT = 1 << 30;

/** Walking time of an access leg, ticks. */
export function accessTicks(metres) {
  return rint((metres / ACCESS_M_PER_S) * TICKS_PER_S);
}

/** Cost of a part of an edge; nothing for no metres even where the direction is closed: one is there already. */
function part(ticks, metres, lengthM) {
  if (metres === 0) return 0;
  return ticks === NO_WAY ? NO_WAY : rint((metres / lengthM) * ticks);
}

/** Numbers 0..n-1 in order of (major, minor), equal ones as they come. */
function ordered(major, majors, minor, minors) {
  const sorted = (order, key, count) => {
    const start = new Int32Array(count + 1);
    for (const i of order) start[key[i] + 1] += 1;
    for (let k = 0; k < count; k += 1) start[k + 1] += start[k];
    const result = new Int32Array(order.length);
    for (const i of order) result[start[key[i]]++] = i;
    return result;
  };
  return sorted(sorted(Int32Array.from(major, (_, i) => i), minor, minors), major, majors);
}

/** Arcs by their tails, those of one tail by their heads. */
function rows(count, tail, head, cost, code) {
  const order = ordered(tail, count, head, count);
  const first = new Int32Array(count + 1);
  for (const label of tail) first[label + 1] += 1;
  for (let label = 0; label < count; label += 1) first[label + 1] += first[label];
  const pick = (values) => Int32Array.from(order, (i) => values[i]);
  return { first, tail: pick(tail), head: pick(head), cost: pick(cost), code: pick(code) };
}

function arcsOf(network, [along, against]) {
  const [tail, head, cost, code] = [[], [], [], []];
  for (const [costs, from, to, turned] of [[along, network.tail, network.head, 0], [against, network.head, network.tail, 1]]) {
    for (let e = 0; e < costs.length; e += 1) {
      if (costs[e] === NO_WAY) continue;
      tail.push(from[e]);
      head.push(to[e]);
      cost.push(costs[e]);
      code.push(2 * e + turned);
    }
  }
  return rows(network.nodeCount, tail, head, cost, code);
}

/** Let a rider park at any node and walk on: labels 0..n-1 ride, n..2n-1 walk at the same nodes. */
function parkAndWalk(network, ride, walk, [along, against]) {
  const n = network.nodeCount;
  const [tail, head, cost, code] = ["tail", "head", "cost", "code"].map((name) => Array.from(ride[name]));
  const add = (i, from) => {
    tail.push(from);
    head.push(walk.head[i] + n);
    cost.push(walk.cost[i]);
    code.push(walk.code[i] | ON_FOOT);
  };
  for (let i = 0; i < walk.tail.length; i += 1) {
    const riding = walk.code[i] & 1 ? against : along;
    if (walk.cost[i] < riding[walk.code[i] >> 1]) add(i, walk.tail[i]);
  }
  for (let i = 0; i < walk.tail.length; i += 1) add(i, walk.tail[i] + n);
  return rows(2 * n, tail, head, cost, code);
}

/** One mode's streets and places, to be searched towards the places. */
export class Graph {
  /**
   * @param {Network} network
   * @param {string} mode
   * @param {{edge: Int32Array, offsetM: Float64Array, snapM: Float64Array}} positions of the places; edge -1: on none
   */
  constructor(network, mode, positions) {
    this.network = network;
    this.positions = positions;
    [this.along, this.against] = network.costs(mode);
    this.parks = mode === "ebike";
    const ride = arcsOf(network, [this.along, this.against]);
    if (this.parks) {
      [this.footAlong, this.footAgainst] = network.costs("walk");
      const walk = arcsOf(network, [this.footAlong, this.footAgainst]);
      Object.assign(this, parkAndWalk(network, ride, walk, [this.along, this.against]));
    } else Object.assign(this, ride);
    this.labelCount = this.first.length - 1;
    this.border = network.border.get(mode);
    this.#hang();
  }

  /** The labels that a position leads to: [label, cost, arc code]. */
  setOut({ edge, offsetM }) {
    const { network } = this;
    const lengthM = network.lengthM[edge];
    const seeds = [];
    for (const end of [0, 1]) {
      const metres = end === 0 ? offsetM : lengthM - offsetM;
      const node = end === 0 ? network.tail[edge] : network.head[edge];
      const way = 2 * edge + 1 - end;
      const ride = part((end === 0 ? this.against : this.along)[edge], metres, lengthM);
      if (this.parks) {
        const foot = part((end === 0 ? this.footAgainst : this.footAlong)[edge], metres, lengthM);
        if (foot < ride) seeds.push([node + network.nodeCount, foot, way | ON_FOOT]);
      }
      if (ride !== NO_WAY) seeds.push([node, ride, way]);
    }
    return seeds;
  }

  /** The places on an edge, reached along it alone: [place, cost, arc code]; `NO_WAY` where it is closed. */
  onSameEdge({ edge, offsetM }) {
    return (this.byEdge.get(edge) ?? []).map((place) => {
      const [cost, code] = this.#alongEdge(edge, offsetM, this.positions.offsetM[place]);
      return [place, cost === NO_WAY ? cost : cost + this.access[place], code];
    });
  }

  #alongEdge(edge, offsetM, goalM) {
    const { lengthM } = this.network;
    let [best, code] = [NO_WAY, 2 * edge];
    for (const way of [0, 1]) {
      const metres = way === 0 ? goalM - offsetM : offsetM - goalM;
      if (metres < 0) continue;
      const tries = [[(way === 0 ? this.along : this.against)[edge], 0]];
      if (this.parks) tries.push([(way === 0 ? this.footAlong : this.footAgainst)[edge], ON_FOOT]);
      for (const [ticks, foot] of tries) {
        const cost = part(ticks, metres, lengthM[edge]);
        if (cost < best) [best, code] = [cost, (2 * edge + way) | foot];
      }
    }
    return [best, code];
  }

  #hang() {
    const { network, positions } = this;
    this.access = Int32Array.from(positions.snapM, accessTicks);
    this.byEdge = new Map();
    const [label, place, cost, code] = [[], [], [], []];
    const leaf = (...values) => [label, place, cost, code].forEach((list, at) => list.push(values[at]));
    positions.edge.forEach((edge, number) => {
      if (edge < 0) return;
      if (!this.byEdge.has(edge)) this.byEdge.set(edge, []);
      this.byEdge.get(edge).push(number);
    });
    const each = (visit) => {
      for (const end of [0, 1]) {
        positions.edge.forEach((edge, number) => {
          if (edge < 0) return;
          const lengthM = network.lengthM[edge];
          const metres = end === 0 ? positions.offsetM[number] : lengthM - positions.offsetM[number];
          const node = (end === 0 ? network.tail : network.head)[edge];
          const ride = part((end === 0 ? this.along : this.against)[edge], metres, lengthM);
          const foot = this.parks ? part((end === 0 ? this.footAlong : this.footAgainst)[edge], metres, lengthM) : NO_WAY;
          visit(node, number, ride, foot, 2 * edge + end);
        });
      }
    };
    each((node, number, ride, foot, way) => {
      const least = Math.min(ride, foot);
      if (least !== NO_WAY) leaf(node, number, least + this.access[number], foot < ride ? way | ON_FOOT : way);
    });
    if (this.parks) {
      each((node, number, ride, foot, way) => {
        if (foot !== NO_WAY) leaf(node + network.nodeCount, number, foot + this.access[number], way | ON_FOOT);
      });
    }
    const order = ordered(label, this.labelCount, place, positions.edge.length);
    this.leafFirst = new Int32Array(this.labelCount + 1);
    for (const at of label) this.leafFirst[at + 1] += 1;
    for (let at = 0; at < this.labelCount; at += 1) this.leafFirst[at + 1] += this.leafFirst[at];
    this.leafPlace = Int32Array.from(order, (i) => place[i]);
    this.leafCost = Int32Array.from(order, (i) => cost[i]);
    this.leafCode = Int32Array.from(order, (i) => code[i]);
  }
}
