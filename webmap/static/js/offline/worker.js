// The worker that keeps the finder usable without a network. It is served as /sw.js with one line in front:
//
//   const SHELL = { version, static, pages: [path, ...], files: [[path, digest], ...] };
//
// It fills two kinds of caches and no others:
//
//   yizhan-shell-<version>   the pages and all files that they need, of one version, whole or not at all
//   yizhan-pocket-<area>     one district: /pockets/<area>.json, which names the one file that counts, and that file
//
// It never looks at /api: what is asked there goes to the network, and is kept nowhere. Where the network fails, the
// page itself asks the pocket (spare.js).

const SHELLS = "yizhan-shell-";
const POCKETS = "yizhan-pocket-";
const SHELL_CACHE = SHELLS + SHELL.version;
// So long one waits for a page on a weak signal before the kept one is shown.
const PATIENCE_MS = 4000;
const MOST_DISTRICTS = 3;
// Older shells that may stay while pages of them are open.
const MOST_OLDER = 2;
const REPLY_MS = 1000;

const after = (ms, value) => new Promise((resolve) => setTimeout(resolve, ms, value));

// A new version

self.addEventListener("install", (event) => event.waitUntil(install()));

async function install() {
  const isNew = !(await caches.has(SHELL_CACHE));
  try {
    // What the page has just loaded comes from the browser's own store; if anything there is not what it should be, all anew.
    await keepFiles("default").catch(() => keepFiles("reload"));
    await keepPages();
  } catch (error) {
    if (isNew) await caches.delete(SHELL_CACHE);
    throw error; // the version before stays in charge, and the browser tries again later
  }
  await self.skipWaiting();
}

/** All or nothing: a file that is missing, or differs from its digest in a single byte, is an error. */
async function keepFiles(mode) {
  const cache = await caches.open(SHELL_CACHE);
  await cache.addAll(SHELL.files.map(([path, integrity]) => new Request(path, { integrity, cache: mode })));
}

/** Pages carry a nonce, so no two are alike; each must be whole, and of this version. */
async function keepPages() {
  const cache = await caches.open(SHELL_CACHE);
  for (const path of SHELL.pages) {
    const page = await fetch(path, { cache: "no-store" });
    const html = await page.clone().text();
    const whole = page.ok && !page.redirected && html.trimEnd().endsWith("</html>");
    if (!whole || !html.includes(`/static/${SHELL.static}/`)) throw new Error(`${path} is not of version ${SHELL.version}`);
    await cache.put(path, page);
  }
}

self.addEventListener("activate", (event) => event.waitUntil(activate()));

async function activate() {
  await self.clients.claim();
  await sweep();
}

/** Delete the shells of other versions, but for those that an open page began with. */
async function sweep() {
  const older = (await caches.keys()).filter((name) => name.startsWith(SHELLS) && name !== SHELL_CACHE);
  if (!older.length) return;
  const windows = await self.clients.matchAll({ type: "window" });
  const begun = await Promise.all(windows.filter(({ url }) => pageOf(new URL(url))).map(versionOf));
  const wanted = older.filter((name) => begun.some((version) => version === null || name.startsWith(`${SHELLS}${version}-`)));
  const kept = wanted.slice(-MOST_OLDER);
  await Promise.all(older.filter((name) => !kept.includes(name)).map((name) => caches.delete(name)));
}

/** Ask a page which version it began with; null if it does not say, as one that sleeps. */
function versionOf(client) {
  const { port1, port2 } = new MessageChannel();
  const said = new Promise((resolve) => (port1.onmessage = ({ data }) => resolve(data)));
  client.postMessage({ type: "version" }, [port2]);
  return Promise.race([said, after(REPLY_MS, null)]);
}

// What pages ask for

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    const path = pageOf(url);
    if (path) event.respondWith(page(request, path));
  } else if (url.pathname.startsWith("/static/") || url.pathname.startsWith("/words/")) {
    event.respondWith(file(request));
  }
});

/** Which page of the shell an address is, whatever else its query asks; undefined if none. */
function pageOf({ pathname, searchParams }) {
  const path = searchParams.get("lang") === "en" ? `${pathname}?lang=en` : pathname;
  return SHELL.pages.find((each) => each === path);
}

/** A page comes from the network; where that fails or is slow, from the shell. */
async function page(request, path) {
  const network = fetch(request);
  try {
    const answer = await Promise.race([network, after(PATIENCE_MS)]);
    // 502 to 504 are said by what stands before a server that is away.
    if (answer && answer.status < 502) return answer;
  } catch {
    // No network: the shell answers.
  }
  const kept = await (await caches.open(SHELL_CACHE)).match(path, { ignoreVary: true });
  return kept ?? network;
}

