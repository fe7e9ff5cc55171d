"""The command yizhan site: where the next places should go, how good that is, and what is nearly as good."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, Final, Literal

from geo.choosing.words import read_count, read_duration, read_word, shown
from geo.cli_coverage import Asked, add_question, read_asked, say_json
from geo.coverage.siting.problems import KINDS, Question
from geo.errors import ParameterError

if TYPE_CHECKING:  # imported where they are used: they are slow
    from geo.coverage.candidates import Candidate
    from geo.coverage.next_places import Siting, SitingQuery
    from geo.coverage.siting.plans import Patience, Phase

_KEEP: Final = ("yes", "no")
_MAX_SITES: Final = 1000
_MAX_MONEY: Final = 10**15
_MAX_ALTERNATIVES: Final = 20
_MAX_TIME_S: Final = 24 * 3600.0
_YEARS_FROM: Final[tuple[Literal["first", "last"], ...]] = ("first", "last")
#: Ended by Ctrl-C, as shells count.
_STOPPED: Final = 130


def add_site(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``yizhan site``."""
    add_question(parser)
    parser.add_argument("--kind", default="mclp", metavar="KIND", help=f"{', '.join(KINDS)} (default %(default)s)")
    parser.add_argument("--p", metavar="N", help="how many places")
    parser.add_argument("--budget", metavar="MONEY", help="how much money; every candidate needs a price")
    among = parser.add_mutually_exclusive_group()
    among.add_argument("--hosts", metavar="KINDS", help="among hosts on the map: bank,library,... (the default)")
    among.add_argument(
        "--candidates", type=Path, metavar="FILE", help="among a table: CSV, lon,lat,name,price,capacity"
    )
    among.add_argument("--crossings", action="store_true", help="among all crossings of streets")
    parser.add_argument("--keep", default="yes", metavar="YES|NO", help="whether places stay (default %(default)s)")
    parser.add_argument("--force", action="append", default=[], metavar="ID", help="a candidate that must be chosen")
    parser.add_argument("--forbid", action="append", default=[], metavar="ID", help="a candidate that must not be")
    parser.add_argument("--years", metavar="LIST", help="what may be there by then, e.g. 2027:5,2028:10")
    parser.add_argument(
        "--years-from", default="first", metavar="FIRST|LAST",
        help="which year is chosen for itself, the others fitted to it (default %(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--time-limit", default="30s", metavar="TIME", help="then the best so far (default %(default)s)"
    )
    parser.add_argument("--alternatives", default="5", metavar="N", help="other good choices (default %(default)s)")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the sites: .csv, .xlsx, .geojson, .gpkg")
    parser.add_argument("--json", action="store_true", help="answer as the API does")
    parser.set_defaults(run=_site)


def _site(arguments: argparse.Namespace) -> int:
    from geo.coverage.next_places import find_sites
    from geo.siting_answers import siting_values

    time_s = read_duration("time_limit", arguments.time_limit, _MAX_TIME_S, zero=False)
    read = _reader(arguments)
    asked = read_asked(arguments)
    query, candidates = read(asked), _candidates(arguments, asked)
    with _interruptible() as interrupted, _shown(time_s, interrupted) as patience:
        found = find_sites(asked.planner, query, candidates, patience, asked.demand)
    if found is None:
        if interrupted():
            raise KeyboardInterrupt
        raise ParameterError(
            f"time_limit={arguments.time_limit} was over before anything was found; give more, or fewer candidates",
            parameter="time_limit",
        )
    values = siting_values(asked.city, found, asked.scenario)
    if arguments.out is not None:
        from geo.coverage_files import save_points

        save_points(_collection(values), arguments.out)
        print(f"{arguments.out}: {len(values['sites']):,} sites", file=sys.stderr)
    if arguments.json:
        say_json(values)
    else:
        _say(values, found)
    return _STOPPED if interrupted() else 0


def _reader(arguments: argparse.Namespace) -> Callable[[Asked], SitingQuery]:
    """Read what needs no city, so that a slip is told at once."""
    from geo.coverage.next_places import SitingQuery

    kind = read_word("kind", arguments.kind, KINDS)
    keep = read_word("keep", arguments.keep, _KEEP) == "yes"
    phases = _phases(arguments.years)
    years_from = read_word("years_from", arguments.years_from, _YEARS_FROM)
    question = Question(
        kind,
        p=None if arguments.p is None else read_count("p", arguments.p, 1, _MAX_SITES),
        budget=None if arguments.budget is None else read_count("budget", arguments.budget, 0, _MAX_MONEY),
        alternatives=read_count("alternatives", arguments.alternatives, 0, _MAX_ALTERNATIVES),
    )
    if kind != "lscp" and question.p is None and question.budget is None and not phases:
        raise ParameterError("p is missing; say how many places with --p 10, or give --budget", parameter="p")
    force, forbid = _ids(arguments.force), _ids(arguments.forbid)
    return lambda asked: SitingQuery(asked.query, question, force, forbid, keep, phases, years_from)


