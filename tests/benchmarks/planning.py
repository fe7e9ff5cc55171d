"""A planner's questions beside the peers: who is covered, the week, one more place, isochrones.

Nobody knows the hours of a real city's places, so in all cities they are drawn from a seed. Run alone it puts its own
section into the published results.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse.csgraph import dijkstra

from geo.city import City
from geo.coords import E7, LonLat, metres_per_degree
from geo.coverage.asking import CoverageQuery
from geo.coverage.counting import counted_at
from geo.coverage.drawing import drawn
from geo.coverage.scenario import Add, Edit, Move, Scenario, planned
from geo.coverage.service_area import reached_from
from geo.coverage.stretches import Stretches
from geo.places.hours import CHINA
from geo.places.model import Place
from geo.streets.network import TICKS_PER_S
from geo.streets.snapping import Position
from tests.benchmarks import report, synthetic
from tests.benchmarks.compare import Contestant, Result, in_turns, results
from tests.benchmarks.graph import Questions, questions
from tests.benchmarks.house import middle_points

SEED: Final = 2026
CUTOFF_S: Final = 900.0
CUTOFF: Final = round(CUTOFF_S * TICKS_PER_S)
MONDAY: Final = date(2026, 11, 23)
HOURS_ASKED: Final = 12
WEEKS: Final = 5
PLACES_ADDED: Final = 60
OUTLINES: Final = 20
BUFFER_M: Final = 25.0
#: Answers that are reckoned anew from the beginning, since that takes long.
_CHECKED: Final = 5
_DAYS: Final = ("Mo-Su", "Mo-Fr", "Mo-Sa", "Tu-Su", "Sa,Su")
#: Of AccessMod 5, of the question that `surface` answers: what its author reckoned, not what was measured here.
PUBLISHED: Final = {
    "who": "AccessMod 5",
    "what": "the population within a travel time of each of 300,000 cells of 1 km² (Burkina Faso)",
    "said": "0.464 s a cell on a 2.6 GHz i7, 1.6 days for one round",
    "where": "https://github.com/unige-geohealth/accessmod/issues/122, 2016-02-29",
}

_QUERY: Final = CoverageQuery(
    cutoff_s=CUTOFF_S, layer="street_length", open="certainly", when=datetime(2026, 11, 23, 12, tzinfo=CHINA)
)


def lines(name: str, city: City, asked: Questions, pack: Path) -> list[Result]:
    """Ask everything of one city.

    Parameters
    ----------
    city, asked
        With a few hundred places, and the same as a graph.
    pack
        The city's, for a server; its places are all there are.
    """
    opened = city.with_places(with_drawn_hours(city.places), "drawn")
    return [
        *_coverage(name, opened, asked),
        *_week(name, opened, asked),
        *_what_if(name, city, pack),
        *_outlines(name, city, asked),
    ]


def with_drawn_hours(places: Sequence[Place], seed: int = SEED) -> list[Place]:
    """Return the places with hours of a few kinds of days, from some quarter of an hour on for 4 to 10 hours."""
    draw = random.Random(seed)

    def hours() -> str:
        begin = draw.randrange(14 * 4)
        end = begin + draw.randrange(4 * 4, 10 * 4)
        return f"{draw.choice(_DAYS)} {begin // 4:02}:{begin % 4 * 15:02}-{end // 4:02}:{end % 4 * 15:02}"

    return [
        replace(place, services=tuple(replace(service, hours=hours(), season=None) for service in place.services))
        for place in places
    ]


def _field_of(asked: Questions, mask: NDArray[np.bool_], matrix: Any) -> NDArray[np.float64]:
    """Return scipy's time to the nearest of some places, from every node; inf where there is none."""
    roots = asked.place_vertices()[mask]
    if not len(roots):
        return np.full(asked.nodes, np.inf)
    return np.asarray(dijkstra(matrix, indices=roots, min_only=True)[: asked.nodes])


