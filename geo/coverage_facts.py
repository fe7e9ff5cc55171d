"""What must be said beside a planner's figures: how they come about, and what nobody knows; in Chinese and English."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Final, NamedTuple

import numpy as np

from geo.city import City
from geo.coverage.demand import Demand
from geo.coverage.planner import Coverage, Planner
from geo.coverage.point_table import MICRO
from geo.coverage.scenario import Scenario
from geo.coverage_answers import coverage_values
from geo.errors import HoursError
from geo.places.hours import CHINA, Hours
from geo.places.model import Place


class Told(NamedTuple):
    """One sentence: what it is about, and how it is said."""

    about: str
    zh: str
    en: str


class Answer(NamedTuple):
    """A coverage, and what must be known to tell of it."""

    city: City
    planner: Planner
    coverage: Coverage
    scenario: Scenario | None

    @property
    def values(self) -> dict[str, Any]:
        """What the interface tells of the coverage."""
        equity = self.planner.equity(self.coverage.query, self.coverage.demand)
        return coverage_values(self.city, self.coverage, equity, self.scenario)


#: How the figures come about.
METHOD: Final[tuple[Told, ...]] = (
    Told(
        "covered",
        "按可走的路算时间：在限定时间内能到一处计入的地点，这段路就算覆盖，界线精确到毫米；人口沿街道平均分布。",
        "Time is along streets that one may use. A part of a street is covered if a place that counts is within the "
        "cutoff, cut to the millimetre; weights are spread evenly along streets.",
    ),
    Told(
        "reasons",
        "没有覆盖的按最容易补救的原因归一类：closed 换个时间就开；unverified 有待核实；"
        "missing 有地点但缺所要的服务，或还没建成、暂停；"
        "severed 直线够近但路绕；nothing 附近什么也没有。",
        "What is not covered is told by its cheapest remedy: closed, open at another hour; unverified, somebody must "
        "look; missing, a place is there without what is wanted, or is planned or paused; severed, near as the "
        "crow flies but not by street; nothing, none is near.",
    ),
    Told(
        "circle",
        "圆圈数字（circle）是直线 1 公里内的数，是过去常用的算法，列在旁边作比较。",
        "The circle counts who lies within 1 km as the crow flies, as has been usual; it stands beside for comparison.",
    ),
    Told(
        "equity",
        "时间分布：每小段路按中点计，超过两小时或到不了的按两小时计。",
        "Travel times judge each piece of street at its middle; longer than two hours, or no way, counts as two hours.",
    ),
)
_UNITS: Final[Mapping[str, str]] = {"residents": "人", "metres": "米街道", "pick-up places": "处取餐点"}
_UNPLACED: Final[Mapping[str, tuple[str, str]]] = {
    "outside_the_map": ("在地图范围之外", "lie outside the map"),
    "no_street": ("所在街道没有可走的路", "are where the map has no street"),
    "outside_the_city": ("在城市之外", "lie outside the city"),
    "no_street_near": ("附近没有路", "have no street near"),
}


def doubts(answer: Answer, *, monday: date | None = None, area: int | None = None) -> tuple[Told, ...]:
    """Tell what is illustrative, unverified, unknown, provisional or planned in a coverage.

    Parameters
    ----------
    monday
        First day of a week that is told beside it.
    area
        Speak of the figures of this area only, and of places in the whole city all the same; None: of all areas.
    """
    return tuple(_doubts(answer, monday, area))


def _doubts(answer: Answer, monday: date | None, area: int | None) -> Iterator[Told]:
    city, planner, coverage, scenario = answer
    if city.manifest.sample:
        yield Told(
            "sample",
            "示例城市：街道、地点和人数都是为演示编写的，仅为示意，不能用来做规划。",
            "A sample city: streets, places and residents were written for demonstration; they are illustrative.",
        )
    if scenario is not None and scenario.edits:
        yield Told(
            "scenario",
            f"这是设想的方案（{len(scenario.edits)} 项改动），不是现状。",
            f"This is a scenario ({len(scenario.edits)} edits), not the city as it is.",
        )
    yield from _of_places([planner.places[n] for n in np.flatnonzero(coverage.facilities).tolist()])
    yield from _of_hours(coverage, planner)
    yield from _of_demand(coverage.demand, coverage, area)
    yield from _of_days(city, coverage, monday)


def _of_places(places: Sequence[Place]) -> Iterator[Told]:
    count = len(places)
    if vague := sum(place.accuracy != "exact" for place in places):
        drawn = sum(place.accuracy == "illustrative" for place in places)
        zh = f"，其中 {drawn:,} 处仅为示意" if drawn else ""
        en = f", of {drawn:,} only illustrative" if drawn else ""
        yield Told(
            "positions",
            f"计入的 {count:,} 处地点中，{vague:,} 处的位置不到门口{zh}。",
            f"Of {count:,} places that count, the position of {vague:,} is not exact{en}.",
        )
    if unverified := sum(not place.verified for place in places):
        yield Told(
            "unverified",
            f"计入的 {count:,} 处地点中，{unverified:,} 处没有人核实过。",
            f"Of {count:,} places that count, {unverified:,} are unverified: nobody answerable vouches for them.",
        )


def _of_hours(coverage: Coverage, planner: Planner) -> Iterator[Told]:
    wanted = coverage.query.wanted.services
    offering = [
        place
        for place in planner.places
        if place.status == "open" and (not wanted or any(place.offers(kind) for kind in wanted))
    ]
    unknown = sum(
        not any(_readable(s.hours) for s in place.services if not wanted or s.kind in wanted) for place in offering
    )
    if unknown:
        yield Told(
            "hours",
            f"提供所要服务的 {len(offering):,} 处地点中，{unknown:,} 处的开放时间没人知道。",
            f"Of {len(offering):,} places that offer what is wanted, the hours of {unknown:,} are unknown.",
        )


@lru_cache(maxsize=10_000)
def _readable(hours: str | None) -> bool:
    try:
        return hours is not None and Hours.parse(hours) is not None
    except HoursError:
        return False


def _of_demand(who: Demand, coverage: Coverage, area: int | None) -> Iterator[Told]:
    by_reason: dict[str, int] = {}
    for one in who.unplaced:
        if area is None or one.area == area:
            by_reason[one.reason] = by_reason.get(one.reason, 0) + one.weight
    for reason, (zh, en) in _UNPLACED.items():
        if weight := by_reason.get(reason, 0):
            amount = f"{weight / MICRO:,.0f}"
            unit = _UNITS.get(who.unit, who.unit)
            yield Told(reason, f"{amount} {unit}{zh}，没有算入。", f"{amount} {who.unit} {en} and are not counted.")
    if who.name == "residents":
        areas = coverage.areas if area is None else coverage.areas[area : area + 1]
        if nobody := sum(one.residents is None for one in areas):
            yield Told(
                "residents",
                f"{nobody:,} 个街道的人口没人知道，按没有人算。",
                f"The residents of {nobody:,} subdistricts are unknown and count as nobody.",
            )
    if who.profile.status == "illustrative":
        yield Told(
            "profile",
            f"各小时有多少人在（{who.profile.name}）是示意的假设，没有人统计过。",
            f"Who is there at which hour (profile {who.profile.name}) is illustrative: nobody has counted.",
        )


def _of_days(city: City, coverage: Coverage, monday: date | None) -> Iterator[Told]:
    when = coverage.query.when
    days = [] if when is None or coverage.query.open == "any" else [when.astimezone(CHINA).date()]
    days += [] if monday is None else [monday + timedelta(days=n) for n in range(7)]
    years = sorted({day.year for day in days if city.calendar.day_kind(day).provisional})
    if years:
        named = "、".join(map(str, years))
        yield Told(
            "provisional",
            f"{named} 年的放假安排还没有公布，节假日是暂定的。",
            f"Holidays of {', '.join(map(str, years))} are provisional: the notice is not out yet.",
        )
