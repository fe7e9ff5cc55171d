// The words of what happens offline, of the same version as these scripts.

/** The version of the files of this page, as it stands in their addresses. */
export const VERSION = /\/static\/([^/]+)\//.exec(import.meta.url)[1];

export const lang = document.documentElement.lang.startsWith("en") ? "en" : "zh";

const DAY_MS = 86400e3;
const CHINA_MS = 8 * 3600e3;

let loading = null;
let words = {};
let dressing = null;

/** Fetch the words; needed once before anything is said. */
export async function ready() {
  loading ??= fetch(`/words/offline.json?lang=${lang}&v=${VERSION}`).then((response) => response.json());
  try {
    words = await loading;
  } catch (error) {
    loading = null;
    throw error;
  }
}

/** Return a word; `{name}` marks are filled in. */
export function say(key, values = {}) {
  return words[key].replace(/\{(\w+)\}/g, (mark, name) => (name in values ? String(values[name]) : mark));
}

/** Names in a row. */
export function listed(pockets) {
  return pockets.map(({ name, name_en }) => (lang === "en" && name_en) || name).join(words.and);
}

/** How old something is, by China's clock: "today 08:00", "3 days ago (20 Nov)". */
export function age(made, now = Date.now()) {
  const at = new Date(Date.parse(made) + CHINA_MS).toISOString();
  const days = Math.round((Date.parse(new Date(now + CHINA_MS).toISOString().slice(0, 10)) - Date.parse(at.slice(0, 10))) / DAY_MS);
  if (days <= 0) return say("today", { time: at.slice(11, 16) });
  if (days === 1) return say("yesterday", { time: at.slice(11, 16) });
  const date = new Intl.DateTimeFormat(lang === "en" ? "en-GB" : "zh-CN", { timeZone: "UTC", month: "short", day: "numeric" });
  return say("days_ago", { n: days, date: date.format(Date.parse(at)) });
}

/** A length in bytes, for people. */
export function size(bytes) {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** Whether nobody knows any more when its places are open. */
export function expired({ valid_until: until }, now = Date.now()) {
  return Boolean(until) && Date.parse(until) <= now;
}

/** Create an element; strings become text nodes, null ones are left out. */
export function make(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null));
  return node;
}

/** Load the style of all this, once; where it does not come, the words stand without. */
export function dress() {
  dressing ??= new Promise((resolve) => {
    const link = make("link", { rel: "stylesheet", href: new URL("../../css/offline.css", import.meta.url).href });
    link.onload = link.onerror = resolve;
    document.head.append(link);
  });
  return dressing;
}
