// What can be done with a place beyond looking at it: go there, copy where it is, keep it, share it.
// Cards are dressed as they come, wherever they come from.

import { el, icon, outside } from "../dom.js";
import { nameOf } from "../words.js";
import { copy } from "./copying.js";
import { keep, recall } from "./device.js";
import { isKept, toggleKept } from "./kept.js";
import { makesPosters, ready, say } from "./late.js";
import { APPS, gcj02Numbers, platformOf, route } from "./routes.js";
import { pathOf, shareLink } from "./sharing.js";
import { showSheet } from "./sheet.js";

const CHOSEN = "map";
// An app that is there has covered the page by then.
const OPENED_MS = 2500;
const here = platformOf(navigator);

/** Dress the cards that are in a box, and those that will be. */
export async function attend(box) {
  await ready;
  const look = () => box.querySelectorAll(".card:not([data-dressed])").forEach(dress);
  new MutationObserver(look).observe(box, { childList: true, subtree: true });
  look();
}

/** The button that goes to a place: the app that was chosen, or the choice; `told` is a line for what has to be said. */
export function goButton(place, mode, from, told) {
  const slot = el("span", { class: "go" });
  slot.target = { slot, place, mode, from, told };
  fillSlot(slot.target);
  return slot;
}

function dress(card) {
  card.dataset.dressed = "";
  const { result, mode } = card.told;
  const { place } = result;
  const told = el("p", { class: "told", role: "status" });
  const row = card.querySelector(".card__actions");
  const from = result.path?.coordinates[0] ?? result.path_to?.coordinates[0] ?? null;
  row.querySelector(".button--go").replaceWith(goButton(place, mode, from, told));
  row.append(copyButton(place, told), keepButton(place, told), moreButton(place, told));
  row.after(told);
}

// Going there

function fillSlot(target) {
  const { slot, place, mode, from, told } = target;
  const app = recall(CHOSEN);
  const way = here.wechat ? null : route(app, place, mode, here, from);
  const name = nameOf(place);
  const focused = slot.contains(document.activeElement);
  slot.replaceChildren(
    way
      ? el("a", { class: "button button--go", ...linkTo(way.href), "aria-label": say("go_with", { app: say(app), name }), onclick: () => opened(app, way, mode, told, target) }, icon("navigate"), say("go"))
      : el("button", { class: "button button--go", type: "button", "aria-haspopup": "dialog", "aria-label": say("go_to", { name }), onclick: () => ask(target) }, icon("navigate"), say("go")),
  );
  if (focused) slot.firstElementChild.focus();
}

/** Pages open beside this one; what starts an app must not leave an empty page behind. */
function linkTo(href) {
  return href.startsWith("https:") ? { href, rel: "noopener noreferrer", target: "_blank" } : { href, target: "_self" };
}

function ask(target) {
  if (here.wechat) inWeChat(target.place);
  else choose(target);
}

function choose(target) {
  const { place, mode, from, told } = target;
  const ways = APPS.map((app) => [app, route(app, place, mode, here, from)]).filter(([, way]) => way);
  const { close } = showSheet(say("choose"), [
    el("p", { class: "sheet__hint" }, say("choose_hint")),
    el(
      "ul",
      { class: "choices" },
      ...ways.map(([app, way]) =>
        el(
          "li",
          {},
          el(
            "a",
            {
              class: "choice",
              ...linkTo(way.href),
              "aria-current": recall(CHOSEN) === app ? "true" : null,
              onclick: () => {
                keep(CHOSEN, app);
                for (const { target: other } of document.querySelectorAll(".go")) fillSlot(other);
                // A link that leaves the page at once would not be followed any more.
                setTimeout(close);
                opened(app, way, mode, told, target);
              },
            },
            el("b", {}, say(app)),
            el("span", {}, [say(`${app}_about`), instead(way, mode)].filter(Boolean).join(" ")),
          ),
        ),
      ),
    ),
  ]);
}

/** What has to be said once the way out was pressed: another way of travelling, or that no app came. */
function opened(app, way, mode, told, target) {
  told.replaceChildren(instead(way, mode));
  if (way.href.startsWith("https:")) return;
  setTimeout(() => {
    if (document.hidden) return;
    const other = el("button", { class: "button", type: "button", onclick: () => choose(target) }, say("other_map"));
    told.replaceChildren(say("not_opened", { app: say(app) }), " ", other);
  }, OPENED_MS);
}

/** That an app cannot ride where riding was wanted, or cannot be told how one travels; else nothing. */
function instead(way, mode) {
  if (way.mode === null) return say("mode_untold");
  return way.mode === "walk" && mode !== "walk" ? say("walk_instead") : "";
}

// In WeChat

function inWeChat(place) {
  const text = whereabouts(place);
  const told = el("p", { class: "told", role: "status" });
  showSheet(say("wechat"), [
    el("p", { class: "sheet__hint" }, say("wechat_hint")),
    el("p", { class: "whereabouts" }, outside(text)),
    el("button", { class: "button button--go", type: "button", onclick: () => copied(text, told) }, icon("copy"), say("copy_place")),
    told,
  ]);
}

/** Where a place is, as a map app's search box takes it: name, address, and numbers that say what they are. */
function whereabouts(place) {
  return [nameOf(place), place.address, say("numbers", gcj02Numbers(place))].filter(Boolean).join("\n");
}

async function copied(text, told) {
  told.textContent = "";
  const done = await copy(text);
  told.textContent = say(done ? "copied" : "copy_by_hand");
}

// The other buttons

function copyButton(place, told) {
  return el("button", { class: "button", type: "button", "aria-label": say("copy_of", { name: nameOf(place) }), onclick: () => copied(whereabouts(place), told) }, icon("copy"), say("copy"));
}

function keepButton(place, told) {
  const name = nameOf(place);
  const button = el("button", { class: "button button--mark", type: "button", "aria-label": say("keep_of", { name }), title: say("keep"), onclick: press }, icon("kept"));
  button.setAttribute("aria-pressed", String(isKept(place.id)));
  function press() {
    told.textContent = say(toggleKept(place), { name });
    button.setAttribute("aria-pressed", String(isKept(place.id)));
  }
  return button;
}

function moreButton(place, told) {
  const open = () => {
    const { close } = showSheet(outside(nameOf(place)), [
      el(
        "ul",
        { class: "choices" },
        choice("share", "share_about", { onclick: async () => [close(), (told.textContent = await shareLink(place))] }),
        here.wechat ? null : choice("other_map", "other_map_about", { onclick: () => choose({ place, mode: told.closest(".card").told.mode, from: null, told }) }),
        makesPosters() ? choice("poster", "poster_about", { href: pathOf("poster", place.id), target: "_blank", rel: "noopener" }) : null,
      ),
    ]);
  };
  return el("button", { class: "button button--mark", type: "button", "aria-haspopup": "dialog", "aria-label": say("more_of", { name: nameOf(place) }), title: say("more"), onclick: open }, drawn("M5 12h.01M12 12h.01M19 12h.01"));
}

function choice(title, about, attributes) {
  return el("li", {}, el(attributes.href ? "a" : "button", { class: "choice", ...(attributes.href ? {} : { type: "button" }), ...attributes }, el("b", {}, say(title)), el("span", {}, say(about))));
}

function drawn(path) {
  const svg = icon("");
  svg.replaceChildren(document.createElementNS("http://www.w3.org/2000/svg", "path"));
  svg.firstChild.setAttribute("d", path);
  return svg;
}
