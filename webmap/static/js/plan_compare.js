// Scenarios that were saved: opened, shown, and set side by side.

import { isAbort } from "./api.js";
import { el, outside } from "./dom.js";
import { fetchAnswer } from "./plan_api.js";
import { changeRow } from "./plan_edits.js";
import { amount, problemNode, say, share, signed } from "./plan_say.js";
import { questionOf } from "./plan_state.js";
import { nameOf, words } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";
const HOURS = 168;
const MOST = 20;

/** The part of the panel that saves, opens and compares. */
export class ComparePanel {
  #parts;
  #desk;
  #list = [];

  /**
   * @param {object} parts elements by name
   * @param {{state: () => object, change: (changes: object, options?: object) => void, monday: () => string}} desk the page
   */
  constructor(parts, desk) {
    this.#parts = parts;
    this.#desk = desk;
    parts.save.addEventListener("click", () => this.save());
    parts.share.addEventListener("click", () => this.#share());
    parts.shown.addEventListener("change", () => this.#show(parts.shown.checked));
    parts.name.addEventListener("change", () => desk.change({ name: parts.name.value.trim() }, { quiet: true }));
    parts.open.addEventListener("change", () => parts.open.value && this.open(parts.open.value));
    parts.against.addEventListener("change", () => desk.change({ against: parts.against.value || null }, { quiet: true }));
    parts.against.addEventListener("change", () => this.compare());
  }

  /** Follow the page: what is saved, and what can be done. */
  follow() {
    const state = this.#desk.state();
    if (document.activeElement !== this.#parts.name) this.#parts.name.value = state.name;
    this.#parts.shown.checked = state.shown;
    this.#parts.shown.disabled = !state.edits.length;
    this.#parts.save.disabled = !state.edits.length || Boolean(state.scenario);
    this.#parts.share.disabled = !state.edits.length;
    this.#parts.saved.textContent = state.scenario ? words.plan.saved : "";
    this.#options();
  }

  /** Fetch the names of what is kept. */
  async load() {
    try {
      this.#list = (await fetchAnswer("scenarios", "/api/v1/scenarios")).scenarios;
      this.#options();
    } catch (error) {
      if (!isAbort(error)) this.#parts.told.replaceChildren(problemNode(error));
    }
  }

  /** Keep the edits under their name; return the key, or null if that failed. */
  async save() {
    const state = this.#desk.state();
    if (state.scenario) return state.scenario;
    const name = this.#parts.name.value.trim() || words.plan.unnamed;
    try {
      const { key } = await fetchAnswer("save", "/api/v1/scenarios", { method: "POST", body: { name, edits: state.edits } });
      this.#desk.change({ scenario: key, name }, { quiet: true });
      this.#parts.told.replaceChildren();
      await this.load();
      this.follow();
      return key;
    } catch (error) {
      if (!isAbort(error)) this.#parts.told.replaceChildren(problemNode(error));
      return null;
    }
  }

  /** Open a scenario that was saved. */
  async open(key) {
    try {
      const { name, edits } = await fetchAnswer("open", `/api/v1/scenarios/${encodeURIComponent(key)}`);
      this.#desk.change({ scenario: key, name, edits, shown: this.#desk.state().shown && key === this.#desk.state().scenario });
      this.#parts.told.replaceChildren();
    } catch (error) {
      if (!isAbort(error)) this.#parts.told.replaceChildren(problemNode(error));
    }
  }

  async #show(shown) {
    const key = shown ? await this.save() : this.#desk.state().scenario;
    this.#desk.change({ shown: shown && key !== null });
  }

  async #share() {
    await this.save();
    try {
      await navigator.clipboard.writeText(location.href);
      this.#parts.saved.textContent = words.plan.link_copied;
    } catch {
      this.#parts.saved.textContent = say("link_here", { link: location.href });
    }
  }

  /** Set the scenario against the city as it is, or against another. */
  async compare() {
    const { against } = this.#desk.state();
    this.#parts.result.replaceChildren();
    if (!against) return;
    const key = this.#desk.state().edits.length ? await this.save() : "base";
    if (!key) return;
    this.#parts.result.replaceChildren(el("p", { class: "wait", role: "status" }, words.plan.comparing));
    const query = questionOf(this.#desk.state());
    query.set("a", against);
    query.set("b", key);
    query.set("week", this.#desk.monday());
    try {
      const answer = await fetchAnswer("compare", `/api/v1/scenarios/compare?${query}`);
      this.#parts.result.replaceChildren(...this.#told(answer));
    } catch (error) {
      if (!isAbort(error)) this.#parts.result.replaceChildren(problemNode(error));
    }
  }

  #told({ a, b, total, areas, hours }) {
    const { layer } = this.#desk.state();
    const named = (one) => (one.name === "base" ? words.plan.as_it_is : one.name || words.plan.unnamed);
    const column = (one, sign) => el("td", {}, el("span", { class: "versus__sign" }, sign), outside(named(one)));
    const sorted = [...areas].sort((x, y) => Math.abs(y.change) - Math.abs(x.change)).slice(0, MOST);
    const most = Math.max(...sorted.map((area) => Math.abs(area.change)), 1);
    const table = el(
      "table",
      { class: "versus" },
      el("tbody", {},
        el("tr", {}, el("th", { scope: "row" }, words.plan.scenario), column(a, "A "), column(b, "B ")),
        el("tr", {}, el("th", { scope: "row" }, words.plan.covered), el("td", {}, share(a.covered, total)), el("td", {}, share(b.covered, total))),
        el("tr", {}, el("th", { scope: "row" }, words.plan.covered_amount), el("td", {}, amount(layer, a.covered)), el("td", { "data-figure": "b" }, amount(layer, b.covered))),
        el("tr", {}, el("th", { scope: "row" }, words.plan.difference), el("td", {}, "–"), el("td", { "data-figure": "change" }, signed(layer, b.covered - a.covered)))),
    );
    const rows = sorted.map((area) => changeRow(area.number < 0 ? words.plan.no_area : nameOf(area), area.change, most, layer));
    const list = rows.length ? el("ul", { class: "changes" }, ...rows) : el("p", {}, words.plan.no_change);
    return [table, el("h4", {}, words.plan.by_area), list, ...(hours ? [el("h4", {}, words.plan.by_hour), lines(hours, total), el("p", { class: "versus__key" }, el("span", { class: "key key--a" }), `A ${named(a)}`, el("span", { class: "key key--b" }), `B ${named(b)}`)] : [])];
  }

  #options() {
    const state = this.#desk.state();
    const kept = this.#list.map(({ key, name }) => el("option", { value: key }, name || words.plan.unnamed));
    this.#parts.open.replaceChildren(el("option", { value: "" }, words.plan[kept.length ? "open_saved" : "nothing_saved"]), ...kept);
    this.#parts.open.value = this.#list.some(({ key }) => key === state.scenario) ? state.scenario : "";
    const others = this.#list.filter(({ key }) => key !== state.scenario).map(({ key, name }) => el("option", { value: key }, name || words.plan.unnamed));
    this.#parts.against.replaceChildren(el("option", { value: "" }, words.plan.against_nothing), el("option", { value: "base" }, words.plan.as_it_is), ...others);
    this.#parts.against.value = state.against ?? "";
  }
}

/** Two weeks as lines: A dashed, B whole. */
function lines(hours, total) {
  const svg = document.createElementNS(SVG, "svg");
  const attributes = { viewBox: `0 0 ${HOURS} 50`, preserveAspectRatio: "none", class: "versus__hours", role: "img", "aria-label": words.plan.by_hour };
  for (const [name, value] of Object.entries(attributes)) svg.setAttribute(name, value);
  for (const name of ["a", "b"]) {
    const points = hours[name].flatMap((covered, hour) => [0, 1].map((side) => `${hour + side},${(50 - (total ? covered / total : 0) * 48 - 1).toFixed(2)}`));
    const line = document.createElementNS(SVG, "polyline");
    line.setAttribute("points", points.join(" "));
    line.setAttribute("class", `versus__line versus__line--${name}`);
    line.setAttribute("vector-effect", "non-scaling-stroke");
    svg.append(line);
  }
  return svg;
}
