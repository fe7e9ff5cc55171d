// A link to a place, handed on. It starts at the place: nobody learns from where somebody else looked for it.

import { HOME } from "../api.js";
import { lang, nameOf } from "../words.js";
import { copy } from "./copying.js";
import { say } from "./late.js";

/** Hand on the link of a place by the device's own means, or copy it; return what to say. */
export async function shareLink(place) {
  const url = HOME ? new URL(`?lon=${place.lon}&lat=${place.lat}`, location.href).href : linkOf(place.id);
  if (navigator.share) {
    try {
      await navigator.share({ title: nameOf(place), text: [nameOf(place), place.address].filter(Boolean).join("\n"), url });
      return "";
    } catch (error) {
      // Who closes the device's sheet has changed his mind.
      if (error.name === "AbortError") return "";
    }
  }
  return say((await copy(url)) ? "link_copied" : "copy_by_hand");
}

/** The path of a place's page; an id that is no part of a path goes into the query. */
export function pathOf(page, id) {
  const plain = !id.includes("/") && id !== "." && id !== "..";
  return plain ? `/${page}/${encodeURIComponent(id)}` : `/${page}?place=${encodeURIComponent(id)}`;
}

/** The address at which a place is the start of the finder. */
export function linkOf(id) {
  const url = new URL(pathOf("at", id), location.origin);
  if (lang !== "zh") url.searchParams.set("lang", lang);
  return url.href;
}
