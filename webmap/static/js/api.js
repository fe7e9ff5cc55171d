// Asking the server. One question of a kind at a time: a newer one aborts the older.

/** An answer that says what went wrong; `code` is one of the codes that words exist for. */
export class Problem extends Error {
  constructor(code, parameter = null) {
    super(code);
    this.code = code;
    this.parameter = parameter;
  }
}

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
    const response = await reach(query ? `${path}?${query}` : path, controller.signal);
    return await body(response);
  } finally {
    if (pending.get(kind) === controller) pending.delete(kind);
  }
}

/** Whether an error only says that a newer question replaced this one. */
export function isAbort(error) {
  return error.name === "AbortError";
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
    throw isAbort(error) ? error : new Problem("internal");
  }
  if (!response.ok) throw new Problem(data.code ?? "internal", data.parameter ?? null);
  return data;
}