def _candidates(arguments: argparse.Namespace, asked: Asked) -> tuple[Candidate, ...]:
    from geo.coverage.candidates import DEFAULT_HOSTS, from_crossings, from_hosts, read_candidates

    if arguments.crossings:
        return from_crossings(asked.city.network)
    if arguments.candidates is not None:
        return read_candidates(arguments.candidates)
    kinds = _ids([arguments.hosts]) if arguments.hosts is not None else DEFAULT_HOSTS
    if not kinds:
        raise ParameterError("hosts names no kind; write e.g. --hosts bank,library", parameter="candidates")
    return from_hosts(asked.city.hosts, kinds)


def _phases(text: str | None) -> tuple[Phase, ...]:
    from geo.coverage.siting.plans import Phase

    phases = []
    for part in () if text is None else text.split(","):
        year, colon, count = part.strip().partition(":")
        if not colon:
            raise ParameterError(f"years={shown(part)} must be YEAR:N, e.g. 2027:5,2028:10", parameter="years")
        phases.append(Phase(read_count("years", year, 2000, 2200), read_count("years", count, 1, _MAX_SITES)))
    return tuple(phases)


def _ids(words: list[str]) -> tuple[str, ...]:
    return tuple(part.strip() for word in words for part in word.split(",") if part.strip())


@contextmanager
def _interruptible() -> Iterator[Callable[[], bool]]:
    """Take the first Ctrl-C as a wish to stop with the best so far; the second one breaks off."""
    stopped = False

    def stop(number: int, frame: FrameType | None) -> None:
        nonlocal stopped
        del number, frame
        stopped = True
        signal.signal(signal.SIGINT, before)
        print("\nyizhan: stopping with the best so far; Ctrl-C again breaks off", file=sys.stderr)

    before = signal.getsignal(signal.SIGINT)
    try:
        signal.signal(signal.SIGINT, stop)
    except ValueError:  # only the main thread hears of signals
        yield lambda: stopped
        return
    try:
        yield lambda: stopped
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _shown(time_s: float, interrupted: Callable[[], bool]) -> Iterator[Patience]:
    """Show on a terminal what is being done and how good the best is so far."""
    from tqdm import tqdm

    from geo.coverage.siting.plans import Patience, Progress

    ends = time.monotonic() + time_s
    with tqdm(bar_format="{desc} {elapsed}{postfix}", disable=None) as bar:

        def tell(progress: Progress) -> None:
            bar.set_description_str(progress.step, refresh=False)
            if progress.objective is not None and progress.bound is not None:
                apart = abs(progress.bound - progress.objective) / max(progress.bound, progress.objective, 1)
                bar.set_postfix_str(f"at most {apart:.1%} better is possible", refresh=False)
            bar.refresh()

        yield Patience(lambda: ends - time.monotonic(), interrupted, tell)


def _say(values: Mapping[str, Any], found: Siting) -> None:
    unit, effect = values["layer"]["unit"], values["effect"]
    if values["status"] == "infeasible":
        print(f"nothing meets the conditions: {values['why']}")
        return
    why = f": {values['why']}" if values["why"] else ""
    print(f"{len(values['sites']):,} of {values['candidates']:,} candidates chosen, {values['status']}{why}")
    if effect is not None and effect["total"]:
        before, after = (100 * effect[name] / effect["total"] for name in ("covered_before", "covered"))
        lost = f", and lose {effect['lost']:,.0f}" if effect["lost"] else ""
        print(f"they bring {effect['gained']:,.0f} {unit} within reach{lost}: {before:.1f} % -> {after:.1f} %")
    if values["objective"] is not None:
        reached = f"objective {values['objective']:,.0f}, bound {values['bound']:,.0f} {values['objective_unit']}"
        print(f"{reached}; {values['method']}")
    for rank, site in enumerate(values["sites"], start=1):
        print(f"{rank}. {_named(site)}  {site['lon']:.5f},{site['lat']:.5f}  +{site['gain']:,.0f}")
    for year in values["years"]:
        named = ", ".join(_named(site) for site in year["sites"])
        print(f"by {year['year']}: {named}  ({year['status']}, {year['loss']:,.0f} less than if free)")
    for other in values["alternatives"]:
        without, instead = (", ".join(_named(site) for site in other[name]) for name in ("without", "instead"))
        print(f"or, {other['regret']:,.0f} worse: {instead or 'nothing'} instead of {without or 'nothing'}")
    if found.off_street:
        print(f"left out: {found.off_street:,} candidates that stand on no street")
    if values["out_of_reach"]:
        print(f"out of reach of every candidate: {values['out_of_reach']:,.0f} {unit}")


def _named(site: Mapping[str, Any]) -> str:
    return f"{site['name'] or site['id']} ({site['kind']})"


def _collection(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the chosen sites as GeoJSON points."""
    features = [
        {
            "type": "Feature",
            "id": rank,
            "geometry": {"type": "Point", "coordinates": [site["lon"], site["lat"]]},
            "properties": {"rank": rank, **{name: site[name] for name in ("id", "name", "kind", "price", "gain")}},
        }
        for rank, site in enumerate(values["sites"], start=1)
    ]
    about = {name: values[name] for name in ("city", "question", "layer", "kind", "status", "objective", "bound")}
    return {**about, "type": "FeatureCollection", "features": features}
