// On the page about the site: which districts this phone keeps, and a button that removes each.

import { forget, keptDistricts } from "./kept.js";
import { age, dress, expired, listed, make, ready, say, size } from "./said.js";

const shelf = document.getElementById("offline-shelf");

async function show() {
  await Promise.all([ready(), dress()]);
  if (!navigator.serviceWorker || !("caches" in window)) {
    shelf.replaceChildren(make("p", {}, say("shelf_unable")));
    return;
  }
  const rows = (await keptDistricts()).map(row);
  shelf.replaceChildren(rows.length ? make("ul", { class: "shelf" }, ...rows) : make("p", {}, say("shelf_none")));
}

function row(facts) {
  const text = say("shelf_row", { name: listed([facts]), age: age(facts.made), size: size(facts.bytes) });
  const remove = async () => {
    await forget(facts);
    item.replaceChildren(make("span", { role: "status", tabindex: "-1" }, say("shelf_removed")));
    item.firstChild.focus();
  };
  const label = `${say("shelf_remove")} ${listed([facts])}`;
  const item = make(
    "li",
    { class: "shelf__row" },
    make("span", {}, expired(facts) ? `${text} · ${say("shelf_expired")}` : text),
    make("button", { class: "button shelf__remove", type: "button", "aria-label": label, onclick: remove }, say("shelf_remove")),
  );
  return item;
}

show().catch((error) => console.warn(error));