def _coverage(name: str, city: City, asked: Questions) -> list[Result]:
    """Who is covered at an hour, why others are not, by area; the peers find the times alone."""
    planner, matrix = city.planner, asked.backward.matrix()
    queries = [replace(_QUERY, when=datetime(2026, 11, 23, 8, tzinfo=CHINA) + timedelta(hours=n)) for n in range(99)]

    def covered(number: int) -> NDArray[np.int64]:
        return planner.coverage(queries[number]).weight

    def times(number: int) -> NDArray[np.float64]:
        return _field_of(asked, planner.counted(queries[number]), matrix)

    graph = _networkx(asked)

    def cut_off(number: int) -> int:
        import networkx as nx

        roots = asked.place_vertices()[planner.counted(queries[number])].tolist()
        found = nx.multi_source_dijkstra_path_length(graph, roots, cutoff=CUTOFF, weight="cost") if roots else {}
        return sum(vertex < asked.nodes for vertex in found)

    def right(number: int, answer: Any) -> bool:
        query = queries[number]
        cost = planner.field("walk", query.cutoff, planner.counted(query))[0].cost
        if isinstance(answer, int):
            return bool((cost <= CUTOFF).sum() == answer)
        if answer.ndim == 1:
            return bool((np.minimum(cost, CUTOFF + 1) == np.minimum(answer, CUTOFF + 1)).all())
        return bool(answer.sum() == planner.who(query).placed)

    contestants = [
        Contestant("ours", "`Planner.coverage`: by state and area, with the circle", covered, HOURS_ASKED, ours=True),
        Contestant("scipy", "`csgraph.dijkstra(min_only)`: the times alone", times, HOURS_ASKED),
        Contestant("networkx", "`multi_source_dijkstra_path_length(cutoff)`: the times alone", cut_off, 3),
    ]
    in_turns(contestants, HOURS_ASKED, block=4)
    return results("coverage", name, contestants, right)


