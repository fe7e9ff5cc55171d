// What this device remembers, where its browser lets a page remember anything.

const PREFIX = "yizhan.";
const meanwhile = new Map();

/** Return what was kept under a name; null if nothing, or nothing that makes sense, is there. */
export function recall(name) {
  if (meanwhile.has(name)) return meanwhile.get(name);
  try {
    return JSON.parse(localStorage.getItem(PREFIX + name));
  } catch {
    return null;
  }
}

/** Keep a value; return whether it will still be there when the page is opened again. */
export function keep(name, value) {
  try {
    localStorage.setItem(PREFIX + name, JSON.stringify(value));
    meanwhile.delete(name);
    return true;
  } catch {
    meanwhile.set(name, value);
    return false;
  }
}
