// How a street's state looks: a colour, a width and a dash of its own. The colours were searched for: as people with
// deuteranopia and protanopia see them (Machado and others 2009) no two are nearer than 25 in CIELAB, 18 with
// tritanopia, and each has a contrast of 3 to the ground.

import { onScheme, scheme } from "./basemap.js";

const isNight = () => ["dark", "night"].includes(scheme());

export const STATES = ["covered", "closed", "unverified", "missing", "severed", "nothing"];

/** Colour by day and by night, share of the full width, dash in widths. */
const LOOKS = {
  covered: { day: "#4a90c2", night: "#8aa8cb", width: 0.42, dash: [] },
  closed: { day: "#4c20aa", night: "#b169dd", width: 1, dash: [3.4, 1.6] },
  unverified: { day: "#440747", night: "#daf51f", width: 1, dash: [0.9, 1.5] },
  missing: { day: "#1b6c70", night: "#b3face", width: 1, dash: [3.4, 1.4, 0.9, 1.4] },
  severed: { day: "#ba7412", night: "#ce760c", width: 0.85, dash: [1.9, 1.1] },
  nothing: { day: "#a00d28", night: "#e64761", width: 1.15, dash: [] },
};

/** Return how a state looks now: `color`, `width` (of the full one) and `dash`. */
export function lookOf(state, night = isNight()) {
  const { day, night: dark, width, dash } = LOOKS[state];
  return { color: night ? dark : day, width, dash };
}

/** What else is drawn on the map. */
export function paint(night = isNight()) {
  return night
    ? { border: "#8fa39e", chosen: "#ffffff", halo: "#0d1413", gained: "#7df0c4", lost: "#ff9d5c", place: "#e8efec", placeEdge: "#0d1413", paper: "#16201e", ink: "#e8efec", veil: "rgb(22 30 28 / 42%)" }
    : { border: "#6d7d78", chosen: "#0d2f2b", halo: "#ffffff", gained: "#006b4f", lost: "#8f2d00", place: "#0d2f2b", placeEdge: "#ffffff", paper: "#ffffff", ink: "#0f1f1c", veil: "rgb(238 240 236 / 42%)" };
}

/** Call when day turns to night. */
export function onNight(listener) {
  onScheme(listener);
}

/** Width of an uncovered street in pixels. */
export function fullWidth(zoom) {
  return Math.max(1.5, Math.min(7, 1.5 * 1.32 ** (zoom - 11)));
}

const SVG = "http://www.w3.org/2000/svg";

/** A piece of line as the map draws it, for legends. */
export function sample(state) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", `line line--${state}`);
  svg.setAttribute("viewBox", "0 0 34 10");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(SVG, "line");
  const { width, dash } = LOOKS[state];
  const full = 4.6;
  for (const [name, value] of Object.entries({ x1: 1, x2: 33, y1: 5, y2: 5, "stroke-width": full * width })) line.setAttribute(name, value);
  if (dash.length) line.setAttribute("stroke-dasharray", dash.map((part) => part * full * width).join(" "));
  svg.append(line);
  return svg;
}
