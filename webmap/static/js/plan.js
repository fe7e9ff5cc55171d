// The planner's page: one question, one sentence that answers it, and beneath it where, when and what if.

import { isAbort } from "./api.js";
import { Answers } from "./plan_answers.js";
import { fetchAnswer, keptAnswer } from "./plan_api.js";
import { AreasPanel } from "./plan_areas.js";
import { readStreets } from "./plan_arrays.js";
import { ComparePanel } from "./plan_compare.js";
import { picture, reportLink, save, showLinks } from "./plan_downloads.js";
import { EditsPanel } from "./plan_edits.js";
import { EnoughPanel } from "./plan_enough.js";
import { QuestionForm } from "./plan_form.js";
import { GapsPanel } from "./plan_gaps.js";
import { Hours } from "./plan_hours.js";
import { MapKey } from "./plan_key.js";
import { MarksLayer } from "./plan_marks.js";
import { OverlayLayer } from "./plan_overlay.js";
import { facts, problemNode, say } from "./plan_say.js";
import { SitesPanel } from "./plan_sites.js";
import { addressOf, readState, shownQuestion } from "./plan_state.js";
import { StreetsLayer } from "./plan_streets.js";
import { SurfacePanel } from "./plan_surface.js";
import { Tabs } from "./plan_tabs.js";
import { describeMap, lookAt, wholeCity } from "./plan_view.js";
import { wireSearch } from "./search.js";
import { city, lang, nameOf, words } from "./words.js";

const GAPS = 30;
const WRITE_MS = 250;

const byId = (id) => document.getElementById(id);
const parts = (prefix, ...names) => Object.fromEntries(names.map((name) => [name, byId(`${prefix}-${name}`)]));

/** Start the page on its Leaflet map. */
export function start(map) {
  const planner = new Planner(map);
  planner.wire();
  planner.restore();
}

class Planner {
  #map;
  #state = readState();
  #streets = new StreetsLayer();
  #overlay = new OverlayLayer();
  #marks = new MarksLayer();
  #hours;
  #form;
  #tabs;
  #areas;
  #gaps;
  #enough;
  #edits;
  #compare;
  #sites;
  #surface;
  #answers;
  #writing = 0;

