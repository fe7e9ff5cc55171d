"""The commands about opening hours: ``yizhan hours`` and ``yizhan calendar``."""

from __future__ import annotations

import argparse
import csv
import io
import json
import unicodedata
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from geo.errors import HoursError, ParameterError

if TYPE_CHECKING:  # imported where it is used: it is slow
    from geo.places.calendar import Calendar
    from geo.places.hours import State
    from geo.places.hours_text import Understanding

#: Notices that were imported, below the folder that one works in.
CALENDAR: Final = Path("data/calendar")
#: Columns of a file that hold texts, the first that is there.
COLUMNS: Final = ("text", "hours_text", "open_hours", "opening_hours", "hours", "开放时间", "营业时间", "服务时间")
MAX_BYTES: Final = 5_000_000

_KINDS: Final = {
    "clock": "时刻 time", "day_part": "时段 part of day", "range": "至 to", "next_day": "次日 next day",
    "days": "星期 days", "nth_day": "每月星期 day of month", "month_day": "每月日期 date of month",
    "every_day": "每天 every day", "workdays": "工作日 workdays", "holidays": "节假日 holidays", "date": "日期 date",
    "season": "季节 season", "part": "部分 part", "always": "全天 around the clock", "closed": "不开放 closed",
    "closed_label": "闭馆日 closed on", "normally": "照常 as usual", "no_rest": "无休 no rest",
    "except": "除外 except", "except_begin": "除 except", "except_end": "外 except", "break": "午休 break",
    "last_entry": "最后入场 last entry", "yearly": "每年 yearly", "next_year": "次年 next year",
    "weather": "天气 weather", "announced": "以公告为准 as announced", "holiday_announced": "节假日另告 told apart",
    "only": "仅限 only", "note": "说明 note", "filler": "（无义）words", "joint": "并列 and", "stop": "标点 sign",
    "bracket": "括号 bracket", "unknown": "不认识 UNKNOWN",
}  # fmt: skip
_STATES: Final = {
    "open": "开放 open",
    "closing_soon": "即将关闭 closing soon",
    "closed": "关闭 closed",
    "unknown": "未知 unknown",
}
_ASSUMED: Final = {
    "holiday": "当天是法定节假日，没有写节假日时间 (a public holiday, of which nothing is said)",
    "makeup_workday": "当天是调休上班日 (a make-up workday, of which nothing is said)",
    "no_notice": "当年放假安排尚未公布 (that year's holidays are not announced yet)",
}
_DAY_KINDS: Final = {"holiday": "放假 off", "makeup_workday": "调休上班 worked"}
_BASES: Final = {
    "notice": "国务院办公厅通知 notice of the State Council",
    "computed": "暂定：按办法推算，尚无通知 PROVISIONAL: computed from the law, no notice yet",
    "fixed_dates": "暂定：只有固定日期 PROVISIONAL: fixed dates alone",
}


def add_hours(parser: argparse.ArgumentParser) -> None:
    """Add ``yizhan hours``."""
    parser.add_argument(
        "text", nargs="*", metavar="TEXT", help='people\'s words, e.g. "周一至周五 8:30-11:00,13:30-17:00"'
    )
    parser.add_argument("--file", type=Path, metavar="TSV", help=f"a table (.tsv, .csv) with a column {COLUMNS[0]}")
    parser.add_argument(
        "--expression", action="store_true", help="TEXT is an opening_hours expression already, e.g. Mo-Fr 09:00-17:00"
    )
    parser.add_argument("--at", metavar="WHEN", help="tell what holds then, e.g. 2026-10-01T09:30 (default: now)")
    parser.add_argument("--json", action="store_true", help="for programs")
    _add_calendar_folder(parser)
    parser.set_defaults(run=_hours)


