"""Random questions to a pocket, with the city's own answers; and cities whose pockets are asked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Any

import numpy as np
from werkzeug.datastructures import MultiDict

from geo.answers import Answers
from geo.choosing.wanted import ACCESS_WORDS
from geo.city import City
from geo.coords import BBox
from geo.errors import YizhanError
from geo.places.hours import CHINA
from geo.places.model import ACCURACIES, AMENITIES, AUDIENCES, SERVICES
from geo.streets.profiles import MODES
from tests.strategies import random_places
from webmap.errors import problem_of
from webmap.params import nearest_query

#: When pockets are made in tests.
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=CHINA)
Question = dict[str, str]


def crowded(city: City, seed: int = 7, count: int = 60) -> City:
    """Return the city with random places among its own: all statuses, seasons, unknown hours, several services."""
    rng = np.random.default_rng(seed)
    points = rng.uniform([city.bbox.west, city.bbox.south], [city.bbox.east, city.bbox.north], (count, 2))
    points[1] = points[0]  # two places on one spot: a tie that the id decides
    return city.with_places([*city.places, *random_places(seed, points)], f"crowded-{seed}")


def questions(box: BBox, count: int, seed: int) -> list[Question]:
    """Draw questions from within a box, about the 14 days from :data:`NOON` on."""
    random = Random(seed)
    return [_question(random, box) for _ in range(count)]


def _question(random: Random, box: BBox) -> Question:
    midnight = NOON.replace(hour=0)
    when = midnight + timedelta(minutes=random.randrange(14 * 24 * 60 - 90), seconds=random.choice([0, 0, 17.5]))
    asked = {
        "lon": f"{random.uniform(box.west, box.east):.6f}",
        "lat": f"{random.uniform(box.south, box.north):.6f}",
        "mode": random.choice(MODES),
        "k": random.choice(["1", "3", "5", "10", "10", "50"]),
        "cutoff": random.choice(["10min", "15min", "30min", "30min", "1h"]),
        "passed": random.choice(["0", "20", "50", "all"]),
        "paths": random.choice(["yes", "yes", "no"]),
    }
    if random.random() < 0.9:
        asked["when"] = when.isoformat()
    if random.random() < 0.4:
        asked["service"] = ",".join(random.sample(SERVICES, random.choice([1, 1, 2])))
    if random.random() < 0.3:
        kind = random.choice(["amenity", "amenity_or_unknown"])
        asked[kind] = ",".join(random.sample(AMENITIES, random.choice([1, 1, 2])))
    if random.random() < 0.15:
        asked["access"] = ",".join(random.sample(ACCESS_WORDS, 2))
    if random.random() < 0.15:
        asked["audience"] = random.choice(AUDIENCES)
    if random.random() < 0.15:
        asked["accuracy"] = random.choice(ACCURACIES)
    if random.random() < 0.6:
        asked["open"] = random.choice(["arrival", "arrival_or_unknown"])
        if random.random() < 0.5:
            asked["min_left"] = random.choice(["0min", "15min", "30min", "1h"])
    return asked


def of_the_city(city: City, asked: list[Question]) -> list[dict[str, Any]]:
    """Return the answers of the API at :data:`NOON`; of a question that it refuses, the code."""
    answers = Answers(city)
    return [_answer(city, answers, question) for question in asked]


def _answer(city: City, answers: Answers, asked: Mapping[str, str]) -> dict[str, Any]:
    try:
        values: dict[str, Any] = json.loads(answers.nearest(city.nearest(nearest_query(MultiDict(asked), NOON))))
    except YizhanError as error:
        return {"problem": problem_of(error).code}
    return values


def differences(want: Any, got: Any, at: str = "") -> list[str]:
    """Return where two JSON values differ; whole numbers and floats are one kind, as in JSON."""
    if isinstance(want, dict) and isinstance(got, dict):
        return [
            each
            for key in sorted({*want, *got})
            for each in differences(want.get(key, "(missing)"), got.get(key, "(missing)"), f"{at}.{key}")
        ]
    if isinstance(want, list) and isinstance(got, list) and len(want) == len(got):
        return [
            each
            for n, (one, other) in enumerate(zip(want, got, strict=True))
            for each in differences(one, other, f"{at}[{n}]")
        ]
    return [] if want == got else [f"{at}: {str(want)[:60]} is {str(got)[:60]}"]
