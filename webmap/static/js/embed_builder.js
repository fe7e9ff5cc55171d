// The page that writes the snippet: what the form says becomes an address, the server makes the lines to paste.

const byId = (id) => document.getElementById(id);
const form = byId("builder");
const preview = byId("preview");
const PAUSE_MS = 300;

let timer = 0;
let asked = 0;

form.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(show, PAUSE_MS);
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  show();
});

for (const type of ["ready", "select", "nearest"]) {
  preview.addEventListener(`yizhan:${type}`, ({ detail }) => (byId("event").textContent = `${type} ${JSON.stringify(detail)}`));
}

byId("copy").hidden = false;
byId("copy").addEventListener("click", async ({ currentTarget: button }) => {
  const label = button.querySelector("span");
  const idle = label.textContent;
  try {
    await navigator.clipboard.writeText(byId("code").value);
    label.textContent = button.dataset.copied;
  } catch {
    byId("code").select();
    label.textContent = button.dataset.failed;
  }
  setTimeout(() => (label.textContent = idle), 2500);
});

/** The address of the frame that the form describes, below the site's own. */
function address() {
  const data = new FormData(form);
  const query = new URLSearchParams();
  const layer = data.get("layer") ? ["layer", "hour", "reach"] : [];
  for (const name of [...layer, "center", "zoom", "area", "theme", "type", "list", "search", "locate"]) if (data.get(name)) query.set(name, data.get(name).trim());
  if (data.getAll("service").length) query.set("service", data.getAll("service").join(","));
  query.set("lang", data.get("language"));
  return `/embed?${query}`;
}

async function show() {
  const number = ++asked;
  const path = address();
  const query = new URLSearchParams({ url: form.dataset.base + path });
  if (byId("height").value) query.set("height", byId("height").value);
  const response = await fetch(`${form.dataset.oembed}?${query}`).catch(() => null);
  const answer = await response?.json().catch(() => null);
  if (number !== asked) return; // a later change is on its way
  byId("problem").hidden = Boolean(response?.ok);
  byId("problem").textContent = response?.ok ? "" : (answer?.detail ?? "The server cannot be reached.");
  if (!response?.ok) return;
  byId("code").value = answer.html;
  preview.style.height = "";
  preview.height = answer.height;
  preview.src = path;
}
