"""The commands yizhan coverage and yizhan gaps: who has no place near enough, when, where and why."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from geo.choosing.words import read_count, shown
from geo.cli_hours import CALENDAR
from geo.cli_nearest import add_wanted
from geo.coverage.asking import DEFAULT_CUTOFF, LAYERS, OPENED, CoverageQuery, read_coverage
from geo.errors import NotFoundError, ParameterError
from geo.streets.profiles import MODES

if TYPE_CHECKING:  # imported where they are used: they are slow
    from geo.city import City
    from geo.coverage.demand import Demand
    from geo.coverage.planner import Coverage, Planner
    from geo.coverage.scenario import Scenario
    from geo.coverage_facts import Answer

_MAX_SCENARIO: Final = 2_000_000
_MAX_GAPS: Final = 10_000
#: So many subdistricts are listed for people.
_WORST: Final = 5
_WEEKDAYS: Final = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")


class Asked(NamedTuple):
    """What the options of a planner's command mean.

    Attributes
    ----------
    city, planner, query
        Whom to ask, and what; the planner is that of the scenario.
    scenario
        None: the city as it is.
    demand
        Who is counted.
    """

    city: City
    planner: Planner
    query: CoverageQuery
    scenario: Scenario | None
    demand: Demand

    def coverage(self) -> Coverage:
        """Return who is within reach."""
        return self.planner.coverage(self.query, self.demand)

    def answer(self) -> Answer:
        """Return the coverage with what must be known to tell of it."""
        from geo.coverage_facts import Answer

        return Answer(self.city, self.planner, self.coverage(), self.scenario)


def add_question(parser: argparse.ArgumentParser) -> None:
    """Add the options of a planner's question; they are called as in the interface."""
    parser.add_argument("--city", type=Path, required=True, metavar="DIR", help="a city pack")
    parser.add_argument("--mode", default="walk", metavar="MODE", help=f"{', '.join(MODES)} (default %(default)s)")
    add_wanted(parser)
    parser.add_argument(
        "--cutoff", default=DEFAULT_CUTOFF, metavar="TIME", help="near enough: 15min, 900s, 0.5h (default %(default)s)"
    )
    parser.add_argument("--open", default="any", metavar="HOW", help=f"{', '.join(OPENED)} (default %(default)s)")
    parser.add_argument("--min-left", default="15min", metavar="TIME", help="with --open: it stays open that long")
    parser.add_argument("--when", default="", metavar="TIME", help="e.g. 2026-10-01T14:00 (default now)")
    parser.add_argument(
        "--layer", default="residents", metavar="WHO", help=f"who is counted: {', '.join(LAYERS)} (default %(default)s)"
    )
    parser.add_argument("--demand", type=Path, metavar="FILE", help="count the points of a table: CSV, lon,lat,weight")
    parser.add_argument("--scenario", type=Path, metavar="FILE", help="the city with edits: JSON, as the page saves it")