  constructor(map) {
    this.#map = map;
    const desk = {
      state: () => this.#state,
      change: (changes, options) => this.#change(changes, options),
      toHour: (changes) => this.#toHour(changes),
      area: (number) => this.#areas.find(number),
      areaName: (number) => (number < 0 ? words.plan.no_area : nameOf(this.#areas.find(number) ?? { name: String(number) })),
      monday: () => this.#hours.monday(),
      take: (sites) => this.#take(sites),
      near: (point) => this.#overlay.near(point),
      lookAt: (number) => this.#choose(number, { look: true, tab: false }),
    };
    const key = new MapKey(byId("map-key"), this.#overlay, this.#marks);
    this.#hours = new Hours(parts("week", "rows", "slider", "value", "note", "before", "after", "none"), desk);
    this.#form = new QuestionForm({ form: byId("question"), when: byId("when-box"), handedOn: byId("handed-on"), handedOnText: byId("handed-on-text"), handedOnClear: byId("handed-on-clear") }, desk);
    this.#tabs = new Tabs((name) => this.#tab(name));
    this.#areas = new AreasPanel({ ...parts("areas", "head", "body", "filter", "none"), card: byId("area"), report: (number) => reportLink(number, this.#state, lang) }, (number) => this.#choose(number, { look: true }));
    this.#gaps = new GapsPanel(parts("gaps", "list", "note"), map, this.#marks);
    this.#enough = new EnoughPanel(parts("enough", "equity", "seats", "backup", "decay"), map, key, this.#marks, desk);
    this.#edits = new EditsPanel(parts("edits", "put", "street", "middle", "undo", "clear", "list", "none", "place", "effect", "hint"), map, this.#marks, desk);
    this.#compare = new ComparePanel(parts("scenario", "name", "save", "saved", "share", "shown", "open", "against", "told", "result"), desk);
    this.#sites = new SitesPanel(parts("sites", "form", "about", "count", "run", "cancel", "work", "progress", "result", "old", "file", "told", "drop", "show", "wishes", "card", "years", "year", "from", "unit", "priced"), map, key, desk);
    this.#surface = new SurfacePanel(parts("surface", "run", "told", "cancel"), map, key, desk);
    this.#answers = new Answers({ state: desk.state, streets: this.#streets, areas: this.#areas, hours: this.#hours, enough: this.#enough, rested: () => this.#rested(), problem: (error) => this.#problem(error) });
  }

  /** Listen to everything a person can do. */
  wire() {
    describeMap(this.#map, (latlng) => this.#clicked({ latlng }));
    for (const layer of [this.#streets, this.#overlay, this.#marks]) layer.addTo(this.#map);
    this.#map.on("click", (event) => this.#clicked(event));
    this.#map.on("moveend", () => this.#moved());
    addEventListener("popstate", () => this.restore());
    byId("picture").addEventListener("click", () => this.#picture());
    document.querySelector("[data-lang-switch]")?.addEventListener("click", (event) => this.#switchLanguage(event));
    wireSearch(
      { form: byId("search"), input: byId("search-input"), list: byId("search-list"), none: byId("search-none") },
      (found) => this.#found(found),
      (error) => this.#problem(error),
    );
    this.#load();
  }

  /** Show what the address says. */
  restore() {
    this.#state = readState();
    if (this.#state.at) this.#map.setView(this.#state.at.slice(0, 2), this.#state.at[2], { animate: false });
    else {
      wholeCity(this.#map);
      this.#state.at = null;
    }
    this.#tab(this.#state.tab);
    if (this.#state.scenario && !this.#state.edits.length) this.#compare.open(this.#state.scenario).then(() => this.#state.against && this.#compare.compare());
    this.#sites.restore();
    this.#surface.restore();
    this.#refresh();
  }

  async #load() {
    try {
      const [streets, areas, places] = await Promise.all([
        fetchAnswer("streets", `/base/streets.bin?v=${city.version}`, { bytes: true }),
        fetchAnswer("outlines", `/api/v1/areas?v=${city.version}`),
        fetchAnswer("places", "/api/v1/places"),
      ]);
      this.#streets.setStreets(readStreets(streets));
      this.#marks.setAreas(areas);
      const listed = places.features.map(({ geometry, properties }) => ({ ...properties, lon: geometry.coordinates[0], lat: geometry.coordinates[1] }));
      this.#marks.setPlaces(listed);
      this.#edits.setPlaces(listed);
      if (this.#state.area !== null) this.#choose(this.#state.area, { look: !this.#state.at, tab: false });
    } catch (error) {
      if (!isAbort(error)) this.#problem(error);
    }
    this.#compare.load();
  }

  // State

  /** Change the state; `quiet`: the question stays the same, only its address and what hangs on it change. */
  #change(changes, { quiet = false, written = true } = {}) {
    this.#state = { ...this.#state, ...changes };
    if (written) this.#write();
    if (quiet) {
      this.#compare.follow();
      return;
    }
    this.#refresh();
  }

  /** Browsers allow only so many addresses a second. */
  #write() {
    clearTimeout(this.#writing);
    this.#writing = setTimeout(() => history.replaceState(null, "", addressOf(this.#state)), WRITE_MS);
  }

  #moved() {
    const { lat, lng } = this.#map.getCenter();
    this.#state.at = [Number(lat.toFixed(5)), Number(lng.toFixed(5)), this.#map.getZoom()];
    this.#write();
  }

  // Answers

  async #refresh() {
    this.#form.show(this.#state);
    this.#compare.follow();
    showLinks(byId("links"), this.#state);
    this.#hours.follow();
    this.#edits.draw();
    this.#sites.asked();
    this.#surface.asked();
    await this.#answers.ask();
    if (this.#state.tab === "gaps") this.#showGaps();
    this.#enough.ask();
  }

  async #showGaps() {
    const query = shownQuestion(this.#state);
    query.set("limit", GAPS);
    try {
      this.#gaps.show(await keptAnswer("gaps", `/api/v1/gaps?${query}`), this.#state.layer);
    } catch (error) {
      if (!isAbort(error)) byId("gaps-note").replaceChildren(problemNode(error));
    }
  }

  /** The slider came to an hour. */
  #toHour(changes) {
    this.#state = { ...this.#state, ...changes };
    this.#write();
    this.#form.showHour(this.#state);
    this.#answers.ask({ moving: true });
    if (this.#state.edits.length) this.#edits.ask();
  }

  /** It rests there. */
  #rested() {
    showLinks(byId("links"), this.#state);
    this.#sites.asked();
    this.#surface.asked();
    this.#enough.ask();
    if (this.#state.tab === "gaps") this.#showGaps();
  }

  // The map and the panels

  #clicked({ latlng }) {
    const point = this.#map.latLngToLayerPoint(latlng);
    if (this.#edits.clicked(latlng, point) || this.#sites.clicked(point)) return;
    const area = this.#marks.areaAt(latlng.lng, latlng.lat);
    if (area) this.#choose(area.number, { tab: !["whatif", "sites"].includes(this.#state.tab) });
  }

  #choose(number, { look = false, tab = true } = {}) {
    this.#state = { ...this.#state, area: number };
    this.#write();
    this.#marks.choose(number);
    this.#areas.choose(number);
    this.#hours.draw();
    if (number === null) {
      byId("areas-filter").focus();
      return;
    }
    if (tab && this.#state.tab !== "areas") this.#tab("areas");
    const box = look ? this.#marks.boxOf(number) : null;
    if (box) lookAt(this.#map, box);
    if (tab) byId("area").querySelector("h2")?.focus({ preventScroll: false });
  }

  #tab(name) {
    this.#state.tab = name;
    this.#write();
    this.#tabs.open(name);
    this.#gaps.opened(name === "gaps");
    this.#enough.opened(name === "enough");
    this.#surface.opened(name === "sites");
    this.#sites.opened(name === "sites");
    this.#edits.opened(name === "whatif");
    if (name === "gaps" && this.#answers.answer) this.#showGaps();
  }

  #found(found) {
    this.#map.setView([found.lat, found.lon], Math.max(this.#map.getZoom(), 15), { animate: false });
    if (found.place_id) this.#edits.choose(found.place_id);
    else this.#edits.put(found.lon, found.lat, { name: nameOf(found), focus: true });
  }

  #take(sites) {
    this.#tab("whatif");
    this.#edits.putAll(sites);
    byId("tab-whatif").focus();
  }

  async #picture() {
    if (!this.#answers.answer) return;
    const blob = await picture(this.#map, { title: byId("headline").textContent, moment: byId("moment").textContent, answer: this.#answers.answer, edited: this.#state.edits.length > 0 });
    save(blob, `yizhan-${nameOf(city)}-${(this.#state.when ?? facts.today).slice(0, 10)}.png`);
    byId("picture-told").textContent = say("picture_made", { kb: Math.round(blob.size / 1024) });
  }

  #switchLanguage(event) {
    event.preventDefault();
    const link = event.currentTarget;
    const query = new URLSearchParams(addressOf(this.#state).replace(/^[^?]*\??/, ""));
    query.delete("lang");
    if (link.dataset.langSwitch === "en") query.set("lang", "en");
    location.assign(`${location.pathname}?${query}`);
  }

  #problem(error) {
    byId("problem").replaceChildren(problemNode(error));
  }
}
