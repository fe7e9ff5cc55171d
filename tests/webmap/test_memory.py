"""What a server gives back before it forks, and what it never takes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from webmap.memory import _untouched

ROOT = Path(__file__).parents[2]

#: What a server can do without until somebody asks for it, and what it took when it was imported, in megabytes.
HEAVY = {
    "pandas": 25,
    "geopandas": 2,
    "sqlalchemy": 13,
    "alembic": 10,
    "highspy": 6,
    "openpyxl": 4,
    "scipy.sparse": 6,
    "osmnx": 40,
    "osmium": 3,
    "geo.streets.from_osm": 1,
}

#: Runs ``yizhan serve`` up to where it would listen.
TELL = """
import json, sys
from granian import Granian
import geo.cli

def tell(self, *_, **__):
    print(json.dumps(sorted(sys.modules)))

Granian.serve = tell
sys.exit(geo.cli.main(sys.argv[1:]))
"""

#: Uses a kernel and a library of C++, gives all back, uses them again, and says what of libraries was in memory.
AGAIN = """
import json
import numpy as np
from geo.coords import LonLat, distance_m
from geo.streets.queues import push
from webmap.memory import give_back

def read_mb():
    told = dict(line.split(":") for line in open("/proc/self/smaps_rollup").read().splitlines()[1:])
    return int(told["Pss_File"].split()[0]) / 1024

def used():
    push(np.zeros(10, dtype=np.int64), 0, 5)
    return distance_m(LonLat(116.4, 39.9), LonLat(116.5, 39.9))

first, before = used(), read_mb()
give_back()
after = read_mb()
print(json.dumps([first, used(), before, after]))
"""

SMAPS = """\
7f00000000-7f00001000 r--p 00000000 fe:00 1 /usr/lib/libread.so
Size:                  4 kB
Anonymous:             0 kB
VmFlags: rd mr mw me sd
7f00001000-7f00003000 r-xp 00001000 fe:00 1 /usr/lib/libread.so (deleted)
Anonymous:             0 kB
7f00003000-7f00004000 r--p 00003000 fe:00 1 /usr/lib/libread.so
Anonymous:             4 kB
7f00004000-7f00005000 rw-p 00004000 fe:00 1 /usr/lib/libread.so
Anonymous:             0 kB
7f00005000-7f00006000 r--p 00000000 00:00 0
Anonymous:             0 kB
7f00006000-7f00007000 r--p 00000000 00:00 0                          [vvar]
Anonymous:             0 kB
7f00007000-7f00008000 r--s 00000000 fe:00 2                          /city/streets/first arc.npy
Anonymous:             0 kB
"""


def run(program: str, *arguments: str) -> list[object]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], env=environment, capture_output=True, text=True, check=True
    )
    told: list[object] = json.loads(done.stdout.splitlines()[-1])
    return told


def test_a_server_does_not_take_what_hardly_anybody_asks_for(sample_pack: Path, tmp_path: Path) -> None:
    """Libraries for files, registers and building are imported by whoever needs them, when they do."""
    taken = run(TELL, "serve", "--city", str(sample_pack), "--port", "0", "--state", str(tmp_path))

    assert {"folium", "flask", "numba", "webmap.wsgi"} <= set(map(str, taken)), "it was about to serve"
    assert HEAVY.keys() & set(map(str, taken)) == set()


def test_only_what_was_never_written_is_let_go() -> None:
    """The third part was written by the loader, the fourth may be written; the next two are no files."""
    assert list(_untouched(SMAPS)) == [
        (0x7F00000000, 0x7F00001000),
        (0x7F00001000, 0x7F00003000),
        (0x7F00007000, 0x7F00008000),
    ]


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").is_file(), reason="Linux tells")
def test_a_process_that_gave_back_works_on_in_less_memory() -> None:
    first, again, before_mb, after_mb = run(AGAIN)

    assert first == again
    assert isinstance(before_mb, float) and isinstance(after_mb, float)
    assert after_mb < before_mb / 2
