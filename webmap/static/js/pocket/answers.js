// The seam: what api.js asks of a server, answered from a pocket.

import { Problem } from "../api.js";
import { PocketError } from "./errors.js";
import { whole } from "./questions.js";

const NEAREST = "/api/v1/nearest";
const PLACES = "/api/v1/places";
const SEARCH = "/api/v1/search";

/**
 * Answer a question of the API from an open pocket.
 * @param {Pocket} pocket
 * @param {string} path such as `/api/v1/nearest`
 * @param {URLSearchParams|object} params its query
 * @returns {object} what the server would answer
 * @throws {Problem} with the code that the server would give, or `outside`, `mode`, `damaged`; `network`: only a server
 *   can answer this
 */
export function answerOf(pocket, path, params = {}) {
  const query = params instanceof URLSearchParams ? params : new URLSearchParams(params);
  try {
    if (path === NEAREST) return pocket.nearest(query);
    if (path === SEARCH) return pocket.search(query.get("q")?.trim() ?? "", whole("limit", query.get("limit") ?? "8", 1, 20));
    if (path === PLACES) return pocket.places();
    if (path.startsWith(`${PLACES}/`)) return pocket.place(decodeURIComponent(path.slice(PLACES.length + 1)));
  } catch (error) {
    throw error instanceof PocketError ? new Problem(error.code, error.parameter) : error;
  }
  throw new Problem("network");
}
