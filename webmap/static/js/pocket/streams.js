// Places in order of (travel time, number) from a position, found as they are asked for: Dijkstra in whole ticks.

/** A heap of numbers, the least first. */
class Heap {
  #items = new Float64Array(1024);
  size = 0;

  push(item) {
    if (this.size === this.#items.length) {
      const longer = new Float64Array(2 * this.size);
      longer.set(this.#items);
      this.#items = longer;
    }
    const items = this.#items;
    let at = this.size;
    this.size += 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (items[above] <= item) break;
      items[at] = items[above];
      at = above;
    }
    items[at] = item;
  }

  pop() {
    const items = this.#items;
    const [least, item] = [items[0], items[this.size - 1]];
    this.size -= 1;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= this.size) break;
      if (below + 1 < this.size && items[below + 1] < items[below]) below += 1;
      if (items[below] >= item) break;
      items[at] = items[below];
      at = below;
    }
    items[at] = item;
    return least;
  }
}

export class Stream {
  #graph;
  #cutoff;
  #heap = new Heap();
  #cost;
  #parent;
  #code;
  #all;

  /**
   * @param {Graph} graph
   * @param {{edge: number, offsetM: number}} origin
   * @param {number} cutoff largest cost that counts, ticks, inclusive
   */
  constructor(graph, origin, cutoff) {
    this.#graph = graph;
    this.#cutoff = cutoff;
    this.#all = graph.labelCount + graph.access.length;
    this.#cost = new Float64Array(this.#all).fill(Infinity);
    this.#parent = new Int32Array(this.#all);
    this.#code = new Int32Array(this.#all);
    this.place = [];
    this.cost = [];
    /** What a way out of the pocket costs at the least; Infinity as long as none was met. */
    this.horizon = Infinity;
    for (const [label, cost, code] of graph.setOut(origin)) this.#reach(label, cost, -1, code);
    for (const [place, cost, code] of graph.onSameEdge(origin)) this.#reach(graph.labelCount + place, cost, -1, code);
  }

  /** Find one place more; false: there are no more within the cutoff. */
  next() {
    const { first, head, cost, code, leafFirst, leafPlace, leafCost, leafCode, labelCount, parks, border } = this.#graph;
    const n = border.length;
    while (this.#heap.size > 0) {
      const key = this.#heap.pop();
      const here = Math.floor(key / this.#all);
      const label = key - here * this.#all;
      if (here !== this.#cost[label]) continue; // a cheaper key of the same label came before
      if (label >= labelCount) {
        this.place.push(label - labelCount);
        this.cost.push(here);
        return true;
      }
      if (border[label % n] && here < this.horizon) this.horizon = here;
      if (parks && label >= n && this.#cost[label - n] <= here) continue; // one may ride here as soon, and park
      for (let i = first[label]; i < first[label + 1]; i += 1) this.#reach(head[i], here + cost[i], label, code[i]);
      for (let i = leafFirst[label]; i < leafFirst[label + 1]; i += 1) this.#reach(labelCount + leafPlace[i], here + leafCost[i], label, leafCode[i]);
    }
    return false;
  }

  /** The arc codes of the way to the i-th place found, from the origin's edge to the place's. */
  route(i) {
    const codes = [];
    for (let at = this.#graph.labelCount + this.place[i]; at >= 0; at = this.#parent[at]) codes.push(this.#code[at]);
    return codes.reverse();
  }

  #reach(label, cost, parent, code) {
    if (cost > this.#cutoff || cost >= this.#cost[label]) return;
    this.#cost[label] = cost;
    this.#parent[label] = parent;
    this.#code[label] = code;
    this.#heap.push(cost * this.#all + label);
  }
}
