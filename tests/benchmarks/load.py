"""The served measurement: ``wrk`` against real servers on this machine, mixed random questions, whole answers.

Load goes to the loopback address alone, for a few seconds a server. ``wrk`` runs on the same cores as the server.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

import numpy as np
from numpy.typing import NDArray
from werkzeug.datastructures import MultiDict

from geo.answers import Answers
from geo.city import City
from geo.coords import LonLat
from geo.errors import YizhanError
from geo.places.hours import CHINA
from geo.streets.snapping import snap
from webmap.params import nearest_query, plain_nearest_query

CONNECTIONS: Final = 16
SECONDS: Final = 6
WARM_UP_S: Final = 2
#: What a site makes ready after its first answer, so that later ones are sooner, has this long.
SETTLE_S: Final = 20
QUESTIONS: Final = 2000
SAMPLE: Final = 40
_MODES: Final = (("walk", 70), ("ebike", 20), ("bike", 5), ("drive", 5))
_SERVICES: Final = ("rest_stop", "water_point", "service_station", "public_toilet", "shelter")
_AMENITIES: Final = ("microwave", "water", "socket", "toilet", "seats")
#: What the questions are, for the page.
MIX: Final = (
    "mostly on foot, k from 1 to 10, some with a service, an amenity, or open on arrival, at any time of two weeks"
)
_FIRST_DAY: Final = datetime(2026, 11, 23, tzinfo=CHINA)

#: Lua: every request is the next line of the list; what came of all is written as one JSON object at the end.
_SCRIPT: Final = """
local paths, at = {}, 0
wrk.headers["Accept-Encoding"] = "%s"
function init(args)
  for line in io.lines("%s") do paths[#paths + 1] = line end
end
function request()
  at = at %% #paths + 1
  return wrk.format("GET", paths[at])
end
function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format('\\nresult {"requests":%%d,"microseconds":%%d,"bad_status":%%d,"broken":%%d,"bytes":%%d,' ..
    '"p50_us":%%d,"p99_us":%%d,"max_us":%%d}\\n', summary.requests, summary.duration, e.status,
    e.connect + e.read + e.write + e.timeout, summary.bytes, latency:percentile(50), latency:percentile(99),
    latency.max))
