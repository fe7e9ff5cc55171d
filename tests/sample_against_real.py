"""How far the sample city's streets lie from the streets of the same name in a real extract.

``python -m tests.sample_against_real EXTRACT.osm.pbf`` prints, per street, the share of its length within 80 m.
"""

from __future__ import annotations

import csv
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np
import shapely

from geo.coords import E7, metres_per_degree
from geo.osm.extract import Extract
from geo.osm.files import read_file
from geo.pack.sample import sample_folder

NEAR_M = 80.0
_SCALE = np.array(metres_per_degree(39.91))


def shares(extract: Extract) -> dict[str, tuple[float, float]]:
    """Return street name -> (metres in the sample, share of them within 80 m of the real street of that name)."""
    real = defaultdict(list)
    ways = extract.ways
    for i, tags in enumerate(ways.tags):
        if "name" in tags:
            lonlat = ways.lonlat_e7[ways.start[i] : ways.start[i + 1]] / E7
            real[tags["name"]].append(shapely.LineString(lonlat * _SCALE))
    found: dict[str, tuple[float, float]] = {}
    for name, lines in _sample().items():
        if name in real:
            reach = shapely.union_all(shapely.buffer(real[name], NEAR_M))
            metres = sum(line.length for line in lines)
            found[name] = (metres, sum(line.intersection(reach).length for line in lines) / metres)
    return found


def _sample() -> dict[str, list[shapely.LineString]]:
    lines = defaultdict(list)
    with (sample_folder() / "streets.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            points = [[float(value) for value in pair.split()] for pair in row["polyline"].split(";")]
            lines[row["name"]].append(shapely.LineString(np.array(points) * _SCALE))
    return lines


def overall(found: dict[str, tuple[float, float]]) -> float:
    """Return the share of all same-named metres that lies within 80 m."""
    return sum(metres * share for metres, share in found.values()) / sum(metres for metres, _ in found.values())


if __name__ == "__main__":
    table = shares(read_file(Path(sys.argv[1])))
    for street, (length_m, near) in sorted(table.items(), key=lambda item: item[1][1]):
        print(f"{near:6.1%}  {length_m:6.0f} m  {street}")
    print(f"{overall(table):6.1%} of {sum(m for m, _ in table.values()) / 1000:.1f} km, {len(table)} streets")
