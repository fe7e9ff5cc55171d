// Where the next places should go: one question first, the rest behind a fold; then the work while it runs.

import { isAbort } from "./api.js";
import { el } from "./dom.js";
import { fetchAnswer } from "./plan_api.js";
import { Candidates } from "./plan_candidates.js";
import { FoundSites } from "./plan_found.js";
import { Following, progressText } from "./plan_job.js";
import { Years } from "./plan_phases.js";
import { problemNode } from "./plan_say.js";
import { shownQuestion } from "./plan_state.js";
import { words } from "./words.js";

const MOST = 200;

/** The panel of siting. */
export class SitesPanel {
  #parts;
  #desk;
  #candidates;
  #found;
  #years = null;
  #following = new Following("job");
  #question = null;

  /**
   * @param {object} parts elements by name
   * @param {{state: () => object, change: (changes: object, options?: object) => void, take: (sites: object[]) => void}} desk the page
   */
  constructor(parts, map, key, desk) {
    this.#parts = parts;
    this.#desk = desk;
    this.#found = new FoundSites(parts.result, map, desk);
    this.#candidates = new Candidates(parts, map, key, { ...desk, changed: () => this.#describe() });
    this.#years = new Years({ list: parts.years, add: parts.year, from: parts.from }, () => this.#describe());
    parts.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#run();
    });
    parts.form.elements.kind.addEventListener("change", () => this.#describe());
    parts.cancel.addEventListener("click", () => this.#cancel());
    this.#describe();
  }

  opened(open) {
    this.#found.opened(open);
    this.#candidates.opened(open);
  }

  /** A click on the map; tell whether it was meant for a candidate. */
  clicked(point) {
    return this.#candidates.clicked(point);
  }

  /** Take up the job that the address names. */
  restore() {
    const { job } = this.#desk.state();
    if (job && job !== this.#following.job) this.#follow(job);
  }

  /** Another question is asked: say so of what was found for the old one. */
  asked() {
    this.#parts.old.hidden = !this.#question || this.#question === String(shownQuestion(this.#desk.state()));
  }

  /** What the form asks for, and what of it can be asked at present. */
  #describe() {
    const form = this.#parts.form.elements;
    const kind = form.kind.value;
    const by = this.#years?.some ?? false;
    this.#parts.about.textContent = words.plan[`about_${kind}`];
    this.#parts.count.hidden = kind === "lscp" || by;
    const most = this.#candidates.count ?? MOST;
    form.p.max = most;
    if (Number(form.p.value) > most) form.p.value = most;
    form.p.disabled = this.#parts.count.hidden;
    form.budget.disabled = !this.#candidates.has("price") || kind === "lscp" || kind === "p_center" || by;
    this.#parts.unit.hidden = !by || !this.#candidates.has("price");
    this.#parts.priced.hidden = !form.budget.disabled || by;
  }

  /** What is asked, as the interface wants it; a text if it cannot be asked. */
  #body() {
    const form = this.#parts.form.elements;
    const candidates = this.#candidates.body();
    const kind = form.kind.value;
    if (!candidates) return words.plan.no_hosts;
    if (kind === "capacitated" && !this.#candidates.has("capacity")) return words.plan.no_capacity;
    if (kind === "lscp" && this.#years.some) return words.plan.no_years;
    const body = { kind, candidates, keep: form.keep.checked, time_limit_s: Number(form.time.value), forced: this.#candidates.wishes("must"), forbidden: this.#candidates.wishes("never") };
    if (this.#years.some) {
      body.phases = this.#years.phases(!this.#parts.unit.hidden && form.unit.value === "budget" ? "budget" : "p");
      body.phases_from = form.from.value;
    } else if (kind !== "lscp") {
      body.p = Number(form.p.value);
      if (!form.budget.disabled && form.budget.value) body.budget = Number(form.budget.value);
    }
    return body;
  }

  async #run() {
    const body = this.#body();
    this.#following.forget();
    this.#found.clear();
    if (typeof body === "string") {
      this.#parts.result.replaceChildren(el("p", { class: "notice", role: "alert" }, body));
      return;
    }
    this.#busy(true, words.plan.job_waiting);
    try {
      const { job } = await fetchAnswer("siting", `/api/v1/siting?${shownQuestion(this.#desk.state())}`, { method: "POST", body });
      this.#desk.change({ job }, { quiet: true });
      await this.#follow(job);
    } catch (error) {
      this.#failed(error);
    }
  }

  async #follow(job) {
    this.#question = String(shownQuestion(this.#desk.state()));
    this.asked();
    this.#busy(true, words.plan.job_waiting);
    try {
      const told = await this.#following.follow(job, (now) => this.#busy(true, progressText(now)));
      if (!told) return;
      this.#busy(false);
      if (told.state === "done") this.#found.show(told.result);
      else this.#parts.result.replaceChildren(told.state === "cancelled" ? el("p", { role: "status" }, words.plan.job_cancelled) : problemNode(told.problem ?? { code: "internal" }));
      this.#parts.run.focus({ preventScroll: true });
    } catch (error) {
      this.#failed(error);
    }
  }

  async #cancel() {
    this.#parts.cancel.disabled = true;
    this.#parts.progress.textContent = words.plan.job_stopping;
    try {
      await this.#following.cancel();
    } catch (error) {
      this.#failed(error);
    }
  }

  #failed(error) {
    if (isAbort(error)) return;
    this.#busy(false);
    this.#desk.change({ job: null }, { quiet: true });
    this.#parts.result.replaceChildren(problemNode(error));
  }

  #busy(busy, text = "") {
    this.#parts.run.disabled = busy;
    this.#parts.work.hidden = !busy;
    this.#parts.cancel.disabled = this.#parts.cancel.disabled && busy;
    if (this.#parts.progress.textContent !== text) this.#parts.progress.textContent = text;
  }
}
