// The finder: a question (where from, how, what) becomes a list of cards tied to pins.

import { Problem, ask, cancel, isAbort } from "./api.js";
import { card } from "./cards.js";
import { el, icon, outside } from "./dom.js";
import { MapView } from "./mapview.js";
import { originOf, wireSearch } from "./search.js";
import { DEFAULT_CUTOFF, addressQuery, nearestQuery, position, readState } from "./state.js";
import { city, distance, joined, lang, minutes, nameOf, ui, wordFor, words } from "./words.js";

const ANSWERS = 10;
const LONGEST_CUTOFF = 60;
const GEO_CODES = { 1: "geo_denied", 2: "geo_unavailable", 3: "geo_timeout" };
const STILL = matchMedia("(prefers-reduced-motion: reduce)");

const byId = (id) => document.getElementById(id);

/** Start the finder on the Leaflet map of the page. */
export function start(map) {
  const finder = new Finder(map);
  finder.wire();
  finder.restore();
}

class Finder {
  #view;
  #state = readState(city);
  #hello = document.querySelector(".hello");

  constructor(map) {
    this.#view = new MapView(map, {
      onPick: (lon, lat) => this.#from(lon, lat, ui("map_position")),
      onPin: (rank, options) => this.#select(rank, { frame: false, ...options }),
    });
  }

  /** Listen to everything a person can do. */
  wire() {
    byId("locate").addEventListener("click", () => this.#locate());
    byId("change").addEventListener("click", () => this.#openWays(byId("change").getAttribute("aria-expanded") !== "true"));
    byId("more").addEventListener("click", () => this.#toggleFold());
    byId("map-toggle").addEventListener("click", () => this.#toggleMap());
    byId("filters").addEventListener("change", () => this.#readFilters());
    byId("filters").addEventListener("submit", (event) => event.preventDefault());
    addEventListener("popstate", () => this.restore());
    new ResizeObserver(() => this.#view.resized()).observe(byId("map"));
    wireSearch(
      { form: byId("search"), input: byId("search-input"), list: byId("search-list"), none: byId("search-none") },
      (found) => this.#from(found.lon, found.lat, originOf(found)),
      (error) => this.#notice(words.problem[error.code] ?? words.problem.internal),
    );
    this.#loadPlaces();
  }

  /** Show what the address says. */
  restore() {
    this.#state = readState(city);
    this.#writeFilters();
    this.#refresh();
  }

  async #loadPlaces() {
    try {
      this.#view.showPlaces(await ask("places", "/api/v1/places"));
    } catch (error) {
      // Without the dots the finder still answers; the next question will say if the network is gone.
      console.warn(error);
    }
  }

  // Origins

  #from(lon, lat, label) {
    this.#notice("");
    this.#change({ origin: position(lon, lat), label });
  }

  #locate() {
    if (!navigator.geolocation) {
      this.#notice(words.problem.geo_unsupported);
      return;
    }
    const button = byId("locate");
    const text = byId("locate-text");
    const idle = text.textContent;
    const done = () => {
      button.removeAttribute("aria-busy");
      text.textContent = idle;
    };
    button.setAttribute("aria-busy", "true");
    text.textContent = ui("locating");
    this.#notice("");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        done();
        this.#from(coords.longitude, coords.latitude, ui("my_position"));
        if (coords.accuracy > 100) this.#notice(ui("position_error", { distance: distance(coords.accuracy) }));
      },
      (error) => {
        done();
        this.#openWays(true);
        this.#notice(words.problem[GEO_CODES[error.code]] ?? words.problem.geo_unavailable);
      },
      { enableHighAccuracy: true, timeout: 12000, maximumAge: 30000 },
    );
  }

  // State

  #change(changes) {
    this.#state = { ...this.#state, ...changes };
    const query = addressQuery(this.#state, city, lang);
    history.pushState({ label: this.#state.label }, "", query ? `?${query}` : location.pathname);
    this.#writeFilters();
    this.#refresh();
  }

  #readFilters() {
    const form = new FormData(byId("filters"));
    this.#change({
      mode: form.get("mode"),
      services: form.getAll("service"),
      amenities: form.getAll("amenity"),
      cutoff: Number(form.get("cutoff") ?? this.#state.cutoff),
      open: form.has("open"),
    });
  }

  #writeFilters() {
    const { mode, services, amenities, cutoff, open } = this.#state;
    const chosen = { mode: [mode], service: services, amenity: amenities, cutoff: [String(cutoff)], open: open ? ["arrival"] : [] };
    for (const input of byId("filters").elements) {
      if (input.name in chosen) input.checked = chosen[input.name].includes(input.value);
    }
    const count = amenities.length + (cutoff === DEFAULT_CUTOFF ? 0 : 1);
    byId("more-count").hidden = count === 0;
    byId("more-count").textContent = String(count);
  }

  async #refresh() {
    this.#linkLanguages();
    const { origin } = this.#state;
    document.body.classList.toggle("is-asking", !origin);
    byId("from").hidden = !origin;
    if (!origin) {
      cancel("nearest");
      this.#view.clear();
      this.#show("", [this.#hello]);
      this.#openWays(true);
      return;
    }
    byId("from-name").replaceChildren(outside(this.#state.label ?? ui("shared_position")));
    this.#openWays(false);
    this.#view.resized();
    this.#view.showOrigin(origin);
    this.#waiting();
    try {
      this.#answer(await ask("nearest", "/api/v1/nearest", nearestQuery(this.#state, ANSWERS)));
    } catch (error) {
      if (!isAbort(error)) this.#problem(error);
    }
  }

  // What is shown

  #answer(answer) {
    if (!answer.results.length) {
      this.#empty();
      return;
    }
    this.#view.showAnswer(answer);
    const cards = answer.results.map((result) => card(result, answer.mode, (rank) => this.#select(rank)));
    for (const each of cards) this.#tie(each);
    this.#show(ui("found", { n: cards.length }), [el("ol", { class: "cards" }, ...cards)]);
    const [nearest] = answer.results;
    this.#say(ui("found_status", { n: cards.length, name: nameOf(nearest.place), mode: wordFor("by_mode", answer.mode), minutes: minutes(nearest.travel_s) }));
    this.#select(nearest.rank, { frame: false });
    this.#view.frameAnswer();
  }

  /** Pointing at a card, or moving the focus into it, shows its pin and way. */
  #tie(node) {
    const rank = Number(node.dataset.rank);
    node.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && this.#select(rank, { frame: false }));
    node.addEventListener("focusin", () => this.#select(rank, { frame: false }));
    node.addEventListener("click", (event) => event.target.closest("a, button") || this.#select(rank));
  }

  #select(rank, { frame = true, scroll = false } = {}) {
    this.#view.select(rank, { frame });
    for (const node of document.querySelectorAll(".card")) {
      const on = Number(node.dataset.rank) === rank;
      node.classList.toggle("is-selected", on);
      node.querySelector(".card__show").setAttribute("aria-pressed", String(on));
      if (on && scroll) node.scrollIntoView({ block: "start", behavior: STILL.matches ? "auto" : "smooth" });
    }
  }

  #empty() {
    const { mode, services, amenities, cutoff } = this.#state;
    const kinds = services.map((code) => wordFor("service", code)).join(ui("none_or")) || ui("none_any");
    const what = amenities.length ? ui("none_with", { amenities: joined(amenities.map((code) => wordFor("amenity", code))), services: kinds }) : kinds;
    const remedies = [];
    if (cutoff < LONGEST_CUTOFF) remedies.push(this.#remedy(ui("widen", { minutes: LONGEST_CUTOFF }), "clock", { cutoff: LONGEST_CUTOFF }));
    if (amenities.length) remedies.push(this.#remedy(ui("any_amenity"), "filter", { amenities: [] }));
    if (services.length) remedies.push(this.#remedy(ui("any_service"), "rest_stop", { services: [] }));
    if (mode === "walk" && city.modes.includes("ebike")) remedies.push(this.#remedy(ui("try_mode", { mode: wordFor("mode", "ebike") }), "ebike", { mode: "ebike" }));
    this.#message(ui("none", { mode: wordFor("by_mode", mode), minutes: cutoff, what }), ui("none_hint"), remedies);
  }

  #problem(error) {
    const code = error instanceof Problem && error.code in words.problem ? error.code : "internal";
    this.#message(wordFor("problem", code).replace("{city}", nameOf(city)), "", this.#remedies(code));
  }

  #remedies(code) {
    const [lon, lat] = city.center;
    const center = () => this.#remedy(ui("to_center"), "exact", { origin: position(lon, lat), label: nameOf(city) });
    const retry = () => this.#button(ui("retry"), "retry", () => this.#refresh());
    const plain = () => this.#remedy(ui("clear_filters"), "filter", { services: [], amenities: [], cutoff: DEFAULT_CUTOFF });
    const swap = () => this.#remedy(ui("swap"), "retry", { origin: position(this.#state.origin.lat, this.#state.origin.lon) });
    const known = { outside_city: [center], swapped_coordinates: [swap, center], off_network: [center], unknown_word: [plain], bad_parameter: [plain, center] };
    return (known[code] ?? [retry]).map((make) => make());
  }

  #remedy(label, code, changes) {
    return this.#button(label, code, () => this.#change(changes));
  }

  #button(label, code, onclick) {
    return el("button", { class: "button", type: "button", onclick }, icon(code), label);
  }

  #message(text, hint, buttons) {
    this.#show("", [
      el("div", { class: "message" }, el("p", { class: "message__text" }, text), hint ? el("p", { class: "message__hint" }, hint) : null, el("div", { class: "message__actions" }, ...buttons)),
    ]);
    this.#say(text);
  }

  #waiting() {
    this.#say(ui("finding"));
    const bones = [0, 1, 2].map(() => el("div", { class: "bone", "aria-hidden": "true" }));
    this.#show(ui("finding"), bones);
    byId("answer").setAttribute("aria-busy", "true");
  }

  #show(title, nodes) {
    byId("results-title").hidden = !title;
    byId("results-title").textContent = title;
    byId("answer").setAttribute("aria-busy", "false");
    byId("answer").replaceChildren(...nodes);
  }

  #say(text) {
    byId("status").textContent = text;
  }

  #notice(text) {
    byId("notice").hidden = !text;
    byId("notice").textContent = text;
  }

  #openWays(open) {
    byId("ways").hidden = !open;
    byId("change").setAttribute("aria-expanded", String(open));
  }

  #toggleFold() {
    const open = byId("fold").hidden;
    byId("fold").hidden = !open;
    byId("more").setAttribute("aria-expanded", String(open));
  }

  #toggleMap() {
    const large = document.body.classList.toggle("map-is-large");
    byId("map-toggle").setAttribute("aria-expanded", String(large));
  }

  #linkLanguages() {
    for (const link of document.querySelectorAll("[data-lang-switch]")) {
      const query = addressQuery(this.#state, city, link.dataset.langSwitch);
      link.href = query ? `?${query}` : location.pathname;
    }
  }
}
