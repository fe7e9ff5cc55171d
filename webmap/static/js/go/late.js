// What the features that are loaded late share: their style sheet, their words, a status line that is seen.

import { HOME } from "../api.js";
import { lang, fill } from "../words.js";

// …/static/<hash of all files>/js/go/late.js
const HERE = new URL(import.meta.url);
const VERSION = HERE.pathname.split("/").at(-4);

let told = null;

/** Load style and words once; until then nothing of a late feature is shown. */
export const ready = Promise.all([sheet("../../css/going.css"), texts()]);

/** Return a word of the late features. */
export function say(key, values) {
  return fill(told.words[key], values);
}

/** Whether this site makes posters. */
export function makesPosters() {
  return told.posters;
}

async function texts() {
  const response = await fetch(`${HOME ?? ""}/words/going.json?${new URLSearchParams({ lang, v: VERSION })}`);
  if (!response.ok) throw new Error(`words: ${response.status}`);
  told = await response.json();
}

/** Add a style sheet and wait for it: what it dresses would else be seen bare. */
function sheet(path) {
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: new URL(path, HERE) });
  return new Promise((resolve) => {
    link.onload = link.onerror = resolve;
    document.head.append(link);
  });
}
