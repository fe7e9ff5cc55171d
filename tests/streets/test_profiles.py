"""Who may use which street, which way, how fast: a table."""

from __future__ import annotations

import pytest

from geo.streets.profiles import MODES, PUSH_KMH, STEPS_KMH, WALK_KMH, Mode, speeds

WALK, BIKE, EBIKE = WALK_KMH, 15.0, 20.0


@pytest.mark.parametrize(
    ("mode", "tags", "forward", "backward", "why"),
    [
        ("walk", "residential", WALK, WALK, "a street"),
        ("walk", "residential oneway=yes", WALK, WALK, "one-way is for wheels"),
        ("walk", "footway oneway:foot=yes", WALK, 0, "unless it says feet"),
        ("walk", "steps", STEPS_KMH, STEPS_KMH, "steps are slow"),
        ("walk", "motorway", 0, 0, "nobody walks on a motorway"),
        ("walk", "trunk", 0, 0, "nor on an urban expressway"),
        ("walk", "trunk foot=yes", WALK, WALK, "unless it is allowed"),
        ("walk", "trunk sidewalk=both", WALK, WALK, "or has pavements"),
        ("walk", "primary motorroad=yes", 0, 0, "a motor road by name"),
        ("walk", "residential foot=no", 0, 0, "forbidden to feet"),
        ("walk", "service access=private", 0, 0, "private"),
        ("walk", "service access=private foot=yes", WALK, WALK, "but feet may"),
        ("walk", "cycleway", WALK, WALK, "China's cycle lanes are walked on where nothing says no"),
        ("walk", "construction", 0, 0, "not built"),
        ("walk", "proposed", 0, 0, "not built"),
        ("bike", "residential", BIKE, BIKE, "a street"),
        ("bike", "residential oneway=yes", BIKE, 0, "one-way"),
        ("bike", "residential oneway=-1", 0, BIKE, "one-way against the drawing"),
        ("bike", "residential oneway=yes oneway:bicycle=no", BIKE, BIKE, "bicycles may go against"),
        ("bike", "residential oneway=yes cycleway=opposite_lane", BIKE, BIKE, "a lane against"),
        ("bike", "primary junction=roundabout", BIKE, 0, "a roundabout is one-way"),
        ("bike", "footway", PUSH_KMH, PUSH_KMH, "pushed on a footway"),
        ("bike", "footway bicycle=yes", BIKE, BIKE, "ridden where allowed"),
        ("bike", "pedestrian bicycle=dismount", PUSH_KMH, PUSH_KMH, "dismount means push"),
        ("bike", "residential bicycle=no", PUSH_KMH, PUSH_KMH, "no riding is pushing"),
        ("bike", "steps", 0, 0, "no wheels on steps"),
        ("bike", "trunk", 0, 0, "not on an expressway"),
        ("bike", "trunk bicycle=yes", BIKE, BIKE, "unless allowed"),
        ("bike", "service access=private", 0, 0, "private to all"),
        ("ebike", "residential", EBIKE, EBIKE, "faster than a bicycle"),
        ("ebike", "residential electric_bicycle=no", PUSH_KMH, PUSH_KMH, "forbidden to e-bikes alone"),
        ("ebike", "path", PUSH_KMH, PUSH_KMH, "a path nobody opened to wheels"),
        ("drive", "motorway", 80, 0, "a motorway is one-way unless it says otherwise"),
        ("drive", "residential", 20, 20, "a street"),
        ("drive", "residential oneway=-1", 0, 20, "one-way against the drawing"),
        ("drive", "residential maxspeed=15", 15, 15, "a limit below the usual"),
        ("drive", "residential maxspeed=signals", 20, 20, "a limit that is no number"),
        ("drive", "primary maxspeed=20 mph", 20 * 1.609344, 20 * 1.609344, "a limit in miles"),
        ("drive", "footway", 0, 0, "no cars on a footway"),
        ("drive", "residential motor_vehicle=no", 0, 0, "closed to cars"),
        ("drive", "residential access=no motor_vehicle=yes", 20, 20, "the more exact tag counts"),
    ],
)
def test_speeds(mode: Mode, tags: str, forward: float, backward: float, why: str) -> None:
    highway, *rest = tags.split(" ", 1)
    pairs = [part.split("=") for part in (rest[0].replace(" mph", "_mph").split(" ") if rest else [])]
    values = {"highway": highway} | {key: value.replace("_mph", " mph") for key, value in pairs}
    assert speeds(mode, values) == pytest.approx((forward, backward)), why


def test_every_mode_knows_every_class_or_is_kept_out() -> None:
    for mode in MODES:
        assert speeds(mode, {"highway": "a class that nobody has heard of", "access": "no"}) == (0, 0)
        assert speeds(mode, {}) == (0, 0)
