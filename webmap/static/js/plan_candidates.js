// What may take in a new place: hosts on the map or somebody's table; which must be chosen, and which must not.

import { isAbort } from "./api.js";
import { el, outside } from "./dom.js";
import { fetchAnswer, keptAnswer } from "./plan_api.js";
import { candidatesScene } from "./plan_overlay.js";
import { swatch } from "./plan_ramp.js";
import { count, problemNode, say } from "./plan_say.js";
import { words } from "./words.js";

const MOST_BYTES = 1_000_000;
const SHOWN_WRONG = 8;

/** The candidates of the form, on the map while they are wanted. */
export class Candidates {
  #parts;
  #map;
  #key;
  #desk;
  #listed = null;
  #all = [];
  #open = false;
  #shown = false;

  /**
   * @param {object} parts elements by name: form, file, told, drop, show, wishes, card
   * @param {{state: () => object, change: (changes: object, options?: object) => void, changed: () => void}} desk
   */
  constructor(parts, map, key, desk) {
    this.#parts = parts;
    this.#map = map;
    this.#key = key;
    this.#desk = desk;
    parts.file.addEventListener("change", () => this.#take(parts.file.files[0]));
    parts.drop.addEventListener("click", () => this.#forget());
    parts.show.addEventListener("click", () => this.#toggle(!this.#shown));
    parts.form.addEventListener("change", ({ target }) => ["host", "crossings"].includes(target.name) && this.#load());
  }

  opened(open) {
    this.#open = open;
    if (!open) this.#key.hide("candidates");
    else if (this.#shown) this.#load();
    if (open && (this.#desk.state().must.length || this.#desk.state().never.length)) this.#load({ draw: false });
  }

  /** What the interface calls candidates: a table, all crossings, or kinds of hosts; null if none is chosen. */
  body() {
    if (this.#listed) return { csv: tableOf(this.#listed) };
    if (this.#parts.form.elements.crossings.checked) return { crossings: true };
    return this.#hosts().length ? { hosts: this.#hosts() } : null;
  }

  /** Whether every row of the table has an amount: `price` or `capacity`. */
  has(column) {
    return Boolean(this.#listed?.length) && this.#listed.every((one) => one[column] !== null);
  }

  /** How many hosts of the table stand on a street; null without a table. */
  get count() {
    return this.#listed && this.#listed.filter((one) => one.on_street).length;
  }

  /** Ids that must, or must not, be chosen: of those that can be. */
  wishes(wish) {
    const there = new Set(this.#all.filter((one) => one.on_street).map(({ id }) => id));
    return this.#desk.state()[wish].filter((id) => there.has(id));
  }

  /** A click on the map; tell whether it was meant for a candidate. */
  clicked(point) {
    if (!this.#open || !this.#shown || this.#key.shown !== "candidates") return false;
    const one = this.#desk.near(point);
    if (one) this.#choose(one);
    return Boolean(one);
  }

  #hosts() {
    return [...this.#parts.form.querySelectorAll("[name=host]:checked")].map((box) => box.value);
  }

  #wishOf(id) {
    const { must, never } = this.#desk.state();
    return must.includes(id) ? "must" : never.includes(id) ? "never" : undefined;
  }

  #toggle(shown) {
    this.#shown = shown;
    this.#parts.show.setAttribute("aria-pressed", String(shown));
    if (shown) this.#load();
    else {
      this.#key.hide("candidates");
      this.#parts.card.hidden = true;
    }
  }

  /** Have the candidates that the form names ready, and draw them. */
  async #load({ draw = true } = {}) {
    try {
      this.#all = this.#listed ?? (this.#hosts().length ? (await keptAnswer("candidates", `/api/v1/candidates?mode=${this.#desk.state().mode}&hosts=${this.#hosts().join(",")}`)).candidates : []);
      this.#list();
      if (draw && this.#shown && this.#open) this.#draw();
    } catch (error) {
      if (!isAbort(error)) this.#parts.wishes.replaceChildren(problemNode(error));
    }
  }

  #draw() {
    const usable = this.#all.filter((one) => one.on_street);
    const rows = [["candidate", say("candidates_n", { n: count(usable.length) })], ["must", words.plan.must], ["never", words.plan.never]].map(([kind, text]) => ({ sample: swatch(kind), text }));
    this.#key.show("candidates", { title: words.plan.candidates_title, rows, note: words.plan.candidates_key, scene: candidatesScene(usable, (id) => this.#wishOf(id)), onOff: () => this.#toggle(false) });
  }

  #choose(one) {
    const set = (wish) => () => this.#set(one, wish);
    const wish = this.#wishOf(one.id);
    const button = (name, act, pressed) => el("button", { type: "button", class: "quiet", "aria-pressed": String(pressed), onclick: act }, words.plan[name]);
    const title = el("h3", { class: "place__name", tabindex: "-1" }, outside(nameOfCandidate(one)));
    this.#parts.card.replaceChildren(title, el("p", { class: "place__kinds" }, words.plan[`host_${one.kind}`] ?? one.kind), el("p", { class: "row" }, button("must", set("must"), wish === "must"), button("never", set("never"), wish === "never"), ...(wish ? [button("wish_none", set(null), false)] : [])));
    this.#parts.card.hidden = false;
    title.focus({ preventScroll: false });
  }

  #set(one, wish) {
    const without = (name) => this.#desk.state()[name].filter((id) => id !== one.id);
    const changes = { must: without("must"), never: without("never") };
    if (wish) changes[wish] = [...changes[wish], one.id];
    this.#desk.change(changes, { quiet: true });
    this.#list();
    if (this.#shown) this.#draw();
    if (!this.#parts.card.hidden) this.#choose(one);
  }

  /** The wishes as a list, for those who do not use the map, too. */
  #list() {
    const rows = ["must", "never"].flatMap((wish) => this.#desk.state()[wish].map((id) => {
      const one = this.#all.find((each) => each.id === id) ?? { id, kind: "listed", name: id };
      const name = nameOfCandidate(one);
      return el("li", { class: "edit", "data-wish": wish }, el("span", { class: "edit__show" }, swatch(wish), el("span", {}, say(`wish_${wish}`, { name }))), el("button", { type: "button", class: "quiet edit__remove", onclick: () => this.#set(one, null) }, words.plan.remove, el("span", { class: "visually-hidden" }, ` ${name}`)));
    }));
    this.#parts.wishes.replaceChildren(...rows);
  }

  /** Take a table: read here as text, checked by the server row by row. */
  async #take(file) {
    if (!file) return;
    const told = this.#parts.told;
    this.#forgetWishes();
    this.#listed = null;
    if (file.size > MOST_BYTES) {
      this.#tellWrong([el("p", { class: "notice", role: "alert" }, say("table_large", { mb: (file.size / 1e6).toFixed(1), limit: MOST_BYTES / 1e6 }))]);
      return;
    }
    told.replaceChildren(el("p", { role: "status" }, words.plan.table_reading));
    try {
      const answer = await fetchAnswer("table", `/api/v1/candidates?mode=${this.#desk.state().mode}`, { method: "POST", body: file, type: "text/csv" });
      this.#taken(file.name, answer);
    } catch (error) {
      if (!isAbort(error)) this.#tellWrong([problemNode(error)]);
    }
    this.#desk.changed();
  }

  #taken(name, { candidates, wrong, wrong_count: wrongs }) {
    this.#listed = candidates.length ? candidates : null;
    const off = candidates.filter((one) => !one.on_street);
    const lines = [el("p", { class: "table__sum", role: "status" }, say("table_taken", { name: name.slice(0, 80), n: count(candidates.length - off.length) }))];
    const refused = wrong.slice(0, SHOWN_WRONG).map(({ line, column, value }) => el("li", {}, say(`wrong_${column}`, { line, value })));
    if (wrongs) lines.push(el("p", { class: "table__wrong" }, say("table_wrong", { n: count(wrongs) })), el("ul", { class: "table__rows" }, ...refused));
    if (wrongs > refused.length) lines.push(el("p", { class: "area__note" }, say("table_more", { n: count(wrongs - refused.length) })));
    if (off.length) lines.push(el("p", { class: "table__wrong" }, say("table_off", { n: count(off.length), names: off.slice(0, 5).map(nameOfCandidate).join(words.hours.and) })));
    if (candidates.length) lines.push(el("p", { class: "area__note" }, [words.plan[this.has("price") ? "table_priced" : "table_unpriced"], words.plan[this.has("capacity") ? "table_sized" : "table_unsized"]].join(" ")));
    this.#parts.told.replaceChildren(...lines);
    this.#parts.drop.hidden = !candidates.length;
    if (candidates.length) this.#toggle(true);
  }

  #tellWrong(nodes) {
    this.#parts.told.replaceChildren(...nodes);
    this.#parts.drop.hidden = true;
    this.#parts.file.value = "";
  }

  #forget() {
    this.#listed = null;
    this.#forgetWishes();
    this.#tellWrong([]);
    this.#parts.file.focus();
    if (this.#shown) this.#load();
    this.#desk.changed();
  }

  /** Rows of another table have other ids. */
  #forgetWishes() {
    const mapped = (ids) => ids.filter((id) => !id.startsWith("listed-"));
    const { must, never } = this.#desk.state();
    this.#desk.change({ must: mapped(must), never: mapped(never) }, { quiet: true });
    this.#list();
  }
}

export function nameOfCandidate(one) {
  return one.name ?? words.plan[`host_${one.kind}`] ?? one.kind;
}

/** The rows that were taken, as a table for the interface. */
function tableOf(candidates) {
  const cell = (value) => (value === null ? "" : /[",\r\n]/.test(value) ? `"${String(value).replaceAll('"', '""').replace(/[\r\n]+/g, " ")}"` : value);
  return ["name,lon,lat,price,capacity", ...candidates.map(({ name, lon, lat, price, capacity }) => [name, lon, lat, price, capacity].map(cell).join(","))].join("\n");
}
