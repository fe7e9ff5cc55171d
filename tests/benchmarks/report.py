"""The results of a run -> docs/benchmarks.md. Every figure on the page is one of the results; none is reckoned here.

``python -m tests.benchmarks.report`` writes the page anew from docs/benchmarks.json.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

DOCS: Final = Path(__file__).parents[2] / "docs"
RESULTS: Final = DOCS / "benchmarks.json"
PAGE: Final = DOCS / "benchmarks.md"

Line = Mapping[str, Any]

_TITLES: Final = {
    "nearest": "One question: the nearest places by network within the cutoff",
    "field": "Time to the nearest place for every node",
    "labels": "The nearest places within the cutoff for every node",
    "add_place": "Add one place to a field that is there",
}
_BOUNDS: Final = {
    "nearest": """
Where places are dense the last of them ends the search, where they are rare the cutoff: the bounded search is bound by
how many nodes lie within it, and by how far apart in memory they lie. Libraries without a cutoff settle the whole city.
What grows with the city in scipy is the array that it makes for every question.""",
    "field": """
One settling of every node and one look at every arc, in order of cost: bound by memory and by the queue.""",
    "labels": """
As many settlings of a node as places lie within its cutoff, at most as many as are asked for: bound by memory.""",
    "add_place": """
Bound by how many nodes the new place is nearer to; whoever sweeps anew is bound by the city.""",
}
_INTRO: Final = """
Written by `make bench` from [benchmarks.json](benchmarks.json), never by hand; `python -m tests.benchmarks.report`
writes it anew without measuring. Ratios within one run are what to trust: on another machine every time differs."""
_METHOD: Final = """
The places asked for are the nearest {k}, within {cutoff} s on foot, which is {metres} m. Everybody is asked the same
questions in one process, in turns of {block}; slow ones are asked fewer, as the table says. Graph and questions are the
same arcs for all: places are leaves; an origin is a root with arcs to both ends of its edge and to the places on it, so
that one search from it is exact for anybody who takes a graph. Ours gets the origin's position on its edge. Snapping is
left out, but for engines that do it themselves. Each is asked once before, uncounted, and preparing a graph is not
counted. Every cell says: median and p95 in milliseconds; how many times ours that is, on the questions that both
answered; right answers of all."""
_EXACT: Final = """
All costs are whole ticks, so answers are compared for equality, not for likeness: sorted costs for one question, the
whole array for a field. The reference is scipy: one search without a limit from each origin; the minimum of single
searches from each place; for the labels its limited searches, merged. An engine that reads OpenStreetMap by itself is
compared by the places that it names: their true costs beside the true answer."""
_GOALS: Final = """
A goal in milliseconds is one of the machine where it was set. What a peer took there and takes here, in the same run,
tells how far machines are apart: the columns on the right hold the goal and ours as shares of that peer."""
_MET: Final = {True: "met", False: "**missed**", None: "–"}
_LOAD: Final = """
`/api/v1/nearest` of {city} under {tool}: {connections} connections for {seconds} s after a warm-up, {questions} random
questions in turn ({mix}). The tool runs on the same cores as the server. A sample of bodies is compared with the answer
reckoned in process. Memory is that of all of a server's processes after the load; the tool gives its own pages of the
pack back before."""
_SITING: Final = """
Seconds of the processor, processes that a side starts counted, to build the model and to solve it, on {date} with
{versions}; ours has run once before, so that nothing is compiled. Where is *even*: {demand} rows of demand and
{candidates} candidates at random in a square of {side_m} m (seed {seed}); *clustered*: half of the demand is around
centres. MCLP covers within {radius_m} m, the p-median has all costs; ours stops after {limit_s} s by the clock. San
Francisco is the example that spopt brings, with its radius of {sf_radius_m} m. Objectives are reckoned by one function
for both sides, from the sites chosen."""
_PLANNED: Final = {
    "coverage": "Who is covered at an hour, and why others are not",
    "week": "The hours of a week",
    "what_if": "What one place changes",
    "service_area": "Isochrones",
}
_PLANNING: Final = """
Measured on {date} at a load of {load}. Within {cutoff} s on foot, of every metre of street. Nobody knows the hours of a
real city's places, so in all cities they are drawn from a seed ({seed}). Cells as above; what a peer leaves out is said
beside it. A coverage is right if its states make the total, a peer's times if they are ours up to the cutoff; a week if
hours asked for alone come out equal; what a place changes if a city with that place, asked anew, has the same (the
first {checked}); an outline if at most a hundredth of the streets in it is not reached. What one place changes is asked
of all places of the city. The server has one process."""
_ENGINE: Final = """
The bare engine on the same questions, one thread, from the words of the query to the bytes of the answer: median
{median} ms, mean {mean} ms, p99 {p99} ms ({runs} questions). {bound}"""


def render(results: Mapping[str, Any]) -> str:
    """Return the page."""
    parts = [
        "# Benchmarks",
        _INTRO.strip(),
        *_machine(results),
        *_cities(results),
        *_goals(results["goals"]),
        "## How it is measured",
        _method(results["asked"]),
        _EXACT.strip(),
    ]
    for question, title in _TITLES.items():
        lines = [line for line in results["compared"] if line["question"] == question]
        if lines:
            parts += [
                f"## {title}",
                _BOUNDS[question].strip(),
                _comparison(lines, list(results["cities"])),
                *_notes(lines),
            ]
    parts += planning(results.get("planning"))
    parts += _siting(results.get("siting"))
    parts += _served(results.get("served"))
    parts += _house(results["house"])
    return "\n\n".join(parts) + "\n"


def write(results: Mapping[str, Any], data: Path = RESULTS, page: Path = PAGE) -> None:
    """Write the results and the page."""
    data.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    page.write_text(render(json.loads(data.read_text(encoding="utf-8"))), encoding="utf-8")


def _machine(results: Mapping[str, Any]) -> list[str]:
    machine = results["machine"]
    return [
        f"Taken on {results['date']}: {machine['cpu']}, {machine['cores']} cores, {_number(machine['memory_gb'])} GB, "
        f"{machine['system']}, Python {machine['python']}.",
        ", ".join(f"{name} {version}" for name, version in sorted(results["versions"].items())) + ".",
    ]


def _cities(results: Mapping[str, Any]) -> list[str]:
    rows = [
        (name, f"{city['nodes']:,}", f"{city['arcs_on_foot']:,}", f"{city['places']:,}", city["what"])
        for name, city in results["cities"].items()
    ]
    return [_table(("city", "nodes", "arcs on foot", "places", "what it is"), rows)] if rows else []


def _goals(goals: Sequence[Line]) -> list[str]:
    if not goals:
        return []
    rows = [
        (
            goal["what"],
            f"{goal['sign']} {_number(goal['goal'])} {goal['unit']}",
            "not yet built" if goal["measured"] is None else f"{_number(goal['measured'])} {goal['unit']}",
            _MET[goal["met"]],
            *_beside(goal.get("beside")),
        )
        for goal in goals
    ]
    columns = ("what, in the largest city", "goal", "measured", "", "beside", "goal", "measured", "")
    return ["## Goals", _GOALS.strip(), _table(columns, rows)]


def _beside(peer: Mapping[str, Any] | None) -> tuple[str, str, str, str]:
    if peer is None:
        return ("–",) * 4
    return peer["who"], f"{_number(peer['goal'])}×", f"{_number(peer['measured'])}×", _MET[peer["met"]]


def _method(asked: Mapping[str, Any]) -> str:
    return _METHOD.strip().format(
        k=asked["k"], cutoff=_number(asked["cutoff_s"]), metres=_number(asked["metres"]), block=asked["block"]
    )


def _comparison(lines: Sequence[Line], cities: Sequence[str]) -> str:
    whos = dict.fromkeys((line["who"], line["call"]) for line in lines if line["status"] == "measured")
    whos |= dict.fromkeys((line["who"], "") for line in lines if line["status"] != "measured")
    rows = []
    for who, call in whos:
        own = {line["city"]: line for line in lines if line["who"] == who and line["call"] == call}
        rows.append((f"{who}: {call}" if call else who, *(_cell(own.get(city)) for city in cities)))
    return _table(("who and how", *cities), rows)


def _cell(line: Line | None) -> str:
    if line is None:
        return "–"
    if line["status"] != "measured":
        return str(line["status"])
    ratio = "" if line["times_ours"] is None else f" · {_number(line['times_ours'])}×"
    right = f"{line['agree']}/{line['compared']}"
    if line["agree"] < line["compared"]:
        right = f"**{right}**"
    return f"{_number(line['median_ms'])} ({_number(line['p95_ms'])}){ratio} · {right}"


def _notes(lines: Sequence[Line]) -> list[str]:
    said = [f"- {line['who']}, {line['city']}, {line['call']}: {line['note']}." for line in lines if line.get("note")]
    return ["Observed here:", "\n".join(dict.fromkeys(said))] if said else []


def _served(served: Mapping[str, Any] | None) -> list[str]:
    if served is None:
        return []
    engine = served["engine"]
    rows = [
        (
            f"{line['who']}{', empty Flask answer' if line['floor'] else ''}",
            _number(line["per_s"]),
            _number(line["p50_ms"]),
            _number(line["p99_ms"]),
            f"**{line['failed']:,}**" if line["failed"] else "none",
            "–" if line["same"] is None else f"{line['same']}/{line['sampled']}",
            _number(line["ready_s"]),
            _number(line["first_ms"]),
            _number(line["rss_mb"]),
            _number(line["pss_mb"]),
        )
        if line["status"] == "measured"
        else (line["who"], line["status"], *[""] * 8)
        for line in served["servers"]
    ]
    head = (
        "server",
        "requests/s",
        "p50 ms",
        "p99 ms",
        "failed",
        "same body",
        "ready s",
        "first ms",
        "RSS MB",
        "PSS MB",
    )
    return [
        "## Served",
        _LOAD.strip().format(**{**served, "questions": f"{served['questions']:,}"}),
        _table(head, rows),
        _ENGINE.strip().format(
            median=_number(engine["median_ms"]),
            mean=_number(engine["mean_ms"]),
            p99=_number(engine["p99_ms"]),
            runs=f"{engine['runs']:,}",
            bound=served["bound"],
        ),
    ]


def planning(planned: Mapping[str, Any] | None) -> list[str]:
    """Return the section about planners' questions."""
    if planned is None:
        return []
    said = {"cutoff": _number(planned["cutoff_s"]), "load": _number(planned["load"])}
    goals = [
        (
            goal["what"],
            f"{goal['sign']} {_number(goal['goal'])} {goal['unit']}",
            f"{_number(goal['measured'])} {goal['unit']}",
            "met" if goal["met"] else "**missed**",
        )
        for goal in planned["goals"]
    ]
    parts = [
        "## Who has none",
        _PLANNING.strip().format(**said, **{name: planned[name] for name in ("date", "seed", "checked")}),
        _table(("what", "goal", "measured", ""), goals),
    ]
    for question, title in _PLANNED.items():
        lines = [line for line in planned["lines"] if line["question"] == question]
        if lines:
            parts += [f"### {title}", _comparison(lines, planned["cities"]), *_notes(lines)]
    return [*parts, "### Published by others", "{who}: {what}: {said} ({where}).".format(**planned["published"])]


