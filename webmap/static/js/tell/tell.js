// "Was it as shown?": two taps on a card, sent at once or when there is a network again.

import { el, outside } from "../dom.js";
import { nameOf } from "../words.js";
import { ready, say } from "./late.js";
import { flush, forgive, newId, onChange, put, refusals, stateOf, take, waiting } from "./queue.js";

const UNDO_MS = 5000;
const MAX_TEXT = 200;
// Lines that said of a report that it waits.
const late = new Map();
const SVG = "http://www.w3.org/2000/svg";
// What can be said with one tap, and its picture.
const FINDINGS = {
  as_shown: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM7.8 12.4l2.8 2.8 5.6-6",
  locked: "M5.5 11h13v9.5h-13ZM8.5 11V7.5a3.500 3.500 0 0 1 7 0V11M12 14.500v2.500",
  no_water: "M12 3.500s6 6.300 6 10.800a6 6 0 0 1-12 0c0-4.500 6-10.800 6-10.800ZM4 4l16 16.500",
  wrong_position: "M11 20.500s-6.500-5.700-6.500-11a6.500 6.500 0 1 1 13 0c0 .8-.1 1.500-.3 2.200M11 7v5M15 15.500l5.500 5.500M20.500 15.500 15 21",
};

/** Let every card in a box, and every one that comes, be told of; show what waits above the box. */
export async function attend(box) {
  await ready;
  const bar = el("div", { class: "tell-bar" });
  box.before(bar);
  onChange(() => showQueue(bar));
  showQueue(bar);
  const look = () => box.querySelectorAll(".card:not([data-tell])").forEach(dress);
  new MutationObserver(look).observe(box, { childList: true, subtree: true });
  look();
  flush();
}

function dress(card) {
  card.dataset.tell = "";
  const { place } = card.told.result;
  const slot = el("div", { class: "tell" });
  card.append(slot);
  rest(slot, place);
}

/** The card's line as it is before anybody asks. */
function rest(slot, place) {
  const ask = el("button", { class: "tell__ask", type: "button", onclick: () => question(slot, place) }, say("ask"));
  slot.replaceChildren(ask);
  return ask;
}

function question(slot, place) {
  const spot = { point: null, sent: null };
  const hint = el("p", { class: "tell__hint", role: "status" });
  const near = el("input", { type: "checkbox", onchange: () => locate(near, spot, hint) });
  const choose = (what, text = null) => thank(slot, place, { what, text, spot });
  const words = el("input", { class: "tell__text", maxlength: MAX_TEXT, enterkeyhint: "send", autocomplete: "off" });
  const other = el(
    "form",
    { class: "tell__other", hidden: true, onsubmit: (event) => (event.preventDefault(), words.value.trim() ? choose("other", words.value.trim()) : words.focus()) },
    el("label", { class: "tell__hint" }, say("other_words"), words),
    el("button", { class: "button", type: "submit" }, say("send")),
  );
  const more = el("button", { class: "tell__quiet", type: "button", "aria-expanded": "false", onclick: () => (more.setAttribute("aria-expanded", "true"), other.hidden = false, words.focus()) }, say("other"));
  const away = el("button", { class: "tell__quiet", type: "button", onclick: () => rest(slot, place).focus() }, say("away"));
  const choices = Object.keys(FINDINGS).map((what) => el("button", { class: "tell__choice", type: "button", onclick: () => choose(what) }, picture(what), el("span", {}, say(what))));
  slot.replaceChildren(
    el(
      "fieldset",
      { class: "tell__panel", onkeydown: (event) => event.key === "Escape" && rest(slot, place).focus() },
      el("legend", { class: "tell__legend" }, say("ask")),
      el("div", { class: "tell__choices" }, ...choices),
      el("label", { class: "tell__near" }, near, el("span", {}, say("near"))),
      hint,
      el("div", { class: "tell__row" }, more, away),
      other,
    ),
  );
  choices[0].focus();
}

/** Find out about where the teller stands, as soon as they agree to say so. */
function locate(near, spot, hint) {
  spot.point = null;
  hint.textContent = "";
  if (!near.checked) return;
  const fail = () => {
    near.checked = false;
    hint.textContent = say("near_failed");
  };
  if (!navigator.geolocation) return fail();
  hint.textContent = say("near_asking");
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      if (!near.checked) return;
      spot.point = { lon: Number(coords.longitude.toFixed(3)), lat: Number(coords.latitude.toFixed(3)) };
      hint.textContent = say("near_found");
      spot.sent?.();
    },
    fail,
    { timeout: 12000, maximumAge: 60000 },
  );
}

/** Thank, and give five seconds to take it back. */
function thank(slot, place, { what, text, spot }) {
  const body = { id: newId(), place: place.id, what, seen_at: new Date().toISOString(), ...(text ? { text } : {}) };
  const entry = { body, name: nameOf(place), due: Date.now() + UNDO_MS };
  const write = () => put(spot.point ? { ...entry, body: { ...body, where: spot.point } } : entry);
  write();
  // A position that is found late goes along, while the report is still here.
  spot.sent = () => Date.now() < entry.due && stateOf(body.id).here && write();
  const undo = el("button", { class: "button", type: "button", onclick: () => takeBack() }, say("undo"));
  const line = el("p", { class: "tell__said", role: "status", tabindex: "-1" }, `${say(what)} · ${say("thanks")}`);
  const timer = setTimeout(async () => {
    const focused = slot.contains(document.activeElement);
    undo.remove();
    await flush();
    line.textContent = outcome(body.id);
    if (stateOf(body.id).here) late.set(body.id, line);
    if (focused) line.focus({ preventScroll: true });
  }, UNDO_MS + 20);
  const takeBack = () => {
    clearTimeout(timer);
    spot.sent = null;
    take(body.id);
    rest(slot, place).focus();
  };
  slot.replaceChildren(line, undo);
  undo.focus({ preventScroll: true });
}

function outcome(id) {
  const { here, kept, code } = stateOf(id);
  if (here) return say(kept ? "waits" : "waits_unkept");
  return code ? refusal(code) : say("received");
}

function refusal(code) {
  return say(code === "not_found" ? "refused_gone" : "refused", { code });
}

/** Say how many reports wait, and which were not taken. */
function showQueue(bar) {
  for (const [id, line] of late) {
    if (stateOf(id).here) continue;
    line.textContent = outcome(id);
    late.delete(id);
  }
  const n = waiting().length;
  const lost = refusals();
  const key = JSON.stringify([n, lost]);
  if (bar.dataset.key === key) return;
  bar.dataset.key = key;
  const parts = [];
  if (n) parts.push(el("p", { class: "tell-bar__line", role: "status" }, el("b", {}, say("queue", { n })), el("button", { class: "button", type: "button", onclick: () => flush() }, say("send_now"))));
  for (const { name, code } of lost) parts.push(el("p", { class: "tell-bar__line", role: "alert" }, el("span", {}, outside(name), " · ", refusal(code))));
  if (lost.length) parts.push(el("button", { class: "button", type: "button", onclick: () => forgive() }, say("read_it")));
  bar.replaceChildren(...parts);
}

function picture(what) {
  const svg = document.createElementNS(SVG, "svg");
  for (const [name, value] of [["class", "icon"], ["viewBox", "0 0 24 24"], ["aria-hidden", "true"]]) svg.setAttribute(name, value);
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", FINDINGS[what]);
  svg.append(path);
  return svg;
}
