// GCJ-02, which maps of China are published in: the same formulas as geo/datums.py, for tiles that are cut by it.

const A = 6378245;
const E2 = 0.006693421622965823;
const ROUNDS = 4;

/** WGS-84 degrees -> GCJ-02 degrees, inside China. */
export function gcj02(lon, lat) {
  const [x, y] = [lon - 105, lat - 35];
  const root = Math.sqrt(Math.abs(x));
  const ripple = 20 * (Math.sin(6 * Math.PI * x) + Math.sin(2 * Math.PI * x));
  const north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + (2 / 3) * (ripple + waves(y, [1, 20], [3, 40], [12, 160], [30, 320]));
  const east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + (2 / 3) * (ripple + waves(x, [1, 20], [3, 40], [12, 150], [30, 300]));
  const phi = (lat * Math.PI) / 180;
  const w2 = 1 - E2 * Math.sin(phi) ** 2;
  return [lon + degrees(east / ((A / Math.sqrt(w2)) * Math.cos(phi))), lat + degrees(north / ((A * (1 - E2)) / w2 ** 1.5))];
}

/** GCJ-02 degrees -> WGS-84 degrees, by stepping back by what is left over. */
export function wgs84(lon, lat) {
  let [x, y] = [lon, lat];
  for (let round = 0; round < ROUNDS; round += 1) {
    const [east, north] = gcj02(x, y);
    x -= east - lon;
    y -= north - lat;
  }
  return [x, y];
}

function waves(along, ...terms) {
  return terms.reduce((sum, [length, height]) => sum + height * Math.sin((Math.PI * along) / length), 0);
}

function degrees(radians) {
  return (radians * 180) / Math.PI;
}
