// The answer to the present question: the sentence, the streets, and, once the slider rests, all that is longer.

import { isAbort } from "./api.js";
import { keptAnswer } from "./plan_api.js";
import { readStates } from "./plan_arrays.js";
import { showHead, showShare } from "./plan_head.js";
import { openedQuestion, pathsOf } from "./plan_hours.js";
import { count, say } from "./plan_say.js";
import { shownQuestion } from "./plan_state.js";
import { unknownHours } from "./plan_week.js";
import { words } from "./words.js";

const REST_MS = 600;
/** The long table follows when the slider has rested so long: it costs more than all else that an hour changes. */
const TABLE_MS = 400;

const byId = (id) => document.getElementById(id);

/** Asks, and shows what comes back to the question that is the present one by then. */
export class Answers {
  #desk;
  #asked = 0;
  #begun = 0;
  #moving = false;
  #tabling = 0;
  #resting = 0;
  answer = null;

  /** @param {object} desk the page: its state, and the parts `streets`, `areas`, `hours`, `enough` that show an answer */
  constructor(desk) {
    this.#desk = desk;
  }

  /** Another question is the present one; `moving`: another hour, and maybe not the last. */
  ask({ moving = false } = {}) {
    this.#asked += 1;
    this.#moving = moving;
    this.#begun = moving ? performance.now() : 0;
    if (moving) {
      // The week knows the share of every hour at once; the rest follows.
      const { open } = this.#desk.state();
      const amounts = this.#desk.hours.amounts(this.#desk.hours.hour());
      if (amounts) showShare(byId("headline"), open === "certainly" ? amounts.certain : amounts.perhaps, amounts.total);
    }
    return this.#now();
  }

  /** The sentence, the table and the streets of the present question. */
  async #now() {
    const [coverage, states] = pathsOf(shownQuestion(this.#desk.state()));
    const asked = this.#asked;
    document.body.setAttribute("aria-busy", "true");
    try {
      const drawn = keptAnswer("states", states, { bytes: true, read: readStates }).then((found) => asked === this.#asked && this.#drawStates(found));
      const told = keptAnswer("coverage", coverage).then((answer) => asked === this.#asked && this.#show(answer));
      await Promise.all([drawn, told]);
      if (asked !== this.#asked) return;
      byId("problem").replaceChildren();
      this.#desk.hours.lookAhead();
    } catch (error) {
      if (!isAbort(error)) this.#desk.problem(error);
    } finally {
      if (asked === this.#asked) document.body.setAttribute("aria-busy", "false");
    }
  }

  #drawStates(states) {
    this.#desk.streets.setStates(states);
    if (this.#begun) performance.measure("plan.hour.shown", { start: this.#begun });
    this.#begun = 0;
  }

  #show(answer) {
    this.answer = answer;
    const name = this.#desk.state().shown ? this.#desk.state().name || words.plan.unnamed : null;
    showHead({ title: byId("headline"), moment: byId("moment"), bar: byId("stack"), legend: byId("legend") }, answer, this.#desk.state(), name);
    clearTimeout(this.#tabling);
    // While the slider moves, sentence and streets follow each hour; all that is longer follows when it rests.
    if (this.#moving) this.#tabling = setTimeout(() => this.#showRest(answer), TABLE_MS);
    else this.#showRest(answer);
    const { unplaced } = answer.layer;
    const outside = unplaced.reduce((sum, each) => sum + each.weight, 0);
    byId("basis").textContent = say("basis", { source: words.plan[`source_${this.#desk.state().layer}`] }) + (outside >= 1 && this.#desk.state().layer === "residents" ? say("unplaced", { n: count(Math.round(outside)) }) : "");
    clearTimeout(this.#resting);
    if (byId("hours-note").textContent) byId("hours-note").textContent = "";
    if (this.#desk.state().open !== "any") this.#resting = setTimeout(() => this.#showUnknown(), REST_MS);
  }

  #showRest(answer) {
    this.#desk.areas.show(answer, this.#desk.state().layer);
    this.#desk.enough.showEquity(answer, this.#desk.state());
    byId("status").textContent = byId("headline").textContent;
    if (!this.#moving) return;
    this.#moving = false;
    this.#desk.rested();
  }

  /** Say of how many places nobody knows whether they are open now. */
  async #showUnknown() {
    const asked = this.#asked;
    const facilities = [];
    try {
      for (const open of ["any", "certainly", "perhaps"]) {
        const { facilities: n } = await keptAnswer(`unknown-${open}`, pathsOf(openedQuestion(this.#desk.state(), open))[0]);
        facilities.push(n);
      }
    } catch {
      return; // a note beside the answer: the answer stands without it
    }
    if (asked !== this.#asked) return;
    const [all, certain, perhaps] = facilities;
    byId("hours-note").textContent = unknownHours(perhaps - certain, all) ?? "";
  }
}
