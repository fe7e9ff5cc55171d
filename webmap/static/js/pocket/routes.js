// Ways drawn and measured, as geo/streets/routes.py does.

import { ON_FOOT } from "./graphs.js";
import { E7 } from "./network.js";

// Nearer than this to a point of the shape is at it.
const AT_M = 1e-5;

/**
 * @param {Network} network
 * @param {number} originM where on its edge the way begins, metres from the edge's tail
 * @param {number} goalM where on its edge it ends
 * @param {number[]} codes arc codes, from the origin's edge to the goal's
 * @returns {{line: number[][], lengthM: number, onFootM: number, parked: number}} degrees, metres; where in the line a
 *   rider parks
 */
export function draw(network, originM, goalM, codes) {
  const { lengthM, shapeStart, shapeX, shapeY, shapeM } = network;
  const line = [];
  let [total, onFoot, parked] = [0, 0, -1];
  const point = (x, y) => {
    const last = line.at(-1);
    if (!last || last[0] !== x || last[1] !== y) line.push([x, y]);
  };
  const at = (low, high, metres) => {
    let j = low;
    while (j < high && shapeM[j] < metres - AT_M) j += 1;
    if (j >= high) j = high - 1;
    if (j === low || Math.abs(shapeM[j] - metres) <= AT_M) return point(shapeX[j] / E7, shapeY[j] / E7);
    const share = Math.min((metres - shapeM[j - 1]) / (shapeM[j] - shapeM[j - 1]), 1);
    return point((shapeX[j - 1] + share * (shapeX[j] - shapeX[j - 1])) / E7, (shapeY[j - 1] + share * (shapeY[j] - shapeY[j - 1])) / E7);
  };
  codes.forEach((code, i) => {
    const edge = (code & ~ON_FOOT) >> 1;
    const whole = code & 1 ? lengthM[edge] : 0;
    const begin = i === 0 ? originM : whole;
    const end = i === codes.length - 1 ? goalM : lengthM[edge] - whole;
    total += Math.abs(end - begin);
    if (code & ON_FOOT) {
      onFoot += Math.abs(end - begin);
      if (parked < 0) parked = Math.max(line.length - 1, 0);
    }
    const [low, high] = [shapeStart[edge], shapeStart[edge + 1]];
    at(low, high, begin);
    if (end >= begin) {
      for (let j = low; j < high; j += 1) if (begin + AT_M < shapeM[j] && shapeM[j] < end - AT_M) point(shapeX[j] / E7, shapeY[j] / E7);
    } else {
      for (let j = high - 1; j >= low; j -= 1) if (end + AT_M < shapeM[j] && shapeM[j] < begin - AT_M) point(shapeX[j] / E7, shapeY[j] / E7);
    }
    at(low, high, end);
  });
  return { line, lengthM: total, onFootM: onFoot, parked: parked >= 0 ? parked : line.length - 1 };
}
