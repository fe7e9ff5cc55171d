"""Ours and the peers, one question at a time, in turns: who takes how long, and whether the answers agree.

Everybody answers the same questions in one process. They take turns in blocks of ten questions, so that the noise of a
shared machine hits all alike and each has its own data in the caches while its block lasts. A ratio is reckoned from
medians over the questions that both have answered.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse.csgraph import dijkstra

from geo.city import City
from geo.streets.network import NO_WAY
from geo.streets.snapping import Positions
from tests.benchmarks import engines, ours, peers
from tests.benchmarks.graph import CUTOFF, CUTOFF_S, K, Questions
from tests.benchmarks.peers import Costs

BLOCK = 10
QUESTIONS = 200
ROUNDS = 7
#: Cities with fewer nodes than this ask slow peers more often.
_LARGE = 200_000
_OFTENER = 4

Result = dict[str, Any]


@dataclass
class Contestant:
    """Somebody who answers numbered questions, how often at most, and what came of it."""

    who: str
    call: str
    ask: Callable[[int], Any]
    most: int
    ours: bool = False
    note: str = ""
    #: What is done with an answer before the next question, untimed.
    keep: Callable[[Any], Any] = lambda answer: answer
    broken: str = ""
    seconds: dict[int, float] = field(default_factory=dict)
    answers: dict[int, Any] = field(default_factory=dict)


def in_turns(contestants: list[Contestant], count: int, block: int = BLOCK) -> None:
    """Ask everybody ``count`` questions, or as many as each takes; the first is asked once before, uncounted.

    A peer that breaks down is asked no more, and its line says so; ours may not.
    """
    for one in contestants:
        _ask(one, 0)
        one.seconds.clear()
    for begin in range(0, count, block):
        for one in contestants:
            for number in range(begin, min(begin + block, count, one.most)):
                _ask(one, number)


def _ask(one: Contestant, number: int) -> None:
    if one.broken:
        return
    begin = time.perf_counter()
    try:
        answer = one.ask(number)
    except Exception as error:
        if one.ours:
            raise
        one.broken = f"broke down: {type(error).__name__}: {' '.join(str(error).split())}"[:160]
        return
    one.seconds[number] = time.perf_counter() - begin
    one.answers[number] = one.keep(answer)


def results(
    question: str,
    city: str,
    contestants: list[Contestant],
    judge: Callable[[int, Any], bool],
    base: Contestant | None = None,
) -> list[Result]:
    """Return what was measured: medians, ratios to ``base`` (or the first of ours), and how many answers are right."""
    base = base or next((one for one in contestants if one.ours), None)
    found = []
    for one in contestants:
        if one.broken:
            found.append(absent(question, city, one.who, one.broken))
            continue
        taken = list(one.seconds.values())
        both = [] if base is None or one is base else sorted(one.seconds.keys() & base.seconds.keys())
        ratio = None
        if both and base is not None:
            ratio = statistics.median(one.seconds[n] for n in both) / statistics.median(base.seconds[n] for n in both)
        found.append(
            {
                "question": question,
                "city": city,
                "who": one.who,
                "call": one.call,
                "ours": one.ours,
                "status": "measured",
                "median_ms": statistics.median(taken) * 1000,
                "p95_ms": float(np.quantile(taken, 0.95)) * 1000,
                "runs": len(taken),
                "times_ours": ratio,
                "agree": sum(bool(judge(number, answer)) for number, answer in one.answers.items()),
                "compared": len(one.answers),
                "note": one.note,
            }
        )
    return found


def absent(question: str, city: str, who: str, reason: str, *, is_ours: bool = False) -> Result:
    """Return a line for somebody who does not take part, with the reason."""
    return {"question": question, "city": city, "who": who, "call": "", "ours": is_ours, "status": reason}


def ticks(costs: Any) -> Costs:
    """Return costs with ``inf`` for what cannot be reached."""
    known = np.asarray(costs, dtype=np.float64)
    return np.where(known >= NO_WAY, np.inf, known)


def all_questions(name: str, city: City, asked: Questions, pbf: Path | None) -> list[Result]:
    """Ask everything of one city; ``pbf`` is the file for engines that read OpenStreetMap (None: leave them out)."""
    found: list[Result] = []
    there: list[peers.Peer] = []
    for kind in peers.PEERS:
        reason = peers.missing(kind)
        if reason is None:
            there.append(kind(asked))
        else:
            found += [absent(question, name, kind.name, reason) for question in kind.calls]
    database, reason = _database(asked)
    if database is None:
        found += [absent(question, name, engines.PgRouting.name, reason) for question in ("nearest", "field")]
    try:
        found += _nearest(name, city, asked, there, database, pbf)
        found += _fields(name, city, asked, there, database)
        found += _labels(name, city, asked, there)
        found += _adding(name, city, asked, there)
    finally:
        if database is not None:
            database.close()
    return found


def _database(asked: Questions) -> tuple[engines.PgRouting | None, str]:
    try:
        return engines.PgRouting(asked), ""
    except Exception as error:  # whatever keeps a database from starting, the rest is measured
        return None, f"not available here: {' '.join(str(error).split())}"[:200]


def _most(asked: Questions, most: Mapping[str, int], question: str, usual: int) -> int:
    """How often somebody is asked."""
    return min(usual, most.get(question, usual) * (1 if asked.nodes > _LARGE else _OFTENER))


def _ours(name: str, question: str, who: str, make: Callable[[], Callable[..., Any]]) -> tuple[Any, list[Result]]:
    """Return our side's function, or the line that says that it is not built."""
    try:
        return make(), []
    except NotImplementedError:
        return None, [absent(question, name, who, "not yet built", is_ours=True)]


