// What is laid over the streets to be looked at: areas by amount, circles, crossings, candidates. One at a time.

import { CanvasLayer, mercator } from "./plan_canvas.js";
import { onNight, paint } from "./plan_paint.js";
import { classOf, ramp } from "./plan_ramp.js";

const HATCH_PX = 7;
const LARGEST_PX = 30;

/** A canvas for one scene: an object that draws itself. */
export class OverlayLayer extends CanvasLayer {
  #scene = null;

  constructor() {
    super({ padding: 0.05 });
    onNight(() => this.redraw());
  }

  /** Show a scene, `draw(context, frame)`; null: nothing. */
  show(scene) {
    this.#scene = scene;
    this.redraw();
  }

  /** What is drawn nearest to a point of the map, if the scene knows. */
  near(point) {
    const origin = this._map.getPixelOrigin();
    return this.#scene?.near?.(point.add(origin), this.frame().scale) ?? null;
  }

  draw(context) {
    this.#scene?.draw(context, this.frame());
  }
}

/** Areas filled by amount; an amount of nothing is hatched. `amounts`: by number of the area. */
export function areasScene(areas, amounts, step) {
  return {
    draw(context, { scale, x0, y0 }) {
      const colors = ramp();
      for (const { number, rings } of areas) {
        const amount = amounts.get(number);
        if (amount === undefined) continue;
        context.beginPath();
        for (const ring of rings) ring.forEach(([x, y], at) => context[at ? "lineTo" : "moveTo"](x * scale + x0, y * scale + y0));
        context.globalAlpha = amount > 0 ? 0.66 : 1;
        context.fillStyle = amount > 0 ? colors[classOf(amount, step)] : hatch(context);
        context.fill("evenodd");
      }
      context.globalAlpha = 1;
    },
  };
}

/** Circles whose surface is an amount, the largest first. `circles`: `lon, lat, amount, text`. */
export function circlesScene(circles, most) {
  const placed = circles.map((circle) => ({ ...circle, at: mercator(circle.lon, circle.lat), radius: radiusOf(circle.amount, most) }));
  return {
    draw(context, { scale, x0, y0 }) {
      const colors = paint();
      context.textAlign = "center";
      for (const { at, radius, text } of placed) {
        const [x, y] = [at[0] * scale + x0, at[1] * scale + y0];
        context.beginPath();
        context.arc(x, y, radius, 0, 7);
        context.globalAlpha = 0.5;
        context.fillStyle = colors.lost;
        context.fill();
        context.globalAlpha = 1;
        [context.strokeStyle, context.lineWidth] = [colors.halo, 3];
        context.stroke();
        [context.strokeStyle, context.lineWidth] = [colors.lost, 1.6];
        context.stroke();
        if (!text) continue;
        context.font = "700 12px system-ui, sans-serif";
        [context.strokeStyle, context.lineWidth, context.fillStyle] = [colors.halo, 3, colors.ink];
        context.strokeText(text, x, y + 4);
        context.fillText(text, x, y + 4);
      }
      context.textAlign = "start";
    },
  };
}

/** The radius of a circle for an amount, pixels. */
export function radiusOf(amount, most) {
  return Math.max(3, LARGEST_PX * Math.sqrt(amount / Math.max(most, 1e-9)));
}

/** Crossings by what one more place there would bring, the least first, so that the most lies on top. */
export function crossingsScene({ xy, gain }, step) {
  const kinds = Uint8Array.from(gain, (amount) => classOf(amount, step));
  return {
    draw(context, { scale, x0, y0, width, height }) {
      const colors = ramp();
      const size = Math.max(4, Math.min(14, scale / 2 ** 17.6));
      for (const [number, color] of colors.entries()) {
        const side = size * (0.7 + 0.2 * number);
        context.fillStyle = color;
        context.globalAlpha = 0.85;
        context.beginPath();
        for (let at = 0; at < kinds.length; at += 1) {
          if (kinds[at] !== number) continue;
          const [x, y] = [xy[2 * at] * scale + x0, xy[2 * at + 1] * scale + y0];
          if (x > -side && y > -side && x < width + side && y < height + side) context.rect(x - side / 2, y - side / 2, side, side);
        }
        context.fill();
      }
      context.globalAlpha = 1;
    },
  };
}

/** Candidates: a ring; one that must be chosen a filled square, one that must not a cross. */
export function candidatesScene(candidates, wishOf) {
  const placed = candidates.map((one) => ({ one, at: mercator(one.lon, one.lat) }));
  return {
    near(point, scale) {
      let [best, least] = [null, 16];
      for (const { one, at } of placed) {
        const apart = Math.hypot(at[0] * scale - point.x, at[1] * scale - point.y);
        if (apart < least) [best, least] = [one, apart];
      }
      return best;
    },
    draw(context, { scale, x0, y0, width, height }) {
      const colors = paint();
      const radius = Math.max(2.4, Math.min(7, scale / 2 ** 20.2));
      for (const wanted of [undefined, "never", "must"]) {
        for (const { one, at } of placed) {
          if (wishOf(one.id) !== wanted) continue;
          const [x, y] = [at[0] * scale + x0, at[1] * scale + y0];
          if (x < -12 || y < -12 || x > width + 12 || y > height + 12) continue;
          drawCandidate(context, colors, wanted, x, y, wanted ? Math.max(radius, 6) : radius);
        }
      }
    },
  };
}

function drawCandidate(context, colors, wish, x, y, radius) {
  context.beginPath();
  if (wish === "must") context.rect(x - radius, y - radius, 2 * radius, 2 * radius);
  else if (wish === "never") {
    for (const way of [-1, 1]) {
      context.moveTo(x - radius, y - way * radius);
      context.lineTo(x + radius, y + way * radius);
    }
  } else context.arc(x, y, radius, 0, 7);
  [context.strokeStyle, context.lineWidth] = [colors.halo, wish === "never" ? 6 : 4];
  context.stroke();
  context.fillStyle = wish === "must" ? colors.gained : colors.halo;
  if (wish !== "never") context.fill();
  [context.strokeStyle, context.lineWidth] = [wish === "never" ? colors.lost : colors.ink, wish === "never" ? 3 : 1.6];
  context.stroke();
}

function hatch(context) {
  const tile = document.createElement("canvas");
  tile.width = tile.height = HATCH_PX;
  const pen = tile.getContext("2d");
  pen.strokeStyle = paint().ink;
  pen.globalAlpha = 0.6;
  pen.beginPath();
  for (const shift of [-HATCH_PX, 0, HATCH_PX]) {
    pen.moveTo(shift, HATCH_PX);
    pen.lineTo(shift + HATCH_PX, 0);
  }
  pen.stroke();
  return context.createPattern(tile, "repeat");
}