def add_coverage(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``yizhan coverage``."""
    add_question(parser)
    parser.add_argument("--area", metavar="NAME", help="one subdistrict: its name, id or number")
    parser.add_argument("--week", metavar="DAY", help="each hour of the week of that day, e.g. 2026-11-23")
    _add_answers(parser, "a table or map layers, by its suffix: .csv, .xlsx, .geojson, .gpkg")
    parser.set_defaults(run=_coverage)


def add_gaps(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``yizhan gaps``."""
    add_question(parser)
    parser.add_argument("--area", metavar="NAME", help="only those of one subdistrict: its name, id or number")
    parser.add_argument("--limit", default="20", metavar="N", help="so many (default %(default)s)")
    _add_answers(parser, "a list by its suffix: .csv, .xlsx, .geojson, .gpkg")
    parser.set_defaults(run=_gaps)


def _add_answers(parser: argparse.ArgumentParser, what: str) -> None:
    parser.add_argument("--out", type=Path, metavar="FILE", help=f"write {what}")
    parser.add_argument("--json", action="store_true", help="answer as the API does")


def read_asked(arguments: argparse.Namespace) -> Asked:
    """Read the options that :func:`add_question` added, and open the city.

    Raises
    ------
    YizhanError
        An option, a file or the city pack cannot be used.
    """
    query = read_coverage(
        mode=arguments.mode,
        service=arguments.service,
        amenity=arguments.amenity,
        amenity_or_unknown=arguments.amenity_or_unknown,
        access=arguments.access,
        audience=arguments.audience,
        accuracy=arguments.accuracy,
        cutoff=arguments.cutoff,
        open=arguments.open,
        min_left=arguments.min_left,
        when=arguments.when,
        layer=arguments.layer,
        now=None if arguments.open == "any" else datetime.now(UTC).replace(second=0, microsecond=0),
    )
    scenario = None if arguments.scenario is None else read_scenario(arguments.scenario)
    from geo.city import City
    from geo.places.calendar import Calendar

    city = City.open(arguments.city, Calendar.load(CALENDAR))
    demand = None if arguments.demand is None else city.demand_from(arguments.demand, query.mode)
    planner = city.planner if scenario is None else city.planner_in(scenario)
    return Asked(city, planner, query, scenario, demand or planner.who(query))


def read_scenario(path: Path) -> Scenario:
    """Read a scenario from a file.

    Raises
    ------
    ParameterError
        It cannot be read, or is none.
    """
    from geo.coverage.scenario import Scenario

    try:
        if path.stat().st_size > _MAX_SCENARIO:
            raise ParameterError(f"{path.name}: over {_MAX_SCENARIO:,} bytes; no scenario is so large")
        values = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ParameterError(f"{path}: cannot be read ({error.strerror}); give a scenario as JSON") from error
    except (ValueError, RecursionError) as error:
        raise ParameterError(
            f"{path.name}: no JSON ({str(error)[:80]}); give a scenario as the page saves it"
        ) from error
    if isinstance(values, dict):  # the interface tells the key beside it
        values = {name: value for name, value in values.items() if name != "key"}
    return Scenario.from_json(values)


def area_number(city: City, text: str) -> int:
    """Return the number of the subdistrict that is meant by a number, an id, a name or the beginning of one.

    Raises
    ------
    NotFoundError
        None is, or several are.
    """
    areas = city.areas
    if text.isascii() and text.isdigit() and int(text[:9]) < len(areas):
        return int(text[:9])
    exact = [n for n, area in enumerate(areas) if text and text in {area.id, area.name, area.name_en}]
    like = exact or [n for n, area in enumerate(areas) if text and area.name.startswith(text)]
    if len(like) == 1:
        return like[0]
    named = ", ".join(f"{areas[n].name} ({areas[n].district}, number {n})" for n in like[:4])
    if like:
        raise NotFoundError(f"{shown(text)} may be any of {len(like)} subdistricts: {named}; give the number")
    raise NotFoundError(
        f"no subdistrict {shown(text)} in {city.manifest.name}, which has {len(areas)}; yizhan coverage --out FILE.csv "
        "lists them"
    )


def _coverage(arguments: argparse.Namespace) -> None:
    monday = None if arguments.week is None else read_monday(arguments.week)
    asked = read_asked(arguments)
    number = None if arguments.area is None else area_number(asked.city, arguments.area)
    answer = asked.answer()
    if arguments.out is not None:
        from geo.coverage_files import save_coverage

        save_coverage(answer, arguments.out)
        print(f"{arguments.out}: written", file=sys.stderr)
    if monday is not None:
        _tell_week(asked, monday, arguments.json, number)
        return
    values = answer.values
    if arguments.json:
        say_json(values if number is None else values["areas"][number])
        return
    from geo.coverage_facts import doubts

    own = values["total"] if number is None else values["areas"][number]
    name = values["city"]["name"] if number is None else own["name"]
    print(sentence(name, own, asked))
    say_states(own, values["states"])
    if number is None:
        _say_worst(values["areas"], asked.demand.unit)
    for told in doubts(answer, area=number):
        print(f"note: {told.en}")


def _gaps(arguments: argparse.Namespace) -> None:
    from geo.coverage.gaps import find_gaps
    from geo.siting_answers import gaps_values

    limit = read_count("limit", arguments.limit, 1, _MAX_GAPS)
    asked = read_asked(arguments)
    number = None if arguments.area is None else area_number(asked.city, arguments.area)
    coverage = asked.coverage()
    found = find_gaps(asked.planner, coverage, limit, number)
    values = gaps_values(asked.city, asked.planner, coverage, found, asked.scenario)
    if arguments.out is not None:
        from geo.coverage_files import save_points

        save_points(values, arguments.out)
        print(f"{arguments.out}: {len(found.gaps):,} gaps", file=sys.stderr)
    if arguments.json:
        say_json(values)
        return
    total = coverage.weight[1:].sum() / 1e6
    print(f"{found.count:,} gaps hold {total:,.0f} {asked.demand.unit} without a place within {arguments.cutoff}")
    for gap in values["features"]:
        _say_gap(gap["properties"], asked.demand.unit)


def sentence(name: str, own: Mapping[str, Any], asked: Asked) -> str:
    """Say in one sentence how much is covered."""
    unit, minutes = asked.demand.unit, f"{asked.query.cutoff_s / 60:g} min"
    if not own["total"]:
        return f"{name}: no {unit} are counted here"
    share = 100 * own["covered"] / own["total"]
    return (
        f"{name}: {share:.1f} % of {own['total']:,.0f} {unit} can get to a place within {minutes} ({asked.query.mode})"
    )


def say_states(own: Mapping[str, Any], states: Sequence[str]) -> None:
    """Print how much is in each state, and in the circle."""
    for state in (*states, "circle"):
        share = 100 * own[state] / own["total"] if own["total"] else 0.0
        label = "within 1 km straight" if state == "circle" else state
        print(f"  {label:<20} {own[state]:>16,.0f} {share:>6.1f} %")


def say_json(values: object) -> None:
    """Print values as the interface would answer them."""
    from geo.answers import write

    print(json.dumps(json.loads(write(values)), ensure_ascii=False, indent=1))


def read_monday(text: str) -> date:
    """Return the Monday of the week of a day.

    Raises
    ------
    ParameterError
        It is no day.
    """
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    if not 2000 <= day.year <= 2100:
        raise ParameterError(f"week={shown(text)} must be a day from 2000 to 2100, e.g. 2026-11-23", parameter="week")
    return day - timedelta(days=day.weekday())


def _tell_week(asked: Asked, monday: date, as_json: bool, number: int | None) -> None:
    from geo.coverage_answers import week_values

    week = asked.planner.week(asked.query, monday, asked.demand)
    if week is None:
        return
    values = week_values(asked.city, week, asked.scenario)
    if as_json:
        say_json(values)
        return
    column = slice(None) if number is None else slice(number, number + 1)
    total, covered = int(week.total[column].sum()), week.covered[:, column].sum(axis=1).tolist()
    shares = [100 * one / total if total else 0.0 for one in covered]
    print(f"share of {total / 1e6:,.0f} {asked.demand.unit} within reach, percent, by hour from {monday.isoformat()}")
    print("     " + "".join(f"{hour:>4}" for hour in range(24)))
    for day, name in enumerate(_WEEKDAYS):
        print(f"  {name} " + "".join(f"{share:>4.0f}" for share in shares[24 * day : 24 * day + 24]))


def _say_worst(areas: Sequence[Mapping[str, Any]], unit: str) -> None:
    left = sorted(areas, key=lambda area: (area["covered"] - area["total"], area["number"]))
    worst = [area for area in left if area["covered"] < area["total"]][:_WORST]
    if worst:
        print(f"most {unit} without:")
    for area in worst:
        name = area["name"] or "in no subdistrict"
        print(f"  {area['total'] - area['covered']:>12,.0f} of {area['total']:>12,.0f}  {name}")


def _say_gap(gap: Mapping[str, Any], unit: str) -> None:
    streets = ", ".join(gap["streets"]) or (f"near {gap['near']}" if gap["near"] else "streets without a name")
    near = gap["nearest"]
    way = "no way" if gap["travel_s"] is None else f"{gap['travel_s'] / 60:.1f} min"
    print(f"{gap['rank']}. {gap['weight']:,.0f} {unit}  {gap['subdistrict'] or 'in no subdistrict'}: {streets}")
    why = ", ".join(f"{reason} {weight:,.0f}" for reason, weight in gap["reasons"].items() if weight)
    print(f"   nearest: {near['name']}, {way}" if near else "   no place counts", f" ·  {why}")
