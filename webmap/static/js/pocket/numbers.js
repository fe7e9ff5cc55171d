// Numbers as the server reckons and rounds them.

const A = 6378137;
const F = 1 / 298.257223563;
const E2 = F * (2 - F);
const B = A * (1 - F);
const RADIANS = Math.PI / 180;

/** The nearest whole number; halves go to the even one. */
export function rint(value) {
  const low = Math.floor(value);
  const rest = value - low;
  if (rest !== 0.5) return rest < 0.5 ? low : low + 1;
  return low % 2 === 0 ? low : low + 1;
}

/** One decimal; a tie, which only quarters can be, goes to the even one. */
export function tenths(value) {
  return Number.isInteger(value * 4) && !Number.isInteger(value * 2) ? rint(value * 10) / 10 : Number(value.toFixed(1));
}

/** Six decimals of a degree. */
export function micro(degrees) {
  return Number(degrees.toFixed(6));
}

/** Metres per degree of longitude and of latitude at a latitude. */
export function metresPerDegree(lat) {
  const phi = lat * RADIANS;
  const w2 = 1 - E2 * Math.sin(phi) ** 2;
  return [(A / Math.sqrt(w2)) * Math.cos(phi) * RADIANS, ((A * (1 - E2)) / w2 ** 1.5) * RADIANS];
}

/** A box widened by metres on every side. */
export function grown([west, south, east, north], metres) {
  const [lonM, latM] = metresPerDegree((south + north) / 2);
  return [west - metres / lonM, south - metres / latM, east + metres / lonM, north + metres / latM];
}

export function contains([west, south, east, north], lon, lat) {
  return west <= lon && lon <= east && south <= lat && lat <= north;
}

/**
 * Geodesic distance between two points, metres.
 * T. Vincenty, "Direct and inverse solutions of geodesics on the ellipsoid", Survey Review 23 (1975).
 */
export function geodesic(lon1, lat1, lon2, lat2) {
  if (lon1 === lon2 && lat1 === lat2) return 0;
  const L = (lon2 - lon1) * RADIANS;
  const u1 = Math.atan((1 - F) * Math.tan(lat1 * RADIANS));
  const u2 = Math.atan((1 - F) * Math.tan(lat2 * RADIANS));
  const [s1, c1, s2, c2] = [Math.sin(u1), Math.cos(u1), Math.sin(u2), Math.cos(u2)];
  let lambda = L;
  let sinSigma, cosSigma, sigma, cos2Alpha, cos2M;
  for (let round = 0; round < 100; round += 1) {
    const [sin, cos] = [Math.sin(lambda), Math.cos(lambda)];
    // c1 s2 - s1 c2 cos λ, without the difference of two large numbers where the points are near
    const north = Math.sin(u2 - u1) + s1 * c2 * 2 * Math.sin(lambda / 2) ** 2;
    sinSigma = Math.hypot(c2 * sin, north);
    cosSigma = s1 * s2 + c1 * c2 * cos;
    sigma = Math.atan2(sinSigma, cosSigma);
    const sinAlpha = (c1 * c2 * sin) / sinSigma;
    cos2Alpha = 1 - sinAlpha * sinAlpha;
    cos2M = cos2Alpha === 0 ? 0 : cosSigma - (2 * s1 * s2) / cos2Alpha;
    const C = (F / 16) * cos2Alpha * (4 + F * (4 - 3 * cos2Alpha));
    const next = L + (1 - C) * F * sinAlpha * (sigma + C * sinSigma * (cos2M + C * cosSigma * (2 * cos2M * cos2M - 1)));
    const done = Math.abs(next - lambda) < 1e-15;
    lambda = next;
    if (done) break;
  }
  const k = (cos2Alpha * (A * A - B * B)) / (B * B);
  const a = 1 + (k / 16384) * (4096 + k * (-768 + k * (320 - 175 * k)));
  const b = (k / 1024) * (256 + k * (-128 + k * (74 - 47 * k)));
  const four = (b / 6) * cos2M * (4 * sinSigma * sinSigma - 3) * (4 * cos2M * cos2M - 3);
  const change = b * sinSigma * (cos2M + (b / 4) * (cosSigma * (2 * cos2M * cos2M - 1) - four));
  return B * a * (sigma - change);
}
