// A provider's picture tiles under the places. Loaded where the site has one, and only while the page is light: pictures
// cannot be drawn again for the night or for the sun.

import { wgs84 } from "./gcj.js";

const L = window.L;
// So many tiles in a row that do not come, and the provider is given up for this page.
const GIVEN_UP = 4;

/** Tiles that are cut by GCJ-02, each laid where its corners are: no tile is off by more than half a pixel. */
const Gcj02Layer = L.TileLayer.extend({
  // The tiles that cover the view are looked for where GCJ-02 has it: a tile farther on either side is enough.
  _getTiledPixelBounds(center) {
    const bounds = L.TileLayer.prototype._getTiledPixelBounds.call(this, center);
    const middle = bounds.getCenter();
    const moved = this._moved(middle).subtract(middle);
    return L.bounds(bounds.min.subtract(moved).subtract([8, 8]), bounds.max.subtract(moved).add([8, 8]));
  },

  _getTilePos(coords) {
    return this._corner(coords).subtract(this._level.origin);
  },

  _addTile(coords, container) {
    L.TileLayer.prototype._addTile.call(this, coords, container);
    const tile = this._tiles[this._tileCoordsToKey(coords)]?.el;
    if (!tile) return;
    const size = this._corner(coords.add([1, 1])).subtract(this._corner(coords));
    const usual = this.getTileSize();
    // Neighbours may lie a pixel apart: no ground shines through.
    tile.style.width = `${Math.max(size.x, usual.x)}px`;
    tile.style.height = `${Math.max(size.y, usual.y)}px`;
  },

  _corner(coords) {
    return this._moved(coords.scaleBy(this.getTileSize())).round();
  },

  /** Pixels of the world by GCJ-02 -> by WGS-84, at the level of the tiles. */
  _moved(pixels) {
    const { lng, lat } = this._map.unproject(pixels, this._tileZoom);
    const [lon, north] = wgs84(lng, lat);
    return this._map.project([north, lon], this._tileZoom);
  },
});

/**
 * Lay a provider's tiles on a map.
 * @param {object} map the Leaflet map
 * @param {{layers: string[], datum: string, minZoom: number, maxZoom: number, attribution: string}} provider
 * @param {() => void} onFail called once if they do not come
 * @returns {object} the Leaflet layer
 */
export function pictures(map, provider, onFail) {
  const Layer = provider.datum === "gcj02" ? Gcj02Layer : L.TileLayer;
  const group = L.layerGroup();
  let failed = 0;
  const options = { maxNativeZoom: provider.maxZoom, maxZoom: map.getMaxZoom(), minZoom: provider.minZoom, noWrap: true, keepBuffer: 2 };
  provider.layers.forEach((url, at) => {
    const layer = new Layer(url, { ...options, zIndex: at + 1, attribution: at ? "" : asText(provider.attribution) });
    layer.on("tileload", () => (failed = 0));
    layer.on("tileerror", () => {
      failed += 1;
      if (failed === GIVEN_UP) onFail();
    });
    group.addLayer(layer);
  });
  return group;
}

/** Say something on the map, and to those who hear the page. */
export function say(map, text) {
  const note = L.control({ position: "topleft" });
  note.onAdd = () => {
    const box = L.DomUtil.create("p", "map__note");
    box.setAttribute("role", "status");
    box.textContent = text;
    return box;
  };
  note.addTo(map);
}

function asText(attribution) {
  const span = document.createElement("span");
  span.textContent = attribution;
  return span.innerHTML;
}
