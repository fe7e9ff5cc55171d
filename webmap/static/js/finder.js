// The finder: a question (where from, how, what) becomes a list of cards tied to pins.

import { HOME, Problem, ask, cancel, isAbort } from "./api.js";
import { card } from "./cards.js";
import { readPins } from "./crowd.js";
import { el, icon, outside } from "./dom.js";
import { readForm, writeForm } from "./filters.js";
import { MapView } from "./mapview.js";
import { nothingFound } from "./nothing.js";
import { expand, passedOver, surprises } from "./passed.js";
import { originOf, wireSearch } from "./search.js";
import { PLAIN, addressQuery, nearestQuery, position, readState, relaxed } from "./state.js";
import { city, counted, distance, lang, minutes, nameOf, ui, wordFor, words } from "./words.js";

const ANSWERS = 10;
const MOST_ANSWERS = 50;
const GEO_CODES = { 1: "geo_denied", 2: "geo_unavailable", 3: "geo_timeout" };
const STILL = matchMedia("(prefers-reduced-motion: reduce)");

const byId = (id) => document.getElementById(id);

/** The name of the place that a poster's code led from, while it is the origin. */
function startName(origin) {
  const element = byId("start");
  if (!element) return null;
  const place = JSON.parse(element.textContent);
  const { lon, lat } = position(place.lon, place.lat);
  return lon === origin.lon && lat === origin.lat ? nameOf(place) : null;
}

// What a page with its own address does; a frame in somebody's page does otherwise.
const USUAL = { keepsAddress: true, draws: () => true, onNearest: () => {}, onSelect: () => {} };

/**
 * Start the finder on the Leaflet map of the page.
 * @param {object} map
 * @param {{keepsAddress?: boolean, draws?: (place: object) => boolean, onNearest?: (answer: object) => void, onSelect?: (place: object) => void}} ways
 *   whether the address follows the question, which places get a dot, and who is told of answers and of places that are chosen
 */
export function start(map, ways = {}) {
  const finder = new Finder(map, { ...USUAL, ...ways });
  finder.wire();
  finder.restore();
}

class Finder {
  #view;
  #state = readState(city);
  #hello = document.querySelector(".hello");
  #ways;
  #attended = null;
  #telling = null;
  // Whether a warning has been spoken of, and whether the order is to be the plain one all the same.
  #warned = false;
  #plain = false;

