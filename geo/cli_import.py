"""The command ``yizhan import``: see what is wrong with a list, fix it, write it, and take it back."""

from __future__ import annotations

import argparse
import getpass
import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from geo.cli_places import add_register
from geo.errors import ListRefusedError, ParameterError
from geo.places.model import SERVICES

if TYPE_CHECKING:  # imported where they are used: they are slow
    from geo.importing.ground import Ground
    from geo.importing.mapping import ListMapping
    from geo.importing.pipeline import Job, Prepared
    from geo.importing.plan import Plan
    from geo.places.entries import Entry

#: What the command ends with when all was done that could be, but rows are left that need a human.
EXIT_ROWS_LEFT: Final = 3
#: Lists from this many rows on say how far they are.
_LONG: Final = 2_000


def add_import(parser: argparse.ArgumentParser) -> None:
    """Add ``yizhan import``."""
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("file", nargs="?", type=Path, metavar="FILE", help="a list: .csv, .xlsx or .geojson")
    what.add_argument("--rollback", metavar="ID", help="undo an import")
    parser.add_argument("--city", type=Path, metavar="DIR", help="the city pack that addresses are looked up in")
    add_register(parser)
    parser.add_argument("--dry-run", action="store_true", help="only say what would happen")
    parser.add_argument(
        "--datum",
        default="auto",
        choices=("auto", "wgs84", "gcj02", "bd09"),
        help="of coordinates (default %(default)s)",
    )
    parser.add_argument(
        "--kind", choices=SERVICES, metavar="KIND", help=f"of rows that name none: {', '.join(SERVICES)}"
    )
    parser.add_argument("--sheet", metavar="NAME", help="of a workbook (default: the first with something in it)")
    parser.add_argument("--map", action="append", default=[], metavar="FIELD=COLUMN", help="which column holds a field")
    parser.add_argument("--mapping", type=Path, metavar="FILE", help="read columns, datum and kinds from a TOML file")
    parser.add_argument("--save-mapping", type=Path, metavar="FILE", help="write them to one, for the next list")
    parser.add_argument(
        "--on-conflict", default="ask", choices=("keep", "take", "ask"),
        help="where list and register disagree: keep the register's, take the list's, or leave the row (default)",
    )  # fmt: skip
    parser.add_argument("--report", type=Path, metavar="FILE", help="every row with its outcome: .xlsx, .csv or .json")
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.add_argument("--lang", default="zh", choices=("zh", "en"), help="of the report (default %(default)s)")
    parser.add_argument("--source", metavar="TEXT", help="what the list is called (default: the file's name)")
    parser.add_argument("--who", default=_login(), metavar="NAME", help="who imports (default: %(default)s)")
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    try:
        return _roll_back(arguments) if arguments.rollback else _import(arguments)
    except ListRefusedError as error:
        raise ListRefusedError(error.zh if arguments.lang == "zh" else error.en) from error


def _import(arguments: argparse.Namespace) -> int:
    from geo.importing.applying import apply
    from geo.importing.pipeline import plan_import, prepare
    from geo.places.store import Register

    when = datetime.now(UTC)
    job = _job(arguments)
    prepared = prepare(job)
    _say(arguments, len(prepared.drafts), "rows read")
    _save_mapping(arguments, prepared)
    ground = _ground(arguments, prepared.mapping)
    if arguments.dry_run:
        plan = plan_import(prepared, ground, _known(arguments), rule=job.rule, when=when,
                           progress=lambda rows, step: _say(arguments, rows, step))  # fmt: skip
    else:
        with Register.open(arguments.register) as register:
            plan = plan_import(prepared, ground, register.all(), rule=job.rule, when=when,
                               progress=lambda rows, step: _say(arguments, rows, step))  # fmt: skip
            if plan.writes:
                apply(plan, register, who=arguments.who, when=when)
    _tell(arguments, plan)
    return EXIT_ROWS_LEFT if plan.waits else 0


def _known(arguments: argparse.Namespace) -> tuple[Entry, ...]:
    """Return what the register holds, without making one for a dry run."""
    from geo.errors import RegisterError
    from geo.places.store import Register

    is_file = "://" not in arguments.register
    if is_file and not Path(arguments.register).exists():
        return ()
    try:
        with Register.open(arguments.register, create=False) as register:
            return register.all()
    except RegisterError as error:
        raise ParameterError(f"{error}; a dry run reads the register too", parameter="register") from error


def _job(arguments: argparse.Namespace) -> Job:
    from geo.importing.mapping import ListMapping, read_map_options, read_mapping
    from geo.importing.pipeline import Job

    options = ListMapping(
        datum=None if arguments.datum == "auto" else arguments.datum,
        kind=arguments.kind,
        columns=MappingProxyType(dict(read_map_options(arguments.map).columns)),
    )
    mapping = options.over(read_mapping(arguments.mapping)) if arguments.mapping else options
    return Job(arguments.file, arguments.sheet, mapping, arguments.on_conflict, arguments.source)


def _save_mapping(arguments: argparse.Namespace, prepared: Prepared) -> None:
    from geo.importing.mapping import write_mapping

    if arguments.save_mapping is not None:
        write_mapping(arguments.save_mapping, prepared.mapping)


def _ground(arguments: argparse.Namespace, mapping: ListMapping) -> Ground:
    from geo.importing.ground import Ground
    from geo.importing.positions import Believing

    if arguments.city is None:
        return Ground(judge=Believing(mapping.datum))
    return Ground.of_pack(arguments.city, mapping.datum)


def _tell(arguments: argparse.Namespace, plan: Plan) -> None:
    from geo.importing.report import to_json, to_text, write_report

    written = not arguments.dry_run
    if arguments.report is not None:
        write_report(plan, arguments.report, arguments.lang, written=written)
    if arguments.json:
        print(json.dumps(to_json(plan, written=written), ensure_ascii=False, indent=1))
    else:
        print(to_text(plan, arguments.lang, written=written))


def _roll_back(arguments: argparse.Namespace) -> int:
    from geo.importing.applying import roll_back
    from geo.places.store import Register

    with Register.open(arguments.register, create=False) as register:
        done = roll_back(register, arguments.rollback, who=arguments.who, when=datetime.now(UTC))
    if arguments.json:
        print(json.dumps({"rolled_back": arguments.rollback, **done._asdict()}))
    elif arguments.lang == "zh":
        print(f"已撤销 {arguments.rollback}：{done.retired:,} 个新增站点停用，{done.restored:,} 个站点恢复原状")
    else:
        print(f"{arguments.rollback} undone: {done.retired:,} places retired, {done.restored:,} put back as they were")
    return 0


def _say(arguments: argparse.Namespace, rows: int, step: str) -> None:
    """Say on stderr how far a long list is."""
    if rows >= _LONG and not arguments.json:
        words = {"rows read": "已读取", "positions": "确定位置…", "comparison": "已比对"}
        print(f"{rows:,} 行 {words[step]}" if arguments.lang == "zh" else f"{rows:,} rows: {step}", file=sys.stderr)


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return os.environ.get("USER") or "unknown"
