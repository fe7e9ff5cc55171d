// The style sheet and the words of what is told and warned of, loaded when first needed.

import { fill, lang } from "../words.js";

// …/static/<hash of all files>/js/tell/late.js
const HERE = new URL(import.meta.url);
const VERSION = HERE.pathname.split("/").at(-4);

let words = null;

/** Load style and words once; until then nothing of it is shown. */
export const ready = Promise.all([sheet("../../css/tell.css"), texts()]);

/** Return a word; one that counts has a form of its own for one: `key_one`. */
export function say(key, values = {}) {
  const one = `${key}_one`;
  return fill(words[values.n === 1 && one in words ? one : key], values);
}

async function texts() {
  const response = await fetch(`/words/tell.json?${new URLSearchParams({ lang, v: VERSION })}`);
  if (!response.ok) throw new Error(`words: ${response.status}`);
  words = await response.json();
}

/** Add a style sheet and wait for it: what it dresses would else be seen bare. */
function sheet(path) {
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: new URL(path, HERE) });
  return new Promise((resolve) => {
    link.onload = link.onerror = resolve;
    document.head.append(link);
  });
}
