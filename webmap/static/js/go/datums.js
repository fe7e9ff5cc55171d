// WGS-84, in which everything is kept, to what map apps in China mean by a longitude and a latitude.
// The formulas are those of geo/datums.py, which a test compares over a grid.

// Where GCJ-02 differs from WGS-84: west, south, east, north in degrees, borders included.
const CHINA = [72.004, 0.8293, 137.8347, 55.8271];
// The ellipsoid of Krasovsky (1940): semi-major axis in metres, eccentricity squared.
const A = 6378245;
const E2 = 0.006693421622965823;
const BAIDU = (Math.PI * 3000) / 180;

/** The GCJ-02 coordinates of a position in WGS-84, [lon, lat] in degrees; outside China the same. */
export function gcj02([lon, lat]) {
  const [west, south, east, north] = CHINA;
  if (!(lon >= west && lon <= east && lat >= south && lat <= north)) return [lon, lat];
  const [eastM, northM] = shift(lon - 105, lat - 35);
  const phi = (lat * Math.PI) / 180;
  const w2 = 1 - E2 * Math.sin(phi) ** 2;
  const meridianM = (A * (1 - E2)) / w2 ** 1.5;
  const primeVerticalM = A / Math.sqrt(w2);
  return [lon + degrees(eastM / (primeVerticalM * Math.cos(phi))), lat + degrees(northM / meridianM)];
}

/** The BD-09 coordinates of a position in WGS-84, [lon, lat] in degrees. */
export function bd09(lonlat) {
  const [lon, lat] = gcj02(lonlat);
  const radius = Math.hypot(lon, lat) + 0.00002 * Math.sin(lat * BAIDU);
  const angle = Math.atan2(lat, lon) + 0.000003 * Math.cos(lon * BAIDU);
  return [radius * Math.cos(angle) + 0.0065, radius * Math.sin(angle) + 0.006];
}

/** How far GCJ-02 lies off, metres to the east and to the north; x, y in degrees from 105 E, 35 N. */
function shift(x, y) {
  const root = Math.sqrt(Math.abs(x));
  const ripple = 20 * (Math.sin(6 * Math.PI * x) + Math.sin(2 * Math.PI * x));
  const north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root;
  const east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root;
  return [
    east + (2 / 3) * (ripple + waves(x, [1, 20], [3, 40], [12, 150], [30, 300])),
    north + (2 / 3) * (ripple + waves(y, [1, 20], [3, 40], [12, 160], [30, 320])),
  ];
}

/** The sum of height * sin(pi * along / length) over terms of [length, height]. */
function waves(along, ...terms) {
  return terms.reduce((sum, [length, height]) => sum + height * Math.sin((Math.PI * along) / length), 0);
}

function degrees(radians) {
  return (radians * 180) / Math.PI;
}