def add_calendar(parser: argparse.ArgumentParser) -> None:
    """Add ``yizhan calendar show|import``."""
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    showing = commands.add_parser("show", help="show a year's public holidays and make-up workdays")
    showing.add_argument("year", nargs="?", metavar="YEAR", help="default: this year")
    showing.add_argument("--json", action="store_true", help="for programs")
    showing.set_defaults(run=_show)
    importing = commands.add_parser("import", help="take in another year's notice of the State Council")
    importing.add_argument(
        "file", type=Path, metavar="FILE", help="CSV: date,kind,name,source; kind holiday or makeup_workday"
    )
    importing.add_argument(
        "--anyway", action="store_true", help="although the number of days is not what the law gives"
    )
    importing.set_defaults(run=_import)
    for command in (showing, importing):
        _add_calendar_folder(command)


def _add_calendar_folder(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--calendar", type=Path, default=CALENDAR, metavar="DIR", help="imported notices (default %(default)s)"
    )


# --- hours ---


def _hours(arguments: argparse.Namespace) -> None:
    from geo.places.calendar import Calendar

    texts = [*arguments.text, *(_read_texts(arguments.file) if arguments.file is not None else [])]
    if not texts:
        raise ParameterError("nothing to explain: give a TEXT, or --file with a table")
    when, calendar = _when(arguments.at), Calendar.load(arguments.calendar)
    understood = [_expression(text) if arguments.expression else _understand(text) for text in texts]
    if arguments.json:
        answers = [_to_json(item, when, calendar) for item in understood]
        print(json.dumps(answers, ensure_ascii=False, indent=1))
        return
    for item in understood:
        if len(texts) == 1 or item.expression is None:
            _explain(item, when, calendar)
        else:
            print(f"{item.text}\n  = {item.expression}")
    if len(texts) > 1:
        _summarise(understood)


def _understand(text: str) -> Understanding:
    from geo.places.hours_text import understand

    return understand(text)


def _expression(text: str) -> Understanding:
    from geo.places.hours import Hours
    from geo.places.hours_text import Understanding

    try:
        Hours.parse(text)
    except HoursError as error:
        return Understanding(text, None, (), (str(error),), ())
    return Understanding(text, text, (), (), ())


def _explain(item: Understanding, when: datetime, calendar: Calendar) -> None:
    """Print what was understood of a text, word by word."""
    from geo.places.hours import Hours

    print(_printable(item.text))
    said = [word for word in item.words if word.kind not in ("space",)]
    wide = max((_width(item.text[word.begin : word.end]) for word in said), default=0)
    for word in said:
        text = _printable(item.text[word.begin : word.end])
        print(
            f"  {text}{' ' * (min(wide, 40) - _width(text))}  {_padded(_KINDS[word.kind], 28)}  {word.meaning}".rstrip()
        )
    if item.expression is None:
        print("  = 未知 unknown")
    else:
        print(f"  = {item.expression}")
    for note in item.notes:
        print(f"  ! {note}")
    for assumption in item.assumptions:
        print(f"  ~ {assumption}")
    if item.expression is not None:
        print(f"  {_moment(when)}: {_say(Hours.parse(item.expression).state(when, calendar))}")


def _say(state: State) -> str:
    parts = [_STATES[state.kind]]
    if state.until is not None:
        parts.append(f"到 until {_moment(state.until)}")
    if state.minutes_left is not None and state.kind == "closing_soon":
        parts.append(f"还有 {state.minutes_left} 分钟 minutes left")
    if state.next_open is not None and state.next_open != state.until:
        parts.append(f"下次开放 next opens {_moment(state.next_open)}")
    if state.comment:
        parts.append(f"“{state.comment}”")
    if state.assumed is not None:
        parts.append(_ASSUMED[state.assumed])
    return "; ".join(parts)


def _summarise(understood: list[Understanding]) -> None:
    unknown = [item for item in understood if item.expression is None]
    assumed = sum(bool(item.assumptions) for item in understood)
    print(
        f"{len(understood)} 条 texts: 看懂 understood {len(understood) - len(unknown)}"
        f" (其中有所假定 with assumptions {assumed}), 未知 unknown {len(unknown)}"
    )
    if unknown:
        print("未知的需要人看 a human should look at the unknown ones, listed above word by word")


