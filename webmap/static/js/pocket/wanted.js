// Which places meet what is wanted whatever the time, and what one fails: as geo/choosing/conditions.py has it.

/** Every condition that a place does not meet; none: it passes. */
export function failures(place, wanted, accuracies) {
  const found = [];
  const fail = (condition, asked, there) => found.push({ condition, wanted: asked, found: there ?? null });
  if (place.status !== "open") fail("status", "open", place.status);
  if (wanted.services.length && !offers(place, wanted.services)) fail("service", wanted.services.join("|"), null);
  for (const amenity of wanted.amenities) if (place.amenities[amenity] !== "yes") fail("amenity", amenity, place.amenities[amenity]);
  for (const amenity of wanted.likely) if (place.amenities[amenity] === "no") fail("amenity", amenity, "no");
  if (wanted.access.length && !wanted.access.includes(place.access ?? "unknown")) fail("access", wanted.access.join("|"), place.access);
  if (wanted.audience !== null && place.audience.length && !place.audience.includes(wanted.audience)) fail("audience", wanted.audience, place.audience.join("|"));
  if (wanted.accuracy !== null && accuracies.indexOf(place.accuracy) > accuracies.indexOf(wanted.accuracy)) fail("accuracy", wanted.accuracy, place.accuracy);
  return found;
}

export function offers(place, kinds) {
  return place.services.some(({ kind }) => kinds.includes(kind));
}
