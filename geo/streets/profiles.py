"""Who may use which street, in which direction, how fast: walk, bike, e-bike, drive.

The answer for one way is two speeds, forward and backward; 0 means *not that way*. Rules follow the
OpenStreetMap wiki ("OSM tags for routing", access restrictions), with China's law on expressways: nobody
walks or cycles on a motorway or on the main carriageway of an urban expressway (``trunk``) unless the tags say so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple, get_args

Mode = Literal["walk", "bike", "ebike", "drive"]
MODES: Final[tuple[Mode, ...]] = get_args(Mode)

Tags = Mapping[str, str]

#: Walking speed: 80 m a minute, as in London's PTAL ("Measuring Public Transport Accessibility Levels", TfL 2010).
#: China's programme reckons more slowly (1 km in 15 minutes), which a planner sets as a distance.
WALK_KMH: Final = 4.8
#: Pushing a bicycle where riding is not allowed.
PUSH_KMH: Final = 4.0
STEPS_KMH: Final = 2.4

#: Access legs, from a street to a door, are walked whatever the mode.
ACCESS_M_PER_S: Final = WALK_KMH / 3.6

_YES = frozenset({"yes", "designated", "permissive", "official", "destination", "customers", "dismount"})
_NO = frozenset({"no", "private", "agricultural", "forestry", "delivery", "military", "use_sidepath"})

_NOT_BUILT = frozenset({
    "abandoned", "bus_guideway", "busway", "construction", "corridor", "demolished", "disused", "elevator",
    "escape", "no", "planned", "platform", "proposed", "raceway", "razed", "rest_area", "services", "bus_stop",
})  # fmt: skip
_EXPRESSWAYS = frozenset({"motorway", "motorway_link", "trunk", "trunk_link"})
_FOOTWAYS = frozenset({"footway", "pedestrian", "steps", "path", "bridleway"})
_SIDEWALK = frozenset({"both", "left", "right", "yes", "separate"})
_AGAINST = frozenset({"opposite", "opposite_lane", "opposite_track"})

_DRIVE_KMH: Final[Mapping[str, float]] = {
    "motorway": 80.0, "motorway_link": 45.0, "trunk": 60.0, "trunk_link": 40.0, "primary": 36.0, "primary_link": 30.0,
    "secondary": 32.0, "secondary_link": 28.0, "tertiary": 28.0, "tertiary_link": 25.0, "unclassified": 25.0,
    "residential": 20.0, "living_street": 10.0, "service": 12.0, "road": 20.0,
}  # fmt: skip


class Speeds(NamedTuple):
    """Speed along a way and against it, in km/h; 0 means not allowed."""

    forward_kmh: float
    backward_kmh: float


CLOSED: Final = Speeds(0.0, 0.0)


@dataclass(frozen=True)
class _Wheels:
    """What tells a bicycle from an e-bike: its speed, the tags that speak of it."""

    kmh: float
    keys: tuple[str, ...]


# Measured in Kunming: bicycles 14.8 km/h, e-bikes 21.9 km/h (Lin et al., "Comparison study on operating speeds of
# electric bicycles and bicycles", Transportation Research Record 2048, 2008). China's standard GB 17761 caps an
# e-bike at 25 km/h; 20 leaves room for lights and crowds.
_BIKE = _Wheels(15.0, ("bicycle", "vehicle", "access"))
_EBIKE = _Wheels(20.0, ("electric_bicycle", "bicycle", "vehicle", "access"))

_BARRIER_KEYS: Final[Mapping[Mode, tuple[str, ...]]] = {
    "walk": ("foot", "access"),
    "bike": _BIKE.keys,
    "ebike": _EBIKE.keys,
    "drive": ("motor_vehicle", "vehicle", "access"),
}
_WALLS = frozenset({"wall", "fence", "hedge", "city_wall", "retaining_wall"})
_NARROW = _WALLS | {"stile", "turnstile", "full-height_turnstile", "kissing_gate"}
_STOPPED_BY: Final[Mapping[Mode, frozenset[str]]] = {
    "walk": _WALLS,
    "bike": _NARROW,
    "ebike": _NARROW,
    "drive": _NARROW | {"bollard", "block", "jersey_barrier", "cycle_barrier", "log"},
}


def speeds(mode: Mode, tags: Tags) -> Speeds:
    """Speeds of a mode along a way and against it.

    Parameters
    ----------
    mode
        One of :data:`MODES`.
    tags
        The way's tags.

    Returns
    -------
    Speeds
        In km/h; both 0 where the mode may not go at all.

    Examples
    --------
    >>> speeds("walk", {"highway": "residential", "oneway": "yes"})
    Speeds(forward_kmh=4.8, backward_kmh=4.8)
    >>> speeds("drive", {"highway": "residential", "oneway": "-1"})
    Speeds(forward_kmh=0.0, backward_kmh=20.0)
    """
    highway = tags.get("highway", "no")
    if highway in _NOT_BUILT:
        return CLOSED
    if mode == "walk":
        return _walk(highway, tags)
    if mode == "drive":
        return _drive(highway, tags)
    return _ride(highway, tags, _BIKE if mode == "bike" else _EBIKE)


def barrier_stops(mode: Mode, tags: Tags) -> bool:
    """Tell whether a barrier on a street stops the mode.

    What is tagged ``no`` or ``private`` stops whom it names; otherwise its kind decides. A gate without further tags
    lets everybody through, a bollard everybody but cars, a wall nobody.
    """
    says = _says(tags, _BARRIER_KEYS[mode])
    return tags.get("barrier") in _STOPPED_BY[mode] if says is None else not says


def _says(tags: Tags, keys: tuple[str, ...]) -> bool | None:
    """Return what the first present key says: True allowed, False forbidden, None nothing."""
    for key in keys:
        value = tags.get(key)
        if value in _YES:
            return True
        if value in _NO:
            return False
    return None


def _walk(highway: str, tags: Tags) -> Speeds:
    says = _says(tags, ("foot",))
    if says is None and _closed_to_feet(highway, tags):
        says = False
    if says is None:
        says = _says(tags, ("access",))
    if says is False:
        return CLOSED
    kmh = STEPS_KMH if highway == "steps" else WALK_KMH
    return _directed(kmh, _direction(tags.get("oneway:foot")))


def _closed_to_feet(highway: str, tags: Tags) -> bool:
    if tags.get("motorroad") == "yes" or highway in {"motorway", "motorway_link"}:
        return True
    return highway in _EXPRESSWAYS and tags.get("sidewalk") not in _SIDEWALK


def _ride(highway: str, tags: Tags, wheels: _Wheels) -> Speeds:
    says = _says(tags, wheels.keys[:-2])
    if says is None and (tags.get("motorroad") == "yes" or highway in _EXPRESSWAYS):
        return CLOSED
    if says is None:
        says = _says(tags, wheels.keys[-2:])
    pushing = says is False or tags.get("bicycle") == "dismount" or (says is None and highway in _FOOTWAYS)
    if highway == "steps":
        return CLOSED
    if pushing:
        return CLOSED if _walk(highway, tags) == CLOSED else Speeds(PUSH_KMH, PUSH_KMH)
    return _directed(wheels.kmh, _cycle_direction(tags))


def _cycle_direction(tags: Tags) -> int:
    own = tags.get("oneway:bicycle")
    if own is not None:
        return _direction(own)
    if any(tags.get(key) in _AGAINST for key in ("cycleway", "cycleway:left", "cycleway:right", "cycleway:both")):
        return 0
    return _vehicle_direction(tags)


def _drive(highway: str, tags: Tags) -> Speeds:
    kmh = _DRIVE_KMH.get(highway)
    says = _says(tags, ("motorcar", "motor_vehicle", "vehicle", "access"))
    if says is False or kmh is None:
        return CLOSED
    limit = _maxspeed_kmh(tags.get("maxspeed"))
    if limit is not None:
        kmh = min(kmh, limit)
    return _directed(kmh, _vehicle_direction(tags))


def _vehicle_direction(tags: Tags) -> int:
    if "oneway" in tags:
        return _direction(tags["oneway"])
    rounds = tags.get("junction") in {"roundabout", "circular"}
    return 1 if rounds or tags.get("highway") in {"motorway", "motorway_link"} else 0


def _direction(value: str | None) -> int:
    """Return 1 for one-way along the nodes, -1 against them, 0 for both."""
    if value in {"yes", "true", "1"}:
        return 1
    return -1 if value in {"-1", "reverse"} else 0


def _directed(kmh: float, direction: int) -> Speeds:
    return Speeds(kmh if direction >= 0 else 0.0, kmh if direction <= 0 else 0.0)


def _maxspeed_kmh(value: str | None) -> float | None:
    if value is None:
        return None
    number, _, unit = value.strip().partition(" ")
    try:
        kmh = float(number)
    except ValueError:
        return None
    if not 3 <= kmh <= 200:
        return None
    return kmh * 1.609344 if unit == "mph" else kmh