def _to_json(item: Understanding, when: datetime, calendar: Calendar) -> dict[str, Any]:
    from geo.places.hours import Hours

    state = None if item.expression is None else Hours.parse(item.expression).state(when, calendar)
    return {
        "text": item.text,
        "expression": item.expression,
        "words": [
            {"text": item.text[word.begin : word.end], **word._asdict()} for word in item.words if word.kind != "space"
        ],
        "notes": list(item.notes),
        "assumptions": list(item.assumptions),
        "state": None if state is None else {
            "at": when.isoformat(),
            "kind": state.kind,
            "until": state.until and state.until.isoformat(),
            "next_open": state.next_open and state.next_open.isoformat(),
            "minutes_left": state.minutes_left,
            "comment": state.comment,
            "assumed": state.assumed,
        },
    }  # fmt: skip


def _read_texts(path: Path) -> list[str]:
    """Return the texts of a table: of the first column whose name is known, or of a file of one column."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ParameterError(f"{path} is larger than {MAX_BYTES:,} bytes")
        content = path.read_bytes()
    except OSError as error:
        raise ParameterError(f"{path} cannot be read: {error.strerror}") from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030", errors="replace")
    rows = list(csv.reader(io.StringIO(text), delimiter="," if path.suffix.lower() == ".csv" else "\t"))
    rows = [row for row in rows if row]
    if not rows:
        raise ParameterError(f"{path} is empty")
    column = next((rows[0].index(name) for name in COLUMNS if name in rows[0]), None)
    if column is None and any(len(row) > 1 for row in rows):
        raise ParameterError(f"{path} has no column {', '.join(COLUMNS)}")
    cells = [row[0] for row in rows] if column is None else [row[column] for row in rows[1:] if len(row) > column]
    return [cell.strip() for cell in cells if cell.strip()]


def _when(text: str | None) -> datetime:
    from geo.places.hours import CHINA, local_time

    if text is None:
        return datetime.now(UTC).astimezone(CHINA)
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        raise ParameterError(f"at={text[:40]!r} must be a time such as 2026-10-01T09:30", parameter="at") from None
    when = when.replace(tzinfo=CHINA) if when.tzinfo is None else when
    return local_time(when).replace(tzinfo=CHINA)


# --- the calendar ---


def _show(arguments: argparse.Namespace) -> None:
    from geo.places.calendar import Calendar

    calendar = Calendar.load(arguments.calendar)
    year = _year(arguments.year)
    days, basis = calendar.days_of(year), calendar.basis(year)
    if arguments.json:
        rows = [{"date": row.day.isoformat(), "kind": row.kind, "name": row.name, "source": row.source} for row in days]
        print(json.dumps({"year": year, "basis": basis, "days": rows}, ensure_ascii=False, indent=1))
        return
    source = f": {calendar.notices[year].source}" if basis == "notice" else ""
    print(f"{year}  {_BASES[basis]}{source}")
    for row in days:
        print(f"  {row.day} 周{'一二三四五六日'[row.day.weekday()]}  {_padded(_DAY_KINDS[row.kind], 17)}  {row.name}")


def _import(arguments: argparse.Namespace) -> None:
    from geo.places.calendar import import_notice

    notice = import_notice(arguments.file, arguments.calendar, anyway=arguments.anyway)
    off = sum(row.kind == "holiday" for row in notice.days)
    print(f"{notice.year} {notice.source}: 放假 {off} days off, 调休上班 {len(notice.days) - off} make-up workdays")


def _year(text: str | None) -> int:
    if text is None:
        return _when(None).year
    if text.isascii() and text.isdigit() and 1950 <= int(text) < 2200:
        return int(text)
    raise ParameterError(f"year={text[:20]!r} must be a year from 1950 to 2199", parameter="year")


# --- printing ---


def _moment(when: datetime) -> str:
    return f"{when:%Y-%m-%d} 周{'一二三四五六日'[when.weekday()]} {when:%H:%M}"


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text)


def _width(text: str) -> int:
    """Columns that a text takes on a terminal."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))
