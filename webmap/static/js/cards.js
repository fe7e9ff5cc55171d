// One answer as a card. Unknown is said as unknown, and only where it matters.

import { el, icon, outside } from "./dom.js";
import { hoursText } from "./hours.js";
import { openness } from "./openness.js";
import { distance, joined, minutes, nameOf, ui, wordFor, words } from "./words.js";

// Who parks at the door need not be told.
const WORTH_TELLING_M = 30;

// A longer number would push the other buttons to a second row on a phone.
const SHORT_PHONE = 6;

/** How far a rider walks at the end, metres; 0 where it is not worth a word. */
export function walkedAtTheEnd({ on_foot_m: onFoot = 0 }) {
  return onFoot > WORTH_TELLING_M ? onFoot : 0;
}

/**
 * Build the card of one result.
 * @param {object} result as the API gives it; one without a number of its own has its place's id as rank
 * @param {string} mode how one travels
 * @param {(rank: number|string) => void} onShow called when the name is pressed
 * @param {Node[]} top the time, and a line that goes with it
 */
export function card(result, mode, onShow, top = [time(result), lengths(result)]) {
  const { place, rank } = result;
  const name = nameOf(place);
  const node = el(
    "li",
    { class: "card", id: `card-${rank}`, "data-rank": rank },
    el("span", { class: "card__rank", "aria-hidden": "true" }, label(rank)),
    el("h3", { class: "card__name" }, el("button", { class: "card__show", type: "button", "aria-pressed": "false", onclick: () => onShow(rank) }, outside(name))),
    ...top,
    tags(place, name),
    openness(result),
    facts(result),
    actions(place, name),
  );
  return Object.assign(node, { told: { result, mode } });
}

function time(result) {
  return el("p", { class: "card__time" }, el("b", {}, String(minutes(result.travel_s))), ` ${ui("minutes")}`);
}

function lengths(result) {
  return el(
    "p",
    { class: "card__lengths" },
    el("b", {}, distance(result.network_m)),
    " ",
    el("small", {}, ui("straight", { distance: distance(result.straight_m) })),
    walkedAtTheEnd(result) ? el("span", { class: "card__park" }, icon("park"), ui("park_walk", { distance: distance(result.on_foot_m) })) : null,
  );
}

/** What stands on a card's plate and its pin. */
export function label(rank) {
  return typeof rank === "number" ? String(rank) : "+";
}

function tags(place, name) {
  const kinds = [...new Set(place.services.map((service) => service.kind))];
  // Many places have no name but what they are; once is enough.
  if (kinds.length === 1 && name === wordFor("service", kinds[0])) return null;
  return el("ul", { class: "tags" }, ...kinds.map((kind) => el("li", { class: "tag" }, icon(kind), wordFor("service", kind))));
}

function facts(result) {
  const { place } = result;
  return el(
    "div",
    { class: "card__facts" },
    ...(place.services.some((service) => service.hours || service.note) ? hours(result) : []),
    amenities(place),
    place.access ? fact("door", wordFor("access", place.access)) : null,
    address(place),
    place.note ? wideFact("info", outside(place.note)) : null,
    fact(place.accuracy === "exact" ? "exact" : "position", wordFor("accuracy", place.accuracy)),
    el("p", { class: "card__source" }, source(place)),
  );
}

function fact(code, ...content) {
  return el("p", { class: "fact" }, icon(code), el("span", {}, ...content));
}

function wideFact(code, ...content) {
  const node = fact(code, ...content);
  node.classList.add("fact--wide");
  return node;
}

function hours({ place, states, state }) {
  const spoken = place.services.map((service, at) => ({
    kind: service.kind,
    text: service.hours ? hoursText(service.hours, words.hours) : ui("hours_unknown"),
    note: service.note,
    // Said where it is another than that of the place.
    state: states[at]?.kind === state?.kind ? null : states[at],
  }));
  const distinct = new Set(spoken.map((service) => `${service.text} ${service.note ?? ""}`));
  if (distinct.size <= 1) return spoken.slice(0, 1).map((service) => hoursFact(service.text, service.note));
  return spoken.map((service) => hoursFact(ui("hours_partly", { service: wordFor("service", service.kind), hours: service.text }), service.note, service.state));
}

function hoursFact(text, note, state = null) {
  const then = state ? el("span", { class: "fact__state" }, ` · ${words.state[state.kind] ?? state.kind}`) : null;
  return wideFact("clock", outside(text), then, note ? el("span", { class: "fact__note" }, outside(note)) : null);
}

function amenities(place) {
  const known = Object.entries(place.amenities);
  const has = known.filter(([, state]) => state === "yes").map(([code]) => code);
  const lacks = known.filter(([, state]) => state === "no").map(([code]) => code);
  if (!has.length && !lacks.length) return null;
  return el(
    "ul",
    { class: "kit" },
    ...has.map((code) => el("li", { class: "kit__item" }, icon(code), wordFor("amenity", code))),
    ...lacks.map((code) => el("li", { class: "kit__item kit__item--no" }, icon("without"), ui("without", { amenity: wordFor("amenity", code) }))),
  );
}

function address(place) {
  const where = place.address ?? [place.district, place.subdistrict].filter(Boolean).join(" ");
  return where ? fact("sign", outside(where)) : null;
}

function source(place) {
  const name = place.source_url && /^https?:\/\//.test(place.source_url)
    ? el("a", { href: place.source_url, rel: "noopener noreferrer", target: "_blank" }, outside(place.source))
    : outside(place.source);
  const [before, after] = words.ui.source.split("{source}");
  const checked = place.checked ? ["checked", { date: place.checked }] : null;
  const told = [checked, place.verified ? ["verified"] : ["unverified"]].filter(Boolean).map((word) => ui(...word));
  return el("span", {}, before, name, after, " · ", told.join(" · "));
}

/** What can be done with a place; go/going.js, which is loaded with the first answer, adds to it. */
function actions(place, name) {
  const href = `geo:${place.lat},${place.lon}`;
  const go = el("a", { class: "button button--go", href, target: "_self", "aria-label": ui("navigate_to", { name }) }, icon("navigate"), ui("navigate"));
  return el("div", { class: "card__actions" }, go, place.phone ? call(place.phone) : null);
}

function call(phone) {
  const number = phone.replace(/[^\d+*#,;]/g, "");
  const shown = phone.length <= SHORT_PHONE ? phone : ui("call");
  return el("a", { class: "button", href: `tel:${number}`, title: phone, "aria-label": ui("call_to", { phone }) }, icon("phone"), outside(shown));
}
