"""Siting beside spopt: on a seeded plane of 20,000 rows of demand and 1,000 candidates, and on its own San Francisco.

Seconds are those of the processor, all threads and child processes: both sides use one core at a time, and other work
on the machine then counts for neither. Run alone it puts its own section into the published results.
"""

from __future__ import annotations

import argparse
import csv
import json
import resource
from collections.abc import Callable
from datetime import UTC, datetime
from importlib import import_module, util
from importlib.metadata import version
from pathlib import Path
from time import monotonic
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from geo.coverage.pairs import Reach
from geo.coverage.siting.checks import recheck
from geo.coverage.siting.plans import Patience
from geo.coverage.siting.problems import Question, Sites
from geo.coverage.siting.solving import solve
from tests.benchmarks import report

Line = dict[str, Any]

SEED: Final = 2026
DEMAND: Final = 20_000
CANDIDATES: Final = 1_000
SIDE_M: Final = 20_000.0
RADIUS_M: Final = 1_000.0
COUNTS: Final = (10, 30, 50)
#: The one count that spopt is asked for: building its model is most of its time, and the same for all.
SPOPT_COUNT: Final = 30
#: San Francisco as in spopt's notebook.
SF_RADIUS_M: Final = 5_000.0
SF_COUNT: Final = 4
#: What is asked uncounted stops then: until then all that is needed has begun, and is compiled.
WARM_UP_S: Final = 10.0
#: Ours stops then, by the clock.
LIMIT_S: Final = 60.0
_MILLION: Final = 1_000_000
_PER_M: Final = 1_000  # costs are whole millimetres here
_KINDS: Final = {"MCLP": "mclp", "LSCP": "lscp", "p-median": "p_median", "p-center": "p_center"}


def seconds() -> float:
    """Return the processor's seconds so far, those of ended children too."""
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def timed(ask: Callable[[], Any]) -> tuple[Any, float]:
    """Return an answer and its seconds."""
    begun = seconds()
    return ask(), seconds() - begun


def plane(demand: int, candidates: int, *, clustered: bool) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return distances in metres, (n_demand, n_candidates), and whole weights, from the seed; sites lie at demand.

    Clustered: half of the demand lies around twelve centres.
    """
    rng = np.random.default_rng(SEED)
    here = rng.random((demand, 2)) * SIDE_M
    if clustered:
        centres, half = rng.random((12, 2)) * SIDE_M, demand // 2
        here[:half] = centres[rng.integers(0, 12, half)] + rng.normal(0, SIDE_M / 25, (half, 2))
    there = here[rng.choice(demand, candidates, replace=False)] + rng.normal(0, 50, (candidates, 2))
    apart = np.hypot(here[:, 0][:, None] - there[:, 0][None], here[:, 1][:, None] - there[:, 1][None])
    return apart, rng.integers(1, 200, demand)


def sites_of(apart: NDArray[np.float64], weight: NDArray[np.int64], within_m: float | None) -> Sites:
    """Return what our solver is given: sparse rows by candidate, costs in whole millimetres."""
    near = (np.ones(apart.shape, dtype=np.bool_) if within_m is None else apart <= within_m).T
    first = np.concatenate([[0], np.cumsum(near.sum(axis=1))]).astype(np.int64)
    cost = np.rint(apart.T[near] * _PER_M).astype(np.int32)
    return Sites(Reach(first, np.nonzero(near)[1].astype(np.int32), cost, len(weight)), weight * _MILLION)


def value_of(
    kind: str, apart: NDArray[np.float64], weight: NDArray[np.int64], radius_m: float, chosen: list[int]
) -> float:
    """Return what a choice is worth, the same way for everybody, from the distances themselves."""
    least = apart[:, chosen].min(axis=1)
    match kind:
        case "MCLP":
            return float(weight[least <= radius_m].sum())
        case "LSCP":
            return float(len(chosen)) if (least <= radius_m).all() else float("inf")
        case "p-median":
            return float((weight * least).sum())
        case _:
            return float(least.max())


def ours(kind: str, apart: NDArray[np.float64], weight: NDArray[np.int64], radius_m: float, count: int) -> Line:
    """Ask ours once uncounted, so that all is compiled, then measure one question, without alternatives."""
    sites = sites_of(apart, weight, radius_m if kind in {"MCLP", "LSCP"} else None)
    asked = Question(_KINDS[kind], p=None if kind == "LSCP" else count, alternatives=0)  # type: ignore[arg-type]
    import_module("highspy")
    brief = monotonic() + WARM_UP_S
    solve(sites, asked, Patience(lambda: brief - monotonic()))
    end = monotonic() + LIMIT_S
    plan, took = timed(lambda: solve(sites, asked, Patience(lambda: end - monotonic())))
    assert recheck(sites, asked, plan) == ()
    return {
        "kind": kind, "p": None if kind == "LSCP" else count, "who": "ours", "seconds": took, "status": plan.status,
        "value": value_of(kind, apart, weight, radius_m, list(plan.chosen)), "gap": plan.gap, "method": plan.method,
    }  # fmt: skip


def theirs(kind: str, apart: NDArray[np.float64], weight: NDArray[np.int64], radius_m: float, count: int) -> Line:
    """Build and solve spopt's model with the solver that PuLP brings."""
    locate, pulp = import_module("spopt.locate"), import_module("pulp")
    build = {
        "MCLP": lambda: locate.MCLP.from_cost_matrix(apart, weight, radius_m, count),
        "LSCP": lambda: locate.LSCP.from_cost_matrix(apart, radius_m),
        "p-median": lambda: locate.PMedian.from_cost_matrix(apart, weight, p_facilities=count),
        "p-center": lambda: locate.PCenter.from_cost_matrix(apart, p_facilities=count),
    }[kind]
    model, built = timed(build)
    solved, took = timed(lambda: model.solve(pulp.PULP_CBC_CMD(msg=False)))
    chosen = [j for j, served in enumerate(solved.fac2cli) if served]
    return {
        "kind": kind, "p": None if kind == "LSCP" else count, "who": "spopt", "seconds": built + took, "build": built,
        "status": pulp.LpStatus[solved.problem.status].lower(), "gap": None, "method": "CBC",
        "value": value_of(kind, apart, weight, radius_m, chosen),
    }  # fmt: skip