def _week(name: str, city: City, asked: Questions) -> list[Result]:
    """168 hours; of scipy one field for each different set of open places, and nothing summed."""
    planner, matrix = city.planner, asked.backward.matrix()
    mondays = [MONDAY + timedelta(weeks=n) for n in range(WEEKS)]

    def week(number: int) -> Any:
        found = planner.week(_QUERY, mondays[number])
        assert found is not None
        return found

    def sets(number: int) -> NDArray[np.bool_]:
        begin = datetime.combine(mondays[number], datetime.min.time(), CHINA)
        moments = [begin + timedelta(hours=hour) for hour in range(168)]
        known = city._conditions, city._openings  # as the planner has them
        return np.unique(counted_at(*known, _QUERY, moments), axis=0)

    def fields(number: int) -> list[int]:
        return [int((_field_of(asked, mask, matrix) <= CUTOFF).sum()) for mask in sets(number)]

    def right(number: int, answer: Any) -> bool:
        """Ours: five hours asked for alone. Scipy: as many nodes within the cutoff as three of our fields have."""
        if isinstance(answer, list):
            some = list(enumerate(sets(number)))[:: max(1, len(answer) // 3)]
            costs = [(n, planner.field("walk", CUTOFF, mask)[0].cost) for n, mask in some]
            return all(int((cost <= CUTOFF).sum()) == answer[n] for n, cost in costs)
        begin = datetime.combine(mondays[number], datetime.min.time(), CHINA)
        hours = random.Random(number).sample(range(168), 5)
        alone = [planner.coverage(replace(_QUERY, when=begin + timedelta(hours=hour))).weight[0] for hour in hours]
        return all((answer.covered[hour] == one).all() for hour, one in zip(hours, alone, strict=True))

    contestants = [
        Contestant("ours", "`Planner.week`: by hour and area", week, WEEKS, ours=True),
        Contestant("scipy", "`csgraph.dijkstra(min_only)` for each set of open places: the times alone", fields, 1),
    ]
    in_turns(contestants, WEEKS)
    openings = len(sets(0))
    contestants[0].note = f"{openings} different sets of open places in the first week"
    return results("week", name, contestants, right)


def _what_if(name: str, city: City, pack: Path) -> list[Result]:
    """One more place, one that is moved, and the same asked of a server."""
    whole = City.open(pack)
    query = replace(_QUERY, open="any", when=None)
    what_if, before = whole.planner.what_if(query), whole.planner.coverage(query).weight[0]
    points = [LonLat(*point) for point in middle_points(whole, 3 * PLACES_ADDED, SEED).tolist()]
    on_street = [point for point in points if _can_stand(what_if, point)][:PLACES_ADDED]
    added = [(Add(planned("one more", point, ["rest_stop"])),) for point in on_street]
    counting = [whole.places[n].id for n in np.flatnonzero(whole.planner.counted(query)).tolist()]
    moved = [(Move(counting[n * 7 % len(counting)], added[n][0].place.position),) for n in range(len(added))]

    def anew(number: int) -> int:
        places = Scenario("", added[number]).applied(whole.places)
        return int(whole.with_places(places, str(number)).planner.coverage(query).weight[0].sum())

    def told(edits: tuple[Edit, ...]) -> int:
        return int(what_if.effect(edits).covered.sum())

    @cache
    def true(number: int) -> int:
        return anew(number)

    @cache
    def true_move(number: int) -> int:
        places = Scenario("", moved[number]).applied(whole.places)
        return int(whole.with_places(places, f"m{number}").planner.coverage(query).weight[0].sum())

    with _served(pack) as post:

        def asked_of_server(number: int) -> float:
            edits = Scenario("", added[number]).to_json()["edits"]
            values = post("/api/v1/what-if?layer=street_length&cutoff=15min", {"edits": edits})
            return float(values["covered"])

        contestants = [
            Contestant("ours", "`WhatIf.effect`: a place added", lambda n: told(added[n]), len(added), ours=True),
            Contestant(
                "ours, dragged", "`WhatIf.effect`: a place moved", lambda n: told(moved[n]), len(moved), ours=True
            ),
            Contestant("ours, served", "`POST /api/v1/what-if`: a place added", asked_of_server, len(added), ours=True),
            Contestant("ours, anew", "a city with the place, `Planner.coverage`", anew, _CHECKED, ours=True),
        ]
        in_turns(contestants, len(added))
    for one in contestants:  # only what has been reckoned anew can be compared
        one.answers = {n: answer for n, answer in one.answers.items() if n < _CHECKED}

    def right(number: int, answer: Any) -> bool:
        return abs(answer - true(number) / 1e6) < 1e-6 if isinstance(answer, float) else answer == true(number)

    first, second, *others = contestants
    assert before.sum() <= min(first.answers.values())
    return [
        *results("what_if", name, [first, *others], right, base=first),
        *results("what_if", name, [second], lambda n, answer: answer == true_move(n), base=first),
    ]


def _can_stand(what_if: Any, point: LonLat) -> bool:
    from geo.errors import YizhanError

    try:
        what_if.effect([Add(planned("one more", point, ["rest_stop"]))])
    except YizhanError:
        return False
    return True


@contextmanager
def _served(pack: Path) -> Iterator[Callable[[str, Any], Any]]:
    """Start the server; give a function that posts JSON to it on one connection."""
    with TemporaryDirectory(prefix="yizhan-bench-") as state:
        command = [sys.executable, "-m", "geo.cli", "serve", "--city", str(pack), "--port", "0", "--workers", "1"]
        with subprocess.Popen([*command, "--state", state], stdout=subprocess.PIPE, text=True) as server:
            try:
                assert server.stdout is not None
                url = next(word for word in server.stdout.readline().split() if word.startswith("http"))
                connection = HTTPConnection(url.removeprefix("http://").rstrip("/"), timeout=120)

                def post(path: str, values: Any) -> Any:
                    connection.request("POST", path, json.dumps(values), {"Content-Type": "application/json"})
                    answer = connection.getresponse()
                    body = answer.read()
                    assert answer.status == 200, body[:300]
                    return json.loads(body)

                try:
                    yield post
                finally:  # a server that is told to end waits for its connections
                    connection.close()
            finally:
                server.terminate()


def _outlines(name: str, city: City, asked: Questions) -> list[Result]:
    """What is within 15 minutes of a point, as a polygon; how much of the streets in it is not."""
    starts = asked.starts[:OUTLINES]
    graph, per_degree = _networkx(asked, forward=True), _per_degree(city)

    def reach_of(number: int) -> set[int]:
        import networkx as nx

        root = asked.origin_vertex(number)
        found = nx.single_source_dijkstra_path_length(graph, root, cutoff=CUTOFF, weight="cost")
        return {vertex for vertex in found if vertex < asked.nodes}

    def ours(number: int) -> Any:
        at = starts[number]
        return city.service_areas(LonLat(at.lon, at.lat), "walk", [CUTOFF_S], "from_facility")[0].polygon

    def buffered(number: int) -> Any:
        nodes = reach_of(number)
        inside = graph.subgraph(nodes)
        streets = [shapely.LineString(asked.xy_m[[u, v]]) for u, v in inside.edges]
        return _back(shapely.union_all(shapely.buffer(np.array(streets, dtype=object), BUFFER_M)), city, per_degree)

    def hull(number: int) -> Any:
        points = shapely.MultiPoint(asked.xy_m[sorted(reach_of(number))])
        return _back(shapely.concave_hull(points, ratio=0.2), city, per_degree)

    contestants = [
        Contestant("ours", "`City.service_areas`, snapping included", ours, OUTLINES, ours=True),
        Contestant("networkx, shapely", f"reached edges, buffered by {BUFFER_M:g} m, united", buffered, OUTLINES),
        Contestant("networkx, shapely hull", "`concave_hull(ratio=0.2)` of reached nodes", hull, OUTLINES),
    ]
    in_turns(contestants, len(starts), block=5)
    streets = city.planner.ways("walk").counted
    for one in contestants:
        claims = [_claims(city, streets, starts[n], polygon) for n, polygon in list(one.answers.items())[:10]]
        over, left = (float(np.mean([claim[i] for claim in claims])) for i in range(2))
        one.note = (
            f"{over:.1%} of the streets inside are not reached, {left:.1%} of those reached lie outside; means of "
            f"{len(claims)}"
        )
        one.answers = {n: claim[0] <= 0.0101 for n, claim in enumerate(claims)}
    return results("service_area", name, contestants, lambda _, within: bool(within))


def _claims(city: City, streets: Stretches, at: Position, polygon: Any) -> tuple[float, float]:
    """Return which share of the streets in an outline is not reached, and which of those reached lies outside."""
    on_street = at._replace(snap_m=0.0)  # where all of them set out
    reached = reached_from(city.network, "walk", on_street, [CUTOFF_S], "from_facility")[CUTOFF_S]
    near = np.isin(streets.edge, _edges_around(city, polygon))
    some = streets.take(np.flatnonzero(near))
    length = [_metres_inside(city, part, polygon) for part in (some, reached)]
    whole = _metres_inside(city, reached, None)
    return max(0.0, 1 - length[1] / max(length[0], 1e-9)), max(0.0, 1 - length[1] / max(whole, 1e-9))


def _edges_around(city: City, polygon: Any) -> NDArray[np.int32]:
    network, (west, south, east, north) = city.network, np.array(polygon.bounds) * E7
    lon, lat = network.shape_e7[:, 0], network.shape_e7[:, 1]
    inside = (lon >= west - 2e4) & (lon <= east + 2e4) & (lat >= south - 2e4) & (lat <= north + 2e4)
    return np.unique(network.shape_edge[inside])


def _metres_inside(city: City, part: Stretches, polygon: Any) -> float:
    found = drawn(city.network, part)
    owner = np.repeat(np.arange(len(part.edge)), np.diff(found.first))
    lines = np.asarray(shapely.linestrings(found.lonlat, indices=owner))
    if polygon is not None:
        shapely.prepare(polygon)
        whole = shapely.contains_properly(polygon, lines)
        lines = np.concatenate([lines[whole], shapely.intersection(lines[~whole], polygon)])
    metres = shapely.transform(lines, lambda at: at * _per_degree(city))
    return float(shapely.length(metres).sum())


def _back(polygon: Any, city: City, per_degree: NDArray[np.float64]) -> Any:
    centre = np.array(city.bbox.centre)
    return shapely.transform(polygon, lambda at: at / per_degree + centre)


def _per_degree(city: City) -> NDArray[np.float64]:
    return np.array(metres_per_degree(city.bbox.centre.lat))


def _networkx(asked: Questions, *, forward: bool = False) -> Any:
    import networkx as nx

    graph, arcs = nx.DiGraph(), asked.forward if forward else asked.backward
    graph.add_weighted_edges_from(zip(*(part.tolist() for part in arcs[:3]), strict=True), weight="cost")
    return graph


def section(found: list[Result], when: str) -> dict[str, Any]:
    """Return what is published."""
    goals = (
        ("a week of 168 hours", "real", 1000.0, "week", "ours"),
        ("a week of 168 hours", "city", 5000.0, "week", "ours"),
        ("what one more place changes", "city", 1.0, "what_if", "ours"),
        ("the same over HTTP", "city", 10.0, "what_if", "ours, served"),
    )
    cities = list(dict.fromkeys(line["city"] for line in found))
    told = []
    for what, where, goal_ms, question, who in goals:
        own = [x["median_ms"] for x in found if (x["city"], x["question"], x["who"]) == (where, question, who)]
        if own:
            told.append({
                "what": f"{what}, {where}", "sign": "≤", "goal": goal_ms, "unit": "ms", "measured": own[0],
                "met": own[0] <= goal_ms,
            })  # fmt: skip
    return {
        "date": when, "load": os.getloadavg()[0], "cutoff_s": CUTOFF_S, "seed": SEED, "cities": cities,
        "checked": _CHECKED, "goals": told, "lines": found, "published": PUBLISHED,
    }  # fmt: skip


def asked_of(city: City, points: NDArray[np.float64]) -> Questions:
    """Return the same city as a graph."""
    return questions(city, points[20:], points[:20])


def main() -> None:
    """Measure packs that are there; ``--update`` puts the section into the published results."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.planning", description=__doc__)
    parser.add_argument("packs", nargs="+", metavar="NAME=PACK", help="real=data/packs/beijing, or city, or district")
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--date", default=datetime.now(UTC).date().isoformat())
    given = parser.parse_args()
    found: list[Result] = []
    for words in given.packs:
        name, _, path = words.partition("=")
        pack = Path(path) if path else synthetic.cached_pack(name).pack
        whole = City.open(pack)
        rng = np.random.default_rng(synthetic.SEED)
        kept = sorted(rng.choice(len(whole.places), min(500, len(whole.places)), replace=False).tolist())
        city = whole.with_places([whole.places[n] for n in kept], "bench")
        print(f"… {name}", file=sys.stderr, flush=True)
        found += lines(name, city, asked_of(city, middle_points(city, 80, SEED)), pack)
    part = section(found, given.date)
    if given.update:
        report.write(json.loads(report.RESULTS.read_text(encoding="utf-8")) | {"planning": part})
    print("\n\n".join(report.planning(part)))


if __name__ == "__main__":
    main()
