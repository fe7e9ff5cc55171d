// The base map: vector tiles of our own host in our own paint. Quiet colours and strong labels, because
// it is read in the sun; nothing on it may look like a pin or a way.

const L = window.L;
const P = window.protomapsL;

const FONT = '"PingFang SC", "HarmonyOS Sans SC", "MiSans", "Noto Sans CJK SC", "Noto Sans SC", "Microsoft YaHei", system-ui, sans-serif';
// A page that is told its theme keeps it; all others follow the system.
const { theme } = document.documentElement.dataset;
const NIGHT = matchMedia(theme ? (theme === "dark" ? "all" : "not all") : "(prefers-color-scheme: dark)");

const DAY_PAINT = {
  ground: "#eef0ec",
  building: "#e2e5e0",
  grass: "#d8e7cb",
  wood: "#cadfbe",
  pitch: "#cfe5d2",
  water: "#b3d4e4",
  rail: "#a9b1b3",
  subway: "#b9b3cc",
  casing: "#c6cdc8",
  path: "#b7a48b",
  street: "#ffffff",
  main: "#ffffff",
  trunk: "#fbeecb",
  trunkCasing: "#d9c48c",
  boundary: "#a596ad",
  text: "#2d3a37",
  textSoft: "#55625f",
  textWater: "#2a6684",
  textGreen: "#38652c",
  textStation: "#463a74",
  halo: "#ffffff",
};

const NIGHT_PAINT = {
  ground: "#161e1c",
  building: "#1d2725",
  grass: "#1a2b20",
  wood: "#19301f",
  pitch: "#1c3226",
  water: "#14303c",
  rail: "#46504e",
  subway: "#4a4660",
  casing: "#0e1413",
  path: "#4d473c",
  street: "#2d3936",
  main: "#3a4845",
  trunk: "#4e4a36",
  trunkCasing: "#0e1413",
  boundary: "#5b5163",
  text: "#d4dedb",
  textSoft: "#a3b1ad",
  textWater: "#84bcd6",
  textGreen: "#98c489",
  textStation: "#b9aee6",
  halo: "#101716",
};

/**
 * Put the base map, and what belongs to it, on a Leaflet map.
 * @param {object} map the Leaflet map
 * @param {{bbox: number[], lang: string, tiles: ?string, minZoom: number, maxZoom: number, attribution: string}} config
 *   without `tiles` the map stays plain
 */
export function addBaseMap(map, config) {
  const [west, south, east, north] = config.bbox;
  map.attributionControl.setPrefix("Leaflet");
  map.setMaxBounds(L.latLngBounds([south, west], [north, east]).pad(0.5));
  L.control.scale({ imperial: false, position: "bottomleft" }).addTo(map);
  if (!config.tiles) return null;
  // A tile of the source covers four of the screen, so the screen may begin one level later.
  map.setMinZoom(Math.max(map.getMinZoom(), config.minZoom + 1));
  let layer = tileLayer(config).addTo(map);
  NIGHT.addEventListener("change", () => {
    layer.remove();
    layer = tileLayer(config).addTo(map);
  });
  return layer;
}

function tileLayer(config) {
  const paint = NIGHT.matches ? NIGHT_PAINT : DAY_PAINT;
  return P.leafletLayer({
    url: config.tiles,
    maxDataZoom: config.maxZoom,
    attribution: asText(config.attribution),
    lang: config.lang === "en" ? "en" : "zh-CN",
    paintRules: paintRules(paint),
    labelRules: labelRules(paint, config.lang),
    backgroundColor: paint.ground,
    noWrap: true,
    keepBuffer: 2,
  });
}

/** Leaflet writes attributions as HTML, so a text has to be escaped. */
function asText(attribution) {
  const span = document.createElement("span");
  span.textContent = attribution ?? "";
  return span.innerHTML;
}

const kinds = (...names) => {
  const wanted = new Set(names);
  return (zoom, feature) => wanted.has(feature.props.kind);
};

