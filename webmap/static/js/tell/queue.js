// Reports that wait to be sent: kept on the device one by one, so that two windows of the page cannot lose each other's.
// Each bears an id of its own, by which the server keeps it once, however often it comes.

const PREFIX = "yizhan.report.";
const PATH = "/api/v1/reports";
// Answers that will not change by asking again.
const FINAL = [400, 403, 404, 405, 409, 413, 415, 422];
const SOONEST_MS = 15_000;
const LATEST_MS = 600_000;
const LONGEST_UNDO_MS = 10_000;

const unkept = new Map();
const refused = new Map();
let told = () => {};
let running = null;
let timer = null;
let pause = SOONEST_MS;

/** Name who is told when the queue changes. */
export function onChange(listener) {
  told = listener;
}

/** An id that nobody else makes, on pages without TLS too. */
export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  return Array.from(bytes, (byte, at) => ([4, 6, 8, 10].includes(at) ? "-" : "") + byte.toString(16).padStart(2, "0")).join("");
}

/** Put a report into the queue, or in the place of itself; it is sent after `due`, milliseconds. Return whether the device keeps it. */
export function put(entry) {
  const { id } = entry.body;
  try {
    localStorage.setItem(PREFIX + id, JSON.stringify(entry));
    unkept.delete(id);
  } catch {
    unkept.set(id, entry);
  }
  told();
  return !unkept.has(id);
}

/** Take a report back; return whether it was still there. */
export function take(id) {
  const there = entries().some(({ body }) => body.id === id);
  unkept.delete(id);
  try {
    localStorage.removeItem(PREFIX + id);
  } catch {
    // Where nothing can be kept there is nothing to remove.
  }
  told();
  return there;
}

/** Reports whose time of taking back is over, the oldest first. */
export function waiting() {
  const now = Date.now();
  // A clock that was turned back does not hold a report.
  return entries().filter(({ due }) => due <= now || due > now + LONGEST_UNDO_MS);
}

/** Whether a report is still here; whether the device keeps it; what the server said if it would not have it. */
export function stateOf(id) {
  return { here: entries().some(({ body }) => body.id === id), kept: !unkept.has(id), code: refused.get(id)?.code ?? null };
}

/** Reports that the server would not have: { name, code }. */
export function refusals() {
  return [...refused.values()];
}

/** Say that the refusals have been read. */
export function forgive() {
  refused.clear();
  told();
}

/** Send what is due, one after the other. */
export function flush() {
  running ??= alone(sendDue).finally(() => {
    running = null;
    told();
    plan();
  });
  return running;
}

/** Send all at once while the page goes; whether it arrived is seen the next time, when it is sent again. */
export function sendAtTheEnd() {
  for (const { body } of entries()) post(body, true).catch(() => {});
}

async function sendDue() {
  for (const entry of waiting()) {
    const { id } = entry.body;
    // Another window may have sent it, or somebody taken it back, meanwhile.
    if (!stateOf(id).here) continue;
    const outcome = await attempt(entry.body);
    if (outcome.done) {
      if (outcome.code) refused.set(id, { name: entry.name, code: outcome.code });
      take(id);
      pause = SOONEST_MS;
    } else {
      pause = Math.min(LATEST_MS, Math.max(outcome.waitMs ?? 0, pause * 2));
      return;
    }
  }
}

async function attempt(body) {
  try {
    const response = await post(body, false);
    const said = await response.json();
    // A hotel's or café's network may answer in the server's stead.
    if (response.ok) return { done: said.id === body.id };
    if (FINAL.includes(response.status)) return { done: true, code: said.code ?? "internal" };
    return { done: false, waitMs: 1000 * (Number(response.headers.get("Retry-After")) || 0) };
  } catch {
    return { done: false };
  }
}

function post(body, keepalive) {
  return fetch(PATH, { method: "POST", headers: { Accept: "application/json", "Content-Type": "application/json" }, body: JSON.stringify(body), keepalive });
}

/** Let one window of the page send at a time, where the browser can tell them apart. */
async function alone(work) {
  try {
    return await navigator.locks.request(PREFIX, work);
  } catch {
    return work();
  }
}

/** Try again later what could not be sent, and send in time what can still be taken back. */
function plan() {
  clearTimeout(timer);
  if (waiting().length) timer = setTimeout(flush, pause);
  else if (entries().length) timer = setTimeout(flush, entries()[0].due - Date.now() + 1);
}

function entries() {
  const found = [...unkept.values()];
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith(PREFIX)) found.push(read(localStorage.getItem(key)));
  } catch {
    // The browser keeps nothing for this page.
  }
  return found.filter(Boolean).sort((one, other) => one.due - other.due);
}

function read(text) {
  try {
    const entry = JSON.parse(text);
    return typeof entry.body.id === "string" && Number.isFinite(entry.due) ? entry : null;
  } catch {
    return null;
  }
}

addEventListener("online", () => {
  pause = SOONEST_MS;
  flush();
});
addEventListener("storage", () => told());
addEventListener("pagehide", sendAtTheEnd);
