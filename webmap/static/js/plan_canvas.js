// A canvas that follows the map, and where a position lies on it.

const L = window.L;

/** Web Mercator on a square of side 1. */
export function mercator(lon, lat) {
  const sine = Math.sin((lat * Math.PI) / 180);
  return [lon / 360 + 0.5, 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)];
}

/** A canvas of Leaflet's overlay pane that follows the map; whoever extends it says how to draw. */
export class CanvasLayer extends L.Renderer {
  _initContainer() {
    this._container = document.createElement("canvas");
    this._container.classList.add("plan-canvas");
    this._container.setAttribute("aria-hidden", "true");
    this.context = this._container.getContext("2d");
  }

  _destroyContainer() {
    this._container.remove();
  }

  _updatePaths() {}

  _update() {
    if (this._map._animatingZoom && this._bounds) return;
    super._update();
    const size = this._bounds.getSize();
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    L.DomUtil.setPosition(this._container, this._bounds.min);
    this._container.width = Math.round(size.x * ratio);
    this._container.height = Math.round(size.y * ratio);
    this._container.style.width = `${size.x}px`;
    this._container.style.height = `${size.y}px`;
    this.ratio = ratio;
    this.moved();
    this.redraw();
  }

  /** The view is another one. */
  moved() {}

  /** Where a position of the square lies on the canvas, and how large the square is: x = X * scale + x0. */
  frame() {
    const scale = 256 * 2 ** this._map.getZoom();
    const origin = this._map.getPixelOrigin();
    return { scale, x0: -origin.x - this._bounds.min.x, y0: -origin.y - this._bounds.min.y, width: this._bounds.getSize().x, height: this._bounds.getSize().y };
  }

  /** Wipe the canvas and draw. */
  redraw() {
    if (!this._map || !this._bounds) return;
    this.context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    this.context.clearRect(0, 0, this._container.width, this._container.height);
    this.draw(this.context);
  }

  draw() {}
}
