// What measuring.py asks of a page: its texts and what can be touched.
// Contrast by WCAG 2.2: relative luminance of sRGB, (lighter + 0.05) / (darker + 0.05); what is transparent is laid on what
// lies behind it on the screen.
() => {
  const shown = (node) => {
    const style = getComputedStyle(node);
    const box = node.getBoundingClientRect();
    return style.visibility !== "hidden" && style.opacity !== "0" && box.width > 1 && box.height > 1
      && !node.closest(".visually-hidden, [hidden], .skip, dialog:not([open]), .sprite, option, noscript, script, style, .leaflet-marker-pane, .leaflet-control-attribution, .leaflet-control-scale");
  };
  const rgba = (text) => {
    const parts = text.match(/-?[\d.]+(e-?\d+)?%?/g)?.map(parseFloat) ?? [0, 0, 0, 0];
    const [r, g, b, a = 1] = parts;
    return text.startsWith("color(srgb") ? [r * 255, g * 255, b * 255, a] : [r, g, b, a];
  };
  const over = ([r, g, b, a], [x, y, z]) => [r * a + x * (1 - a), g * a + y * (1 - a), b * a + z * (1 - a), 1];
  const ground = (node) => {
    const layers = [];
    const box = node.getBoundingClientRect();
    const under = document.elementsFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    const from = under.indexOf(node);
    const parents = [];
    for (let at = node; at; at = at.parentElement) parents.push(at);
    // What lies beneath on the screen need not be what the text is inside of.
    for (const at of from >= 0 ? under.slice(from) : getComputedStyle(node).pointerEvents === "none" && under.length ? under : parents) {
      const style = getComputedStyle(at);
      const color = rgba(style.backgroundColor);
      if (color[3] > 0) layers.push(color);
      if (color[3] === 1) break;
    }
    return layers.reverse().reduce((below, color) => over(color, below), getComputedStyle(document.documentElement).colorScheme === "dark" ? [18, 18, 18, 1] : [255, 255, 255, 1]);
  };
  const luminance = ([r, g, b]) => [r, g, b].map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)).reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const contrast = (a, b) => { const [x, y] = [luminance(a), luminance(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05); };
  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const parent = node.parentElement;
    const words = node.textContent.trim();
    if (!words || parent.closest("svg") || !shown(parent)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    if (!range.getClientRects().length) continue;
    const style = getComputedStyle(parent);
    const size = parseFloat(style.fontSize);
    const behind = ground(parent);
    const line = style.lineHeight === "normal" ? 1.2 : parseFloat(style.lineHeight) / size;
    const wraps = range.getClientRects().length > 1;
    texts.push([words.slice(0, 40), size, wraps ? line : Math.max(line, 1.3), contrast(over(rgba(style.color), behind), behind), !parent.closest("small, [class*=hint], [class*=note], [class*=source], .foot, .map, code, pre")]);
  }
  const targets = [];
  for (const node of document.querySelectorAll("a[href], button, input, select, textarea, summary, [role=tab], [role=option], .leaflet-interactive.pin, .leaflet-interactive.dot, .leaflet-interactive.cluster")) {
    const style = getComputedStyle(node);
    if (!node.offsetParent && style.position !== "fixed") continue;
    if (style.visibility === "hidden" || node.closest(".skip, .leaflet-control-attribution, .visually-hidden, dialog:not([open])")) continue;
    // A link in a sentence is as high as its line (WCAG 2.5.8, exception "inline").
    if (node.matches("a") && style.display.startsWith("inline") && !style.display.includes("flex")) continue;
    // What a label covers is touched as a whole.
    const label = node.matches("input") ? node.closest("label") : null;
    const area = (label ?? node).getBoundingClientRect();
    if (area.width <= 1 || area.height <= 1 || area.right <= 0) continue;
    const more = getComputedStyle(node, "::before");
    const [wider, higher] = more.content !== "none" && more.position === "absolute" ? [parseFloat(more.width) || 0, parseFloat(more.height) || 0] : [0, 0];
    const name = (node.getAttribute("aria-label") || node.textContent.trim() || node.name || node.id || node.className).slice(0, 30);
    targets.push([`${node.tagName.toLowerCase()}.${(node.getAttribute("class") ?? "").split(" ")[0]} ${name}`, Math.max(area.width, wider), Math.max(area.height, higher)]);
  }
  return { texts, targets };
}
