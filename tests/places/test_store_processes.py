"""Several programs at once, and programs that die."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from geo.errors import ConflictError
from geo.places.backup import verify
from geo.places.store import Register
from tests.places.test_store import STATION, WHEN, add

ROOT = Path(__file__).parents[2]


def start(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-W", "error", "-m", "tests.places.writers", *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_four_programs_lose_nothing(where: str) -> None:
    """They also race to make the register: it is not there when they begin."""
    writers = [start("count", where, name, "50") for name in "abcd"]
    for writer in writers:
        _, errors = writer.communicate(timeout=80)
        assert (writer.returncode, errors) == (0, "")

    with Register.open(where) as register:
        assert register.read("count").place.capacity_seats == 200
        assert register.read("count").version == 201
        ids = {entry.place.id for entry in register.all()}
        assert ids == {"count"} | {f"{name}-{number}" for name in "abcd" for number in range(50)}
        changes = register.changes()
        assert [row.serial for row in changes] == list(range(1, len(changes) + 1))
        assert [row.after for row in changes if (row.place, row.field) == ("count", "capacity_seats")] == [*range(201)]
        verify(register)


def test_whoever_is_killed_loses_nothing_that_was_told(where: str) -> None:
    rounds = 15 if "://" in where else 40  # PostgreSQL's own process is not the one that is killed
    killer = start("killed", where, str(rounds))
    said, errors = killer.communicate(timeout=80)

    assert (killer.returncode, errors) == (0, "")
    told = re.fullmatch(rf"{rounds} rounds, (\d+) places, \d+ written and not told, 0 lost\n", said)
    assert told is not None and int(told[1]) > 2 * rounds, said


def test_of_two_who_change_one_version_one_is_told(register: Register) -> None:
    add(register, STATION)
    ready = threading.Barrier(2)
    outcomes: list[str] = []

    def change(phone: str) -> None:
        version = register.read(STATION.id).version
        ready.wait()
        try:
            with register.edit(who=phone, when=WHEN, source="a call") as edit:
                edit.change(replace(STATION, phone=phone), expected_version=version)
            outcomes.append(phone)
        except ConflictError as error:
            outcomes.append(type(error).__name__)

    threads = [threading.Thread(target=change, args=(phone,)) for phone in ("1", "2")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    (won,) = set(outcomes) - {"ConflictError"}
    assert outcomes.count("ConflictError") == 1
    assert register.read(STATION.id).place.phone == won


def test_who_reads_does_not_wait_for_who_writes(register: Register) -> None:
    add(register, STATION)

    with register.edit(who="li", when=WHEN, source="a list") as edit:
        edit.change(replace(STATION, phone="1"), expected_version=1)
        assert register.read(STATION.id).version == 1, "not yet"
        assert edit.read(STATION.id).version == 2

    assert register.read(STATION.id).version == 2


@pytest.mark.parametrize("where", ["sqlite"], indirect=True)
def test_a_writer_that_waits_in_vain_is_told(register: Register, where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geo.places.schema.BUSY_TIMEOUT_MS", 50)

    with (
        Register.open(where) as other,
        register.edit(who="li", when=WHEN, source="a list"),
        pytest.raises(OSError, match="database is locked; another program has been writing"),
    ):
        add(other, STATION)