def _nearest(
    name: str,
    city: City,
    asked: Questions,
    there: list[peers.Peer],
    database: engines.PgRouting | None,
    pbf: Path | None,
) -> list[Result]:
    """Five nearest within 2 km, from origins on streets."""
    found: list[Result] = []
    runners: list[Contestant] = []
    for who, make in (
        ("ours: bounded search", ours.bounded),
        ("ours: look-up of kept labels", ours.lookup),
    ):
        ask, lines = _ours(name, "nearest", who, lambda make=make: make(city, K, CUTOFF))  # type: ignore[misc]
        found += lines
        if ask is not None:
            call = f"`{make.__module__.rpartition('.')[2]}.{make.__name__}`"
            runners.append(
                Contestant(who, call, lambda n, ask=ask: ask(asked.starts[n]), QUESTIONS, ours=True)  # type: ignore[misc]
            )
    for peer in there:
        most = _most(asked, peer.most, "nearest", QUESTIONS)
        runners.append(Contestant(peer.name, peer.calls["nearest"], peer.nearest, most))
    if database is not None:
        for question, ask in (("nearest", database.nearest), ("nearest_whole", database.nearest_whole)):
            most = _most(asked, database.most, question, QUESTIONS)
            who, note = f"pgRouting {database.version}", "a PostgreSQL of its own with 32 MB of shared buffers"
            runners.append(Contestant(who, database.calls[question], ask, most, note=note))
    tables, lines = _tables(name, asked, pbf)
    found += lines
    in_turns([*runners, *tables], min(QUESTIONS, asked.origins))

    matrix = asked.forward.matrix()
    true: dict[int, Costs] = {}

    def costs(number: int) -> Costs:
        """Return the true cost of every place from an origin, by one search without a limit."""
        if number not in true:
            reached = dijkstra(matrix, indices=asked.origin_vertex(number))
            true[number] = reached[asked.nodes : asked.nodes + asked.places]
        return true[number]

    def best(number: int) -> Costs:
        known = costs(number)
        return np.sort(known[known <= CUTOFF])[:K]

    found += results("nearest", name, runners, lambda n, answer: np.array_equal(ticks(answer), best(n)))
    found += _many(name, city, asked, runners, best)
    for one in tables:
        one.note = f"{_how_wrong(one, costs, best)}; {one.note}"
    base = next((runner for runner in runners if runner.ours), None)
    return found + results(
        "nearest", name, tables, lambda n, answer: np.array_equal(np.sort(costs(n)[answer]), best(n)), base
    )


