// Where the next places should go: the question, the work while it runs, and the sites that were found.

import { isAbort } from "./api.js";
import { el, outside } from "./dom.js";
import { fetchAnswer, giveUp } from "./plan_api.js";
import { amount, count, problemNode, say, share } from "./plan_say.js";
import { shownQuestion } from "./plan_state.js";
import { minutes, words } from "./words.js";

const L = window.L;
const PAUSE_MS = 350;
const WEIGHTS = new Set(["mclp", "capacitated", "backup"]);

/** The panel of siting, and the sites on the map. */
export class SitesPanel {
  #parts;
  #map;
  #desk;
  #pins = L.layerGroup();
  #result = null;
  #following = null;

  /**
   * @param {object} parts elements by name
   * @param {{state: () => object, change: (changes: object, options?: object) => void, take: (sites: object[]) => void}} desk the page
   */
  constructor(parts, map, desk) {
    this.#parts = parts;
    this.#map = map;
    this.#desk = desk;
    parts.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#run();
    });
    parts.form.elements.kind.addEventListener("change", () => this.#describe());
    parts.cancel.addEventListener("click", () => this.#cancel());
    this.#describe();
  }

  /** Show the sites on the map while the panel is open. */
  opened(open) {
    if (open) this.#pins.addTo(this.#map);
    else this.#pins.remove();
  }

  /** Take up the job that the address names. */
  restore() {
    const { job } = this.#desk.state();
    if (job && job !== this.#following) this.#follow(job);
  }

  #describe() {
    const kind = this.#parts.form.elements.kind.value;
    this.#parts.about.textContent = words.plan[`about_${kind}`];
    this.#parts.count.hidden = kind === "lscp";
  }

  async #run() {
    const form = this.#parts.form.elements;
    const hosts = [...form.host].filter((box) => box.checked).map((box) => box.value);
    const body = {
      kind: form.kind.value,
      candidates: form.crossings.checked ? { crossings: true } : { hosts },
      keep: form.keep.checked,
      time_limit_s: Number(form.time.value),
    };
    if (body.kind !== "lscp") body.p = Number(form.p.value);
    this.#clear();
    if (!form.crossings.checked && !hosts.length) {
      this.#parts.result.replaceChildren(el("p", { class: "notice", role: "alert" }, words.plan.no_hosts));
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
    this.#following = job;
    this.#busy(true, words.plan.job_waiting);
    try {
      for (;;) {
        const told = await fetchAnswer("job", `/api/v1/jobs/${job}`);
        if (this.#following !== job) return;
        if (told.state === "waiting" || told.state === "running") {
          this.#busy(true, progressText(told));
          await new Promise((wake) => setTimeout(wake, PAUSE_MS));
          continue;
        }
        this.#busy(false);
        if (told.state === "done") this.#show(told.result);
        else this.#parts.result.replaceChildren(told.state === "cancelled" ? el("p", { role: "status" }, words.plan.job_cancelled) : problemNode(told.problem ?? { code: "internal" }));
        this.#parts.run.focus({ preventScroll: true });
        return;
      }
    } catch (error) {
      this.#failed(error);
    }
  }

  async #cancel() {
    if (!this.#following) return;
    this.#parts.cancel.disabled = true;
    this.#parts.progress.textContent = words.plan.job_stopping;
    try {
      await fetchAnswer("cancel", `/api/v1/jobs/${this.#following}`, { method: "DELETE" });
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
    this.#parts.cancel.disabled = false;
    if (this.#parts.progress.textContent !== text) this.#parts.progress.textContent = text;
  }

  #clear() {
    giveUp("job");
    this.#following = null;
    this.#pins.clearLayers();
    this.#parts.result.replaceChildren();
  }

  #show(result) {
    this.#result = result;
    const layer = result.question ? this.#desk.state().layer : "residents";
    this.#drawPins(result.sites);
    const gain = (value) => inUnit(result.kind, layer, value);
    const rows = result.sites.map((site, at) =>
      el("li", {}, el("button", { type: "button", class: "site", onclick: () => this.#look(site) },
        el("span", { class: "site__rank" }, String(at + 1)),
        el("span", { class: "site__text" }, el("span", { class: "site__name" }, outside(nameOfSite(site))), el("span", { class: "site__kind" }, words.plan[`host_${site.kind}`] ?? site.kind)),
        el("span", { class: "site__gain" }, site.gain === null ? "" : `+${gain(site.gain)}`))));
    const parts = [el("p", { class: "status", "data-status": result.status, role: "status" }, ...this.#judged(result, gain))];
    if (result.effect) parts.push(el("p", { class: "status__effect" }, say("sites_effect", { before: share(result.effect.covered_before, result.effect.total), after: share(result.effect.covered, result.effect.total), gained: amount(layer, result.effect.gained) })));
    parts.push(el("ol", { class: "sites" }, ...rows));
    if (rows.length) parts.push(el("p", { class: "row" }, el("button", { type: "button", class: "button-go", onclick: () => this.#desk.take(this.#result.sites.map((site) => ({ ...site, name: nameOfSite(site) }))) }, words.plan.take_sites)));
    if (result.alternatives.length) parts.push(el("h4", {}, words.plan.alternatives), el("ul", { class: "others" }, ...result.alternatives.map((other) => this.#other(other, gain))));
    parts.push(el("p", { class: "area__note" }, say("sites_method", { n: count(result.candidates), off: count(result.off_street) })));
    this.#parts.result.replaceChildren(...parts);
  }

  #judged(result, gain) {
    const told = [words.plan[`status_${result.status.replaceAll(" ", "_")}`] ?? result.status];
    if (result.objective !== null && result.bound !== null && result.status !== "optimal") {
      told.push(" ", say("bound", { objective: gain(result.objective), bound: gain(result.bound), gap: share(result.gap ?? 0, 1) }));
    }
    if (result.unserved > 0 && !result.effect) told.push(" ", say("unserved", { n: amount(this.#desk.state().layer, result.unserved) }));
    return told;
  }

  #other(other, gain) {
    const names = (sites) => sites.map(nameOfSite).join(words.hours.and) || "–";
    return el("li", { class: "other" }, outside(say("instead", { without: names(other.without), instead: names(other.instead) })), el("span", { class: "other__regret" }, say("regret", { n: gain(other.regret) })));
  }

  #drawPins(sites) {
    this.#pins.clearLayers();
    for (const [at, site] of sites.entries()) {
      L.marker([site.lat, site.lon], { icon: L.divIcon({ className: "site-pin", iconSize: [30, 38], iconAnchor: [15, 36], html: el("span", { class: "site-pin__face" }, String(at + 1)) }), title: nameOfSite(site), keyboard: false, zIndexOffset: 1500 - at }).addTo(this.#pins);
    }
    if (sites.length) this.#map.fitBounds(sites.map(({ lat, lon }) => [lat, lon]), { maxZoom: 15, padding: [60, 60], animate: false });
  }

  #look(site) {
    this.#map.setView([site.lat, site.lon], Math.max(this.#map.getZoom(), 15), { animate: false });
  }
}

function progressText({ state, progress }) {
  if (state === "waiting" || !progress) return words.plan.job_waiting;
  return words.plan[progress.bound === null || progress.bound === undefined ? "job_running" : "job_bounding"];
}

function nameOfSite(site) {
  return site.name ?? words.plan[`host_${site.kind}`] ?? site.kind;
}

/** A figure in the unit of a kind of question. */
function inUnit(kind, layer, value) {
  if (value === null) return "–";
  if (WEIGHTS.has(kind)) return amount(layer, value, { short: true });
  if (kind === "p_center") return say("n_minutes", { n: minutes(value) });
  return count(kind === "p_median" ? value / 3600 : value);
}
