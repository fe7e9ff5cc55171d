"""Places as Hypothesis draws them: every field, any text."""

from __future__ import annotations

from types import MappingProxyType

from hypothesis import strategies as st

from geo.coords import LonLat
from geo.places.model import (
    ACCESSES,
    ACCURACIES,
    AMENITIES,
    AUDIENCES,
    SERVICES,
    STATUSES,
    TIERS,
    Fact,
    Place,
    Service,
)

#: Names as strangers write them: quotes, line ends, emoji, nothing.
texts = st.text(max_size=30)
maybe = st.none() | texts
positions = st.builds(LonLat, st.floats(-180, 180, allow_nan=False), st.floats(-90, 90, allow_nan=False))
services = st.builds(Service, st.sampled_from(SERVICES), maybe, maybe, maybe)
facts = st.builds(Fact, texts, maybe, maybe)
places = st.builds(
    Place,
    id=texts,
    name=texts,
    position=positions,
    accuracy=st.sampled_from(ACCURACIES),
    services=st.lists(services, max_size=3).map(tuple),
    source=texts,
    name_en=maybe,
    address=maybe,
    district=maybe,
    subdistrict=maybe,
    community=maybe,
    amenities=st.dictionaries(st.sampled_from(AMENITIES), st.sampled_from(("yes", "no"))).map(MappingProxyType),
    access=st.none() | st.sampled_from(ACCESSES),
    host=maybe,
    phone=maybe,
    note=maybe,
    source_url=maybe,
    checked=maybe,
    checked_by=maybe,
    verified=st.booleans(),
    tier=st.none() | st.sampled_from(TIERS),
    floor=maybe,
    street_facing=st.none() | st.sampled_from(("yes", "no")),
    audience=st.lists(st.sampled_from(AUDIENCES), max_size=3, unique=True).map(tuple),
    capacity_seats=st.none() | st.integers(0, 10_000),
    area_m2=st.none() | st.floats(0, 100_000),
    standardised_since=maybe,
    status=st.sampled_from(STATUSES),
    status_since=maybe,
    status_until=maybe,
    facts=st.dictionaries(st.sampled_from(("phone", "amenities.toilet", "name")), facts).map(MappingProxyType),
)