def _siting(siting: Mapping[str, Any] | None) -> list[str]:
    if siting is None:
        return []
    rows = [
        (
            line["where"],
            line["kind"] if line["p"] is None else f"{line['kind']}, p = {line['p']}",
            line["who"],
            _number(line["seconds"]),
            _share(line),
            {True: "equal", False: "**not equal**", None: "–"}[line["equal"]],
            line["method"],
        )
        for line in siting["lines"]
    ]
    said = {
        key: _number(siting[key]) for key in ("demand", "candidates", "side_m", "radius_m", "sf_radius_m", "limit_s")
    }
    versions = ", ".join(f"{name} {version}" for name, version in sorted(siting["versions"].items()))
    return [
        "## Siting",
        _SITING.strip().format(**said, seed=siting["seed"], date=siting["date"], versions=versions),
        _table(("where", "asked", "who", "s", "proven", "objectives", "how"), rows),
    ]


def _share(line: Line) -> str:
    if line["gap"] is None or line["status"] == "optimal":
        return str(line["status"])
    return f"within {_number(100 * line['gap'])} %"


def _house(house: Mapping[str, Sequence[Line]]) -> list[str]:
    parts = ["## The house itself"] if house else []
    for city, lines in house.items():
        parts += [
            f"### {city}",
            _table(("measured", "median", "note"), [(x["what"], x["figure"], x["note"]) for x in lines]),
        ]
    return parts


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(' '.join(cell.replace('|', '/').split()) for cell in line)} |" for line in lines)


def _number(value: float) -> str:
    """Return three figures, or all before the point."""
    size = abs(value)
    if size >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.{2 - math.floor(math.log10(size))}f}"


def main() -> None:
    """Write the page from the results that are there."""
    write(json.loads(RESULTS.read_text(encoding="utf-8")))


if __name__ == "__main__":
    main()
