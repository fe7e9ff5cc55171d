// What if: places that come, go and move, streets that close; what that would change is told at once.

import { isAbort } from "./api.js";
import { el, icon, outside } from "./dom.js";
import { fetchAnswer, giveUp } from "./plan_api.js";
import { amount, problemNode, say, share, signed } from "./plan_say.js";
import { degrees, questionOf } from "./plan_state.js";
import { nameOf, words } from "./words.js";

const L = window.L;
const NUDGE_PX = 12;
const MOST_AREAS = 12;
const ARROWS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

/** The panel of the edits, and their pins on the map. */
export class EditsPanel {
  #parts;
  #map;
  #marks;
  #desk;
  #pins = L.layerGroup();
  #places = new Map();
  #past = [];
  #tool = null;
  #wanted = false;
  #asking = false;
  #open = false;

  /**
   * @param {object} parts elements by name
   * @param {{state: () => object, change: (changes: object) => void, areaName: (number: number) => string}} desk
   *   the page: what it shows, and how to change that
   */
  constructor(parts, map, marks, desk) {
    this.#parts = parts;
    this.#map = map;
    this.#marks = marks;
    this.#desk = desk;
    this.#pins.addTo(map);
    parts.put.addEventListener("click", () => this.#take("put"));
    parts.street.addEventListener("click", () => this.#take("street"));
    parts.middle.addEventListener("click", () => this.put(map.getCenter().lng, map.getCenter().lat, { focus: true }));
    parts.undo.addEventListener("click", () => this.#undo());
    parts.clear.addEventListener("click", () => this.#set([]));
    addEventListener("keydown", (event) => event.key === "Escape" && this.#tool && this.#take(null));
  }

  /** The places of the city, by id. */
  setPlaces(places) {
    this.#places = new Map(places.map((place) => [place.id, place]));
    this.draw();
  }

  /** The panel is open: clicks on the map are for it. */
  opened(open) {
    this.#open = open;
    if (!open) this.#take(null);
  }

  /** A click on the map; tell whether it was meant for the panel. */
  clicked(latlng, point) {
    if (!this.#open) return false;
    if (this.#tool === "put") this.put(latlng.lng, latlng.lat, { focus: true });
    else if (this.#tool === "street") this.#add({ edit: "close_street", lon: degrees(latlng.lng), lat: degrees(latlng.lat) });
    else {
      const place = this.#marks.placeNear(point);
      if (!place) return false;
      this.choose(place.id);
      return true;
    }
    this.#take(null);
    return true;
  }

  /** Put a planned place somewhere. */
  put(lon, lat, { name = null, focus = false } = {}) {
    this.#add(this.planned(lon, lat, name));
    if (focus) this.#parts.list.querySelector("li:last-child button")?.focus();
  }

  /** Put several at once. */
  putAll(sites) {
    const edits = [...this.#edits()];
    for (const site of sites) edits.push(this.planned(site.lon, site.lat, site.name, edits));
    this.#set(edits);
  }

  /** A planned place that the present question counts. */
  planned(lon, lat, name = null, edits = this.#edits()) {
    const state = this.#desk.state();
    const number = 1 + Math.max(0, ...edits.map((edit) => Number(/^planned-(\d+)$/.exec(edit.id ?? "")?.[1] ?? 0)));
    const kinds = state.services.length ? state.services : ["rest_stop"];
    const kit = state.handedOn.filter(([key]) => key.startsWith("amenity")).flatMap(([, value]) => value.split(","));
    return {
      edit: "add",
      id: `planned-${number}`,
      name: (name ?? say("planned", { n: number })).slice(0, 80),
      services: kinds.map((kind) => ({ kind, hours: "24/7" })),
      amenities: Object.fromEntries(kit.map((kind) => [kind, "yes"])),
      lon: degrees(lon),
      lat: degrees(lat),
    };
  }

  /** Show what can be done with a place. */
  choose(id) {
    const place = this.#places.get(id);
    if (!place) return;
    const button = (text, act) => el("button", { type: "button", class: "quiet", onclick: act }, text);
    const all = [
      button(words.plan.close_place, () => this.#add({ edit: "close", id })),
      button(words.plan.move_place, () => this.#add({ edit: "move", id, lon: place.lon, lat: place.lat })),
      button(words.plan.open_all_day, () => this.#add({ edit: "hours", id, hours: "24/7", service: null })),
    ];
    const title = el("h3", { class: "place__name", tabindex: "-1" }, outside(nameOf(place)));
    this.#parts.place.replaceChildren(title, el("p", { class: "place__kinds" }, place.services.map((kind) => words.service[kind] ?? kind).join(words.hours.and)), el("p", { class: "row" }, ...all));
    this.#parts.place.hidden = false;
    title.focus({ preventScroll: false });
  }

  /** Draw pins and list anew, and ask what the edits change. */
  draw() {
    const edits = this.#edits();
    this.#drawPins(edits);
    this.#marks.setClosed(edits.filter(({ edit }) => edit === "close" || edit === "move").map(({ id }) => id));
    this.#parts.list.replaceChildren(...edits.map((edit, at) => this.#line(edit, at)));
    this.#parts.none.hidden = edits.length > 0;
    for (const node of [this.#parts.undo, this.#parts.clear]) node.disabled = node === this.#parts.undo ? !this.#past.length : !edits.length;
    this.ask();
  }

  /** Ask what the edits change; while an answer is on its way only the latest question waits. */
  async ask() {
    this.#wanted = true;
    if (this.#asking) return;
    this.#asking = true;
    while (this.#wanted) {
      this.#wanted = false;
      await this.#askOnce();
    }
    this.#asking = false;
  }

  async #askOnce() {
    const edits = this.#edits();
    if (!edits.length) {
      giveUp("what-if");
      this.#marks.setChanges(null);
      this.#parts.effect.replaceChildren();
      return;
    }
    try {
      performance.mark("plan.drag.begin");
      const effect = await fetchAnswer("what-if", `/api/v1/what-if?${questionOf(this.#desk.state())}`, { method: "POST", body: { name: "", edits } });
      performance.measure("plan.drag.answer", "plan.drag.begin");
      performance.mark("plan.drag.draw");
      this.#marks.setChanges(effect.streets);
      this.#tell(effect);
      performance.measure("plan.drag", "plan.drag.draw");
    } catch (error) {
      if (isAbort(error)) return;
      this.#marks.setChanges(null);
      this.#parts.effect.replaceChildren(problemNode(error));
    }
  }

  #tell(effect) {
    const { layer } = this.#desk.state();
    const areas = [...effect.areas].sort((a, b) => Math.max(b.gained, b.lost) - Math.max(a.gained, a.lost)).slice(0, MOST_AREAS);
    const most = Math.max(...areas.map((area) => Math.max(area.gained, area.lost)), 1);
    const figure = (kind, value) => el("p", { class: `effect__figure effect__figure--${kind}` }, el("strong", { "data-figure": kind }, value), el("span", {}, words.plan[`effect_${kind}`]));
    this.#parts.effect.replaceChildren(
      el("div", { class: "effect__figures" },
        figure("gained", signed(layer, effect.gained)),
        figure("lost", signed(layer, -effect.lost)),
        figure("share", `${share(effect.covered_before, effect.total)} → ${share(effect.covered, effect.total)}`)),
      el("p", { class: "effect__exact" }, say("effect_exact", { gained: amount(layer, effect.gained), lost: amount(layer, effect.lost) })),
      el("ul", { class: "changes" }, ...areas.map((area) => changeRow(this.#desk.areaName(area.number), area.gained - area.lost, most, layer))),
    );
  }

  #line(edit, at) {
    const place = this.#places.get(edit.id);
    const name = edit.name ?? (place ? nameOf(place) : edit.id ?? "");
    const show = el("button", { type: "button", class: "edit__show", onclick: () => this.#show(edit) }, icon(EDIT_ICONS[edit.edit] ?? "dot"), el("span", {}, say(`edit_${edit.edit}`, { name })));
    const remove = el("button", { type: "button", class: "quiet edit__remove", onclick: () => this.#remove(at) }, words.plan.remove, el("span", { class: "visually-hidden" }, ` ${name}`));
    return el("li", { class: "edit" }, show, remove);
  }

  #drawPins(edits) {
    this.#pins.clearLayers();
    for (const [at, edit] of edits.entries()) {
      if (edit.lon === undefined) continue;
      if (edit.edit === "close_street") {
        L.marker([edit.lat, edit.lon], { icon: L.divIcon({ className: "barred", iconSize: [26, 26], html: el("span", { class: "barred__face" }, "×") }), keyboard: false, interactive: false }).addTo(this.#pins);
        continue;
      }
      const name = edit.name ?? nameOf(this.#places.get(edit.id) ?? { name: edit.id });
      const title = say("pin_title", { name });
      const pin = L.marker([edit.lat, edit.lon], {
        icon: L.divIcon({ className: "plan-pin", iconSize: [34, 42], iconAnchor: [17, 40], html: el("span", { class: "plan-pin__face" }, edit.edit === "move" ? "⇢" : "+") }),
        draggable: true,
        autoPan: true,
        title,
        alt: title,
        zIndexOffset: 2000,
      });
      pin.on("dragstart", () => (this.#past = [...this.#past, this.#edits()].slice(-50)));
      pin.on("drag", () => this.#moved(at, pin.getLatLng(), { done: false }));
      pin.on("dragend", () => this.#moved(at, pin.getLatLng(), { done: true }));
      pin.addTo(this.#pins);
      const node = pin.getElement();
      node.setAttribute("aria-label", title);
      node.addEventListener("keydown", (event) => this.#nudge(event, at, pin));
    }
  }

  #nudge(event, at, pin) {
    const way = ARROWS[event.key];
    if (!way) return;
    event.preventDefault();
    event.stopPropagation();
    const point = this.#map.latLngToContainerPoint(pin.getLatLng()).add(way.map((step) => step * NUDGE_PX));
    pin.setLatLng(this.#map.containerPointToLatLng(point));
    this.#moved(at, pin.getLatLng(), { done: true, redraw: false });
  }

  #moved(at, latlng, { done }) {
    const edits = this.#edits().map((edit, number) => (number === at ? { ...edit, lon: degrees(latlng.lng), lat: degrees(latlng.lat) } : edit));
    this.#desk.change({ edits, scenario: null, shown: false }, { quiet: true, written: done });
    this.#parts.undo.disabled = !this.#past.length;
    this.ask();
  }

  #show(edit) {
    const place = edit.lon === undefined ? this.#places.get(edit.id) : edit;
    if (place) this.#map.setView([place.lat, place.lon], Math.max(this.#map.getZoom(), 15), { animate: false });
  }

  #take(tool) {
    this.#tool = this.#tool === tool ? null : tool;
    for (const [name, button] of Object.entries({ put: this.#parts.put, street: this.#parts.street })) button.setAttribute("aria-pressed", String(this.#tool === name));
    this.#map.getContainer().classList.toggle("is-putting", this.#tool !== null);
    this.#parts.hint.textContent = this.#tool ? words.plan[`tool_${this.#tool}`] : words.plan.tool_none;
  }

  #edits() {
    return this.#desk.state().edits;
  }

  #add(edit) {
    const others = edit.edit === "add" || edit.edit === "close_street" ? this.#edits() : this.#edits().filter(({ id }) => id !== edit.id);
    this.#set([...others, edit]);
  }

  #remove(at) {
    this.#set(this.#edits().filter((edit, number) => number !== at));
    (this.#parts.list.querySelectorAll(".edit__remove")[Math.max(0, at - 1)] ?? this.#parts.middle).focus();
  }

  #set(edits) {
    this.#past = [...this.#past, this.#edits()].slice(-50);
    this.#desk.change({ edits, scenario: null, shown: false }, { quiet: true });
    this.#parts.place.hidden = true;
    this.draw();
  }

  #undo() {
    const edits = this.#past.pop();
    if (!edits) return;
    this.#desk.change({ edits, scenario: null, shown: false }, { quiet: true });
    this.draw();
    if (this.#parts.undo.disabled) this.#parts.middle.focus();
  }
}

const EDIT_ICONS = { add: "origin", close: "state-closed", move: "resize", hours: "clock", close_street: "sign" };

/** A row that says how much an area gains or loses, with a bar to either side. */
export function changeRow(name, change, most, layer) {
  const bar = el("span", { class: change < 0 ? "change__bar is-loss" : "change__bar" });
  bar.style.width = `${(Math.abs(change) / most) * 50}%`;
  return el("li", { class: "change" }, el("span", { class: "change__name" }, outside(name)), el("span", { class: "change__track", "aria-hidden": "true" }, bar), el("span", { class: "change__value" }, signed(layer, change)));
}
