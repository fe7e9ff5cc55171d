"""Named things of the city (buildings, companies, estates, stations, villages), found by what an address calls them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final, Literal, NamedTuple

import numpy as np

from geo.coords import LocalMetres
from geo.finding.gazetteer import Name
from geo.places.naming import digits_for_words, plain

#: How far a thing reaches: a building; a site of many buildings, or a station with its exits; a village or quarter.
Reach = Literal["building", "site", "quarter"]
REACH_M: Final[dict[Reach, float]] = {"building": 80.0, "site": 500.0, "quarter": 1500.0}
#: Entries of one name nearer to each other than this are one thing, mapped twice.
_ONE_THING_M: Final = 400.0
#: A name that stands for more things than this is a chain's, and says nothing about where.
_CHAIN: Final = 2
#: So does a common noun, though the map may hold only one.
_COMMON: Final = re.compile(
    r"^.{0,2}(?:银行|药店|药房|超市|便利店|加油站|消防站|消防队|派出所|公厕|厕所|卫生间|培训中心|停车场|食堂|餐厅|邮局|书店|理发店|"
    r"幼儿园|小学|中学|社区服务站|服务站|居委会|村委会|物业|车站|公园|广场|医院|大厦|写字楼|综合楼|国美|苏宁)$"
)
_BRACKETS: Final = re.compile(r"\([^()]*\)?")
#: Sites of many buildings, by the end of their names.
_LARGE: Final = re.compile(
    r"(?:大学|学院|公园|校区|园区|科技园|产业园|软件园|创意园|文创园|工业园|小区|社区|花园|家园|嘉园|佳园|家属区|新村|村|园|苑|里|寺|湖|河|山|"
    r"广场|市场|商圈|医院|乡|镇|场|基地|[东西南北一二三四五六七八九十\d]区)$"
)
#: What may follow a site's name without making it another site.
_AFTER: Final = re.compile(
    r"(?:(?:[东西南北一二三四五六七八九十\d]{1,2})?区|[东西南北]?门|小区|社区|大院|院|物业|底商|[a-z]?口)$"
)
_BEFORE_MIN: Final = 2
_MIN_LENGTH: Final = 3


class Thing(NamedTuple):
    """One thing: its name, how far it reaches, and where (metres of the plane)."""

    name: str
    reach: Reach
    x: float
    y: float


class Sites:
    """Names of things.

    Parameters
    ----------
    names
        The gazetteer's entries; those of streets are left out.
    plane
        The plane that positions are in.
    """

    def __init__(self, names: Sequence[Name], plane: LocalMetres) -> None:
        wanted = [name for name in names if name.kind != "street"]
        xy = plane.xy_many(np.array([name.position for name in wanted], dtype=np.float64).reshape(-1, 2))
        entries: dict[str, list[tuple[Name, Reach, float, float]]] = {}
        for name, (x, y) in zip(wanted, xy.tolist(), strict=True):
            for key, reach in _keys(name).items():
                if not _COMMON.match(key):
                    entries.setdefault(key, []).append((name, reach, x, y))
        things = {key: _things(found) for key, found in entries.items()}
        self._things = {key: found for key, found in things.items() if len(found) <= _CHAIN}

    def find(self, site: str, is_place: Callable[[str], bool]) -> tuple[Thing, ...]:
        """Return the things that a site may mean, in no order.

        It is looked up as it is, without a place name before it, and without what adds only a part of it after it.
        """
        key = site_key(site)
        tries = [key]
        tries += [key[cut:] for cut in range(_BEFORE_MIN, len(key) - _BEFORE_MIN) if is_place(key[:cut])]
        tries += [shorter for word in tries if len(shorter := _AFTER.sub("", word)) >= _MIN_LENGTH]
        return next((self._things[word] for word in tries if word in self._things), ())


def site_key(name: str) -> str:
    """Return how names of things are compared.

    Examples
    --------
    >>> site_key("清华同方科技大厦（Ｂ座）"), site_key("九号院三区")
    ('清华同方科技大厦(b座)', '9号院3区')
    """
    return digits_for_words(plain(name))


def _keys(name: Name) -> dict[str, Reach]:
    """Return what a thing may be called; a station's bare name also means the quarter around it."""
    keys = {site_key(name.name), site_key(_BRACKETS.sub("", plain(name.name)))}
    if name.kind == "station":
        bare = {key.removesuffix("站") for key in keys}
        reaches: dict[str, Reach] = {key + end: "site" for key in bare for end in ("站", "地铁站")}
        for key in bare:
            reaches[key] = "quarter"
        return reaches
    reach: Reach = "quarter" if name.kind == "area" else "site" if _LARGE.search(plain(name.name)) else "building"
    return {key: reach for key in keys if len(key) >= _BEFORE_MIN}


def _things(entries: Sequence[tuple[Name, Reach, float, float]]) -> tuple[Thing, ...]:
    """Join entries that are one thing; the one that says most exactly where stands for it."""
    things: list[Thing] = []
    for name, reach, x, y in sorted(entries, key=lambda entry: (REACH_M[entry[1]], entry[0].position)):
        if all(np.hypot(x - other.x, y - other.y) > _ONE_THING_M for other in things):
            things.append(Thing(name.name, reach, x, y))
    return tuple(things)
