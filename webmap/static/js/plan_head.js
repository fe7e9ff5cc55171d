// The first thing the page says: how many have a place, and why the others have none.

import { el } from "./dom.js";
import { STATES, sample } from "./plan_paint.js";
import { amount, count, dayName, hourOf, large, say, sentence, share, shortDate } from "./plan_say.js";
import { words } from "./words.js";

/** Say an answer of `/api/v1/coverage` in one sentence, and show it as one bar with its legend. */
export function showHead({ title, moment, bar, legend }, answer, state, scenarioName) {
  const { total } = answer;
  const values = {
    share: el("strong", {}, share(total.covered, total.total)),
    total: state.layer === "street_length" ? amount(state.layer, total.total) : large(total.total),
    minutes: state.cutoff,
    mode: words.by_mode[state.mode],
    what: wanted(state),
  };
  const said = sentence(`headline_${state.layer}`, values);
  // From hour to hour only figures change: what stays is left alone, so that little is laid out anew.
  if (plain(said) === title.dataset.said) setText(title.querySelector("strong"), values.share.textContent);
  else title.replaceChildren(...said);
  title.dataset.said = plain(said);
  moment.replaceChildren(...momentOf(answer, state, scenarioName));
  const there = STATES.filter((name) => total[name] > 0);
  const drawn = `${state.layer} ${there.join(" ")}`;
  if (legend.dataset.drawn !== drawn) {
    bar.replaceChildren(...there.map((name) => piece(name, 0)));
    legend.replaceChildren(...there.map((name) => line(name)));
    legend.dataset.drawn = drawn;
  }
  for (const [at, name] of there.entries()) {
    const grow = String(total[name] / total.total);
    if (bar.children[at].style.flexGrow !== grow) bar.children[at].style.flexGrow = grow;
    const [part, whole] = legend.children[at].querySelectorAll(".legend__share, .legend__amount");
    setText(part, share(total[name], total.total));
    setText(whole, amount(state.layer, total[name], { short: true }));
  }
  bar.setAttribute("aria-label", there.map((name) => `${words.plan[`state_${name}`]} ${share(total[name], total.total)}`).join(words.hours.and));
}

/** Say another share before the rest of the answer is there. */
export function showShare(title, part, all) {
  const strong = title.querySelector("strong");
  if (strong) setText(strong, share(part, all));
}

function plain(nodes) {
  return nodes.map((node) => (typeof node === "string" ? node : "\u0000")).join("");
}

function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** What is looked for, in words. */
export function wanted(state) {
  return state.services.length ? state.services.map((code) => words.service[code] ?? code).join(words.hours.and) : words.plan.any_place;
}

/** Day and time of a moment. */
export function spoken(when) {
  const hour = hourOf(when);
  return say("moment", { day: dayName(Math.floor(hour / 24)), date: shortDate(when.slice(0, 10)), time: when.slice(11) });
}

/** A piece of a bar; its length is set by script, since the page takes no inline style. */
export function piece(state, part) {
  const node = el("span", { class: `stack__part stack__part--${state}` });
  node.style.flexGrow = String(part);
  return node;
}

function momentOf(answer, state, scenarioName) {
  const parts = [];
  if (scenarioName) parts.push(el("strong", {}, say("in_scenario", { name: scenarioName })));
  if (state.open === "any") parts.push(words.plan.hours_do_not_count);
  else parts.push(spoken(state.when), words.plan[`open_${state.open}`]);
  parts.push(say(answer.facilities === 1 ? "places_count_one" : "places_count", { n: count(answer.facilities) }));
  return parts.flatMap((part, at) => (at ? [" · ", part] : [part]));
}

function line(name) {
  return el(
    "li",
    { class: "legend__row" },
    sample(name),
    el("span", { class: "legend__name" }, words.plan[`state_${name}`]),
    el("span", { class: "legend__share" }),
    el("span", { class: "legend__amount" }),
  );
}
