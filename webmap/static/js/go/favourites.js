// The list of kept places, with what holds at each of them now.

import { Problem, ask, isAbort } from "../api.js";
import { el, icon, outside } from "../dom.js";
import { clock } from "../openness.js";
import { nameOf, wordFor, words } from "../words.js";
import { goButton } from "./going.js";
import { keptPlaces, putBack, takeOut } from "./kept.js";
import { ready, say } from "./late.js";
import { linkOf } from "./sharing.js";
import { showSheet } from "./sheet.js";

/** Show the list over the page. */
export async function open() {
  await ready;
  const kept = keptPlaces();
  const status = el("p", { class: "told", role: "status" });
  const rows = new Map(kept.map((place) => [place.id, el("li", { class: "kept" }, el("h3", { class: "kept__name" }, outside(nameOf(place))), el("p", {}, say("asking")))]));
  showSheet(say("keep"), [kept.length ? el("ul", { class: "choices" }, ...rows.values()) : el("p", { class: "sheet__hint" }, say("none_kept")), status]);
  if (!kept.length) return;
  try {
    const query = new URLSearchParams(kept.map(({ id }) => ["place", id]));
    const { when, places } = await ask("states", `/api/v1/states?${query}`);
    const known = new Map(places.map((place) => [place.id, place]));
    for (const place of kept) show(rows.get(place.id), place, known.get(place.id) ?? null, when);
  } catch (error) {
    if (isAbort(error)) return;
    // The list is the device's own: without a net it is still a list.
    for (const place of kept) show(rows.get(place.id), place, undefined, null);
    status.textContent = wordFor("problem", error instanceof Problem ? error.code : "internal");
  }
}

/** Fill the row of a place; `known` is what the site says of it, null if it is gone, undefined if nobody answered. */
function show(row, kept, known, when) {
  const place = known ?? kept;
  const told = el("p", { class: "told", role: "status" });
  const mode = document.querySelector("[name=mode]:checked")?.value ?? "walk";
  row.replaceChildren(
    ...[
      el("h3", { class: "kept__name" }, outside(nameOf(place))),
      known?.address ? el("p", { class: "kept__about" }, outside(known.address)) : null,
      stateLine(known, when),
      el(
        "div",
        { class: "card__actions" },
        known ? goButton(known, mode, null, told) : null,
        known ? el("a", { class: "button", href: linkOf(place.id) }, icon("search"), say("around")) : null,
        el("button", { class: "button", type: "button", "aria-label": say("give_up_of", { name: nameOf(place) }), onclick: () => giveUp(row, kept, known, when) }, say("give_up")),
      ),
      told,
    ].filter(Boolean),
  );
}

function stateLine(known, when) {
  if (known === undefined) return null;
  if (known === null) return line("unknown", say("gone"));
  const { state } = known;
  if (!state) return line("closed", wordFor("reason", `status_${known.status}`));
  const more = [];
  if (state.until && (state.kind === "open" || state.kind === "closing_soon")) more.push(say("until", { time: clock(state.until, when) }));
  if (state.next_open && state.kind === "closed") more.push(say("opens", { time: clock(state.next_open, when) }));
  if (state.assumed) more.push(words.assumed[state.assumed] ?? state.assumed);
  return line(state.kind, say(`now_${state.kind}`), more.join(" "));
}

function line(kind, text, more = "") {
  return el("p", { class: "open", "data-state": kind }, icon(`state-${kind}`), el("span", {}, el("b", {}, text), " ", more));
}

function giveUp(row, kept, known, when) {
  const at = takeOut(kept.id);
  const undo = el("button", { class: "button", type: "button", onclick: () => back() }, say("undo"));
  const back = () => {
    putBack(kept, at);
    show(row, kept, known, when);
    row.querySelector("button, a").focus();
  };
  row.replaceChildren(el("p", { class: "told", role: "status" }, say("given_up", { name: nameOf(kept) })), undo);
  undo.focus();
}
