// Finding an origin by name: a combobox as the ARIA practices describe it.

import { ask, cancel, isAbort } from "./api.js";
import { el, icon, outside } from "./dom.js";
import { nameOf, ui, wordFor } from "./words.js";

const PAUSE_MS = 180;
const ICONS = { place: "service_station", street: "sign", area: "position", station: "exact", poi: "exact", address: "exact" };

/**
 * Wire the search box.
 * @param {{form: HTMLFormElement, input: HTMLInputElement, list: HTMLElement, none: HTMLElement}} parts
 * @param {(found: object) => void} onPick called with the search result that was picked
 * @param {(error: Error) => void} onProblem
 */
export function wireSearch(parts, onPick, onProblem) {
  const { form, input, list, none } = parts;
  let found = [];
  let active = -1;
  let timer = 0;

  const close = () => {
    found = [];
    list.hidden = true;
    none.hidden = true;
    list.replaceChildren();
    input.setAttribute("aria-expanded", "false");
    move(-1);
  };

  const move = (to) => {
    active = to;
    for (const [at, option] of [...list.children].entries()) option.setAttribute("aria-selected", String(at === to));
    if (to < 0) input.removeAttribute("aria-activedescendant");
    else {
      input.setAttribute("aria-activedescendant", list.children[to].id);
      list.children[to].scrollIntoView({ block: "nearest" });
    }
  };

  const pick = (at) => {
    const chosen = found[at];
    input.value = nameOf(chosen);
    cancel("search");
    close();
    input.blur();
    onPick(chosen);
  };

  const show = (results, query) => {
    found = results;
    list.replaceChildren(...results.map((result, at) => option(result, at, () => pick(at))));
    list.hidden = results.length === 0;
    none.hidden = results.length > 0;
    none.textContent = results.length ? "" : ui("search_none", { query });
    input.setAttribute("aria-expanded", String(results.length > 0));
    move(-1);
  };

  const look = async ({ pickFirst = false } = {}) => {
    const query = input.value.trim();
    if (!query) {
      cancel("search");
      close();
      return;
    }
    try {
      const { results } = await ask("search", "/api/v1/search", { q: query, limit: 8 });
      show(results, query);
      if (pickFirst && results.length) pick(0);
    } catch (error) {
      if (!isAbort(error)) onProblem(error);
    }
  };

  input.addEventListener("input", (event) => {
    clearTimeout(timer);
    // While a Chinese input method is composing, the letters are not the query yet.
    if (!event.isComposing) timer = setTimeout(look, PAUSE_MS);
  });
  input.addEventListener("compositionend", () => {
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE_MS);
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Escape") close();
    else if (event.key === "ArrowDown" && found.length) move((active + 1) % found.length);
    else if (event.key === "ArrowUp" && found.length) move((active <= 0 ? found.length : active) - 1);
    else return;
    event.preventDefault();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(timer);
    if (found.length) pick(Math.max(active, 0));
    else look({ pickFirst: true });
  });
  form.addEventListener("focusout", (event) => {
    if (!form.contains(event.relatedTarget)) close();
  });
}

/** Return what to call a search result as an origin: its name, and that it is only the middle of a street. */
export function originOf(result) {
  return result.exact ? nameOf(result) : ui("street_middle", { name: nameOf(result) });
}

/** Say that a house number is not known, where one was asked for. */
function unknown(result) {
  return result.exact ? null : el("span", { class: "search__unknown" }, ui("number_unknown"));
}

function option(result, at, onPick) {
  // Whoever reads English may have typed the Chinese name, and has to see it.
  const own = nameOf(result) === result.name ? null : result.name;
  const about = [wordFor("kind", result.kind), own, ...result.also, result.context].filter(Boolean).join(" · ");
  return el(
    "li",
    {
      id: `search-option-${at}`,
      class: "search__option",
      role: "option",
      "aria-selected": "false",
      // A press must not take the focus from the box, or the list would close before the click arrives.
      onmousedown: (event) => event.preventDefault(),
      onclick: onPick,
    },
    icon(ICONS[result.kind] ?? "exact"),
    el("span", { class: "search__text" }, el("span", { class: "search__name" }, outside(nameOf(result))), el("span", { class: "search__about" }, outside(about)), unknown(result)),
  );
}
