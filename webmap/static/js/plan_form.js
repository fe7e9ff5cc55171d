// The question as a form, and what of it no field can show.

import { el } from "./dom.js";
import { facts, say } from "./plan_say.js";
import { words } from "./words.js";

/** The form of the question. */
export class QuestionForm {
  #parts;

  /**
   * @param {{form: HTMLFormElement, when: HTMLElement, handedOn: HTMLElement, handedOnText: HTMLElement, handedOnClear: HTMLElement}} parts
   * @param {(changes: object) => void} onChange
   */
  constructor(parts, desk) {
    this.#parts = parts;
    parts.form.addEventListener("change", () => desk.change(this.#read(desk.state())));
    parts.form.addEventListener("submit", (event) => event.preventDefault());
    parts.handedOnClear.addEventListener("click", () => desk.change({ handedOn: [] }));
  }

  #read(state) {
    const form = this.#parts.form.elements;
    const open = form.open.value;
    const when = form.when.value ? form.when.value.slice(0, 16) : null;
    return {
      layer: form.layer.value,
      mode: form.mode.value,
      services: form.service.value ? [form.service.value] : [],
      cutoff: Number(form.cutoff.value),
      open,
      when: open === "any" ? null : when ?? state.when ?? `${facts.today}T14:00`,
    };
  }

  /** Show a question. */
  show({ layer, mode, services, cutoff, open, when, handedOn }) {
    const form = this.#parts.form.elements;
    form.layer.value = layer;
    form.mode.value = mode;
    choose(form.service, services.join(","), services.map((code) => words.service[code] ?? code).join(words.hours.and));
    choose(form.cutoff, String(cutoff), say("n_minutes", { n: cutoff }));
    this.showHour({ open, when });
    this.#parts.handedOn.hidden = handedOn.length === 0;
    this.#parts.handedOnText.textContent = handedOn.map(([name, value]) => value.split(",").map((code) => words.amenity[code] ?? words.audience[code] ?? words.access[code] ?? words.at_least[code] ?? code).join(words.hours.and) || name).join(" · ");
  }

  /** Show a moment; all else stays. */
  showHour({ open, when }) {
    const form = this.#parts.form.elements;
    if (form.open.value !== open) form.open.value = open;
    if (form.when.value !== (when ?? "")) form.when.value = when ?? "";
    this.#parts.when.hidden = open === "any";
  }
}

/** Choose a value of a list, which gets it if it has it not. */
function choose(select, value, text) {
  if (![...select.options].some((option) => option.value === value)) select.append(el("option", { value }, text));
  select.value = value;
}
