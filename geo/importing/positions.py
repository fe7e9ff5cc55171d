"""Where the places of a list are: coordinates whose datum is judged for all rows at once, else the address."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple, Protocol

import numpy as np

from geo.coords import BBox, LonLat
from geo.datums import Datum, wgs84_from
from geo.importing.points import WrittenPoint
from geo.importing.problems import Language, Problem
from geo.importing.rows import Draft
from geo.places.model import Accuracy

#: A place may lie this far outside the city's streets, in metres.
MARGIN_M: Final = 2_000.0
#: Decimals of a coordinate -> how exact it can be at best; nobody has stood at the door with a list's coordinates.
_BY_DECIMALS: Final[Mapping[int, Accuracy]] = {2: "subdistrict", 3: "street"}
_FINE: Final = 4


class Settled(NamedTuple):
    """Where one row is, if that could be settled, and what there is to say about it."""

    position: LonLat | None
    accuracy: Accuracy = "building"
    problems: tuple[Problem, ...] = ()


class Geocoder(Protocol):
    """Finds addresses."""

    def settle(self, draft: Draft) -> Settled:
        """Return where a row's address is, or why that cannot be said."""


class Judgement(NamedTuple):
    """What was decided about coordinates that are in one datum.

    Attributes
    ----------
    settled
        For each point.
    words
        The decision, and how sure it is, in each language.
    """

    settled: Sequence[Settled]
    words: Mapping[Language, str]


class Judge(Protocol):
    """Decides in which datum coordinates are."""

    def judge(self, drafts: Sequence[Draft], stated: Datum | None) -> Judgement:
        """Decide about the points of drafts, all of which have one; ``stated`` is what the list says of them."""


class Settlement(NamedTuple):
    """Where all rows are, and what was decided about the coordinates as a whole."""

    settled: Sequence[Settled]
    words: Sequence[Mapping[Language, str]]


class Believing:
    """Takes coordinates to be in the datum that the clerk or the list says; without a word, it asks."""

    def __init__(self, datum: Datum | None = None) -> None:
        self._datum = datum

    def judge(self, drafts: Sequence[Draft], stated: Datum | None) -> Judgement:
        """Convert the points, or leave each to a human."""
        datum = self._datum or stated
        if datum is None:
            question = Settled(None, problems=(Problem("datum_unknown", "?", field="position"),))
            words: Mapping[Language, str] = {
                "zh": "清单没有说明坐标系；请用 --datum 指定",
                "en": "the list does not say its datum; name it with --datum",
            }
            return Judgement([question] * len(drafts), words)
        points = [draft.point for draft in drafts if draft.point is not None]
        positions = converted(points, datum)
        said = {"wgs84": "WGS-84", "gcj02": "GCJ-02", "bd09": "BD-09"}[datum]
        return Judgement(
            [Settled(position) for position in positions],
            {"zh": f"坐标按 {said} 读取（清单或命令指定）", "en": f"coordinates taken as {said}, as was said"},
        )


def settle(drafts: Sequence[Draft], judge: Judge, geocoder: Geocoder | None, city: str, box: BBox | None) -> Settlement:
    """Find out where each row is.

    Parameters
    ----------
    drafts
        Rows; those without facts are left where they are: nowhere.
    judge, geocoder
        For rows with coordinates, and for those without.
    city, box
        The city's name and where its streets lie; None believes any position.
    """
    settled: dict[int, Settled] = {}
    words = []
    groups: dict[Datum | None, list[int]] = defaultdict(list)
    for number, draft in enumerate(drafts):
        if draft.point is not None and draft.accuracy is not None:
            settled[number] = Settled(LonLat(draft.point.lon, draft.point.lat), draft.accuracy)
        elif draft.facts and draft.point is not None:
            groups[draft.point.datum].append(number)
    for stated, numbers in groups.items():
        judgement = judge.judge([drafts[number] for number in numbers], stated)
        words.append(judgement.words)
        settled.update(zip(numbers, judgement.settled, strict=True))
    result = []
    for number, draft in enumerate(drafts):
        if number in settled:
            result.append(_checked(_coarse(settled[number], draft.point), city, box))
        else:
            result.append(_checked(_geocoded(draft, geocoder), city, box))
    return Settlement(result, words)


def converted(points: Sequence[WrittenPoint], datum: Datum) -> list[LonLat]:
    """Return points of a datum in WGS-84, to 7 decimals."""
    if not points:
        return []
    lonlat = wgs84_from(datum, np.array([(point.lon, point.lat) for point in points], dtype=np.float64))
    return [LonLat(lon, lat) for lon, lat in np.round(lonlat, 7).tolist()]


def _coarse(settled: Settled, point: WrittenPoint | None) -> Settled:
    """Make a position no more exact than its decimals."""
    if point is None or settled.position is None or point.decimals >= _FINE:
        return settled
    accuracy = _BY_DECIMALS.get(point.decimals)
    if accuracy is None:
        odd = Problem("coordinate_odd", f"{point.lon:g}，{point.lat:g}", field="position")
        return Settled(None, problems=(*settled.problems, odd, Problem("no_position", field="position")))
    note = Problem("coarse", str(point.decimals), accuracy, "position")
    return Settled(settled.position, accuracy, (*settled.problems, note))


def _geocoded(draft: Draft, geocoder: Geocoder | None) -> Settled:
    if not draft.facts:
        return Settled(None)
    if geocoder is None:
        return Settled(None, problems=(Problem("no_position", field="position"),))
    return geocoder.settle(draft)


def _checked(settled: Settled, city: str, box: BBox | None) -> Settled:
    if settled.position is None or box is None or box.grown(MARGIN_M).contains(settled.position):
        return settled
    outside = Problem("outside_city", city, field="position")
    return settled._replace(problems=(*settled.problems, outside))
