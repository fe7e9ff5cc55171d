// Speaking to the page around the frame: only to it, and only if it is on the site's list.

const PROTOCOL = 1;

/** Whether an origin is on a list; `https://*.example.org` stands for every host below example.org. */
export function allows(list, origin) {
  return list.some((each) => {
    const [before, after] = each.split("*");
    return after === undefined ? origin === each : origin.startsWith(before) && origin.endsWith(after) && origin.length > each.length - 1;
  });
}

/** The page around this one. It hears nothing before it has greeted, and what it missed as soon as it has. */
export class Host {
  #allowed;
  #origin = null;
  #said = new Map();

  /** @param {string[]} allowed origins beside our own */
  constructor(allowed) {
    this.#allowed = [...allowed, location.origin];
    if (parent !== window) addEventListener("message", (event) => this.#hear(event));
  }

  /** Say something; of each type the last is remembered. */
  say(type, detail) {
    this.#said.set(type, detail);
    if (this.#origin) this.#post(type, detail);
  }

  #hear({ source, origin, data }) {
    if (this.#origin || source !== parent || !allows(this.#allowed, origin)) return;
    if (data?.yizhan !== PROTOCOL || data.type !== "hello") return;
    this.#origin = origin;
    for (const [type, detail] of this.#said) this.#post(type, detail);
  }

  #post(type, detail) {
    // With its origin, so that the browser drops it if the page has changed meanwhile.
    parent.postMessage({ yizhan: PROTOCOL, type, detail }, this.#origin);
  }
}