end
"""

Result = dict[str, Any]


def questions(city: City, origins: NDArray[np.float64], count: int = QUESTIONS, seed: int = 2026) -> list[str]:
    """Return paths with queries: origins on streets of their mode, k from 1 to 10, filters, openness, times.

    Every question names its time, so that its answer does not depend on the clock.
    """
    rng = random.Random(seed)  # questions, no secrets
    may_leave_out_paths = _known("paths", "no")
    found: list[str] = []
    number = 0
    while len(found) < count:
        lon, lat = origins[number % len(origins)].tolist()
        number += 1
        mode = rng.choices([mode for mode, _ in _MODES], [weight for _, weight in _MODES])[0]
        try:
            snap(city.network, mode, LonLat(lon, lat))  # type: ignore[arg-type]
        except YizhanError:
            continue
        when = _FIRST_DAY + timedelta(minutes=rng.randrange(14 * 24 * 60))
        words = {"lon": lon, "lat": lat, "mode": mode, "k": rng.randint(1, 10), "when": when.isoformat()[:16]}
        if rng.random() < 0.4:
            words["service"] = rng.choice(_SERVICES)
        if rng.random() < 0.3:
            words["amenity"] = rng.choice(_AMENITIES)
        if rng.random() < 0.4:
            words["open"] = "arrival"
        if may_leave_out_paths and rng.random() < 0.5:
            words["paths"] = "no"
        found.append(f"/api/v1/nearest?{urlencode(words)}")
    return found


def bare(city: City) -> Callable[[str], bytes]:
    """Return what answers a path in this process, without a server: from the query's words to the answer's bytes."""
    answers = Answers(city)

    def answer(path: str) -> bytes:
        asked = plain_nearest_query(path.partition("?")[2], _FIRST_DAY)
        if asked is None:
            raise ValueError(f"{path}: not as a page would write it")
        query, _ = asked
        return answers.nearest(city.nearest(query))

    return answer


def _known(name: str, value: str) -> bool:
    """Tell whether questions may have a parameter."""
    try:
        nearest_query(MultiDict({"lon": "116.4", "lat": "39.9", name: value}), _FIRST_DAY)
    except YizhanError:
        return False
    return True


def engine_alone(city: City, paths: Sequence[str]) -> Result:
    """Time the same questions in one thread of this process: from the query's words to the answer's bytes."""
    city.quicken()  # as a server does in the background
    answer = bare(city)
    for path in paths[:50]:
        answer(path)
    seconds = []
    for path in paths[:1000]:
        begin = time.perf_counter()
        answer(path)
        seconds.append(time.perf_counter() - begin)
    return {
        "median_ms": float(np.median(seconds)) * 1000,
        "p99_ms": float(np.quantile(seconds, 0.99)) * 1000,
        "mean_ms": float(np.mean(seconds)) * 1000,
        "runs": len(seconds),
    }


def served(pack: Path, paths: list[str], city: City, seconds: int = SECONDS) -> Iterator[Result]:
    """Measure every server that is installed; yields one result each."""
    wrk = shutil.which("wrk")
    for server in _servers(pack):
        if wrk is None:
            yield {"who": server.who, "status": "no wrk here: apt-get install wrk"}
        elif shutil.which(server.command[0]) is None:
            yield {"who": server.who, "status": f"{Path(server.command[0]).name} is not installed in this environment"}
        else:
            yield _measured(wrk, server, pack, paths, city, seconds)


class Server(NamedTuple):
    """A server to be measured: its command, with PORT in it, and which encoding of answers is asked for."""

    who: str
    command: list[str]
    serves_site: bool = True
    encoding: str = "identity"


def _servers(pack: Path) -> list[Server]:
    programs = Path(sys.executable).parent
    site = "tests.benchmarks.wsgi:application"
    granian = [str(programs / "granian"), "--interface", "wsgi", "--host", "127.0.0.1", "--port", "PORT", "--no-ws"]
    gunicorn = [str(programs / "gunicorn"), "--bind", "127.0.0.1:PORT", "--worker-class", "gthread"]
    gunicorn += ["--threads", "8", "--workers", "2", site]
    waitress = [str(programs / "waitress-serve"), "--listen", "127.0.0.1:PORT", "--threads", "8", site]
    serve = [sys.executable, "-m", "geo.cli", "serve", "--city", str(pack), "--port", "PORT"]
    by_hand = [
        Server("waitress, 8 threads", waitress),
        Server("gunicorn gthread, 2 workers of 8 threads", gunicorn),
        Server("granian, 1 worker", [*granian, "--workers", "1", site]),
        Server("granian, 2 workers", [*granian, "--workers", "2", site]),
    ]
    return [
        Server("`yizhan serve`", serve),
        Server("`yizhan serve`, answers in gzip", serve, encoding="gzip"),
        *by_hand,
        *(server._replace(serves_site=False) for server in by_hand),
    ]


def _measured(wrk: str, server: Server, pack: Path, paths: list[str], city: City, seconds: int) -> Result:
    who, of_site = server.who, server.serves_site
    with tempfile.TemporaryDirectory(prefix="yizhan-load-") as folder:
        listed, script = Path(folder) / "paths.txt", Path(folder) / "questions.lua"
        listed.write_text("\n".join(paths) + "\n", encoding="ascii")
        script.write_text(_SCRIPT % (server.encoding, listed), encoding="utf-8")
        try:
            with _running(server.command, pack if of_site else None, Path(folder) / "log") as (url, process, ready_s):
                begin = time.perf_counter()
                _get(url + paths[0])
                first_ms = (time.perf_counter() - begin) * 1000
                same = _same(url, paths, city) if of_site else None
                if of_site and seconds > 1:
                    time.sleep(SETTLE_S)
                _wrk(wrk, script, url, WARM_UP_S)
                said = _wrk(wrk, script, url, seconds)
                city.let_go()  # of a page that this process has read too the server would be told its share alone
                memory = _memory_mb(process.pid)
        except (OSError, subprocess.SubprocessError, ValueError) as error:
            return {"who": who, "status": f"failed: {error}"[:200]}
    return {
        "who": who,
        "status": "measured",
        "floor": not of_site,
        "ready_s": ready_s,
        "first_ms": first_ms,
        "same": same,
        "sampled": min(SAMPLE, len(paths)) if of_site else 0,
        "per_s": said["requests"] / (said["microseconds"] / 1e6),
        "p50_ms": said["p50_us"] / 1000,
        "p99_ms": said["p99_us"] / 1000,
        "max_ms": said["max_us"] / 1000,
        "requests": said["requests"],
        "not_200": said["bad_status"],
        "broken": said["broken"],
        "failed": said["bad_status"] + said["broken"],
        "bytes_each": said["bytes"] / max(said["requests"], 1),
        "processes": memory["processes"],
        "rss_mb": memory["rss_mb"],
        "pss_mb": memory["pss_mb"],
    }


@contextmanager
def _running(command: list[str], pack: Path | None, log: Path) -> Iterator[tuple[str, subprocess.Popen[bytes], float]]:
    """Start a server in a session of its own and stop it by its own process id."""
    port = _free_port()
    words = [str(port) if word == "PORT" else word.replace(":PORT", f":{port}") for word in command]
    environment = os.environ | {"YIZHAN_BENCH_PACK": "empty" if pack is None else str(pack)}
    begin = time.perf_counter()
    with log.open("wb") as out:
        process = subprocess.Popen(words, stdout=out, stderr=out, env=environment, start_new_session=True)
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(process, url, log)
        yield url, process, time.perf_counter() - begin
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)  # the session that we started, workers included
            process.wait(5)


def _wait(process: subprocess.Popen[bytes], url: str, log: Path, limit_s: float = 150) -> None:
    """Wait for the first answer: some servers listen before they have loaded what they serve."""
    end = time.monotonic() + limit_s
    while time.monotonic() < end and process.poll() is None:
        try:
            _get(url + "/healthz")
            return
        except OSError:
            time.sleep(0.02)
    raise OSError(f"it did not answer: {log.read_text(encoding='utf-8', errors='replace')[-300:]}")


def _get(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=30) as response:
        body: bytes = response.read()
    return body


def _same(url: str, paths: list[str], city: City) -> int:
    """Count the bodies of a sample that say the same as the answer reckoned here."""
    answer = bare(city)
    return sum(json.loads(_get(url + path)) == json.loads(answer(path)) for path in paths[:SAMPLE])


def _wrk(wrk: str, script: Path, url: str, seconds: int) -> dict[str, int]:
    words = [wrk, "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "10s", "-s", str(script), url]
    done = subprocess.run(words, check=True, capture_output=True, text=True, timeout=seconds + 30)
    line = next(line for line in done.stdout.splitlines() if line.startswith("result "))
    said: dict[str, int] = json.loads(line.removeprefix("result "))
    return said


def _memory_mb(process_id: int) -> dict[str, float]:
    """Return resident and proportional memory of a process and all below it, MB (the kernel's smaps_rollup)."""
    family, known = [process_id], 0
    while known < len(family):
        task = Path(f"/proc/{family[known]}/task")
        for thread in task.iterdir():
            family += [int(child) for child in (thread / "children").read_text().split()]
        known += 1
    sums = {"Rss": 0, "Pss": 0}
    for member in family:
        for line in Path(f"/proc/{member}/smaps_rollup").read_text().splitlines():
            name, _, value = line.partition(":")
            if name in sums:
                sums[name] += int(value.split()[0])
    return {"processes": len(family), "rss_mb": sums["Rss"] / 1024, "pss_mb": sums["Pss"] / 1024}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
