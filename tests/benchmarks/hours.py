"""Opening hours in bulk: all places at once, and people's words."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from random import Random

from geo.places.calendar import Calendar
from geo.places.hours import CHINA, Hours
from geo.places.hours_table import HoursTable, bulk_states
from geo.places.hours_text import understand
from tests.benchmarks.table import Row

PLACES, DISTINCT = 300_000, 2_304
TEXT = "周一至周五 8:30-11:30、13:30-{hour}:{minute:02d}，周六9:00-12:00，周日及法定节假日闭馆"


def rows() -> Iterator[Row]:
    """Measure, one figure after the other."""
    expressions = _expressions()
    calendar = Calendar.packaged()
    places = f"{PLACES:,} places, {len(set(expressions)):,} expressions"
    workday, holiday = (
        datetime.fromisoformat(day).replace(tzinfo=CHINA) for day in ("2026-11-23T10:00", "2026-10-03T10:00")
    )

    def read_anew() -> None:
        Hours.parse.cache_clear()
        HoursTable(expressions)

    yield Row("hours: read all places anew", _ms(read_anew), places)
    table = HoursTable(expressions)
    yield Row("hours: state of all places, a workday", _ms(lambda: table.at(workday, calendar)), places)
    yield Row("hours: state of all places, a holiday", _ms(lambda: table.at(holiday, calendar)), places)
    yield Row("hours: from a list of expressions", _ms(lambda: bulk_states(expressions, workday, calendar)), places)
    texts = [TEXT.format(hour=hour, minute=minute) for hour in range(14, 24) for minute in range(60)]
    begin = time.perf_counter()
    for text in texts:
        understand(text)
    each_ms = (time.perf_counter() - begin) / len(texts) * 1000
    yield Row(
        "hours: understand a text", f"{each_ms:.2f} ms", f"{len(texts)} texts of {len(texts[0])} characters, one run"
    )


def _expressions() -> list[str]:
    """Some workday hours, some with Saturdays, some closed on Mondays, in many variants."""
    forms = (
        "Mo-Fr {:02d}:{:02d}-{:02d}:00",
        "Mo-Fr {:02d}:{:02d}-{:02d}:00; PH off",
        "Tu-Su {:02d}:{:02d}-{:02d}:15; Mo off",
        "{:02d}:{:02d}-{:02d}:30",
    )
    drawn = [form.format(hour, minute, hour + 9) for form in forms for hour in range(4, 14) for minute in range(60)]
    return Random(1).choices(drawn[:DISTINCT], k=PLACES)


def _ms(run: Callable[[], object], times: int = 7) -> str:
    taken = []
    for _ in range(times):
        begin = time.perf_counter()
        run()
        taken.append(time.perf_counter() - begin)
    return f"{statistics.median(taken) * 1000:.1f} ms"
