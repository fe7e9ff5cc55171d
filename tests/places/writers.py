"""Programs that write to a register: run beside one another, and killed.

``python -m tests.places.writers count WHERE NAME TIMES`` adds one to a common count, and a place of its own, each time.
``python -m tests.places.writers killed WHERE ROUNDS`` lets a child write and kills it with signal 9, that often; each
time all that the child was told to be written must be there, whole, and the register sound.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from random import Random

from geo.coords import LonLat
from geo.errors import NotFoundError
from geo.places.backup import verify
from geo.places.model import Place
from geo.places.store import Register

WHEN = datetime(2026, 11, 22, tzinfo=UTC)
COUNT = Place("count", "东四", LonLat(116.41, 39.92), "exact", (), "a list", capacity_seats=0)


def count(where: str, name: str, times: int) -> None:
    with Register.open(where) as register:
        for number in range(times):
            with register.edit(who=name, when=WHEN, source="a list") as edit:
                try:
                    place, version = edit.read(COUNT.id)
                except NotFoundError:
                    edit.add(place := COUNT)
                    version = 1
                edit.change(replace(place, capacity_seats=(place.capacity_seats or 0) + 1), expected_version=version)
                edit.add(replace(COUNT, id=f"{name}-{number}"))


def killed(where: str, rounds: int) -> None:
    rng = Random(0)
    acknowledged: set[str] = set()
    in_the_middle = 0
    for number in range(rounds):
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            _write_until_killed(where, number, writing)
        os.close(writing)
        told = os.read(reading, 64)  # it has begun
        time.sleep(rng.uniform(0, 0.03))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        while more := os.read(reading, 65536):
            told += more
        os.close(reading)
        acknowledged |= set(told.decode().split())
        with Register.open(where) as register:
            ids = {entry.place.id for entry in register.all()}
            assert acknowledged <= ids, f"lost: {acknowledged - ids}"
            in_the_middle += len(ids) - len(acknowledged)
            assert all(f"{place_id}-b" in ids for place_id in ids if not place_id.endswith("-b")), "half an edit"
            verify(register)
            acknowledged = ids
    print(f"{rounds} rounds, {len(acknowledged)} places, {in_the_middle} written and not told, 0 lost")


def _write_until_killed(where: str, number: int, pipe: int) -> None:
    try:
        with Register.open(where) as register:
            for written in range(10_000):
                place_id = f"{number}-{written}"
                with register.edit(who="child", when=WHEN, source="a list") as edit:
                    edit.add(replace(COUNT, id=place_id))
                    edit.add(replace(COUNT, id=f"{place_id}-b"))
                os.write(pipe, f"{place_id} ".encode())
    finally:
        os._exit(1)


if __name__ == "__main__":
    if sys.argv[1] == "count":
        count(sys.argv[2], sys.argv[3], int(sys.argv[4]))
    else:
        killed(sys.argv[2], int(sys.argv[3]))