def san_francisco() -> tuple[NDArray[np.float64], NDArray[np.int64]] | None:
    """Return the distances and weights that spopt brings for its own tests; None where they are not."""
    found = util.find_spec("spopt")
    if found is None or found.origin is None:
        return None
    folder = Path(found.origin).parent / "tests" / "test_locate" / "data"
    file = folder / "SF_network_distance_candidateStore_16_censusTract_205_new.csv"
    if not file.is_file():
        return None
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    tracts = sorted({row["DestinationName"] for row in rows})
    stores = sorted({row["name"] for row in rows})
    apart, weight = np.full((len(tracts), len(stores)), np.inf), np.zeros(len(tracts), dtype=np.int64)
    for row in rows:
        at = tracts.index(row["DestinationName"])
        apart[at, stores.index(row["name"])] = float(row["distance"])
        weight[at] = int(row["demand"])
    return apart, weight


def measured(*, quick: bool) -> Line:
    """Return the section: lines in the order in which they are shown, and what was compared."""
    lines: list[Line] = []
    demand, candidates = (2_000, 100) if quick else (DEMAND, CANDIDATES)
    there = util.find_spec("spopt") is not None
    for where, clustered in (("even", False), ("clustered", True)):
        apart, weight = plane(demand, candidates, clustered=clustered)
        for count in COUNTS:
            lines.append({"where": where, **ours("MCLP", apart, weight, RADIUS_M, count)})
            if there and not clustered and count == SPOPT_COUNT:
                lines.append({"where": where, **theirs("MCLP", apart, weight, RADIUS_M, count)})
        lines += [{"where": where, **ours("p-median", apart, weight, RADIUS_M, count)} for count in COUNTS]
    francisco = san_francisco()
    for kind in _KINDS if francisco is not None else ():
        assert francisco is not None
        for who in (ours, theirs):
            lines.append({"where": "San Francisco", **who(kind, *francisco, SF_RADIUS_M, SF_COUNT)})
    for line in lines:
        same = {key: line[key] for key in ("where", "kind", "p")}
        other = next((x for x in lines if x["who"] == "spopt" and same.items() <= x.items()), None)
        line["equal"] = None if other is None else bool(np.isclose(line["value"], other["value"], rtol=1e-9, atol=1e-3))
    names = ("highspy", "spopt", "pulp") if there else ("highspy",)
    return {
        "date": datetime.now(UTC).date().isoformat(), "demand": demand, "candidates": candidates, "seed": SEED,
        "side_m": SIDE_M, "radius_m": RADIUS_M, "sf_radius_m": SF_RADIUS_M, "limit_s": LIMIT_S,
        "versions": {name: version(name) for name in names}, "lines": lines,
    }  # fmt: skip


def main() -> None:
    """Measure, and put the section into the published results, or print it."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.siting", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the rows and candidates; nothing is written")
    asked = parser.parse_args()
    section = measured(quick=asked.quick)
    if asked.quick:
        print(json.dumps(section, indent=1))
        return
    results = json.loads(report.RESULTS.read_text(encoding="utf-8"))
    report.write(results | {"siting": section})


if __name__ == "__main__":
    main()
