// The districts that are kept on this phone: reading them, and letting them go. The worker stores them.

const POCKETS = "yizhan-pocket-";

/** The facts of every district that is kept, the one visited last first. */
export async function keptDistricts() {
  if (!("caches" in window)) return [];
  const names = (await caches.keys()).filter((name) => name.startsWith(POCKETS));
  const found = await Promise.all(names.map((name) => facts(name)));
  return found.filter(Boolean).sort((a, b) => b.used - a.used);
}

/** The file of a district; null if it is gone. */
export async function fileOf({ area, url }) {
  const kept = await (await caches.open(POCKETS + area)).match(url);
  return kept ? kept.arrayBuffer() : null;
}

/** Have a district stored anew when the network is back; a newer page may be able to read it until then. */
export async function markUnreadable(facts) {
  await (await caches.open(POCKETS + facts.area)).put(told(facts.area), new Response(JSON.stringify({ ...facts, version: null })));
}

/** Let a district go. */
export function forget({ area }) {
  return caches.delete(POCKETS + area);
}

async function facts(name) {
  const kept = await (await caches.open(name)).match(told(name.slice(POCKETS.length)));
  return kept ? kept.json() : null;
}

function told(area) {
  return `/pockets/${encodeURIComponent(area)}.json`;
}
