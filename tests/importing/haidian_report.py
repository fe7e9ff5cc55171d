"""How Haidian's 2,003 addresses and 302 points are placed: ``python -m tests.importing.haidian_report PACK``.

For the 302 points the positions found are compared with the published ones, which are themselves partly wrong: a list's
own geocoding put some far outside Haidian.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from geo.coords import LonLat, distance_m
from geo.importing.clues import CityWords, Community, Where
from geo.importing.geocoding import Geocoder, Located
from geo.places.model import ACCURACIES
from tests.conftest import real_data

#: The codes of Beijing's districts in the official list.
DISTRICTS = {
    "110101": "东城区", "110102": "西城区", "110105": "朝阳区", "110106": "丰台区", "110107": "石景山区",
    "110108": "海淀区", "110109": "门头沟区", "110111": "房山区", "110112": "通州区", "110113": "顺义区",
    "110114": "昌平区", "110115": "大兴区", "110116": "怀柔区", "110117": "平谷区", "110118": "密云区",
    "110119": "延庆区",
}  # fmt: skip


class Row(NamedTuple):
    where: Where
    published: LonLat | None
    in_haidian: bool


class Placed(NamedTuple):
    row: Row
    located: Located | None

    @property
    def error_m(self) -> float | None:
        if self.located is None or self.row.published is None:
            return None
        return distance_m(self.located.position, self.row.published)


def _table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def communities(data: Path) -> list[Community]:
    """The official list of communities."""
    streets = {row["code"]: row["name"] for row in _table(data / "beijing" / "beijing_streets_official.csv")}
    return [
        Community(row["name"], streets[row["streetCode"]], DISTRICTS[row["areaCode"]])
        for row in _table(data / "beijing" / "beijing_communities_official.csv")
        if row["streetCode"] in streets and row["areaCode"] in DISTRICTS
    ]


def addresses(data: Path) -> list[Row]:
    """The 2,003 rows without coordinates."""
    rows = _table(data / "stations" / "haidian_2003_addresses.csv")
    return [Row(Where(row["address"], row["name"], row["district_hint"]), None, True) for row in rows]


def points(data: Path) -> list[Row]:
    """The 302 rows with coordinates."""
    rows = _table(data / "stations" / "haidian_302_points.csv")
    return [
        Row(
            Where(row["address"], row["name"]),
            LonLat(float(row["lon_wgs84"]), float(row["lat_wgs84"])),
            row["in_haidian"] == "1",
        )
        for row in rows
    ]


def place(geocoder: Geocoder, rows: Iterable[Row]) -> list[Placed]:
    """Place every row by its words alone."""
    return [Placed(row, geocoder.locate(row.where).located) for row in rows]


def counts(placed: Sequence[Placed]) -> dict[str, int]:
    """How many were placed at which accuracy, and how many not at all."""
    found = dict.fromkeys((*ACCURACIES, "nowhere"), 0)
    for one in placed:
        found[one.located.accuracy if one.located else "nowhere"] += 1
    return {accuracy: count for accuracy, count in found.items() if count}


def errors(placed: Sequence[Placed]) -> dict[str, tuple[int, float, float]]:
    """Per accuracy: rows, median and 90th percentile of the error in metres."""
    found: dict[str, list[float]] = {}
    for one in placed:
        if one.located is not None and one.error_m is not None:
            found.setdefault(one.located.accuracy, []).append(one.error_m)
    return {
        accuracy: (len(metres), float(np.median(metres)), float(np.percentile(metres, 90)))
        for accuracy in ACCURACIES
        if (metres := found.get(accuracy))
    }


def report(pack: Path, data: Path) -> str:
    """The figures as Markdown."""
    lines = ["# Haidian's real lists, placed by their words alone", ""]
    for title, listed in (("the pack alone", []), ("with the official list of communities", communities(data))):
        geocoder = Geocoder(CityWords.read(pack, listed))
        lines += [f"## {title}", "", "| list | " + " | ".join((*ACCURACIES, "nowhere")) + " |", "|---|" + "--:|" * 6]
        by_list = {"2,003 addresses": place(geocoder, addresses(data)), "302 points": place(geocoder, points(data))}
        for name, placed in by_list.items():
            found = counts(placed)
            cells = (str(found.get(accuracy, 0)) for accuracy in (*ACCURACIES, "nowhere"))
            lines.append(f"| {name} ({len(placed)} rows) | " + " | ".join(cells) + " |")
        lines += ["", "| 302 points | accuracy | rows | median error, m | p90, m |", "|---|---|--:|--:|--:|"]
        both = by_list["302 points"]
        for name, some in (("all", both), ("published inside Haidian", [p for p in both if p.row.in_haidian])):
            for accuracy, (rows, median, p90) in errors(some).items():
                lines.append(f"| {name} | {accuracy} | {rows} | {median:.0f} | {p90:.0f} |")
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    print(report(Path(sys.argv[1]), real_data()))
