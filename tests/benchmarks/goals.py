"""What was wanted of the largest city, in its unit and beside a peer: a goal in milliseconds is one of a machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

Results = dict[str, Any]


class Yardstick(NamedTuple):
    """A peer that answered the same where the goal was set.

    Attributes
    ----------
    who
        As people read it.
    then
        What it took there, in the goal's unit.
    now
        Tells what it takes here; None: it was not measured.
    """

    who: str
    then: float
    now: Callable[[Results], float | None]


class Goal(NamedTuple):
    """A figure to be reached, and where the measured one is found."""

    what: str
    sign: str
    figure: float
    unit: str
    measured: Callable[[Results], float | None]
    beside: Yardstick | None = None


def goals(results: Results, facts: Mapping[str, float | None]) -> list[Results]:
    """Return the goals for the largest city with what was measured; None where nothing is built to measure."""
    found = []
    for goal in _GOALS:
        measured = goal.measured(results | {"facts": facts})
        found.append(
            {
                "what": goal.what,
                "sign": goal.sign,
                "goal": goal.figure,
                "unit": goal.unit,
                "measured": measured,
                "met": None if measured is None else _met(goal.sign, measured, goal.figure),
                "beside": goal.beside and _beside(goal, goal.beside, measured, results),
            }
        )
    return found


def _beside(goal: Goal, peer: Yardstick, measured: float | None, results: Results) -> Results | None:
    now = peer.now(results)
    if measured is None or not now:
        return None
    wanted, ratio = goal.figure / peer.then, measured / now
    return {"who": peer.who, "goal": wanted, "measured": ratio, "met": _met(goal.sign, ratio, wanted)}


def _met(sign: str, measured: float, goal: float) -> bool:
    return measured <= goal if sign == "≤" else measured >= goal


def _compared(question: str, who: str, call: str = "") -> Callable[[Results], float | None]:
    def find(results: Results) -> float | None:
        for line in results["compared"]:
            if (line["question"], line["city"], line["who"]) == (question, "city", who) and call in line["call"]:
                return line.get("median_ms")  # type: ignore[no-any-return]
        return None

    return find


def _served(who: str, key: str, *, floor: bool = False) -> Callable[[Results], float | None]:
    def find(results: Results) -> float | None:
        servers = (results["served"] or {"servers": []})["servers"]
        own = [line for line in servers if line["who"] == who and line.get("floor", False) == floor]
        return own[0].get(key) if own else None

    return find


def _fact(what: str, factor: float) -> Callable[[Results], float | None]:
    def find(results: Results) -> float | None:
        seconds = results["facts"].get(f"city: {what}")
        return None if seconds is None else seconds * factor

    return find


_SCIPY: Final = Yardstick("scipy `dijkstra(limit)`", 0.45, _compared("nearest", "scipy", "limit"))
_OWN: Final = "`yizhan serve`"
_EMPTY: Final = "granian, 2 workers"

#: The figures were measured, or asked for, on a machine where the peers took what stands beside them.
_GOALS: Final = (
    Goal(
        "nearest within the cutoff, bounded search", "≤", 0.13, "ms", _compared("nearest", "ours: bounded search"),
        _SCIPY,
    ),
    Goal(
        "nearest within the cutoff, look-up, asked one by one from Python", "≤", 0.003, "ms",
        _compared("nearest", "ours: look-up of kept labels"), _SCIPY,
    ),
    Goal(
        "nearest within the cutoff, look-up, many in one call", "≤", 0.003, "ms",
        _compared("nearest", "ours: look-up, all questions in one call"), _SCIPY,
    ),
    Goal(
        "time to the nearest for every node", "≤", 35, "ms", _compared("field", "ours"),
        Yardstick("scipy `dijkstra(min_only)`", 95, _compared("field", "scipy", "min_only")),
    ),
    Goal(
        "add one place", "≤", 0.06, "ms", _compared("add_place", "ours"),
        Yardstick("scipy, the whole field again", 96, _compared("add_place", "scipy", "min_only")),
    ),
    Goal("open the pack", "≤", 0.5, "s", _fact("open the pack", 1)),
    Goal("first answer after a start", "≤", 50, "ms", _fact("its first answer of /api/v1/nearest", 1000)),
    Goal("memory of `yizhan serve` under load (PSS)", "≤", 400, "MB", _served(_OWN, "pss_mb")),
    Goal(
        "whole answers of `yizhan serve`", "≥", 4000, "requests/s", _served(_OWN, "per_s"),
        Yardstick("an empty Flask answer", 19_000, _served(_EMPTY, "per_s", floor=True)),
    ),
    Goal("p99 of `yizhan serve`", "≤", 10, "ms", _served(_OWN, "p99_ms")),
)  # fmt: skip
