// The map as something to be seen and used: where it looks, and how it is worked without a mouse.

import { city, ui, words } from "./words.js";

/** Make the map tell what it is, and answer the keyboard; `onEnter` gets its middle. */
export function describeMap(map, onEnter) {
  const box = map.getContainer();
  box.setAttribute("role", "application");
  box.setAttribute("aria-label", words.plan.map_keys);
  for (const way of ["in", "out"]) {
    const button = box.querySelector(`.leaflet-control-zoom-${way}`);
    button.title = ui(`zoom_${way}`);
    button.setAttribute("aria-label", button.title);
  }
  box.addEventListener("keyup", () => box.classList.add("is-keyed"));
  box.addEventListener("pointerdown", () => box.classList.remove("is-keyed"));
  box.addEventListener("keydown", (event) => event.key === "Enter" && event.target === box && onEnter(map.getCenter()));
  new ResizeObserver(() => map.invalidateSize({ animate: false })).observe(box.parentElement);
}

/** Look at all of the city. */
export function wholeCity(map) {
  const [west, south, east, north] = city.bbox;
  map.fitBounds([[south, west], [north, east]], { animate: false });
}

/** Look at a box of the square of Web Mercator: west, north, east, south. */
export function lookAt(map, box) {
  map.fitBounds([degreesOf(box[0], box[3]), degreesOf(box[2], box[1])], { padding: [30, 30], maxZoom: 15, animate: false });
}

/** Latitude and longitude of a point of the square. */
function degreesOf(x, y) {
  return [(Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI, (x - 0.5) * 360];
}
