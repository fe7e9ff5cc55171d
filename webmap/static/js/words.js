// Words and facts that the page carries as JSON.

function embedded(id) {
  return JSON.parse(document.getElementById(id).textContent);
}

export const words = embedded("strings");
export const city = embedded("city");
export const lang = document.documentElement.lang.startsWith("en") ? "en" : "zh";

/** Fill the {name} marks of a word; a mark without a value stays. */
export function fill(text, values = {}) {
  return text.replace(/\{(\w+)\}/g, (mark, name) => (name in values ? String(values[name]) : mark));
}

/** Return a word of the interface. */
export function ui(key, values) {
  return fill(words.ui[key], values);
}

/** Return a word that counts: `key` names it for several, `key_one` for one. */
export function counted(key, n, values = {}) {
  return ui(n === 1 ? `${key}_one` : key, { n, ...values });
}

/** Return the word for a code of the API, or the code itself where there is none. */
export function wordFor(group, code) {
  return words[group][code] ?? code.replaceAll("_", " ");
}

/** Return a place's or city's name in the language of the page. */
export function nameOf(thing) {
  return (lang === "en" && thing.name_en) || thing.name;
}

/** Minutes to plan for: rounded up, never zero. */
export function minutes(seconds) {
  return Math.max(1, Math.ceil(seconds / 60 - 1e-9));
}

/** A length in the words of the page, rounded to what a person can use. */
export function distance(metres) {
  if (metres < 995) return ui("metres", { n: metres < 100 ? Math.round(metres) : Math.round(metres / 10) * 10 });
  return ui("kilometres", { n: (metres / 1000).toFixed(metres < 9950 ? 1 : 0) });
}

/** Words in a row, as the language joins them. */
export function joined(list) {
  return list.join(words.hours.and);
}
