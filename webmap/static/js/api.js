// Asking the server. One question of a kind at a time: a newer one aborts the older.

/** An answer that says what went wrong; `code` is one of the codes that words exist for. */
export class Problem extends Error {
  constructor(code, parameter = null) {
    super(code);
    this.code = code;
    this.parameter = parameter;
  }
}

// Who waits for an answer on a weak signal gets the one that is kept on the phone after so long.
const PATIENCE_MS = 4000;
const HASTY = ["nearest", "search", "anyway"];

/** Where a site of plain files has its own, seen from the page; undefined where a server answers. */
export const HOME = document.documentElement.dataset.home;

const pending = new Map();

/** Give up a question of this kind, if one is open. */
export function cancel(kind) {
  pending.get(kind)?.abort();
  pending.delete(kind);
}

/**
 * Fetch JSON. Throws a Problem, or an AbortError once a newer question of the same kind was asked.
 */
export async function ask(kind, path, parameters = {}) {
  cancel(kind);
  const controller = new AbortController();
  pending.set(kind, controller);
  const query = new URLSearchParams(parameters).toString();
  try {
    if (HOME) return await filed(path, query, controller.signal);
    const network = reach(query ? `${path}?${query}` : path, controller.signal).then(body);
    return await (navigator.serviceWorker?.controller ? patiently(kind, network, controller, path, parameters) : network);
  } finally {
    if (pending.get(kind) === controller) pending.delete(kind);
  }
}

/** Whether an error only says that a newer question replaced this one. */
export function isAbort(error) {
  return error.name === "AbortError";
}

/** The answer that the files of a site without a server give. */
async function filed(path, query, signal) {
  const { answerFromPocket } = await import("./site/filed.js");
  const answer = await answerFromPocket(path, query);
  signal.throwIfAborted();
  return answer;
}

/** The network's answer; where it gives none, or none soon, that of the districts on this phone (offline/spare.js). */
async function patiently(kind, network, controller, path, parameters) {
  let timer;
  const late = new Promise((resolve, reject) => HASTY.includes(kind) && (timer = setTimeout(reject, PATIENCE_MS, new Problem("network"))));
  try {
    return await Promise.race([network, late]);
  } catch (error) {
    if (error.code !== "network") throw error;
    const answer = await import("./offline/spare.js").then((spare) => spare.answer(path, parameters, network), () => network);
    if (pending.get(kind) !== controller) throw new DOMException("asked anew", "AbortError");
    controller.abort();
    return answer;
  } finally {
    clearTimeout(timer);
  }
}

async function reach(url, signal) {
  try {
    return await fetch(url, { signal, headers: { Accept: "application/json" } });
  } catch (error) {
    throw isAbort(error) ? error : new Problem("network");
  }
}

async function body(response) {
  let data;
  try {
    data = await response.json();
  } catch (error) {
    // What is no JSON is not from us: the login page of somebody's network, or what stands before a server that is away.
    throw isAbort(error) ? error : new Problem("network");
  }
  if (!response.ok) throw new Problem(data.code ?? "internal", data.parameter ?? null);
  return data;
}
