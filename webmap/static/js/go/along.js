// Places along a way: from here to there, and the stops that cost the least detour.

import { Problem, ask, isAbort } from "../api.js";
import { card } from "../cards.js";
import { el, icon } from "../dom.js";
import { clock } from "../openness.js";
import { originOf, wireSearch } from "../search.js";
import { addressOf, apiQuery, readAddress } from "./along_state.js";
import { AlongMap } from "./along_map.js";
import { attend } from "./going.js";
import { ready, say } from "./late.js";
import { city, distance, lang, minutes, nameOf, ui, wordFor, words } from "../words.js";

const POINTS = ["from", "to", "via"];
const GEO_CODES = { 1: "geo_denied", 2: "geo_unavailable", 3: "geo_timeout" };
const STILL = matchMedia("(prefers-reduced-motion: reduce)");
const byId = (id) => document.getElementById(id);

/** Start the page on its Leaflet map. */
export async function start(map) {
  await ready;
  const page = new Along(map);
  page.wire();
  page.restore();
}

class Along {
  #map;
  #state = readAddress(city);
  #next = "from";

  constructor(map) {
    this.#map = new AlongMap(map, {
      onPick: (lon, lat) => this.#put(this.#next, { lon, lat, label: ui("map_position") }),
      onPin: (rank) => this.#select(rank, { scroll: true }),
    });
  }

  wire() {
    for (const name of POINTS) {
      const parts = { form: byId(`search-${name}`), input: byId(name), list: byId(`list-${name}`), none: byId(`none-${name}`) };
      wireSearch(parts, (found) => this.#put(name, { ...found, label: originOf(found) }), (error) => this.#notice(wordFor("problem", error.code ?? "internal")));
      // What the next tap on the map is for is what one has just been busy with.
      parts.input.addEventListener("focus", () => this.#expect(name));
    }
    byId("locate").addEventListener("click", () => this.#locate());
    byId("swap").addEventListener("click", () => this.#change({ from: this.#state.to, to: this.#state.from }));
    byId("add-via").addEventListener("click", () => {
      byId("via-row").hidden = false;
      byId("via").focus();
    });
    byId("drop-via").addEventListener("click", () => {
      byId("via-row").hidden = true;
      this.#change({ via: null });
    });
    byId("more").addEventListener("click", () => {
      const open = byId("fold").hidden;
      byId("fold").hidden = !open;
      byId("more").setAttribute("aria-expanded", String(open));
    });
    byId("filters").addEventListener("change", () => this.#readForm());
    byId("filters").addEventListener("submit", (event) => event.preventDefault());
    addEventListener("popstate", () => this.restore());
    new ResizeObserver(() => this.#map.resized()).observe(byId("map"));
    attend(byId("answer"));
  }

  /** Show what the address says. */
  restore() {
    this.#state = { ...readAddress(city), labels: history.state?.labels ?? {} };
    this.#writeForm();
    this.#refresh();
  }

  #put(name, { lon, lat, label }) {
    const labels = { ...this.#state.labels, [name]: label };
    this.#change({ [name]: { lon: Number(lon.toFixed(6)), lat: Number(lat.toFixed(6)) }, labels });
  }

  #change(changes) {
    if ("from" in changes && "to" in changes) changes.labels = { from: this.#state.labels.to, to: this.#state.labels.from, via: this.#state.labels.via };
    this.#state = { ...this.#state, ...changes };
    this.#notice("");
    history.pushState({ labels: this.#state.labels }, "", addressOf(this.#state, city, lang));
    this.#writeForm();
    this.#refresh();
  }

  #readForm() {
    const form = byId("filters");
    const data = new FormData(form);
    // A time that is only half typed has no value; it is not "now" yet.
    if (form.elements.when.validity.badInput || form.elements.until.validity.badInput) return;
    this.#change({
      mode: data.get("mode"),
      services: data.getAll("service"),
      open: data.has("open"),
      when: data.get("when").slice(0, 16) || null,
      until: data.get("until").slice(0, 16) || null,
      stay: Number(data.get("stay")),
      detour: Number(data.get("detour")),
    });
  }

  #writeForm() {
    const state = this.#state;
    const form = byId("filters");
    const chosen = { mode: [state.mode], service: state.services, open: state.open ? ["arrival"] : [], stay: [String(state.stay)], detour: [String(state.detour)] };
    for (const input of form.elements) if (input.name in chosen) input.checked = chosen[input.name].includes(input.value);
    for (const name of ["when", "until"]) if (form.elements[name].value !== (state[name] ?? "")) form.elements[name].value = state[name] ?? "";
    for (const name of POINTS) byId(name).value = state[name] ? state.labels[name] ?? ui("shared_position") : "";
    if (state.via) byId("via-row").hidden = false;
    const folded = [state.when, state.until, state.stay, state.via, state.detour !== 10].filter(Boolean).length;
    byId("more-count").hidden = !folded;
    byId("more-count").textContent = String(folded);
    for (const link of document.querySelectorAll("[data-lang-switch]")) link.href = addressOf(state, city, link.dataset.langSwitch);
    const back = new URL(byId("back").href);
    for (const part of ["lon", "lat"]) state.from ? back.searchParams.set(part, state.from[part]) : back.searchParams.delete(part);
    byId("back").href = back;
  }

  #expect(name) {
    this.#next = name;
    for (const each of POINTS) byId(`point-${each}`).classList.toggle("is-next", each === name);
    byId("pick").textContent = say(`along_pick_${name}`);
  }

  #locate() {
    if (!navigator.geolocation) {
      this.#notice(words.problem.geo_unsupported);
      return;
    }
    const button = byId("locate");
    button.setAttribute("aria-busy", "true");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        button.removeAttribute("aria-busy");
        this.#put("from", { lon: coords.longitude, lat: coords.latitude, label: ui("my_position") });
        if (coords.accuracy > 100) this.#notice(ui("position_error", { distance: distance(coords.accuracy) }));
      },
      (error) => {
        button.removeAttribute("aria-busy");
        this.#notice(words.problem[GEO_CODES[error.code]] ?? words.problem.geo_unavailable);
      },
      { enableHighAccuracy: true, timeout: 12000, maximumAge: 30000 },
    );
  }

  async #refresh() {
    const { from, to } = this.#state;
    this.#expect(from ? (byId("via-row").hidden || this.#state.via ? "to" : "via") : "from");
    this.#map.showEnds(this.#state);
    if (!from || !to) {
      this.#message(say("along_ask"));
      return;
    }
    this.#show(ui("finding"), [0, 1, 2].map(() => el("div", { class: "bone", "aria-hidden": "true" })), true);
    try {
      this.#answer(await ask("along", "/api/v1/along", apiQuery(this.#state)));
    } catch (error) {
      if (!isAbort(error)) this.#problem(error);
    }
  }

  #answer(answer) {
    this.#map.showAnswer(answer);
    if (!answer.way) {
      this.#message(say("along_no_way"));
      return;
    }
    if (answer.way.arrival) {
      byId("way").hidden = false;
      byId("way").textContent = say("along_way", { minutes: minutes(answer.way.travel_s || 1), time: clock(answer.way.arrival, answer.when) });
    }
    if (!answer.stops.length) {
      const late = answer.until && Date.parse(answer.until) - Date.parse(answer.way.arrival) < answer.stay_s * 1000;
      this.#message(late ? say("along_late") : say("along_none", { detour: this.#state.detour }), true);
      return;
    }
    const n = answer.stops.length;
    const cards = answer.stops.map((stop) => this.#card(stop, answer));
    this.#show(say(n === 1 ? "along_found_one" : "along_found", { n }), [el("ol", { class: "cards" }, ...cards)]);
    const [first] = answer.stops;
    byId("status").textContent = say("along_status", { n, name: nameOf(first.place), minutes: added(first) });
    this.#select(first.rank, { frame: false });
    this.#map.frame();
  }

  #card(stop, answer) {
    const more = added(stop);
    const top = [
      el("p", { class: "card__time" }, el("b", {}, `+${more}`), ` ${ui("minutes")}`),
      el(
        "p",
        { class: "card__lengths" },
        stop.arrival ? say("along_arrives", { time: clock(stop.arrival, answer.when), minutes: minutes(stop.travel_s) }) : "",
        stop.longest_stay_s === null ? null : el("b", {}, say("along_stay", { minutes: Math.floor(stop.longest_stay_s / 60) })),
      ),
    ];
    const node = card(stop, answer.mode, (rank) => this.#select(rank), top);
    node.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && this.#select(stop.rank, { frame: false }));
    node.addEventListener("focusin", () => this.#select(stop.rank, { frame: false }));
    return node;
  }

  #select(rank, { frame = true, scroll = false } = {}) {
    this.#map.select(rank, { frame });
    for (const node of document.querySelectorAll(".card")) {
      const on = node.dataset.rank === String(rank);
      node.classList.toggle("is-selected", on);
      node.querySelector(".card__show").setAttribute("aria-pressed", String(on));
      if (on && scroll) node.scrollIntoView({ block: "start", behavior: STILL.matches ? "auto" : "smooth" });
    }
  }

  #problem(error) {
    const code = error instanceof Problem && error.code in words.problem ? error.code : "internal";
    const late = error.parameter === "until" || error.parameter === "stay";
    const text = late ? say("along_late") : wordFor("problem", code).replace("{city}", nameOf(city));
    this.#message(text);
    if (code === "network" || code === "internal") byId("answer").append(el("button", { class: "button", type: "button", onclick: () => this.#refresh() }, icon("retry"), ui("retry")));
  }

  #message(text, keepsWay = false) {
    const way = byId("way").hidden;
    this.#show("", [el("div", { class: "message" }, el("p", { class: "message__text" }, text))]);
    if (keepsWay) byId("way").hidden = way;
    byId("status").textContent = text;
  }

  #show(title, nodes, busy = false) {
    byId("results-title").hidden = !title;
    byId("results-title").textContent = title;
    if (busy || !title) byId("way").hidden = true;
    byId("answer").setAttribute("aria-busy", String(busy));
    if (byId("answer").contains(document.activeElement)) byId("results").focus({ preventScroll: true });
    byId("answer").replaceChildren(...nodes);
  }

  #notice(text) {
    byId("notice").hidden = !text;
    byId("notice").textContent = text;
  }
}

/** Whole minutes that a stop adds; what is under half a minute is on the way. */
function added({ detour_s }) {
  return detour_s < 30 ? 0 : minutes(detour_s);
}
