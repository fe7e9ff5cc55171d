// Asking the planner's interface: JSON and bytes, one question of a kind at a time, answers kept for a while.

import { Problem, isAbort } from "./api.js";

const KEPT = 64;
const open = new Map();
const kept = new Map();
const coming = new Map();

/** Give up a question of this kind, if one is open. */
export function giveUp(kind) {
  open.get(kind)?.controller.abort();
  open.delete(kind);
}

/** Fetch JSON or, with `bytes`, an ArrayBuffer; a body of another `type` than JSON is sent as it is; a newer question of the same kind aborts the older. */
export async function fetchAnswer(kind, path, { method = "GET", body = null, type = "application/json", bytes = false } = {}) {
  giveUp(kind);
  const controller = new AbortController();
  open.set(kind, { controller, path });
  const headers = { Accept: bytes ? "application/octet-stream" : "application/json" };
  if (body !== null) headers["Content-Type"] = type;
  try {
    const response = await reach(path, { method, headers, signal: controller.signal, body: body === null || type !== "application/json" ? body : JSON.stringify(body) });
    if (!response.ok) throw await problemOf(response);
    return bytes ? await response.arrayBuffer() : await response.json();
  } finally {
    if (open.get(kind)?.controller === controller) open.delete(kind);
  }
}

/** As `fetchAnswer` for what stays the same: answers are kept, the latest used the longest; `read` is applied once. */
export async function keptAnswer(kind, path, { bytes = false, read = (answer) => answer } = {}) {
  const had = peek(path);
  if (had !== undefined) {
    giveUp(kind);
    return had;
  }
  // Whoever asks for what is on its way already waits for that.
  if (coming.has(path)) {
    if (open.get(kind)?.path !== path) giveUp(kind);
    return coming.get(path);
  }
  const answer = fetchAnswer(kind, path, { bytes }).then(read);
  coming.set(path, answer);
  try {
    kept.set(path, await answer);
    while (kept.size > KEPT) kept.delete(kept.keys().next().value);
    return await answer;
  } finally {
    coming.delete(path);
  }
}

/** Return what is kept of a path, or undefined. */
export function peek(path) {
  const had = kept.get(path);
  if (had === undefined) return undefined;
  kept.delete(path);
  kept.set(path, had);
  return had;
}

async function reach(path, options) {
  try {
    return await fetch(path, options);
  } catch (error) {
    throw isAbort(error) ? error : new Problem("network");
  }
}

async function problemOf(response) {
  let told = {};
  try {
    told = await response.json();
  } catch (error) {
    if (isAbort(error)) throw error;
  }
  const problem = new Problem(told.code ?? "internal", told.parameter ?? null);
  problem.detail = told.detail ?? null;
  return problem;
}
