// Quiet lines below the answers: what was stored on the phone, and that the page can be put on its desktop.

import { dress, listed, make, say, size } from "./said.js";

const DISMISSED = "yizhan-install";
// Said once per visit and kind.
const TOLD = "yizhan-told";

let prompt = null;

/** Put a line there; one of the same kind is replaced, and none goes. */
async function line(kind, ...content) {
  await dress();
  document.getElementById(`hint-${kind}`)?.remove();
  const node = make("p", { class: "hint", id: `hint-${kind}`, role: "status" }, ...content);
  document.getElementById("results").append(node);
  return node;
}

const button = (label, onclick, kind = "") => make("button", { class: `hint__do ${kind}`.trim(), type: "button", onclick }, label);

/**
 * Have a district stored, and say so once; where data is to be spared, ask first.
 * @param {object} facts of the district
 * @param {{isKept: boolean, sparing: boolean, keep: () => Promise<object>}} how
 */
export async function tellStored(facts, { isKept, sparing, keep }) {
  const values = { name: listed([facts]), size: facts.bytes ? size(facts.bytes) : "" };
  const store = async () => {
    const { done, why } = await keep();
    if (done && !isKept) await line("stored", say("stored", values), " ", make("a", { href: about() }, say("manage")));
    else if (!done && why !== "network" && first(why)) await line("stored", say(why === "quota" ? "quota" : "refused", values));
  };
  if (!sparing) await store();
  else if (first("saving")) {
    const go = (event) => {
      event.target.disabled = true;
      event.target.textContent = say("storing");
      store();
    };
    await line("stored", say("saving", values), " ", button(say("store"), go));
  }
}

/** Where the browser lets pages be installed, offer it after the first answer; a no is for good. */
export function offerInstall() {
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    prompt = event;
    offer();
  });
  addEventListener("appinstalled", () => {
    prompt = null;
    document.getElementById("hint-install")?.remove();
  });
  document.addEventListener("yizhan:answered", offer);
}

async function offer() {
  if (!prompt || remembered(localStorage, DISMISSED) || !document.querySelector(".card") || document.getElementById("hint-install")) return;
  const node = await line("install", say("install"), " ", button(say("install_do"), install, "hint__do--go"), " ", button(say("never"), () => dismiss(node)));
}

async function install() {
  const asked = prompt;
  prompt = null;
  document.getElementById("hint-install").remove();
  await asked.prompt();
  const { outcome } = await asked.userChoice;
  if (outcome !== "accepted") remember(localStorage, DISMISSED);
}

function dismiss(node) {
  prompt = null;
  remember(localStorage, DISMISSED);
  node.remove();
}

function about() {
  const link = document.querySelector('a[href^="/about"]');
  return `${link?.getAttribute("href") ?? "/about"}#offline`;
}

function first(what) {
  const key = `${TOLD}-${what}`;
  if (remembered(sessionStorage, key)) return false;
  remember(sessionStorage, key);
  return true;
}

// Where nothing may be stored, everything is as if for the first time.

function remembered(store, key) {
  try {
    return store.getItem(key);
  } catch {
    return null;
  }
}

function remember(store, key) {
  try {
    store.setItem(key, "no");
  } catch {
    // Then it will be asked again.
  }
}
