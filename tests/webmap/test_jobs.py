"""Long work: one after the other, told of from any process, stopped, lost, and tidied away."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

import webmap.jobs
from geo.errors import NotFoundError, ParameterError, TooBusyError
from webmap.jobs import KEPT_S, MAX_WAITING, Jobs, Told


def until(told: Callable[[], Any], what: Callable[[Any], bool], patience_s: float = 20) -> Any:
    ends = time.monotonic() + patience_s
    while time.monotonic() < ends:
        found = told()
        if what(found):
            return found
        time.sleep(0.005)
    raise AssertionError(f"waited in vain; the last was {found}")


def ended(jobs: Jobs, job: str) -> Any:
    return until(lambda: jobs.told(job), lambda told: told["state"] not in {"waiting", "running"})


def test_a_job_is_done_and_its_result_kept(tmp_path: Path) -> None:
    jobs = Jobs(tmp_path / "deep" / "jobs")
    job = jobs.start("siting", lambda told: {"答": [1, 2.5, None]})

    told = ended(jobs, job)

    assert told == {"id": job, "kind": "siting", "state": "done", "result": {"答": [1, 2.5, None]}}
    assert Jobs(tmp_path / "deep" / "jobs").told(job) == told, "another process tells the same"


def test_jobs_are_done_one_after_the_other(tmp_path: Path) -> None:
    jobs, running, order = Jobs(tmp_path), threading.Semaphore(1), []

    def work(number: int) -> Callable[[Told], Mapping[str, Any]]:
        def doing(told: Told) -> Mapping[str, Any]:
            assert running.acquire(blocking=False), "two at once"
            time.sleep(0.01)
            order.append(number)
            running.release()
            return {}

        return doing

    ids = [jobs.start("x", work(number)) for number in range(MAX_WAITING)]
    assert [ended(jobs, job)["state"] for job in ids] == ["done"] * MAX_WAITING
    assert order == list(range(MAX_WAITING))


@pytest.mark.parametrize(
    ("error", "status", "detail"),
    [
        (ParameterError("p=0 is too few", parameter="p"), 400, "p=0 is too few"),
        (ZeroDivisionError("secret inside"), 500, "The work broke off; start it again."),
        (MemoryError(), 500, "The work broke off; start it again."),
    ],
)
def test_a_job_that_fails_says_why_and_the_next_is_done(
    tmp_path: Path, error: Exception, status: int, detail: str
) -> None:
    jobs = Jobs(tmp_path)

    def fail(told: Told) -> Mapping[str, Any]:
        raise error

    told = ended(jobs, jobs.start("x", fail))

    assert told["state"] == "failed" and "result" not in told
    assert (told["problem"]["status"], told["problem"]["detail"]) == (status, detail)
    assert ended(jobs, jobs.start("x", lambda told: {}))["state"] == "done"


def test_a_result_that_is_no_json_fails_and_the_next_is_done(tmp_path: Path) -> None:
    jobs = Jobs(tmp_path)
    assert ended(jobs, jobs.start("x", lambda told: {"set": {1, 2}}))["state"] == "failed"
    assert ended(jobs, jobs.start("x", lambda told: {}))["state"] == "done"


def test_a_job_is_cancelled_while_it_runs_and_before(tmp_path: Path) -> None:
    jobs, begun = Jobs(tmp_path), threading.Event()

    def patient(told: Told) -> Mapping[str, Any] | None:
        begun.set()
        until(told.cancelled, bool)
        return None

    first, second = jobs.start("x", patient), jobs.start("x", lambda told: {"never": "done"})
    assert begun.wait(20)
    Jobs(tmp_path).cancel(second)
    Jobs(tmp_path).cancel(first)
    assert ended(jobs, first)["state"] == "cancelled"
    assert ended(jobs, second) == {"id": second, "kind": "x", "state": "cancelled"}
    jobs.cancel(first)
    assert jobs.told(first)["state"] == "cancelled", "once more does nothing"


def test_what_is_done_in_spite_of_cancelling_stays_done(tmp_path: Path) -> None:
    jobs, go = Jobs(tmp_path), threading.Event()

    def deaf(told: Told) -> Mapping[str, Any]:
        assert go.wait(20)
        return {"done": True}

    job = jobs.start("x", deaf)
    jobs.cancel(job)
    go.set()
    told = ended(jobs, job)
    assert told["state"] in {"done", "cancelled"}, "cancelled if it had not begun"


def test_progress_is_told_but_not_too_often(tmp_path: Path) -> None:
    jobs, gate, looked = Jobs(tmp_path), threading.Event(), []

    def work(told: Told) -> Mapping[str, Any]:
        for number in range(1000):
            told.tell({"share": number / 1000})
            looked.append(next(tmp_path.glob("*/progress.json")).stat().st_mtime_ns)
        assert gate.wait(20)
        return {}

    job = jobs.start("x", work)
    until(lambda: len(looked), lambda count: count == 1000)
    assert 0 <= jobs.told(job)["progress"]["share"] < 1
    assert len(set(looked)) < 100, "a thousand steps in no time are not a thousand files"
    gate.set()
    assert ended(jobs, job)["state"] == "done"


def test_more_than_may_wait_is_refused(tmp_path: Path) -> None:
    jobs, gate = Jobs(tmp_path), threading.Event()

    def work(told: Told) -> Mapping[str, Any]:
        assert gate.wait(20)
        return {}

    first = jobs.start("x", work)
    until(lambda: jobs.told(first), lambda told: told["state"] == "running")
    waiting = [jobs.start("x", work) for _ in range(MAX_WAITING)]
    with pytest.raises(TooBusyError, match=f"{MAX_WAITING} jobs are waiting"):
        jobs.start("x", work)
    assert len(list(tmp_path.iterdir())) == MAX_WAITING + 1, "what was refused leaves nothing"
    gate.set()
    assert all(ended(jobs, job)["state"] == "done" for job in waiting)


@pytest.mark.parametrize(
    "job",
    [
        "",
        ".",
        "..",
        "../jobs",
        "0" * 24 + "/..",
        "0" * 23,
        "0" * 25,
        "g" * 24,
        "A" * 24,
        "/etc/passwd",
        "0" * 24 + "\n",
    ],
)
def test_ids_that_are_none_are_not_found(tmp_path: Path, job: str) -> None:
    jobs = Jobs(tmp_path / "jobs")
    (tmp_path / "jobs").mkdir()
    (tmp_path / "state.json").write_text('{"state": "done", "kind": "secret"}')
    for ask in (jobs.told, jobs.cancel):
        with pytest.raises(NotFoundError, match="no job"):
            ask(job)
    assert not list(tmp_path.rglob("cancel"))


def written(folder: Path, state: Mapping[str, Any], age_s: float = 0.0) -> str:
    """Write a job's folder as if it had been written some time ago."""
    job = os.urandom(12).hex()
    (folder / job).mkdir(parents=True)
    (folder / job / "state.json").write_text(json.dumps(state))
    then = time.time() - age_s
    for path in (folder / job / "state.json", folder / job):
        os.utime(path, (then, then))
    return job


