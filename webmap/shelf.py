"""Saved scenarios: files named by what is in them, shared by the server's processes."""

from __future__ import annotations

import json
import re
import secrets
from pathlib import Path
from typing import Any, Final

from geo.coverage.scenario import Scenario
from geo.errors import NotFoundError, TooBusyError

MAX_SCENARIOS: Final = 1000
_KEY: Final = re.compile(r"[0-9a-f]{16}")


class Shelf:
    """Scenarios by their keys; one that is saved again under another name keeps its key and takes the name.

    Parameters
    ----------
    folder
        Where they lie; made when first needed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def save(self, scenario: Scenario) -> str:
        """Keep a scenario; return its key.

        Raises
        ------
        TooBusyError
            Too many are kept already.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{scenario.key}.json"
        if not path.exists() and sum(1 for _ in self._folder.glob("*.json")) >= MAX_SCENARIOS:
            raise TooBusyError(
                f"{MAX_SCENARIOS} scenarios are kept already; the keeper of the site must clear some away"
            )
        begun = path.with_suffix(f".{secrets.token_hex(4)}")
        begun.write_text(json.dumps(scenario.to_json(), ensure_ascii=False), encoding="utf-8")
        begun.replace(path)
        return scenario.key

    def get(self, key: str) -> Scenario:
        """Return a scenario.

        Raises
        ------
        NotFoundError
            There is none of that key.
        """
        scenario = _read(self._folder / f"{key}.json") if _KEY.fullmatch(key) else None
        if scenario is None:
            raise NotFoundError(f"no scenario {key[:40]!r}; save it first, or see the list of scenarios")
        return scenario

    def list(self) -> list[dict[str, Any]]:
        """Return names and keys of all, the latest first."""
        files = sorted(self._folder.glob("*.json"), key=lambda path: (-path.stat().st_mtime, path.name))
        kept = [scenario for path in files if (scenario := _read(path)) is not None]
        return [{"key": one.key, "name": one.name, "edits": len(one.edits)} for one in kept]


def _read(path: Path) -> Scenario | None:
    """Return the scenario in a file; None without one, or if it is damaged: the others stand."""
    try:
        return Scenario.from_json(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError):  # ParameterError is a ValueError
        return None
