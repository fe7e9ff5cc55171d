// The planner's page: one question, one sentence that answers it, and beneath it where, when and what if.

import { isAbort } from "./api.js";
import { el } from "./dom.js";
import { AreasPanel } from "./plan_areas.js";
import { fetchAnswer, keptAnswer, peek } from "./plan_api.js";
import { ComparePanel } from "./plan_compare.js";
import { picture, reportLink, save, showLinks } from "./plan_downloads.js";
import { EditsPanel } from "./plan_edits.js";
import { GapsPanel } from "./plan_gaps.js";
import { showHead } from "./plan_head.js";
import { MarksLayer } from "./plan_marks.js";
import { facts, hourOf, momentOf, mondayOf, problemNode, say, share } from "./plan_say.js";
import { SitesPanel } from "./plan_sites.js";
import { addressOf, readState, shownQuestion } from "./plan_state.js";
import { StreetsLayer, readStates, readStreets } from "./plan_streets.js";
import { WeekChart, unknownHours } from "./plan_week.js";
import { wireSearch } from "./search.js";
import { city, lang, nameOf, ui, words } from "./words.js";

const GAPS = 30;
const WRITE_MS = 250;
/** So many hours beyond the present one are made ready, and some behind. */
const AHEAD = [1, 2, 3, 4, 5, 6, -1, -2];
const REST_MS = 600;
const TABLE_MS = 160;

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
  #marks = new MarksLayer();
  #week;
  #areas;
  #gaps;
  #edits;
  #compare;
  #sites;
  #answer = null;
  #weeks = null;
  #writing = 0;
  #looking = false;
  #way = 1;
  #resting = 0;
  #asked = 0;
  #begun = 0;
  #moving = false;
  #tabling = 0;

  constructor(map) {
    this.#map = map;
    const desk = {
      state: () => this.#state,
      change: (changes, options) => this.#change(changes, options),
      areaName: (number) => (number < 0 ? words.plan.no_area : nameOf(this.#areas.find(number) ?? { name: String(number) })),
      monday: () => this.#monday(),
      take: (sites) => this.#take(sites),
    };
    this.#week = new WeekChart(parts("week", "rows", "slider", "value", "note"), (hour) => this.#toHour(hour));
    this.#areas = new AreasPanel({ ...parts("areas", "head", "body", "filter", "none"), card: byId("area"), report: (number) => reportLink(number, this.#state, lang) }, (number) => this.#choose(number, { look: true }));
    this.#gaps = new GapsPanel(parts("gaps", "list", "note"), map, this.#marks);
    this.#edits = new EditsPanel(parts("edits", "put", "street", "middle", "undo", "clear", "list", "none", "place", "effect", "hint"), map, this.#marks, desk);
    this.#compare = new ComparePanel(parts("scenario", "name", "save", "saved", "share", "shown", "open", "against", "told", "result"), desk);
    this.#sites = new SitesPanel(parts("sites", "form", "about", "count", "run", "cancel", "work", "progress", "result"), map, desk);
  }

  /** Listen to everything a person can do. */
  wire() {
    this.#describeMap();
    this.#streets.addTo(this.#map);
    this.#marks.addTo(this.#map);
    byId("question").addEventListener("change", () => this.#readForm());
    byId("question").addEventListener("submit", (event) => event.preventDefault());
    byId("handed-on-clear").addEventListener("click", () => this.#change({ handedOn: [] }));
    for (const way of [-7, 7]) byId(way < 0 ? "week-before" : "week-after").addEventListener("click", () => this.#toWeek(way));
    byId("week-none").addEventListener("click", () => this.#change({ open: "any", when: null }));
    this.#wireTabs();
    this.#map.on("click", (event) => this.#clicked(event));
    this.#map.on("moveend", () => this.#moved());
    addEventListener("popstate", () => this.restore());
    byId("picture").addEventListener("click", () => this.#picture());
    document.querySelector("[data-lang-switch]")?.addEventListener("click", (event) => this.#switchLanguage(event));
    new ResizeObserver(() => this.#map.invalidateSize({ animate: false })).observe(byId("map"));
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
    if (!this.#state.at) this.#whole();
    else this.#map.setView(this.#state.at.slice(0, 2), this.#state.at[2], { animate: false });
    this.#tab(this.#state.tab);
    if (this.#state.scenario && !this.#state.edits.length) this.#compare.open(this.#state.scenario).then(() => this.#state.against && this.#compare.compare());
    this.#sites.restore();
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
      if (this.#state.area !== null) this.#choose(this.#state.area, { look: !this.#state.at });
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

  /** The whole city in view. */
  #whole() {
    const [west, south, east, north] = city.bbox;
    this.#map.fitBounds([[south, west], [north, east]], { animate: false });
    this.#state.at = null;
  }

  #moved() {
    const { lat, lng } = this.#map.getCenter();
    this.#state.at = [Number(lat.toFixed(5)), Number(lng.toFixed(5)), this.#map.getZoom()];
    this.#write();
  }

  #readForm() {
    const form = byId("question").elements;
    const open = form.open.value;
    const when = form.when.value ? form.when.value.slice(0, 16) : null;
    this.#change({
      layer: form.layer.value,
      mode: form.mode.value,
      services: form.service.value ? [form.service.value] : [],
      cutoff: Number(form.cutoff.value),
      open,
      when: open === "any" ? null : when ?? this.#state.when ?? `${facts.today}T14:00`,
    });
  }

  #writeForm() {
    const form = byId("question").elements;
    const { layer, mode, services, cutoff, open, when, handedOn } = this.#state;
    form.layer.value = layer;
    form.mode.value = mode;
    choose(form.service, services.join(","), services.map((code) => words.service[code] ?? code).join(words.hours.and));
    choose(form.cutoff, String(cutoff), say("n_minutes", { n: cutoff }));
    form.open.value = open;
    form.when.value = when ?? "";
    byId("when-box").hidden = open === "any";
    byId("handed-on").hidden = handedOn.length === 0;
    byId("handed-on-text").textContent = handedOn.map(([name, value]) => value.split(",").map((code) => words.amenity[code] ?? words.audience[code] ?? words.access[code] ?? words.at_least[code] ?? code).join(words.hours.and) || name).join(" · ");
  }

  // Answers

  async #refresh() {
    this.#asked += 1;
    this.#writeForm();
    this.#compare.follow();
    showLinks(byId("links"), this.#state);
    this.#week.at(this.#hour(), { whole: this.#state.open === "any" });
    this.#edits.draw();
    this.#showWeek();
    await this.#showNow();
    if (this.#state.tab === "gaps") this.#showGaps();
  }

  /** The sentence, the table and the streets of the present question. */
  async #showNow() {
    const [coverage, states] = this.#paths(shownQuestion(this.#state));
    const asked = this.#asked;
    document.body.setAttribute("aria-busy", "true");
    try {
      const drawn = keptAnswer("states", states, { bytes: true, read: readStates }).then((found) => asked === this.#asked && this.#drawStates(found));
      const told = keptAnswer("coverage", coverage).then((answer) => asked === this.#asked && this.#show(answer));
      await Promise.all([drawn, told]);
      if (asked !== this.#asked) return;
      byId("problem").replaceChildren();
      this.#lookAhead();
    } catch (error) {
      if (!isAbort(error)) this.#problem(error);
    } finally {
      if (asked === this.#asked) document.body.setAttribute("aria-busy", "false");
    }
  }

  #drawStates(states) {
    this.#streets.setStates(states);
    if (this.#begun) performance.measure("plan.hour.shown", { start: this.#begun });
    this.#begun = 0;
  }

  #show(answer) {
    this.#answer = answer;
    const name = this.#state.shown ? this.#state.name || words.plan.unnamed : null;
    showHead({ title: byId("headline"), moment: byId("moment"), bar: byId("stack"), legend: byId("legend") }, answer, this.#state, name);
    byId("status").textContent = byId("headline").textContent;
    clearTimeout(this.#tabling);
    // While the slider moves, sentence and streets follow each hour; the long table follows when it rests.
    if (this.#moving) this.#tabling = setTimeout(() => this.#areas.show(answer, this.#state.layer), TABLE_MS);
    else this.#areas.show(answer, this.#state.layer);
    this.#moving = false;
    const { unplaced } = answer.layer;
    const outside = unplaced.reduce((sum, each) => sum + each.weight, 0);
    byId("basis").textContent = say("basis", { source: words.plan[`source_${this.#state.layer}`] }) + (outside >= 1 && this.#state.layer === "residents" ? say("unplaced", { n: Math.round(outside).toLocaleString(lang === "en" ? "en" : "zh-CN") }) : "");
    clearTimeout(this.#resting);
    byId("hours-note").textContent = "";
    if (this.#state.open !== "any") this.#resting = setTimeout(() => this.#showUnknown(), REST_MS);
  }

  /** Say of how many places nobody knows whether they are open now. */
  async #showUnknown() {
    const asked = this.#asked;
    const facilities = [];
    try {
      for (const open of ["any", "certainly", "perhaps"]) {
        const { facilities: n } = await keptAnswer(`unknown-${open}`, this.#paths(this.#opened(open))[0]);
        facilities.push(n);
      }
    } catch {
      return; // a note beside the answer: the answer stands without it
    }
    if (asked !== this.#asked) return;
    const [all, certain, perhaps] = facilities;
    byId("hours-note").textContent = unknownHours(perhaps - certain, all) ?? "";
  }

  #opened(open) {
    return shownQuestion({ ...this.#state, open, when: this.#state.when ?? `${facts.today}T14:00` });
  }

  #paths(query) {
    return [`/api/v1/coverage?${query}`, `/api/v1/coverage/streets?${query}`];
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

  // The week

  #monday() {
    return mondayOf((this.#state.when ?? facts.today).slice(0, 10));
  }

  #hour() {
    return this.#state.when ? hourOf(this.#state.when) : 14;
  }

  async #showWeek() {
    const asked = this.#asked;
    const monday = this.#monday();
    const paths = ["certainly", "perhaps"].map((open) => {
      const query = this.#opened(open);
      query.set("when", `${monday}T00:00`);
      query.set("week", monday);
      return `/api/v1/coverage/week?${query}`;
    });
    try {
      const [certain, perhaps] = await Promise.all(paths.map((path, at) => keptAnswer(`week-${at}`, path)));
      if (asked !== this.#asked && monday !== this.#monday()) return;
      this.#weeks = { certain, perhaps, monday };
      this.#drawWeek();
    } catch (error) {
      if (!isAbort(error)) byId("week-note").replaceChildren(problemNode(error));
    }
  }

  #drawWeek() {
    if (!this.#weeks) return;
    const { certain, perhaps, monday } = this.#weeks;
    const of = (week) => (this.#state.area === null ? week : week.areas.find(({ number }) => number === this.#state.area) ?? week);
    const area = this.#state.area === null ? null : this.#areas.find(this.#state.area);
    this.#week.show({ monday, days: perhaps.days, certain: of(certain).covered, perhaps: of(perhaps).covered, total: of(perhaps).total, name: nameOf(area ?? city) });
    this.#week.at(this.#hour(), { whole: this.#state.open === "any" });
  }

  /** The slider came to an hour. */
  #toHour(hour) {
    const open = this.#state.open === "any" ? this.#weekOpen() : this.#state.open;
    this.#way = hour < this.#hour() ? -1 : 1;
    this.#state = { ...this.#state, open, when: momentOf(this.#weeks?.monday ?? this.#monday(), hour) };
    this.#write();
    this.#asked += 1;
    this.#begun = performance.now();
    this.#moving = true;
    this.#sayAtOnce(hour);
    this.#writeForm();
    showLinks(byId("links"), this.#state);
    this.#showNow();
    this.#edits.ask();
    if (this.#state.tab === "gaps") this.#showGaps();
  }

  /** The week knows the share of every hour; the rest of the sentence follows. */
  #sayAtOnce(hour) {
    const amounts = this.#state.area === null ? this.#week.amounts(hour) : null;
    const strong = byId("headline").querySelector("strong");
    if (amounts && strong) strong.textContent = share(this.#state.open === "certainly" ? amounts.certain : amounts.perhaps, amounts.total);
  }

  /** Where hardly any hours are known, "certainly open" would only say that. */
  #weekOpen() {
    return this.#weeks?.certain.covered.some((amount) => amount > 0) ? "certainly" : "perhaps";
  }

  /** Have the next hours ready, in the direction in which the slider was moved. */
  async #lookAhead() {
    if (this.#looking) return;
    this.#looking = true;
    try {
      for (let next = this.#nextHour(); next; next = this.#nextHour()) {
        const [coverage, states] = next;
        await keptAnswer(states, states, { bytes: true, read: readStates });
        await keptAnswer(coverage, coverage);
      }
    } catch {
      // the hour will be asked for when somebody goes there
    }
    this.#looking = false;
  }

  /** What an hour nearby needs that is not there yet; null once all is. */
  #nextHour() {
    if (this.#state.open === "any") return null;
    for (const step of AHEAD) {
      const hour = this.#hour() + step * this.#way;
      if (hour < 0 || hour > 167) continue;
      const paths = this.#paths(shownQuestion({ ...this.#state, when: momentOf(this.#monday(), hour) }));
      if (paths.some((path) => peek(path) === undefined)) return paths;
    }
    return null;
  }

  #toWeek(days) {
    const when = this.#state.when ?? momentOf(this.#monday(), this.#hour());
    const date = new Date(`${when}:00Z`);
    date.setUTCDate(date.getUTCDate() + days);
    this.#change({ when: date.toISOString().slice(0, 16), open: this.#state.open === "any" ? this.#weekOpen() : this.#state.open });
  }

  // The map

  #clicked(event) {
    if (this.#edits.clicked(event.latlng, this.#map.latLngToLayerPoint(event.latlng))) return;
    const area = this.#marks.areaAt(event.latlng.lng, event.latlng.lat);
    if (area) this.#choose(area.number, { tab: this.#state.tab !== "whatif" });
  }

  #choose(number, { look = false, tab = true } = {}) {
    this.#state = { ...this.#state, area: number };
    this.#write();
    this.#marks.choose(number);
    this.#areas.choose(number);
    this.#drawWeek();
    if (number === null) {
      byId("areas-filter").focus();
      return;
    }
    if (tab && this.#state.tab !== "areas") this.#tab("areas");
    const box = look ? this.#marks.boxOf(number) : null;
    if (box) {
      const [a, b] = [degreesOf(box[0], box[3]), degreesOf(box[2], box[1])];
      this.#map.fitBounds([a, b], { padding: [30, 30], maxZoom: 15, animate: false });
    }
    if (tab) byId("area").querySelector("h2")?.focus({ preventScroll: false });
  }

  #describeMap() {
    const box = this.#map.getContainer();
    box.setAttribute("role", "application");
    box.setAttribute("aria-label", words.plan.map_keys);
    for (const way of ["in", "out"]) {
      const button = box.querySelector(`.leaflet-control-zoom-${way}`);
      button.title = ui(`zoom_${way}`);
      button.setAttribute("aria-label", button.title);
    }
    box.addEventListener("keyup", () => box.classList.add("is-keyed"));
    box.addEventListener("pointerdown", () => box.classList.remove("is-keyed"));
    box.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.target !== box) return;
      const latlng = this.#map.getCenter();
      this.#clicked({ latlng });
    });
  }

  // Panels

  #wireTabs() {
    const tabs = [...document.querySelectorAll("[role=tab]")];
    for (const [at, tab] of tabs.entries()) {
      tab.addEventListener("click", () => this.#tab(tab.dataset.tab));
      tab.addEventListener("keydown", (event) => {
        const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
        if (to === undefined) return;
        event.preventDefault();
        const next = tabs[(to + tabs.length) % tabs.length];
        this.#tab(next.dataset.tab);
        next.focus();
      });
    }
  }

  #tab(name) {
    this.#state.tab = name;
    this.#write();
    for (const tab of document.querySelectorAll("[role=tab]")) {
      const chosen = tab.dataset.tab === name;
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
      byId(`panel-${tab.dataset.tab}`).hidden = !chosen;
      if (chosen) intoView(tab);
    }
    this.#gaps.opened(name === "gaps");
    this.#sites.opened(name === "sites");
    this.#edits.opened(name === "whatif");
    if (name === "gaps" && this.#answer) this.#showGaps();
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
    if (!this.#answer) return;
    const blob = await picture(this.#map, { title: byId("headline").textContent, moment: byId("moment").textContent, answer: this.#answer, edited: this.#state.edits.length > 0 });
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

/** Bring a tab into view without moving the page. */
function intoView(tab) {
  const row = tab.parentElement;
  row.scrollLeft = Math.max(Math.min(row.scrollLeft, tab.offsetLeft - row.offsetLeft), tab.offsetLeft - row.offsetLeft + tab.offsetWidth - row.clientWidth);
}

/** Choose a value of a list, which gets it if it has it not. */
function choose(select, value, text) {
  if (![...select.options].some((option) => option.value === value)) select.append(el("option", { value }, text));
  select.value = value;
}

/** Latitude and longitude of a point of the square. */
function degreesOf(x, y) {
  return [(Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI, (x - 0.5) * 360];
}
