// One panel at a time.

/** Tabs and their panels. */
export class Tabs {
  #tabs = [...document.querySelectorAll("[role=tab]")];

  /** @param {(name: string) => void} onChoose */
  constructor(onChoose) {
    for (const [at, tab] of this.#tabs.entries()) {
      tab.addEventListener("click", () => onChoose(tab.dataset.tab));
      tab.addEventListener("keydown", (event) => {
        const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: this.#tabs.length - 1 }[event.key];
        if (to === undefined) return;
        event.preventDefault();
        const next = this.#tabs[(to + this.#tabs.length) % this.#tabs.length];
        onChoose(next.dataset.tab);
        next.focus();
      });
    }
  }

  open(name) {
    for (const tab of this.#tabs) {
      const chosen = tab.dataset.tab === name;
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
      document.getElementById(`panel-${tab.dataset.tab}`).hidden = !chosen;
      if (chosen) intoView(tab);
    }
  }
}

/** Bring a tab into view without moving the page. */
function intoView(tab) {
  const row = tab.parentElement;
  row.scrollLeft = Math.max(Math.min(row.scrollLeft, tab.offsetLeft - row.offsetLeft), tab.offsetLeft - row.offsetLeft + tab.offsetWidth - row.clientWidth);
}
