// While a warning of heat or cold is in force: says so, and that places which give relief come first; one tap goes back.

import { el, icon, outside } from "../dom.js";
import { lang, minutes, nameOf } from "../words.js";
import { ready, say } from "./late.js";

const ZONE = "Asia/Shanghai";
const LOCALE = lang === "en" ? "en-GB" : "zh-CN";
const TIME = new Intl.DateTimeFormat(LOCALE, { timeZone: ZONE, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const DAY = new Intl.DateTimeFormat(LOCALE, { timeZone: ZONE, month: "long", day: "numeric" });

const strip = el("div", { class: "advisory" });
// The last warning that an answer spoke of: an answer that was asked for in plain order says nothing of it.
let known = null;

/**
 * Say what holds for an answer.
 * @param {HTMLElement} box what holds the cards
 * @param {object} answer
 * @param {HTMLElement[]} cards of its results, in their order
 * @param {boolean} plain whether it was asked for in plain order
 * @param {(plain: boolean) => void} onOrder called when the other order is wanted
 */
export async function warn(box, answer, cards, plain, onOrder) {
  await ready;
  // A newer answer has come meanwhile.
  if (cards.length && !cards[0].isConnected) return;
  if (answer.advisory || !plain) known = answer.advisory;
  if (!known || Date.now() >= Date.parse(known.until)) {
    strip.remove();
    if (plain) onOrder(false);
    return;
  }
  box.before(strip);
  const { kind } = known;
  const first = !plain && answer.results.some(({ relief }) => relief === true);
  if (!plain) dress(answer, cards, kind, first);
  const order = plain ? `${kind}_plain` : `${kind}_${first ? "first" : "none"}`;
  strip.replaceChildren(
    ...[
      icon("warning"),
      el("p", { role: "status" }, el("b", {}, say(kind, { until: clock(known.until) })), " — ", say(order)),
      known.note || known.source ? el("p", {}, known.note ? outside(known.note) : null, known.note && known.source ? " · " : null, source()) : null,
      plain ? null : nearestLine(answer, kind),
      el("div", { class: "advisory__row" }, plain ? null : nearestButton(answer, cards), orderButton(kind, plain, onOrder)),
    ].filter(Boolean),
  );
}

/** Say on each card whether relief is there, and above them in which order they are. */
function dress({ results }, cards, kind, first) {
  const title = document.getElementById("results-title");
  title.hidden = !cards.length;
  title.textContent = say("found_relief", { n: cards.length, first: say(`${kind}_${first ? "first" : "none"}`) });
  const pictures = { true: known.relief, false: "without", null: "state-unknown" };
  results.forEach(({ relief }, at) => {
    const line = el("p", { class: "relief", "data-relief": String(relief) }, icon(pictures[relief]), say(`${kind}_${relief}`));
    cards[at].querySelector(".card__lengths").after(line);
  });
}

function nearestLine({ results, nearest: [nearest] }, kind) {
  const found = results.find(({ place }) => place.id === nearest);
  // The first card says the same.
  if (!found || found === results[0]) return null;
  const [before, after] = say("nearest_is", { minutes: minutes(found.travel_s) }).split("{name}");
  return el("p", {}, before, outside(nameOf(found.place)), after, " · ", say(`${kind}_${found.relief}`));
}

function nearestButton({ results, nearest: [nearest] }, cards) {
  const at = results.findIndex(({ place }) => place.id === nearest);
  if (at <= 0) return null;
  const show = () => {
    const name = cards[at].querySelector(".card__show");
    name.click();
    cards[at].scrollIntoView({ block: "start" });
    name.focus({ preventScroll: true });
  };
  return el("button", { class: "button", type: "button", onclick: show }, say("show_nearest"));
}

function orderButton(kind, plain, onOrder) {
  return el("button", { class: "button", type: "button", onclick: () => onOrder(!plain) }, say(plain ? `${kind}_to_relief` : "to_plain"));
}

function source() {
  if (!known.source || !/^https?:\/\//.test(known.source)) return null;
  return el("a", { href: known.source, rel: "noopener noreferrer", target: "_blank" }, say("warning_source"));
}

/** The end of a warning by China's clock; of another day with its date. */
function clock(text) {
  const at = new Date(text);
  const time = TIME.format(at);
  return DAY.format(at) === DAY.format(new Date()) ? time : `${DAY.format(at)} ${time}`;
}
