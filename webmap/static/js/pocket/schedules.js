// Whether a place lets one in at a time: by the runs that geo/pocket/schedules.py reckoned.

const KINDS = ["open", "closed", "unknown"];
const ASSUMED = [null, "holiday", "makeup_workday", "no_notice"];
const RANK = { open: 0, unknown: 1, closed: 2 };
const CLOSING_SOON_MIN = 30;
const MINUTE_US = 60e6;
const S_US = 1e6;
const FIELDS = 6;
const CHINA_US = 8 * 3600e6;
const UNKNOWN = { kind: "unknown", until: null, nextOpen: null, comment: null, assumed: null };

/** What China's clock shows at an instant of the epoch, as microseconds: all times here are such. */
export function clockUs(ms) {
  return ms * 1000 + CHINA_US;
}

/** A time as the API writes it, to the second. */
export function written(us) {
  return `${new Date(Math.floor(us / S_US) * 1000).toISOString().slice(0, 19)}+08:00`;
}

export class Schedules {
  #hours;
  #from;
  #until;

  /** @param {object} hours the section of a pocket; @param {{valid_from: string, valid_until: string}} meta */
  constructor(hours, meta) {
    this.#hours = hours;
    this.#from = clockUs(Date.parse(meta.valid_from));
    this.#until = clockUs(Date.parse(meta.valid_until));
  }

  /** Whether hours are known of a time at all; beyond that they are told as unknown. */
  knows(us) {
    return this.#from <= us && us < this.#until;
  }

  /** What holds for each service of a place. */
  runs(place, us) {
    return this.#hours.services[place].map((schedule) => this.#run(schedule, us));
  }

  #run(schedule, us) {
    if (!this.knows(us)) return UNKNOWN;
    const row = this.#hours.schedules[schedule];
    const at = (us - this.#from) / S_US;
    let [low, high] = [0, row.length / FIELDS];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (row[middle * FIELDS] <= at) low = middle;
      else high = middle;
    }
    const [, kind, until, nextOpen, comment, assumed] = row.slice(low * FIELDS, (low + 1) * FIELDS);
    const time = (s) => (s === null ? null : this.#from + s * S_US);
    return { kind: KINDS[kind], until: time(until), nextOpen: time(nextOpen), comment: comment === null ? null : this.#hours.comments[comment], assumed: ASSUMED[assumed] };
  }
}

/** The best of some runs: open ones the longest, unknown, closed ones the soonest; then the first. */
export function best(runs) {
  const key = ({ kind, until, nextOpen }) => (kind === "open" ? -(until ?? Infinity) : (nextOpen ?? Infinity));
  const before = (one, other) => RANK[one.kind] - RANK[other.kind] || (key(one) < key(other) ? -1 : Number(key(one) > key(other)));
  return runs.reduce((least, run) => (before(run, least) < 0 ? run : least), runs[0] ?? UNKNOWN);
}

/** A run as the API tells a state. */
export function state(run, us) {
  const left = run.kind === "open" && run.until !== null ? Math.floor((run.until - us) / MINUTE_US) : null;
  return {
    kind: left !== null && left < CLOSING_SOON_MIN ? "closing_soon" : run.kind,
    until: run.until === null ? null : written(run.until),
    next_open: run.kind === "open" || run.nextOpen === null ? null : written(run.nextOpen),
    minutes_left: left,
    comment: run.comment,
    assumed: run.assumed,
  };
}

/** Why one is not let in: `closed`, `closes_too_soon` or `hours_unknown`; null: one is. */
export function shut(run, us, minLeftS) {
  if (run.kind !== "open") return run.kind === "closed" ? "closed" : "hours_unknown";
  return run.until === null || run.until - us >= minLeftS * S_US ? null : "closes_too_soon";
}

/** How long after an arrival a place certainly opens, seconds. */
export function opensIn(run, us) {
  if (run.kind === "open") return 0;
  return run.nextOpen === null ? null : (run.nextOpen - us) / S_US;
}
