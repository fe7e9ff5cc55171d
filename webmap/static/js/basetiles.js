// The streets of the base map, drawn from vector tiles of our own host. Loaded once the library is there that draws them.

import { asText } from "./basemap.js";

const L = window.L;
const P = window.protomapsL;
const USUAL_TYPE = 18;

const FONT = '"PingFang SC", "HarmonyOS Sans SC", "MiSans", "Noto Sans CJK SC", "Noto Sans SC", "Microsoft YaHei", system-ui, sans-serif';

/** The layer that draws tiles in a paint. */
export function tileLayer(config, paint) {
  return P.leafletLayer({
    url: { getZxy: (z, x, y, signal) => tile(config.tiles, { z, x, y }, signal) },
    maxDataZoom: config.maxZoom,
    attribution: asText(config.attribution),
    lang: config.lang === "en" ? "en" : "zh-CN",
    paintRules: paintRules(paint),
    labelRules: labelRules(paint, config.lang),
    backgroundColor: paint.ground,
    noWrap: true,
    bounds: config.bounds && L.latLngBounds(config.bounds),
    keepBuffer: 2,
  });
}

/** A tile of the network; where that fails, of what is kept on the phone. */
async function tile(template, at, signal) {
  try {
    const response = await fetch(template.replace(/\{(\w)\}/g, (mark, name) => at[name]), { signal });
    return { data: await response.arrayBuffer() };
  } catch (error) {
    if (error.name === "AbortError" || !navigator.serviceWorker?.controller) throw error;
    const data = await (await import("./offline/spare.js")).tile(at.z, at.x, at.y);
    return data ? { data } : null;
  }
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

/** Names grow with the page's type, half as fast: a map has little room. */
function grown(size, paint) {
  const type = Number(document.documentElement.dataset.type ?? USUAL_TYPE);
  return Math.round(size * (1 + (type / USUAL_TYPE - 1) / 2) * (paint.strong ? 1.15 : 1));
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
    symbolizer: new P.CenteredTextSymbolizer({ ...common, ...options, fontSize: grown(options.fontSize, paint) }),
  });
  const street = (filter, minzoom, options, dataLayer = "streets") => ({
    dataLayer,
    minzoom,
    filter,
    symbolizer: new StreetLabel({ ...common, position: 2, width: 3.5, repeatDistance: 420, ...options, fontSize: grown(options.fontSize, paint) }),
  });
  const ranked = (kind, shift) => (zoom, feature) => feature.props.kind === kind && (feature.props.rank ?? 1) <= zoom - shift;
  return [
    point(kinds("district"), 9, { fontSize: 16, fontWeight: 700, letterSpacing: lang === "en" ? 0 : 2, fill: paint.text }, 12),
    street(kinds("motorway", "trunk", "primary"), 13, { fontSize: 13, fontWeight: 600, fill: paint.text }),
    point(kinds("station"), 13, { fontSize: 13, fontWeight: 600, fill: paint.textStation }),
    point(kinds("subdistrict"), 12, { fontSize: 14, fontWeight: 600, fill: paint.textSoft }, 14),
    street(kinds("secondary", "tertiary"), 14, { fontSize: 13, fontWeight: 500, fill: paint.text }),
    street(kinds("minor"), 16, { fontSize: 12, fill: paint.textSoft }),
    point(kinds("water"), 12, { fontSize: 13, fontWeight: 500, fill: paint.textWater }),
    street(kinds("river", "canal"), 13, { fontSize: 12, fontWeight: 500, fill: paint.textWater }, "waterway"),
    point(kinds("park"), 14, { fontSize: 12, fontWeight: 500, fill: paint.textGreen }),
    point(kinds("neighbourhood"), 15, { fontSize: 13, fill: paint.textSoft }),
    point(kinds("hospital", "school"), 16, { fontSize: 12, fill: paint.textSoft }),
    point(kinds("poi"), 17, { fontSize: 12, fill: paint.textSoft }),
  ];
}