def _how_wrong(one: Contestant, costs: Callable[[int], Costs], best: Callable[[int], Costs]) -> str:
    """Say in which ways the places that somebody names are not the nearest within the cutoff."""
    fewer = more = others = 0
    for number, answer in one.answers.items():
        named, true = np.sort(costs(number)[answer]), best(number)
        fewer += len(named) < len(true)
        more += len(named) > len(true)
        others += len(named) == len(true) and not np.array_equal(named, true)
    return f"{fewer} answers name too few places, {more} too many, {others} as many but others"


def _many(
    name: str, city: City, asked: Questions, runners: list[Contestant], best: Callable[[int], Costs]
) -> list[Result]:
    """Ask all questions in one call, and say what one of them takes."""
    who = "ours: look-up, all questions in one call"
    ask, found = _ours(name, "nearest", who, lambda: ours.lookup_many(city, K, CUTOFF))
    if ask is None:
        return found
    starts = Positions(
        np.array([start.edge for start in asked.starts], dtype=np.int32),
        np.array([start.offset_m for start in asked.starts]),
        np.array([start.snap_m for start in asked.starts]),
        np.array([[start.lon, start.lat] for start in asked.starts]),
    )
    one = Contestant(who, "`ours.lookup_many`", lambda _: ask(starts), ROUNDS, ours=True)
    in_turns([one], ROUNDS, block=1)
    answers = ticks(one.answers[0])
    one.seconds = {n: seconds / asked.origins for n, seconds in one.seconds.items()}
    line = results("nearest", name, [one], lambda *_: True)[0]
    right = sum(np.array_equal(row[np.isfinite(row)], best(n)) for n, row in enumerate(answers))
    base = next((runner for runner in runners if runner.ours), one)
    ratio = statistics.median(one.seconds.values()) / statistics.median(base.seconds.values())
    return [line | {"agree": right, "compared": len(answers), "times_ours": ratio}]


def _tables(name: str, asked: Questions, pbf: Path | None) -> tuple[list[Contestant], list[Result]]:
    runners, lines = [], []
    for kind in engines.TABLES:
        reason = engines.missing(kind) if pbf is not None else "left out: no file of streets for it"
        if reason is None and pbf is not None:
            try:
                engine = kind(asked, pbf)
            except Exception as error:  # an engine that cannot prepare its own data is told of, not hidden
                reason = f"could not be prepared: {' '.join(str(error).split())}"[:200]
        if reason is not None:
            lines.append(absent("nearest", name, kind.name, reason))
            continue
        for question, ask, what in (
            ("picked", engine.picked, f"table to the {engines.PICKED} nearest in a straight line"),
            ("all", engine.all, f"table to all {asked.places}"),
        ):
            most = _most(asked, engine.most, question, QUESTIONS)
            note = f"preparing its data took {engine.prepare_s:.0f} s; own snapping and speeds"
            runners.append(Contestant(engine.name, what, ask, most, note=note))
    return runners, lines


def _fields(
    name: str, city: City, asked: Questions, there: list[peers.Peer], database: engines.PgRouting | None
) -> list[Result]:
    """Time to the nearest place for every node."""
    ask, found = _ours(name, "field", "ours", lambda: ours.field(city))
    runners = [] if ask is None else [Contestant("ours", "`ours.field`", lambda _: ask(), ROUNDS, ours=True)]
    for peer in there:
        if peers.question(peer, "field") is not None:
            most = _most(asked, peer.most, "field", ROUNDS)
            runners.append(Contestant(peer.name, peer.calls["field"], lambda _, peer=peer: peer.field(), most))  # type: ignore[misc]
    in_turns(runners, ROUNDS, block=1)
    true = _truth(asked)
    found += results("field", name, runners, lambda _, answer: np.array_equal(ticks(answer), true))
    if database is not None:
        found.append(_database_field(name, asked, database, true, runners))
    return found