/**
 * A file's address names its version, so whichever shell has it has the right one. One that no shell has is fetched; a
 * server that has only another version says so with `no-store`, and is refused: better a part that does not load than
 * a page of two versions.
 */
async function file(request) {
  const kept = await caches.match(request, { ignoreVary: true });
  if (kept) return kept;
  const answer = await fetch(request);
  return answer.headers.get("Cache-Control") === "no-store" ? Response.error() : answer;
}

// Districts

let turn = Promise.resolve();

/** One after the other, so that two pages do not store the same district at once. */
function inTurn(work) {
  const done = turn.then(work);
  turn = done.catch(() => {});
  return done;
}

const TASKS = {
  hello: () => sweep(),
  keep: ({ facts }) => inTurn(() => keep(facts)),
  refresh: () => inTurn(refresh),
};

// A page is told how it went: { done: true } or { done: false, why }.
self.addEventListener("message", (event) => {
  const work = TASKS[event.data?.type];
  if (!work) return;
  const told = work(event.data).then((fresh) => ({ done: true, fresh }), (error) => ({ done: false, why: error.why ?? "network" }));
  event.waitUntil(told.then((answer) => event.ports[0]?.postMessage(answer)));
});

self.addEventListener("periodicsync", (event) => {
  if (event.tag === "pockets") event.waitUntil(inTurn(refresh));
});

/**
 * Store a district, or note that it was visited.
 * @param {object} facts as /pockets/<area>.json gives them
 * @returns {Promise<boolean>} whether a new version was stored
 */
async function keep(facts) {
  const told = `/pockets/${encodeURIComponent(facts.area)}.json`;
  const name = POCKETS + facts.area;
  const before = await factsIn(name, told);
  const isNew = before?.version !== facts.version;
  if (isNew) await storeFile(name, facts, Boolean(before));
  // From here on the new file counts; only then does the older one go.
  const cache = await caches.open(name);
  await cache.put(told, json({ ...facts, used: Date.now() }));
  const kept = new Set([told, facts.url].map((path) => new URL(path, self.location.origin).href));
  for (const request of await cache.keys()) if (!kept.has(request.url)) await cache.delete(request);
  if (!before) await makeRoom();
  return isNew;
}

async function storeFile(name, { url, bytes, sha256 }, hadOne) {
  const address = new URL(url, self.location.origin);
  if (address.origin !== self.location.origin) throw refusal("broken");
  const response = await fetch(address, { cache: "no-store" });
  if (!response.ok) throw refusal("network");
  const body = await response.arrayBuffer();
  if (body.byteLength !== bytes || (sha256 && (await digest(body)) !== sha256)) throw refusal("broken");
  try {
    await (await caches.open(name)).put(url, new Response(body, { headers: { "Content-Type": "application/octet-stream" } }));
  } catch (error) {
    // An older version may stay; half a new one may not.
    await (hadOne ? caches.open(name).then((cache) => cache.delete(url)) : caches.delete(name));
    throw refusal(error.name === "QuotaExceededError" ? "quota" : "network");
  }
}

/** Ask of every district that is kept whether there is a newer version, and store it. */
async function refresh() {
  const answers = await Promise.all((await districts()).map(({ told }) => fetch(told, { cache: "no-store" }).catch(() => null)));
  let fresh = 0;
  for (const answer of answers) {
    if (!answer?.ok) continue;
    const facts = await answer.json();
    const before = await factsIn(POCKETS + facts.area, new URL(answer.url).pathname);
    // Being renewed is not being visited.
    if (before && before.version !== facts.version && (await keep(facts))) {
      await (await caches.open(POCKETS + facts.area)).put(new URL(answer.url).pathname, json({ ...facts, used: before.used }));
      fresh += 1;
    }
  }
  return fresh > 0;
}

/** Let the district go that was visited longest ago, while there are too many. */
async function makeRoom() {
  const oldestFirst = (await districts()).sort((a, b) => a.used - b.used);
  for (const { name } of oldestFirst.slice(0, -MOST_DISTRICTS)) await caches.delete(name);
}

async function districts() {
  const names = (await caches.keys()).filter((name) => name.startsWith(POCKETS));
  return Promise.all(
    names.map(async (name) => {
      const told = `/pockets/${encodeURIComponent(name.slice(POCKETS.length))}.json`;
      return { name, told, used: (await factsIn(name, told))?.used ?? 0 };
    }),
  );
}

async function factsIn(name, told) {
  // Opening a cache makes it, so one looks first.
  if (!(await caches.has(name))) return null;
  return (await (await caches.open(name)).match(told))?.json() ?? null;
}

function json(values) {
  return new Response(JSON.stringify(values), { headers: { "Content-Type": "application/json" } });
}

async function digest(body) {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", body));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function refusal(why) {
  return Object.assign(new Error(why), { why });
}
