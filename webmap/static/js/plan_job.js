// Long work at the server: followed until it ends.

import { fetchAnswer, giveUp } from "./plan_api.js";
import { words } from "./words.js";

const PAUSE_MS = 350;

/** One job at a time of a kind. */
export class Following {
  #kind;
  #job = null;

  constructor(kind) {
    this.#kind = kind;
  }

  get job() {
    return this.#job;
  }

  /** Follow a job to its end, and return what is told of it then; null if another one is followed by then. */
  async follow(job, onWait) {
    this.#job = job;
    for (;;) {
      const told = await fetchAnswer(this.#kind, `/api/v1/jobs/${job}`);
      if (this.#job !== job) return null;
      if (told.state !== "waiting" && told.state !== "running") return told;
      onWait(told);
      await new Promise((wake) => setTimeout(wake, PAUSE_MS));
      if (this.#job !== job) return null;
    }
  }

  /** Ask for it to stop. */
  async cancel() {
    if (this.#job) await fetchAnswer(`${this.#kind}-cancel`, `/api/v1/jobs/${this.#job}`, { method: "DELETE" });
  }

  /** Follow no more. */
  forget() {
    giveUp(this.#kind);
    this.#job = null;
  }
}

/** What a job is at, in words. */
export function progressText({ state, progress }) {
  if (state === "waiting" || !progress) return words.plan.job_waiting;
  return words.plan[progress.bound === null || progress.bound === undefined ? "job_running" : "job_bounding"];
}