/** Ramps are drawn as narrow as side streets: they are many, and nobody walks them. */
const ofClass = ({ kinds: names, ramp = false }) => {
  const wanted = new Set(names);
  return (zoom, feature) => wanted.has(feature.props.kind) && Boolean(feature.props.link) === ramp;
};

const widths = (...stops) => P.exp(1.6, stops);

const CLASSES = [
  // kinds, first zoom, widths by zoom, colour, casing
  { kinds: ["service"], from: 15, width: widths([15, 1], [16, 2.2], [18, 7], [20, 20]), fill: "street", casing: "casing" },
  { kinds: ["minor"], from: 13, width: widths([13, 0.8], [14, 1.8], [16, 5], [18, 13], [20, 34]), fill: "street", casing: "casing" },
  { kinds: ["primary", "secondary", "tertiary"], ramp: true, from: 12, width: widths([12, 0.7], [14, 1.8], [16, 5], [18, 11], [20, 28]), fill: "main", casing: "casing" },
  { kinds: ["motorway", "trunk"], ramp: true, from: 12, width: widths([12, 0.7], [14, 2], [16, 5.5], [18, 12], [20, 28]), fill: "trunk", casing: "trunkCasing" },
  { kinds: ["tertiary"], from: 12, width: widths([12, 0.9], [14, 3], [16, 8], [18, 18], [20, 44]), fill: "main", casing: "casing" },
  { kinds: ["secondary"], from: 11, width: widths([11, 0.9], [13, 2.4], [14, 4], [16, 10], [18, 22], [20, 52]), fill: "main", casing: "casing" },
  { kinds: ["primary"], from: 10, width: widths([10, 0.9], [12, 2], [14, 5], [16, 12], [18, 26], [20, 58]), fill: "main", casing: "casing" },
  { kinds: ["motorway", "trunk"], from: 9, width: widths([9, 1], [12, 2.6], [14, 5.5], [16, 13], [18, 28], [20, 62]), fill: "trunk", casing: "trunkCasing" },
];

