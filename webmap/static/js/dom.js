// Building elements. Text from outside only ever becomes a text node.

const SVG = "http://www.w3.org/2000/svg";

/** Create an element; strings among the children become text nodes, null ones are left out. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null));
  return node;
}

/** Create an icon of the page's sprite; codes without a picture of their own get a dot. */
export function icon(code) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", document.getElementById(`i-${code}`) ? `#i-${code}` : "#i-dot");
  svg.append(use);
  return svg;
}

/** Text of unknown direction and length, kept from reordering what stands around it. */
export function outside(text) {
  return el("bdi", {}, text);
}
