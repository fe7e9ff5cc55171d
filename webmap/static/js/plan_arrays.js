// The compact arrays of the planner's interface, read.

import { mercator } from "./plan_canvas.js";

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
  const end = new Uint16Array(buffer, at, parts);
  const of = new Uint8Array(buffer, at + 2 * parts, parts);
  return { state, edge, start, end, of, look: looks(state, edge, start, end, of) };
}

/** Read what one more place would bring at crossings (`YZG1`); `most` is the largest gain. */
export function readSurface(buffer) {
  expect(buffer, "YZG1");
  const n = new DataView(buffer).getUint32(4, true);
  const degrees = new Int32Array(buffer, 8, 2 * n);
  const gain = new Float32Array(buffer, 8 + 8 * n, n);
  const xy = new Float64Array(2 * n);
  for (let at = 0; at < n; at += 1) [xy[2 * at], xy[2 * at + 1]] = mercator(degrees[2 * at] / 1e7, degrees[2 * at + 1] / 1e7);
  return { xy, gain, most: gain.reduce((most, one) => Math.max(most, one), 0) };
}

/** A number for each street that is another one when the street looks different: its state, or what its parts are. */
function looks(state, edge, start, end, of) {
  const look = Int32Array.from(state);
  for (let part = 0; part < edge.length; part += 1) {
    const at = edge[part];
    look[at] = (Math.imul(look[at], 31) + Math.imul(start[part], 65_599) + Math.imul(end[part], 40_503) + of[part]) | 0;
  }
  return look;
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