/** Street names along their line; Chinese ones stand upright, one sign below the other, where the line is steep. */
class StreetLabel extends P.LineLabelSymbolizer {
  place(layout, geom, feature) {
    const name = this.text.get(layout.zoom, feature);
    const labels = super.place(layout, geom, feature);
    if (!labels || !/^\p{Script=Han}+$/u.test(name)) return labels;
    return labels.map((label) => (isSteep(label) ? { ...label, draw: this.#upright(label, name, layout.zoom, feature) } : label));
  }

  #upright(label, name, zoom, feature) {
    const along = direction(label);
    const signs = along.y < 0 ? [...name].reverse() : [...name];
    return (context) => {
      context.globalAlpha = 1;
      context.font = this.font.get(zoom, feature);
      context.textAlign = "center";
      context.textBaseline = "middle";
      context.lineWidth = this.width.get(zoom, feature);
      context.strokeStyle = this.stroke.get(zoom, feature);
      context.fillStyle = this.fill.get(zoom, feature);
      const step = context.measureText(name).width / signs.length;
      for (const draw of ["strokeText", "fillText"]) {
        for (const [at, sign] of signs.entries()) context[draw](sign, along.x * step * (at + 0.5), along.y * step * (at + 0.5));
      }
    };
  }
}

/** Unit vector of a label's line, from the boxes that the library lays along it. */
function direction({ bboxes }) {
  const [first, last] = [bboxes[0], bboxes.at(-1)];
  const [x, y] = [last.minX - first.minX, last.minY - first.minY];
  const length = Math.hypot(x, y) || 1;
  return { x: x / length, y: y / length };
}

function isSteep(label) {
  const { x, y } = direction(label);
  return Math.abs(y) > Math.abs(x);
}

function paintRules(paint) {
  const polygon = (dataLayer, fill, filter, minzoom) => ({ dataLayer, minzoom, filter, symbolizer: new P.PolygonSymbolizer({ fill }) });
  const line = (dataLayer, options, filter, minzoom) => ({ dataLayer, minzoom, filter, symbolizer: new P.LineSymbolizer({ lineCap: "round", lineJoin: "round", ...options }) });
  const casings = CLASSES.map((each) =>
    line("streets", { color: paint[each.casing], width: (zoom) => each.width(zoom) + (zoom < 14 ? 1.2 : 2) }, ofClass(each), Math.max(each.from, 12)));
  const fills = CLASSES.map((each) => line("streets", { color: paint[each.fill], width: each.width }, ofClass(each), each.from));
  return [
    polygon("green", paint.grass, kinds("park", "grass", "cemetery")),
    polygon("green", paint.wood, kinds("wood")),
    polygon("green", paint.pitch, kinds("pitch"), 14),
    polygon("water", paint.water),
    line("waterway", { color: paint.water, width: widths([10, 0.8], [14, 2], [18, 9]) }),
    polygon("building", paint.building, undefined, 15),
    line("boundary", { color: paint.boundary, width: 1, dash: [5, 4], lineCap: "butt" }, (zoom, feature) => Number(feature.props.level) <= 6),
    line("streets", { color: paint.path, width: 1.2, dash: [3, 3], lineCap: "butt" }, kinds("path"), 16),
    ...casings,
    ...fills,
    line("rail", { color: paint.rail, width: widths([10, 0.7], [15, 1.4], [18, 3]) }, kinds("rail"), 10),
    line("rail", { color: paint.subway, width: widths([11, 1], [15, 2], [18, 3]), dash: [6, 4], lineCap: "butt" }, kinds("subway", "light_rail"), 12),
  ];
}

function labelRules(paint, lang) {
  const labelProps = lang === "en" ? ["name_en", "name"] : ["name"];
  const common = { labelProps, fontFamily: FONT, stroke: paint.halo, width: 2, lineHeight: 1.25, maxLineChars: 14 };
  const point = (filter, minzoom, options, maxzoom) => ({
    dataLayer: "label",
    minzoom,
    maxzoom,
    filter,
    sort: (a, b) => (a.rank ?? 99) - (b.rank ?? 99),
    symbolizer: new P.CenteredTextSymbolizer({ ...common, ...options }),
  });
  const street = (filter, minzoom, options) => ({
    dataLayer: "streets",
    minzoom,
    filter,
    symbolizer: new StreetLabel({ ...common, position: 2, width: 3.5, repeatDistance: 420, ...options }),
  });
  const ranked = (kind, shift) => (zoom, feature) => feature.props.kind === kind && (feature.props.rank ?? 1) <= zoom - shift;
  return [
    point(kinds("district"), 9, { fontSize: 16, fontWeight: 700, letterSpacing: lang === "en" ? 0 : 2, fill: paint.text }, 12),
    street(kinds("motorway", "trunk", "primary"), 13, { fontSize: 13, fontWeight: 600, fill: paint.text }),
    point(kinds("station"), 13, { fontSize: 13, fontWeight: 600, fill: paint.textStation }),
    point(kinds("subdistrict"), 12, { fontSize: 14, fontWeight: 600, fill: paint.textSoft }, 14),
    street(kinds("secondary", "tertiary"), 14, { fontSize: 13, fontWeight: 500, fill: paint.text }),
    street(kinds("minor"), 16, { fontSize: 12, fill: paint.textSoft }),
    point(kinds("park"), 14, { fontSize: 12, fontWeight: 500, fill: paint.textGreen }),
    point(kinds("neighbourhood"), 15, { fontSize: 13, fill: paint.textSoft }),
    point(kinds("hospital", "school"), 16, { fontSize: 12, fill: paint.textSoft }),
    point(kinds("poi"), 17, { fontSize: 12, fill: paint.textSoft }),
  ];
}