def dead_process() -> int:
    """Return the id of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_a_job_whose_process_died_is_lost(tmp_path: Path) -> None:
    """It is said to run until nothing has been heard of it for a while."""
    running = {"kind": "siting", "state": "running", "process": dead_process()}
    young, old = written(tmp_path, running), written(tmp_path, running, 600)
    alive = written(tmp_path, {**running, "process": os.getpid()}, 600)
    jobs = Jobs(tmp_path)

    assert jobs.told(young)["state"] == "running"
    told = jobs.told(old)
    assert (told["state"], told["problem"]["detail"]) == ("failed", "The work broke off; start it again.")
    assert jobs.told(alive)["state"] == "running", "its process lives and may have nothing to tell"
    assert "process" not in told


def test_a_waiting_job_of_a_dead_server_is_lost(tmp_path: Path) -> None:
    job = written(tmp_path, {"kind": "siting", "state": "waiting"}, 600)
    assert Jobs(tmp_path).told(job)["state"] == "failed"


def test_a_waiting_job_is_not_lost_while_others_run_before_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one before it may take ten minutes: who waits for so long is still waiting."""
    monkeypatch.setattr(webmap.jobs, "_LOST_S", 0.05)
    jobs, gate = Jobs(tmp_path), threading.Event()

    def work(told: Told) -> Mapping[str, Any]:
        assert gate.wait(20)
        return {}

    first, second = jobs.start("x", work), jobs.start("x", work)
    until(lambda: jobs.told(first), lambda told: told["state"] == "running")
    time.sleep(0.2)
    assert jobs.told(first)["state"] == "running"
    assert jobs.told(second)["state"] == "waiting"
    gate.set()
    assert ended(jobs, second)["state"] == "done"


def test_old_results_are_tidied_away_and_running_ones_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webmap.jobs, "MAX_KEPT", 5)
    past = written(tmp_path, {"kind": "x", "state": "done"}, KEPT_S + 60)
    kept = [written(tmp_path, {"kind": "x", "state": "done"}, 100 + n) for n in range(10)]
    running = written(tmp_path, {"kind": "x", "state": "running", "process": os.getpid()}, 5000)
    (tmp_path / "something-else").mkdir()
    jobs = Jobs(tmp_path)

    job = jobs.start("x", lambda told: {})

    left = {path.name for path in tmp_path.iterdir()}
    assert past not in left
    assert {job, running, "something-else", *kept[:3]} <= left
    assert kept[-1] not in left
    with pytest.raises(NotFoundError):
        jobs.told(past)
    assert ended(jobs, job)["state"] == "done"


def test_files_are_there_whole_or_not_at_all(tmp_path: Path) -> None:
    """A reader in another process never sees half a result."""
    jobs, stop = Jobs(tmp_path), threading.Event()

    def work(told: Told) -> Mapping[str, Any]:
        for number in range(300):
            (told._folder / "progress.json").exists()
            webmap.jobs._write(told._folder / "progress.json", {"text": "x" * 100_000, "number": number})
        stop.set()
        return {}

    job = jobs.start("x", work)
    seen = 0
    while not stop.is_set():
        told = jobs.told(job)
        if "progress" in told:
            assert len(told["progress"]["text"]) == 100_000
            seen += 1
        else:
            assert not seen, "a progress that was there is gone"
    assert seen > 3
    assert ended(jobs, job)["state"] == "done"


def test_a_folder_that_vanishes_does_not_stop_the_next_job(tmp_path: Path) -> None:
    jobs = Jobs(tmp_path)

    def vanish(told: Told) -> Mapping[str, Any]:
        shutil.rmtree(told._folder)
        return {"x": 1}

    gone = jobs.start("x", vanish)
    job = jobs.start("x", lambda told: {})
    assert ended(jobs, job)["state"] == "done"
    with pytest.raises(NotFoundError):
        jobs.told(gone)


def test_a_day_old_result_is_tidied_away_though_there_is_room(tmp_path: Path) -> None:
    past = written(tmp_path, {"kind": "x", "state": "done"}, KEPT_S + 60)
    young = written(tmp_path, {"kind": "x", "state": "done"}, KEPT_S - 600)
    jobs = Jobs(tmp_path)
    job = jobs.start("x", lambda told: {})
    assert {path.name for path in tmp_path.iterdir()} == {young, job}, past
    assert ended(jobs, job)["state"] == "done"
