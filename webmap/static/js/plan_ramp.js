// Amounts on the map: five classes from little to much. Lightness alone tells them apart, whatever colours somebody
// sees; by night much is light.

import { el } from "./dom.js";
import { paint } from "./plan_paint.js";

const DAY = ["#f1e3a0", "#a3cfae", "#53a9b4", "#2f72a6", "#26317d"];
const NIGHT = ["#24405a", "#2c7089", "#40a49b", "#a2cd7c", "#f5ec93"];
const CLASSES = 5;

/** The colours, from little to much. */
export function ramp() {
  return paint().paper === "#ffffff" ? DAY : NIGHT;
}

/** The width of a class, a round number, so that five of them hold the largest amount. */
export function stepOf(most) {
  if (!(most > 0)) return 1;
  const least = most / CLASSES;
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 2.5, 5, 10].map((part) => part * power).find((part) => part >= least * (1 - 1e-9));
}

/** In which class an amount is: 0 to 4. */
export function classOf(amount, step) {
  return Math.min(CLASSES - 1, Math.floor(amount / step + 1e-9));
}

/** Rows of a legend: from where to where each class goes, the most first. */
export function classRows(step, write) {
  return Array.from({ length: CLASSES }, (_, number) => {
    const [from, to] = [number * step, (number + 1) * step];
    return { sample: swatch(`ramp-${number}`), text: number === CLASSES - 1 ? `≥ ${write(from)}` : `${write(from)}–${write(to)}` };
  }).reverse();
}

/** A piece of colour, or of a pattern, for a legend. */
export function swatch(kind) {
  const node = el("span", { class: `swatch swatch--${kind}`, "aria-hidden": "true" });
  const number = /^ramp-(\d)$/.exec(kind)?.[1];
  if (number) node.style.backgroundColor = ramp()[number];
  return node;
}