  constructor(map, ways) {
    this.#ways = ways;
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
    byId("filters").addEventListener("change", (event) => this.#readFilters(event));
    byId("filters").addEventListener("submit", (event) => event.preventDefault());
    byId("when-now").addEventListener("click", () => this.#now());
    addEventListener("popstate", () => this.restore());
    document.addEventListener("yizhan:back", () => this.#loadPlaces().then(() => this.restore()));
    new ResizeObserver(() => this.#view.resized()).observe(byId("map"));
    wireSearch(
      { form: byId("search"), input: byId("search-input"), list: byId("search-list"), none: byId("search-none") },
      (found) => {
        byId("results").focus({ preventScroll: true }); // the box goes away, and the focus must not
        this.#from(found.lon, found.lat, originOf(found));
      },
      (error) => this.#notice(words.problem[error.code] ?? words.problem.internal),
    );
    byId("kept")?.addEventListener("click", async () => (await import("./go/favourites.js")).open());
    this.#loadPlaces();
    try {
      // What was told without a network waits on the device.
      if (Object.keys(localStorage).some((key) => key.startsWith("yizhan.report."))) this.#tell();
    } catch {
      // Nothing can wait there.
    }
  }

  #tell() {
    if (HOME) return; // there is nobody to tell
    this.#telling ??= import("./tell/tell.js").then(({ attend }) => attend(byId("answer"))).catch(console.warn);
  }

  /** Show what the address says. */
  restore() {
    this.#state = readState(city);
    writeForm(byId("filters"), this.#state);
    this.#refresh();
  }

  async #loadPlaces() {
    try {
      this.#view.showPlaces(readPins(await ask("places", "/api/v1/pins", lang === "zh" ? {} : { lang }), this.#ways.draws));
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

  #change(changes, { replace = false } = {}) {
    this.#state = { ...this.#state, ...changes };
    const query = addressQuery(this.#state, city, lang);
    if (this.#ways.keepsAddress) history[replace ? "replaceState" : "pushState"]({ label: this.#state.label }, "", query ? `?${query}` : location.pathname);
    writeForm(byId("filters"), this.#state);
    this.#refresh();
  }

  #readFilters(event) {
    const before = this.#state;
    const after = readForm(byId("filters"), before);
    // A time is typed in pieces, each of which is a time: Back should not step through them.
    this.#change(after, { replace: event.target.name === "when" && before.when !== null });
  }

  #now() {
    byId("more").focus();
    this.#change({ when: null });
  }

  async #refresh() {
    cancel("anyway");
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
    byId("from-name").replaceChildren(outside(this.#state.label ?? startName(origin) ?? ui("shared_position")));
    this.#openWays(false);
    this.#view.resized();
    this.#view.showOrigin(origin);
    this.#waiting();
    try {
      const order = this.#plain ? {} : { advisory: "heed" };
      await this.#answer(await ask("nearest", "/api/v1/nearest", { ...nearestQuery(this.#state, ANSWERS), ...order }));
    } catch (error) {
      if (!isAbort(error)) this.#problem(error);
    }
  }

  // What is shown

  async #answer(answer) {
    this.#view.showAnswer(answer);
    this.#ways.onNearest(answer);
    if (!answer.results.length) {
      this.#warn(answer, []);
      this.#empty(await this.#whole(answer));
      return;
    }
    const cards = answer.results.map((result) => card(result, answer.mode, (rank) => this.#select(rank)));
    answer.results.forEach(({ rank }, at) => this.#tie(cards[at], rank));
    this.#show(answer.advisory ? "" : ui("found", { n: cards.length }), [el("ol", { class: "cards" }, ...cards), this.#passed(answer)].filter(Boolean));
    this.#warn(answer, cards);
    const [first] = answer.results;
    const nearest = answer.results.find(({ place }) => place.id === answer.nearest?.[0]) ?? first;
    const found = ui("found_status", { n: cards.length, name: nameOf(nearest.place), mode: wordFor("by_mode", answer.mode), minutes: minutes(nearest.travel_s) });
    const passed = surprises(answer);
    this.#say(passed ? `${found} ${counted("passed_status", passed)}` : found);
    this.#select(first.rank, { frame: false });
    this.#view.frameAnswer();
    document.dispatchEvent(new CustomEvent("yizhan:answered"));
    this.#attend();
    this.#tell();
  }

  /** Let cards be dressed with what can be done with a place; loaded with the first of them. */
  #attend() {
    this.#attended ??= import("./go/going.js").then(({ attend }) => attend(byId("answer"))).catch(console.warn);
  }

  /** While a warning of heat or cold is in force, say so, and in which order the places are. */
  #warn(answer, cards) {
    if (!answer.advisory && !this.#warned) return;
    this.#warned = true;
    const order = (plain) => {
      this.#plain = plain;
      this.#refresh();
    };
    import("./tell/advisory.js").then(({ warn }) => warn(byId("answer"), answer, cards, this.#plain, order)).catch(console.warn);
  }

  /** Pointing at a card, or moving the focus into it, shows its pin and way. */
  #tie(node, rank) {
    node.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && this.#select(rank, { frame: false }));
    node.addEventListener("focusin", () => this.#select(rank, { frame: false }));
    node.addEventListener("click", (event) => event.target.closest("a, button") || this.#select(rank));
  }

  #select(rank, { frame = true, scroll = false } = {}) {
    const place = this.#view.select(rank, { frame });
    // Pointing at a place is not choosing it.
    if (place && (frame || scroll)) this.#ways.onSelect(place);
    for (const node of document.querySelectorAll(".card")) {
      const on = node.dataset.rank === String(rank);
      node.classList.toggle("is-selected", on);
      node.querySelector(".card__show").setAttribute("aria-pressed", String(on));
      if (on && scroll) node.scrollIntoView({ block: "start", behavior: STILL.matches ? "auto" : "smooth" });
    }
  }

  #empty(answer) {
    const { text, hint, remedies } = nothingFound(this.#state, answer);
    const buttons = remedies.map(([label, code, changes]) => this.#remedy(label, code, changes));
    this.#message(text, hint, buttons, [this.#passed(answer)].filter(Boolean));
  }

  // Why not a nearer one

  #passed(answer) {
    return passedOver(answer, {
      onPoint: (place) => this.#view.pointAt(place),
      onShow: (place, row) => this.#showAnyway(place, row),
      onAll: () => this.#listAll(answer),
    });
  }

  /** Show a place that was passed over as if it were an answer, or put it away again. */
  async #showAnyway(place, row) {
    const button = row.querySelector("button");
    if (button.getAttribute("aria-expanded") === "true") {
      expand(button, false);
      row.querySelector(".cards").remove();
      this.#view.removeResult(place.id);
      return;
    }
    try {
      const answer = await ask("anyway", "/api/v1/nearest", nearestQuery(relaxed(this.#state, place), MOST_ANSWERS, 0));
      const result = answer.results.find((each) => each.place.id === place.id);
      if (!result) throw new Problem("not_found");
      this.#view.pointAt(null);
      this.#view.addResult({ ...result, rank: place.id });
      const node = card({ ...result, rank: place.id }, answer.mode, (rank) => this.#select(rank));
      this.#attend();
      this.#tie(node, place.id);
      expand(button, true);
      row.append(el("ol", { class: "cards" }, node));
      this.#select(place.id);
      this.#say(ui("shown_anyway", { name: nameOf(place) }));
    } catch (error) {
      if (!isAbort(error)) this.#notice(words.problem[error.code] ?? words.problem.internal);
    }
  }

  /** The answer with every place that was passed over: what is said of all must hold for all. */
  async #whole(answer) {
    const { count, places } = answer.passed_over;
    if (count === places.length) return answer;
    const { passed_over } = await ask("nearest", "/api/v1/nearest", { ...nearestQuery(this.#state, ANSWERS, "all"), paths: "no" });
    return { ...answer, passed_over };
  }

  async #listAll(answer) {
    try {
      const section = this.#passed(await this.#whole(answer));
      byId("passed").replaceWith(section);
      const fold = section.querySelector("details:last-of-type");
      fold.open = true;
      fold.querySelector("summary").focus();
    } catch (error) {
      if (!isAbort(error)) this.#notice(words.problem[error.code] ?? words.problem.internal);
    }
  }

  #problem(error) {
    const code = error instanceof Problem && error.code in words.problem ? error.code : "internal";
    this.#message(error.text ?? wordFor("problem", code).replace("{city}", nameOf(city)), error.hint ?? "", this.#remedies(code));
  }

  #remedies(code) {
    const [lon, lat] = city.center;
    const center = () => this.#remedy(ui("to_center"), "exact", { origin: position(lon, lat), label: nameOf(city) });
    const retry = () => this.#button(ui("retry"), "retry", () => this.#refresh());
    const plain = () => this.#remedy(ui("clear_filters"), "filter", PLAIN);
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

  #message(text, hint, buttons, more = []) {
    this.#show("", [
      el("div", { class: "message" }, el("p", { class: "message__text" }, text), hint ? el("p", { class: "message__hint" }, hint) : null, el("div", { class: "message__actions" }, ...buttons)),
      ...more,
    ]);
    this.#say([text, hint].filter(Boolean).join(" "));
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
    byId("read").hidden = !("speechSynthesis" in window && nodes.some((node) => node.matches(".cards")));
    byId("answer").setAttribute("aria-busy", "false");
    // Who pressed what is replaced stays at the results.
    if (byId("answer").contains(document.activeElement)) byId("results").focus({ preventScroll: true });
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
    // Who has picked a name there goes on at the results.
    if (!open && byId("ways").contains(document.activeElement)) byId("results").focus({ preventScroll: true });
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
      const [page] = link.getAttribute("href").split("?");
      link.href = query ? `${page}?${query}` : page || location.pathname;
    }
    const { origin } = this.#state;
    for (const link of document.querySelectorAll("[data-at]")) {
      const url = new URL(link.href);
      if (origin) url.searchParams.set(link.dataset.at, `${origin.lon},${origin.lat}`);
      else url.searchParams.delete(link.dataset.at);
      link.href = url;
    }
  }
}
