// A point -> the nearest street that the mode may use, by the rules of geo/streets/snapping.py.

import { CLOSED, E7, MAIN } from "./network.js";
import { metresPerDegree } from "./numbers.js";

export const MAX_SNAP_M = 500;
const JOIN_M = 50;
const CELL_M = 150;
const POINT_M = 0.01;

/** Which segments touch which cell of a grid; a segment is named by its first point. */
export class Grid {
  constructor(network) {
    this.network = network;
    const { shapeX, shapeY, shapeEdge } = network;
    let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
    for (let i = 0; i < shapeX.length; i += 1) {
      west = Math.min(west, shapeX[i]);
      east = Math.max(east, shapeX[i]);
      south = Math.min(south, shapeY[i]);
      north = Math.max(north, shapeY[i]);
    }
    const [lonM, latM] = metresPerDegree((south + north) / 2 / E7);
    Object.assign(this, { west, south, width: Math.round((CELL_M / lonM) * E7), height: Math.round((CELL_M / latM) * E7) });
    this.columns = Math.floor((east - west) / this.width) + 1;
    this.rows = Math.floor((north - south) / this.height) + 1;
    this.start = new Int32Array(this.columns * this.rows + 1);
    const each = (visit) => {
      for (let s = 0; s + 1 < shapeX.length; s += 1) {
        if (shapeEdge[s] !== shapeEdge[s + 1] || (shapeX[s] === shapeX[s + 1] && shapeY[s] === shapeY[s + 1])) continue;
        const [left, right] = span(shapeX[s] - west, shapeX[s + 1] - west, this.width);
        const [low, high] = span(shapeY[s] - south, shapeY[s + 1] - south, this.height);
        for (let y = low; y <= high; y += 1) for (let x = left; x <= right; x += 1) visit(y * this.columns + x, s);
      }
    };
    each((cell) => (this.start[cell + 1] += 1));
    for (let cell = 0; cell < this.columns * this.rows; cell += 1) this.start[cell + 1] += this.start[cell];
    const next = this.start.slice();
    this.segment = new Int32Array(this.start.at(-1));
    each((cell, s) => (this.segment[next[cell]++] = s));
  }

  /**
   * Put a point on the streets that `standing` lets one stand on.
   * @returns {?{edge: number, offsetM: number, snapM: number, lon: number, lat: number}} null: none is near enough
   */
  snap(lon, lat, standing) {
    const [lonM, latM] = metresPerDegree(lat);
    const s = this.#nearest(lon * E7, lat * E7, lonM / E7, latM / E7, standing);
    if (s === null) return null;
    const { shapeX, shapeY, shapeM, shapeEdge } = this.network;
    const [ax, ay, bx, by] = [shapeX[s.at] / E7, shapeY[s.at] / E7, shapeX[s.at + 1] / E7, shapeY[s.at + 1] / E7];
    const [dx, dy] = [(bx - ax) * lonM, (by - ay) * latM];
    const [beginM, lengthM] = [shapeM[s.at], shapeM[s.at + 1] - shapeM[s.at]];
    const share = ((lon - ax) * lonM * dx + (lat - ay) * latM * dy) / (dx * dx + dy * dy);
    const found = (offsetM, x, y) => ({ edge: shapeEdge[s.at], offsetM, snapM: s.metres, lon: x, lat: y });
    if (share * lengthM < POINT_M) return found(beginM, ax, ay);
    if ((1 - share) * lengthM < POINT_M) return found(shapeM[s.at + 1], bx, by);
    return found(beginM + share * lengthM, ax + share * (bx - ax), ay + share * (by - ay));
  }

  /** Search the cells around a point, ring by ring; x, y in 1e-7 degree. */
  #nearest(x, y, xM, yM, standing) {
    const { network, west, south, width, height, columns, rows, start, segment } = this;
    const { shapeX, shapeY, shapeEdge } = network;
    const [column, row] = [Math.floor((x - west) / width), Math.floor((y - south) / height)];
    const ringM = Math.min(width * xM, height * yM);
    let [best, bestM, main, mainM] = [-1, Infinity, -1, Infinity];
    const look = (s) => {
      const kind = standing[shapeEdge[s]];
      if (kind === CLOSED) return;
      const [ax, ay] = [(shapeX[s] - x) * xM, (shapeY[s] - y) * yM];
      const [bx, by] = [(shapeX[s + 1] - x) * xM, (shapeY[s + 1] - y) * yM];
      const [dx, dy] = [bx - ax, by - ay];
      const t = Math.min(Math.max(-(ax * dx + ay * dy) / (dx * dx + dy * dy), 0), 1);
      const metres = Math.hypot(ax + t * dx, ay + t * dy);
      if (metres < bestM || (metres === bestM && s < best)) [best, bestM] = [s, metres];
      if (kind === MAIN && (metres < mainM || (metres === mainM && s < main))) [main, mainM] = [s, metres];
    };
    for (let ring = 0; ring <= Math.floor(MAX_SNAP_M / ringM) + 2; ring += 1) {
      for (let cy = Math.max(row - ring, 0); cy <= Math.min(row + ring, rows - 1); cy += 1) {
        const step = Math.abs(cy - row) < ring && ring > 0 ? 2 * ring : 1;
        for (let cx = column - ring; cx <= column + ring; cx += step) {
          if (cx < 0 || cx >= columns) continue;
          const cell = cy * columns + cx;
          for (let i = start[cell]; i < start[cell + 1]; i += 1) look(segment[i]);
        }
      }
      const seenM = ring * ringM; // everything nearer than this has been looked at
      if (mainM <= seenM || (bestM <= seenM && JOIN_M <= seenM)) break;
    }
    if (main >= 0 && (mainM <= bestM || mainM <= JOIN_M)) [best, bestM] = [main, mainM];
    return bestM > MAX_SNAP_M ? null : { at: best, metres: bestM };
  }
}

function span(one, other, size) {
  return one < other ? [Math.floor(one / size), Math.floor(other / size)] : [Math.floor(other / size), Math.floor(one / size)];
}
