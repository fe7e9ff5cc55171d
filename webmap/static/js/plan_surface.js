// Where one more place would bring most: every crossing of the city by its gain, painted, and the best of them.

import { isAbort } from "./api.js";
import { el } from "./dom.js";
import { fetchAnswer } from "./plan_api.js";
import { readSurface } from "./plan_arrays.js";
import { ranked } from "./plan_enough.js";
import { Following } from "./plan_job.js";
import { crossingsScene } from "./plan_overlay.js";
import { classRows, stepOf } from "./plan_ramp.js";
import { amount, count, problemNode, say } from "./plan_say.js";
import { shownQuestion } from "./plan_state.js";
import { words } from "./words.js";

const BEST = 10;

/** The part of the panel of siting that paints the map. */
export class SurfacePanel {
  #parts;
  #map;
  #key;
  #desk;
  #following = new Following("surface");
  #found = null;
  #open = false;

  /** @param {{run: HTMLButtonElement, told: HTMLElement, cancel: HTMLButtonElement}} parts */
  constructor(parts, map, key, desk) {
    this.#parts = parts;
    this.#map = map;
    this.#key = key;
    this.#desk = desk;
    parts.run.addEventListener("click", () => this.#run());
    parts.cancel.addEventListener("click", () => this.#following.cancel().catch((error) => this.#failed(error)));
  }

  opened(open) {
    this.#open = open;
    if (open) this.#draw();
    else this.#key.hide("surface");
  }

  /** Take up the work that the address names. */
  restore() {
    const { surface } = this.#desk.state();
    if (surface && surface !== this.#following.job) this.#follow(surface);
  }

  /** Another question is asked: what was painted is of the old one, and goes. */
  asked() {
    if (!this.#found || this.#found.question === String(shownQuestion(this.#desk.state()))) return;
    this.#found = null;
    this.#key.hide("surface");
    this.#parts.told.replaceChildren(el("p", { class: "none" }, words.plan.surface_old));
    this.#desk.change({ surface: null }, { quiet: true });
  }

  async #run() {
    this.#busy(true);
    this.#parts.told.replaceChildren(el("p", { role: "status" }, words.plan.job_waiting));
    try {
      const { job } = await fetchAnswer("surface-start", `/api/v1/surface?${shownQuestion(this.#desk.state())}`, { method: "POST" });
      this.#desk.change({ surface: job }, { quiet: true });
      await this.#follow(job);
    } catch (error) {
      this.#failed(error);
    }
  }

  async #follow(job) {
    const question = String(shownQuestion(this.#desk.state()));
    this.#busy(true);
    try {
      const told = await this.#following.follow(job, ({ progress }) => this.#parts.told.replaceChildren(el("p", { role: "status" }, progress?.share === undefined ? words.plan.job_waiting : say("surface_running", { percent: Math.round(100 * progress.share) }))));
      if (!told) return;
      if (told.state === "done") {
        const points = readSurface(await fetchAnswer("surface-bytes", `/api/v1/jobs/${job}/surface`, { bytes: true }));
        this.#found = { points, best: told.result.features, crossings: told.result.crossings, question };
        this.#tell();
        this.#draw();
      } else this.#parts.told.replaceChildren(told.state === "cancelled" ? el("p", { role: "status" }, words.plan.job_cancelled) : problemNode(told.problem ?? { code: "internal" }));
      this.#busy(false);
    } catch (error) {
      this.#failed(error);
    }
  }

  #tell() {
    const { layer } = this.#desk.state();
    const { best } = this.#found;
    const most = best[0]?.properties.gain ?? 1;
    const rows = best.slice(0, BEST).map(({ geometry: { coordinates: [lon, lat] }, properties: { rank, gain } }) => ranked({
      rank, name: say("surface_spot", { n: rank }), value: `+${amount(layer, gain, { short: true })}`, part: gain / most, act: () => this.#map.setView([lat, lon], Math.max(this.#map.getZoom(), 15), { animate: false }),
    }));
    const again = el("button", { type: "button", class: "quiet", onclick: () => this.#draw() }, words.plan.layer_on);
    this.#parts.told.replaceChildren(...(rows.length
      ? [el("h3", { class: "panel__small" }, words.plan.surface_best), el("ol", { class: "ranked", "data-list": "surface" }, ...rows), el("p", { class: "row" }, again), el("p", { class: "area__note" }, say("surface_note", { n: count(this.#found.crossings) }))]
      : [el("p", { class: "none", role: "status" }, words.plan.surface_nothing)]));
  }

  #draw() {
    if (!this.#open || !this.#found?.points.gain.length) return;
    const { layer } = this.#desk.state();
    const { points } = this.#found;
    const step = stepOf(points.most);
    this.#key.show("surface", { title: words.plan.surface_title, rows: classRows(step, (n) => amount(layer, n, { short: true })), note: words.plan.surface_key, scene: crossingsScene(points, step), onOff: () => {} });
  }

  #busy(busy) {
    this.#parts.run.disabled = busy;
    this.#parts.cancel.hidden = !busy;
  }

  #failed(error) {
    if (isAbort(error)) return;
    this.#busy(false);
    this.#desk.change({ surface: null }, { quiet: true });
    this.#parts.told.replaceChildren(problemNode(error));
  }
}