def _database_field(
    name: str, asked: Questions, database: engines.PgRouting, true: Costs, runners: list[Contestant]
) -> Result:
    """Measure pgRouting's field without fetching it, then count the nodes at which it is right."""
    one = Contestant(
        f"pgRouting {database.version}",
        database.calls["field"],
        lambda _: database.field(),
        _most(asked, database.most, "field", ROUNDS),
    )
    in_turns([one], ROUNDS, block=1)
    ours_first = next((runner for runner in runners if runner.ours), None)
    line = results("field", name, [one], lambda *_: True, ours_first)[0]
    if one.broken:
        return line
    equal = int((database.fetched() == true).sum())
    wrong = f"{asked.nodes - equal} of {asked.nodes} nodes differ ({(asked.nodes - equal) / asked.nodes:.1%})"
    return line | {"agree": 0 if equal < asked.nodes else line["compared"], "note": wrong}


def _labels(name: str, city: City, asked: Questions, there: list[peers.Peer]) -> list[Result]:
    """Five nearest within 2 km for every node."""
    ask, found = _ours(name, "labels", "ours", lambda: ours.labels(city, K, CUTOFF))
    runners = [] if ask is None else [Contestant("ours", "`ours.labels`", lambda _: ask(), 3, ours=True)]
    for peer in there:
        if peers.question(peer, "labels") is not None:
            most = _most(asked, peer.most, "labels", 3)
            runners.append(Contestant(peer.name, peer.calls["labels"], lambda _, peer=peer: peer.labels(), most))  # type: ignore[misc]
    in_turns(runners, 3, block=1)
    true = peers.Scipy(asked).labels()
    return found + results("labels", name, runners, lambda _, answer: np.array_equal(ticks(answer), true))


def _adding(name: str, city: City, asked: Questions, there: list[peers.Peer]) -> list[Result]:
    """Add one place to a field; each new place is forgotten before the next."""
    ask, found = _ours(name, "add_place", "ours", lambda: ours.add_place(city))
    runners = []
    if ask is not None:
        # the field is changed where it lies, so each is copied for the judge
        runners.append(
            Contestant("ours", "`ours.add_place`", lambda n: ask(asked.new[n]), asked.further, ours=True, keep=np.array)
        )
    scipy = next((peer for peer in there if isinstance(peer, peers.Scipy)), None)
    if scipy is not None:
        before = scipy.field()
        runners += [
            Contestant("scipy", scipy.calls["add_place"], lambda n: scipy.add_place(n, before), asked.further),
            Contestant("scipy", scipy.calls["field_again"], scipy.field_again, asked.further),
        ]
    in_turns(runners, asked.further, block=5)
    exact = peers.Scipy(asked)
    again: dict[int, Costs] = {}

    def judge(number: int, answer: Any) -> bool:
        if number not in again:
            again[number] = exact.field_again(number)
        return np.array_equal(ticks(answer), again[number])

    return found + results("add_place", name, runners, judge)


def _truth(asked: Questions) -> Costs:
    """Return the field as the minimum of single searches, one from each place, none farther than any node is."""
    sweep = peers.Scipy(asked).field()
    farthest = sweep[np.isfinite(sweep)].max(initial=0)
    least, backward = np.full(asked.nodes, np.inf), asked.backward.matrix()
    for place in asked.place_vertices().tolist():
        np.minimum(least, dijkstra(backward, indices=place, limit=farthest)[: asked.nodes], out=least)
    return least


def facts(city: City, asked: Questions) -> Result:
    """Return what the city is, for the table."""
    return {
        "nodes": asked.nodes,
        "arcs_on_foot": int((city.network.arcs["walk"].forward != NO_WAY).sum())
        + int((city.network.arcs["walk"].backward != NO_WAY).sum()),
        "places": asked.places,
        "origins": asked.origins,
        "k": K,
        "cutoff_s": CUTOFF_S,
    }
