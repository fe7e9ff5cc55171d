// Reads the answers out, as they stand in the list: name, minutes, until when. Loaded when first asked for.

const MOST = 5;
const HAN = /\p{Script=Han}/u;

let speaking = null;

/** Read, or stop reading. */
export function press(button) {
  if (speaking) {
    stop();
    return;
  }
  speaking = button;
  button.setAttribute("aria-pressed", "true");
  // A new answer replaces the list: what it said holds no longer.
  const watch = new MutationObserver(stop);
  watch.observe(document.getElementById("answer"), { childList: true });
  button.watch = watch;
  const cards = [...document.querySelectorAll("#answer > .cards > .card")].slice(0, MOST);
  const said = [[null, intro()], ...cards.flatMap((card) => told(card).map((text) => [card, text]))];
  said.forEach(([card, text], at) => utter(card, text, at === said.length - 1));
}

function stop() {
  speechSynthesis.cancel();
  speaking?.watch.disconnect();
  speaking?.setAttribute("aria-pressed", "false");
  speaking = null;
}

addEventListener("pagehide", () => speechSynthesis.cancel());

function intro() {
  const mode = document.querySelector("[name=mode]:checked")?.parentElement;
  return [document.getElementById("results-title"), mode].map(words).filter(Boolean).join("。");
}

/** What is said of a card: its name alone, because it may be in another language, then the rest. */
function told(card) {
  const rest = [".card__time", ".open"].map((part) => words(card.querySelector(part)));
  return [`${card.dataset.rank}. ${words(card.querySelector(".card__show"))}`, rest.filter(Boolean).join("。")];
}

function words(node) {
  return node?.textContent.trim().replace(/\s+/g, " ") ?? "";
}

function utter(card, text, last) {
  const utterance = new SpeechSynthesisUtterance(text);
  utterance.lang = HAN.test(text) ? "zh-CN" : "en-US";
  utterance.onstart = () => card?.scrollIntoView({ block: "nearest" });
  if (last) utterance.onend = stop;
  speechSynthesis.speak(utterance);
}
