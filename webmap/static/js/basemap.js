// The base map: vector tiles of our own host in our own paint. Quiet colours and strong labels, because
// it is read in the sun; nothing on it may look like a pin or a way.

const L = window.L;

const NIGHT = matchMedia("(prefers-color-scheme: dark)");

/** How the page looks now: what it is told or its reader has chosen, else what the system wishes. */
export function scheme() {
  return document.documentElement.dataset.theme || (NIGHT.matches ? "dark" : "light");
}

/** Call a function whenever that changes. */
export function onScheme(listener) {
  NIGHT.addEventListener("change", listener);
  document.addEventListener("yizhan:modes", listener);
}

const DAY_PAINT = {
  ground: "#eef0ec",
  building: "#e2e5e0",
  grass: "#d8e7cb",
  wood: "#cadfbe",
  pitch: "#cfe5d2",
  water: "#b3d4e4",
  rail: "#a9b1b3",
  subway: "#b9b3cc",
  casing: "#c6cdc8",
  path: "#b7a48b",
  street: "#ffffff",
  main: "#ffffff",
  trunk: "#fbeecb",
  trunkCasing: "#d9c48c",
  boundary: "#a596ad",
  text: "#2d3a37",
  textSoft: "#55625f",
  textWater: "#2a6684",
  textGreen: "#38652c",
  textStation: "#463a74",
  halo: "#ffffff",
};

const NIGHT_PAINT = {
  ground: "#161e1c",
  building: "#1d2725",
  grass: "#1a2b20",
  wood: "#19301f",
  pitch: "#1c3226",
  water: "#14303c",
  rail: "#46504e",
  subway: "#4a4660",
  casing: "#0e1413",
  path: "#4d473c",
  street: "#2d3936",
  main: "#3a4845",
  trunk: "#4e4a36",
  trunkCasing: "#0e1413",
  boundary: "#5b5163",
  text: "#d4dedb",
  textSoft: "#a3b1ad",
  textWater: "#84bcd6",
  textGreen: "#98c489",
  textStation: "#b9aee6",
  halo: "#101716",
};

const PAINTS = { light: DAY_PAINT, dark: NIGHT_PAINT };

/**
 * Put the base map, and what belongs to it, on a Leaflet map.
 * @param {object} map the Leaflet map
 * @param {{bbox: number[], lang: string, tiles: ?string, minZoom: number, maxZoom: number, attribution: string, provider: ?object}} config
 *   without `tiles` the map stays plain; a provider's pictures go before them, by day
 */
export function addBaseMap(map, config) {
  const [west, south, east, north] = config.bbox;
  map.attributionControl.setPrefix("Leaflet");
  map.setMaxBounds(L.latLngBounds([south, west], [north, east]).pad(0.5));
  L.control.scale({ imperial: false, position: "bottomleft" }).addTo(map);
  const ground = L.layerGroup().addTo(map);
  let { provider } = config;
  if (!config.tiles && !provider) return ground;
  // A tile of the source covers four of the screen, so the screen may begin one level later.
  if (config.tiles) map.setMinZoom(Math.max(map.getMinZoom(), config.minZoom + 1));
  // With somebody else's streets under them, places and ways are still from where they were.
  if (provider) map.attributionControl.addAttribution(asText(config.attribution));
  let layer = null;
  let painted = null;
  const repaint = async () => {
    const now = scheme();
    const pictured = provider && (now === "light" || !config.tiles);
    const wanted = pictured ? "" : `${now} ${document.documentElement.dataset.type}`;
    if (painted === wanted) return;
    painted = wanted;
    const next = pictured ? await provided() : (await drawing()).tileLayer(config, PAINTS[now] ?? (await import("./contrast_paint.js")).PAINTS[now] ?? DAY_PAINT);
    if (painted !== wanted) return; // changed once more meanwhile
    layer?.remove();
    layer = next.addTo(ground);
  };
  const provided = async () => {
    const { pictures, say } = await import("./raster.js");
    return pictures(map, provider, () => {
      say(map, provider.failed);
      provider = null;
      if (config.tiles) repaint();
    });
  };
  onScheme(repaint);
  // What was not kept on the phone stays empty until the network is back.
  document.addEventListener("yizhan:back", () => {
    painted = null;
    repaint();
  });
  repaint();
  return ground;
}

/** What draws tiles. It is large, so nobody waits for it who asks for the nearest place. */
async function drawing() {
  const library = document.querySelector('script[src*="/protomaps-leaflet.js"]');
  if (!window.protomapsL) await new Promise((resolve, reject) => Object.assign(library, { onload: resolve, onerror: reject }));
  return import("./basetiles.js");
}

/** Leaflet writes attributions as HTML, so a text has to be escaped. */
export function asText(attribution) {
  const span = document.createElement("span");
  span.textContent = attribution ?? "";
  return span.innerHTML;
}
