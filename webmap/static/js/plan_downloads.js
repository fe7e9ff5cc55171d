// What can be taken along: tables and layers with the same question, and the map as a picture made here.

import { el } from "./dom.js";
import { STATES, lookOf, paint } from "./plan_paint.js";
import { shownQuestion } from "./plan_state.js";
import { say, share } from "./plan_say.js";
import { city, nameOf, words } from "./words.js";

const FORMATS = ["csv", "xlsx", "geojson", "gpkg"];
const MARGIN = 20;
/** Columns and height of a line of the legend. */
const COLUMNS = 2;
const LINE = 24;
const FONT = '"PingFang SC", "Noto Sans CJK SC", "Microsoft YaHei", system-ui, sans-serif';

/** Give the links the present question. */
export function showLinks(list, state) {
  const query = shownQuestion(state);
  list.replaceChildren(...FORMATS.map((format) => el("li", {}, el("a", { class: "download", href: `/api/v1/coverage.${format}?${query}`, download: true, "data-format": format }, el("strong", {}, format.toUpperCase()), el("span", {}, words.plan[`download_${format}`])))));
}

/** The address of the printable page of a subdistrict. */
export function reportLink(number, state, lang) {
  const query = shownQuestion(state);
  if (lang !== "zh") query.set("lang", lang);
  return `/plan/report/${number}?${query}`;
}

/**
 * Draw the map as it is seen, with a title, a legend, its sources and their date.
 * @returns {Promise<Blob>} a PNG
 */
export function picture(map, { title, moment, answer, edited }) {
  const box = map.getContainer();
  const [width, height] = [box.clientWidth, box.clientHeight];
  const ratio = 2;
  const rows = Math.ceil(STATES.length / COLUMNS) + (edited ? 1 : 0);
  const [top, foot] = [82, 52 + LINE * rows];
  const canvas = document.createElement("canvas");
  canvas.width = width * ratio;
  canvas.height = (height + top + foot) * ratio;
  const context = canvas.getContext("2d");
  context.scale(ratio, ratio);
  const colors = paint();
  context.fillStyle = colors.paper;
  context.fillRect(0, 0, width, height + top + foot);
  context.fillStyle = colors.ink;
  text(context, title, MARGIN, 36, width, 700, 22);
  text(context, moment, MARGIN, 62, width, 400, 15);
  drawMap(context, box, top, width, height, getComputedStyle(box).backgroundColor);
  drawLegend(context, answer, colors, top + height, width, edited);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}

/** Hand a blob to the browser as a file. */
export function save(blob, name) {
  const link = el("a", { href: URL.createObjectURL(blob), download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

function drawMap(context, box, top, width, height, ground) {
  const at = box.getBoundingClientRect();
  context.save();
  context.beginPath();
  context.rect(0, top, width, height);
  context.clip();
  context.fillStyle = ground;
  context.fillRect(0, top, width, height);
  for (const canvas of box.querySelectorAll(".leaflet-tile-pane canvas, .leaflet-overlay-pane canvas")) {
    const own = canvas.getBoundingClientRect();
    if (!own.width || !canvas.width) continue;
    context.drawImage(canvas, own.left - at.left, own.top - at.top + top, own.width, own.height);
  }
  for (const pin of box.querySelectorAll(".leaflet-marker-pane .leaflet-marker-icon")) drawPin(context, pin, at, top);
  context.restore();
}

function drawPin(context, pin, at, top) {
  const own = pin.getBoundingClientRect();
  const [x, y] = [own.left - at.left + own.width / 2, own.top - at.top + top + own.height / 2];
  context.beginPath();
  context.arc(x, y, 12, 0, 7);
  context.fillStyle = "#0d2f2b";
  context.strokeStyle = "#ffffff";
  context.lineWidth = 2;
  context.fill();
  context.stroke();
  context.fillStyle = "#ffffff";
  context.textAlign = "center";
  text(context, pin.textContent, x, y + 5, 60, 700, 13);
  context.textAlign = "start";
}

function drawLegend(context, answer, colors, from, width, edited) {
  const column = (width - 2 * MARGIN) / COLUMNS;
  const line = (number, color, thick, dash, words_) => {
    const [x, y] = [MARGIN + (number % COLUMNS) * column, from + 26 + Math.floor(number / COLUMNS) * LINE];
    [context.strokeStyle, context.lineWidth] = [color, 5 * thick];
    context.setLineDash(dash.map((part) => part * 5 * thick));
    context.beginPath();
    context.moveTo(x, y - 5);
    context.lineTo(x + 34, y - 5);
    context.stroke();
    context.setLineDash([]);
    context.fillStyle = colors.ink;
    text(context, words_, x + 42, y, column - 50, 400, 14);
  };
  for (const [number, state] of STATES.entries()) {
    const { color, width: thick, dash } = lookOf(state);
    line(number, color, thick, dash, `${words.plan[`state_${state}`]} ${share(answer.total[state], answer.total.total)}`);
  }
  const rows = Math.ceil(STATES.length / COLUMNS);
  if (edited) {
    line(rows * COLUMNS, colors.gained, 1.1, [], words.plan.effect_gained);
    line(rows * COLUMNS + 1, colors.lost, 1.1, [0.7, 1.2], words.plan.effect_lost);
  }
  const sources = [...new Set(city.sources.map((source) => source.attribution ?? source.name))].join(" · ");
  text(context, say("picture_foot", { city: nameOf(city), built: city.built.slice(0, 10), version: city.version, sources }), MARGIN, from + 36 + (rows + (edited ? 1 : 0)) * LINE, width - 2 * MARGIN, 400, 12);
}

function text(context, words_, x, y, room, weight, size) {
  context.font = `${weight} ${size}px ${FONT}`;
  context.fillText(words_, x, y, Math.max(20, room - (context.textAlign === "center" ? 0 : MARGIN)));
}
