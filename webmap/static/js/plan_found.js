// The sites that were found: on the map, in a list, with the years, and what is nearly as good.

import { el, outside } from "./dom.js";
import { amount, count, say, share } from "./plan_say.js";
import { minutes, words } from "./words.js";

const L = window.L;
const WEIGHTS = new Set(["mclp", "capacitated", "backup"]);

/** What was found, shown. */
export class FoundSites {
  #box;
  #map;
  #desk;
  #pins = L.layerGroup();

  constructor(box, map, desk) {
    this.#box = box;
    this.#map = map;
    this.#desk = desk;
  }

  /** Show the sites on the map while the panel is open. */
  opened(open) {
    if (open) this.#pins.addTo(this.#map);
    else this.#pins.remove();
  }

  clear() {
    this.#pins.clearLayers();
    this.#box.replaceChildren();
  }

  /** Show a result of `/api/v1/siting`. */
  show(result) {
    const { layer } = this.#desk.state();
    const since = yearsOf(result);
    this.#drawPins(result.sites);
    const gain = (value) => inUnit(result.kind, layer, value);
    const rows = result.sites.map((site, at) =>
      el("li", {}, el("button", { type: "button", class: "site", onclick: () => this.#look(site) },
        el("span", { class: "site__rank" }, String(at + 1)),
        el("span", { class: "site__text" }, el("span", { class: "site__name" }, outside(nameOfSite(site))), el("span", { class: "site__kind" }, [words.plan[`host_${site.kind}`] ?? site.kind, since.has(site.id) ? say("site_since", { year: since.get(site.id) }) : "", site.price === null ? "" : say("site_price", { n: count(site.price) })].filter(Boolean).join(" · "))),
        el("span", { class: "site__gain" }, site.gain === null ? "" : `+${gain(site.gain)}`))));
    const parts = [el("p", { class: "status", "data-status": result.status, role: "status" }, ...this.#judged(result, gain))];
    if (result.effect) parts.push(el("p", { class: "status__effect" }, say("sites_effect", { before: share(result.effect.covered_before, result.effect.total), after: share(result.effect.covered, result.effect.total), gained: amount(layer, result.effect.gained) })));
    parts.push(el("ol", { class: "sites" }, ...rows));
    const prices = result.sites.map(({ price }) => price);
    if (prices.length && prices.every((price) => price !== null)) parts.push(el("p", { class: "status__effect", "data-figure": "price" }, say("sites_price", { n: count(prices.reduce((sum, price) => sum + price, 0)) })));
    if (result.years.length) parts.push(this.#years(result, gain));
    if (rows.length) parts.push(el("p", { class: "row" }, el("button", { type: "button", class: "button-go", onclick: () => this.#desk.take(result.sites.map((site) => ({ ...site, name: nameOfSite(site) }))) }, words.plan.take_sites)));
    if (result.alternatives.length) parts.push(el("h4", {}, words.plan.alternatives), el("ul", { class: "others" }, ...result.alternatives.map((other) => this.#other(other, gain))));
    parts.push(el("p", { class: "area__note" }, say("sites_method", { n: count(result.candidates), off: count(result.off_street) })));
    this.#box.replaceChildren(...parts);
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

  #years(result, gain) {
    const rows = result.years.map((year) => el("tr", {}, el("th", { scope: "row" }, String(year.year)), el("td", {}, count(year.sites.length)), el("td", {}, gain(year.objective)), el("td", {}, gain(year.loss))));
    const head = ["year", "year_sites", "year_reached", "year_loss"].map((name) => el("th", { scope: "col" }, words.plan[name]));
    return el("table", { class: "versus years" }, el("caption", { class: "visually-hidden" }, words.plan.years), el("thead", {}, el("tr", {}, ...head)), el("tbody", {}, ...rows));
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

/** The first year in which a site is there, by its id. */
function yearsOf(result) {
  const since = new Map();
  for (const { year, sites } of result.years) for (const { id } of sites) if (!since.has(id)) since.set(id, year);
  return since;
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
