// The line that says where answers come from while there is no network, and that it is back.

import { age, dress, listed, make, ready, say } from "./said.js";

const PATIENCE_MS = 4000;
const FIRST_LOOK_MS = 5000;
const LONGEST_MS = 60000;
const BACK_SHOWN_MS = 8000;

let strip = null;
let saying = false;
let timer = 0;
let pause = FIRST_LOOK_MS;

/**
 * Say which districts the answers are from, and how old they are.
 * @param {object[]} pockets facts of the districts
 * @param {{slow: boolean, expired?: boolean, certain_s?: ?number}} how whether the network is there but does not answer; what
 *   the pocket says of its answer: whether hours are no longer known, and up to which travel time nothing is missing
 */
export async function showOffline(pockets, { slow, expired = false, certain_s: certain = null }) {
  saying = true;
  await ready();
  const oldest = pockets.reduce((a, b) => (a.made < b.made ? a : b));
  const key = slow ? "slow" : pockets.length > 1 ? "offline_several" : "offline";
  const warnings = [expired ? say("expired") : null, certain === null ? null : say("uncertain", { minutes: Math.floor(certain / 60) })];
  await show(say(key, { names: listed(pockets), age: age(oldest.made) }), warnings.filter(Boolean).join(" "));
  watch();
}

/** Whether something is said, or about to be. */
export function isSaying() {
  return saying;
}

/** Say that there is nothing to answer from. */
export async function showNone() {
  saying = true;
  await ready();
  await show(say("offline_none"));
  watch();
}

async function show(text, warning = "") {
  await dress();
  strip ??= make("p", { class: "offline", role: "status" });
  if (!strip.isConnected) document.querySelector(".ask").append(strip);
  // The same words again would be read out again.
  const words = warning ? [text, " ", make("strong", {}, warning)] : [text];
  if (strip.textContent !== words.map((each) => each.textContent ?? each).join("")) strip.replaceChildren(...words);
  delete strip.dataset.back;
}

// The way back: looked for when the phone says so, and now and then.

function watch() {
  clearTimeout(timer);
  timer = setTimeout(look, pause);
}

addEventListener("online", () => strip?.isConnected && look());
document.addEventListener("visibilitychange", () => !document.hidden && strip?.isConnected && !strip.dataset.back && look());

async function look() {
  clearTimeout(timer);
  if (document.hidden) return;
  const back = await answers();
  pause = Math.min(pause * 2, LONGEST_MS);
  if (!back) {
    watch();
    return;
  }
  saying = false;
  await show(say("back"));
  strip.dataset.back = "yes";
  setTimeout(stay, BACK_SHOWN_MS);
  document.dispatchEvent(new CustomEvent("yizhan:back"));
}

/** What is still back after a while has come to stay; a signal that fails again is looked for less and less often. */
function stay() {
  if (!strip.dataset.back) return;
  strip.remove();
  pause = FIRST_LOOK_MS;
}

/** Whether our own server answers, and soon: a login page of somebody's network is no answer. */
async function answers() {
  try {
    const response = await fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout?.(PATIENCE_MS) });
    return (await response.json()).status === "ok";
  } catch {
    return false;
  }
}
