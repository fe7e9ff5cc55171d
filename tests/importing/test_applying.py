"""An import is written whole or not at all, and taken back whole or not at all."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from geo.errors import ConflictError, NotFoundError
from geo.importing.applying import RolledBack, apply, roll_back
from geo.importing.plan import Plan
from geo.places.model import Place
from geo.places.store import Register
from tests.importing.lists import DONGSI, HEADER, WHEN, XIDAN, plan

ROOT = Path(__file__).parents[2]
LATER = WHEN + timedelta(hours=1)


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Register]:
    with Register.open(tmp_path / "register.sqlite") as opened:
        yield opened


def done(register: Register, *rows: tuple[str, ...], number: int = 1) -> Plan:
    """Plan and apply the import of a list, header added."""
    planned = replace(plan(HEADER, *rows, known=register.all(), rule="take"), id=f"import-{number}")
    apply(planned, register, who="张三", when=WHEN)
    return planned


def places(register: Register) -> dict[str, Place]:
    return {entry.place.name: entry.place for entry in register.all()}


def test_all_of_it_is_written_under_the_imports_id(register: Register) -> None:
    planned = done(register, DONGSI, XIDAN)

    assert set(places(register)) == {"东四暖心驿站", "西单爱心驿站"}
    changes = register.changes()
    assert {(change.who, change.source, change.edit) for change in changes} == {("张三", "import-1 list.csv", 1)}
    assert plan(HEADER, DONGSI, XIDAN, known=register.all()).totals()["same"] == 2
    assert len(planned.writes) == 2


def test_nothing_is_written_if_a_place_has_changed_since(register: Register) -> None:
    done(register, DONGSI)
    stale = plan(HEADER, XIDAN, (*DONGSI[:7], "64099999"), known=register.all())
    entry = register.all()[0]
    with register.edit(who="李四", when=LATER, source="phone call") as edit:
        edit.change(replace(entry.place, note="后门进"), expected_version=entry.version)

    with pytest.raises(ConflictError, match="at version 2, but version 1"):
        apply(stale, register, who="张三", when=LATER)
    assert set(places(register)) == {"东四暖心驿站"}


def test_a_rollback_puts_back_what_was_and_retires_what_was_added(register: Register) -> None:
    done(register, DONGSI)
    before = places(register)["东四暖心驿站"]
    done(register, (*DONGSI[:7], "64099999"), XIDAN, number=2)

    assert roll_back(register, "import-2", who="李四", when=LATER) == RolledBack(retired=1, restored=1)

    after = places(register)
    assert after["东四暖心驿站"] == before
    assert after["西单爱心驿站"].status == "retired"
    assert after["西单爱心驿站"].known("status") == ("rollback of import-2", "2026-11-22", "李四")
    assert register.history(before.id)[-1].source == "rollback of import-2"


def test_what_was_rolled_back_can_be_imported_again(register: Register) -> None:
    done(register, XIDAN)
    first = places(register)
    roll_back(register, "import-1", who="李四", when=LATER)

    again = done(register, XIDAN, number=3)

    assert [row.outcome for row in again.rows] == ["changed"]
    assert places(register) == first


def test_a_rollback_is_refused_where_places_were_edited_since(register: Register) -> None:
    done(register, DONGSI, XIDAN)
    entry = register.all()[0]
    with register.edit(who="李四", when=LATER, source="phone call") as edit:
        edit.change(replace(entry.place, note="后门进"), expected_version=entry.version)

    with pytest.raises(ConflictError, match=rf"1 places of import-1 were edited since \({entry.place.id}\); nothing"):
        roll_back(register, "import-1", who="李四", when=LATER)
    assert {place.status for place in places(register).values()} == {"open"}


def test_a_rollback_happens_once_and_only_of_an_import(register: Register) -> None:
    done(register, DONGSI)
    roll_back(register, "import-1", who="李四", when=LATER)

    with pytest.raises(ConflictError, match="rolled back already"):
        roll_back(register, "import-1", who="李四", when=LATER)
    for unknown in ("import-9", "import", ""):
        with pytest.raises(NotFoundError):
            roll_back(register, unknown, who="李四", when=LATER)


_WORKER = """
import os, sys
from datetime import UTC, datetime
from geo.importing.applying import apply
from geo.places.store import Register
from tests.importing.lists import HEADER, plan

rows = [
    (f"暖心驿站{n}店", f"东四北大街{n}号", f"116.{4000 + n}", f"39.{9000 + n}", "暖心驿站", "", "", "")
    for n in range(300)
]
register = Register.open(sys.argv[1])
planned = plan(HEADER, *rows, known=register.all())
print(len(planned.writes), flush=True)
apply(planned, register, who="张三", when=datetime(2026, 11, 22, tzinfo=UTC))
print("committed", flush=True)
"""


@pytest.mark.parametrize("after_s", [0.0, 0.005, 0.02, 0.05, 0.1, 0.2])
def test_a_killed_import_leaves_all_of_it_or_nothing(tmp_path: Path, after_s: float) -> None:
    path = tmp_path / "register.sqlite"
    with Register.open(path) as register:
        done(register, DONGSI, number=7)
    worker = subprocess.Popen(
        [sys.executable, "-c", _WORKER, str(path)], stdout=subprocess.PIPE, text=True, cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert worker.stdout is not None
    count = int(worker.stdout.readline())
    assert count > 100
    time.sleep(after_s)
    worker.send_signal(signal.SIGKILL)
    acknowledged = worker.stdout.read().strip() == "committed"
    worker.wait()
    worker.stdout.close()

    with Register.open(path) as register:
        there = len(register.all()) - 1
        assert there in ({count} if acknowledged else {0, count})
        if there == 0:
            assert {change.source for change in register.changes()} == {"import-7 list.csv"}
