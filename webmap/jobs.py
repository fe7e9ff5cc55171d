"""Long work: done one after the other beside the requests, followed by its id, and stopped when nobody wants it.

A job is a folder of small files, each written whole or not at all, so that every process of the server can tell how
far it is, hand out its result, and ask for it to stop, whichever of them does the work.
"""

from __future__ import annotations

import json
import logging
import os
import queue
import re
import secrets
import shutil
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, Literal

from geo.errors import NotFoundError, TooBusyError, YizhanError
from webmap.errors import problem_values

State = Literal["waiting", "running", "done", "failed", "cancelled"]
#: Work that may wait in one process; results that are kept, and for how long.
MAX_WAITING: Final = 4
MAX_KEPT: Final = 100
KEPT_S: Final = 24 * 3600.0
#: Progress is written at most so often.
_TOLD_S: Final = 0.2
#: A job whose process has written nothing for so long is lost.
_LOST_S: Final = 120.0
_ID: Final = re.compile(r"[0-9a-f]{24}")


class Told:
    """What the work of a job may ask and tell while it runs."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._last = 0.0

    def cancelled(self) -> bool:
        """Tell whether somebody has asked for it to stop."""
        return (self._folder / "cancel").exists()

    def tell(self, progress: Mapping[str, Any]) -> None:
        """Say how far it is."""
        now = time.monotonic()
        if now - self._last >= _TOLD_S:
            self._last = now
            _write(self._folder / "progress.json", dict(progress))

    def attach(self, content: bytes) -> None:
        """Leave bytes beside the result, for whom JSON is too long."""
        begun = self._folder / "attached.begun"
        begun.write_bytes(content)
        begun.replace(self._folder / "attached")


Work = Callable[[Told], Mapping[str, Any] | None]


class Jobs:
    """The jobs of a server.

    Parameters
    ----------
    folder
        Shared by its processes; made when first needed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._waiting: queue.Queue[tuple[Path, Work]] = queue.Queue(MAX_WAITING)
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def start(self, kind: str, work: Work) -> str:
        """Put work in the queue; return the job's id.

        Parameters
        ----------
        kind
            What it is called.
        work
            Does it; returns its result, or None if it was stopped.

        Raises
        ------
        TooBusyError
            Enough is waiting already.
        """
        job = secrets.token_hex(12)
        folder = self._folder / job
        folder.mkdir(parents=True)
        _write(folder / "state.json", {"kind": kind, "state": "waiting", "process": os.getpid()})
        try:
            self._waiting.put_nowait((folder, work))
        except queue.Full:
            shutil.rmtree(folder, ignore_errors=True)
            raise TooBusyError(f"{MAX_WAITING} jobs are waiting already; try again when one of them is done") from None
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="does jobs", daemon=True)
                self._thread.start()
        self._tidy()
        return job

    def told(self, job: str) -> dict[str, Any]:
        """Tell how far a job is, and its result once it is done.

        Raises
        ------
        NotFoundError
            There is none of that id, or it is long past.
        """
        folder = self._of(job)
        state = _read(folder / "state.json")
        if state is None:
            raise _unknown(job)
        if state["state"] in {"waiting", "running"} and _age_s(folder) > _LOST_S and not _alive(state.get("process")):
            state = {**state, "state": "failed", "problem": _LOST}
        about = {"id": job, **{name: value for name, value in state.items() if name != "process"}}
        progress, result = _read(folder / "progress.json"), _read(folder / "result.json")
        if progress is not None:
            about["progress"] = progress
        if result is not None:
            about["result"] = result
        return about

    def attached(self, job: str) -> bytes:
        """Return the bytes that a job has left beside its result.

        Raises
        ------
        NotFoundError
            There is no such job, or it has left none (yet).
        """
        try:
            return (self._of(job) / "attached").read_bytes()
        except FileNotFoundError:
            raise NotFoundError(f"job {job} has left nothing to draw; wait until it is done") from None

    def cancel(self, job: str) -> None:
        """Ask for a job to stop; what is done stays done."""
        (self._of(job) / "cancel").touch()

    def _of(self, job: str) -> Path:
        folder = self._folder / job
        if not _ID.fullmatch(job) or not folder.is_dir():
            raise _unknown(job)
        return folder

    def _work(self) -> None:
        while True:
            folder, work = self._waiting.get()
            try:
                self._do(folder, work)
            except OSError:
                logging.getLogger(__name__).exception("a job's folder cannot be written")

    def _do(self, folder: Path, work: Work) -> None:
        state, told = _read(folder / "state.json") or {}, Told(folder)
        if told.cancelled():
            _write(folder / "state.json", {**state, "state": "cancelled"})
            return
        _write(folder / "state.json", {**state, "state": "running", "process": os.getpid()})
        ended: dict[str, Any]
        try:
            result = work(told)
            if result is None:
                ended = {"state": "cancelled"}
            else:
                _write(folder / "result.json", dict(result))
                ended = {"state": "done"}
        except YizhanError as error:
            ended = {"state": "failed", "problem": problem_values(error)}
        except Exception:
            logging.getLogger(__name__).exception("a job failed")
            ended = {"state": "failed", "problem": _LOST}
        _write(folder / "state.json", {**state, **ended})

    def _tidy(self) -> None:
        """Take away what is old, and the oldest of too much; never what still runs in a living process."""
        folders = sorted((f for f in self._folder.iterdir() if _ID.fullmatch(f.name)), key=_age_s)
        for number, folder in enumerate(folders):
            state = _read(folder / "state.json") or {}
            ended = state.get("state") not in {"waiting", "running"}
            if (ended and number >= MAX_KEPT) or _age_s(folder) > KEPT_S:
                shutil.rmtree(folder, ignore_errors=True)


_LOST: Final = {"status": 500, "code": "internal", "detail": "The work broke off; start it again."}


def _unknown(job: str) -> NotFoundError:
    return NotFoundError(f"no job {job[:40]!r}; results are kept for {KEPT_S / 3600:.0f} hours: start it again")


def _age_s(folder: Path) -> float:
    try:
        return time.time() - max(path.stat().st_mtime for path in (folder, *folder.iterdir()))
    except (OSError, ValueError):
        return 0.0


def _alive(process: object) -> bool:
    if not isinstance(process, int):
        return False
    try:
        os.kill(process, 0)
    except OSError:
        return False
    return True


def _read(path: Path) -> dict[str, Any] | None:
    try:
        values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return values


def _write(path: Path, values: Mapping[str, Any]) -> None:
    """Write a file that is there whole or not at all."""
    begun = path.with_suffix(".begun")
    begun.write_text(json.dumps(values, ensure_ascii=False), encoding="utf-8")
    begun.replace(path)
