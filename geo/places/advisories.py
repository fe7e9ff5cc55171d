"""A warning of heat or cold: until when, who has set it, and what at a place gives relief. It ends by itself."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Literal, get_args

from geo.errors import ParameterError, RegisterError, UnknownWordError
from geo.places.model import AmenityKind

Weather = Literal["heat", "cold"]
WEATHERS: Final[tuple[Weather, ...]] = get_args(Weather)
#: What certainly helps. An air conditioner need not heat, so it is no relief from cold.
RELIEF: Final[Mapping[Weather, AmenityKind]] = MappingProxyType({"heat": "air_conditioner", "cold": "heating"})
#: The file's name in the folder that the server's processes share.
FILE: Final = "advisory.json"
#: One that is longer was probably mistyped.
LONGEST: Final = timedelta(days=14)
MAX_NOTE: Final = 200
MAX_SOURCE: Final = 500


@dataclass(frozen=True)
class Advisory:
    """A warning.

    Attributes
    ----------
    kind
        Of what.
    since, until
        When it was set and when it ends, aware; it is in force from the one on, and no longer at the other.
    who
        Who has set it.
    note, source
        Words beside it, and the address of the weather service's own warning.

    Raises
    ------
    ParameterError, UnknownWordError
        It ends before it begins, lasts too long, or a text is not of its form.

    Examples
    --------
    >>> noon = datetime(2026, 7, 12, 12, tzinfo=UTC)
    >>> advisory = Advisory("heat", noon, noon + timedelta(hours=8), "li")
    >>> advisory.in_force(noon), advisory.in_force(noon + timedelta(hours=8))
    (True, False)
    """

    kind: Weather
    since: datetime
    until: datetime
    who: str
    note: str | None = None
    source: str | None = None

    def __post_init__(self) -> None:
        if self.kind not in WEATHERS:
            raise UnknownWordError(f"{self.kind[:40]!r} is not known; write {' or '.join(WEATHERS)}", parameter="kind")
        for name, time in (("since", self.since), ("until", self.until)):
            if time.tzinfo is None:
                raise ParameterError(f"{name}={time} has no time zone; give an aware time", parameter=name)
        if not self.since < self.until <= self.since + LONGEST:
            raise ParameterError(
                f"until={self.until.isoformat(timespec='minutes')} must be later than now, by at most {LONGEST.days} "
                "days; set it again when it is prolonged",
                parameter="until",
            )
        for name, text, most in (("note", self.note, MAX_NOTE), ("source", self.source, MAX_SOURCE)):
            if text is not None and not (0 < len(text) <= most and text.isprintable()):
                raise ParameterError(
                    f"{name} has {len(text)} characters; write 1 to {most} printable ones", parameter=name
                )
        if self.source is not None and not self.source.startswith(("https://", "http://")):
            raise ParameterError(f"source={self.source[:60]!r} must begin with https:// or http://", parameter="source")

    def in_force(self, when: datetime) -> bool:
        """Tell whether it is in force at a time (aware)."""
        return self.since <= when < self.until

    @property
    def relief(self) -> AmenityKind:
        """What at a place gives relief."""
        return RELIEF[self.kind]

    def to_json(self) -> dict[str, Any]:
        """Return what everybody may know of it."""
        return {
            "kind": self.kind,
            "relief": self.relief,
            "since": self.since.isoformat(timespec="seconds"),
            "until": self.until.isoformat(timespec="seconds"),
            "note": self.note,
            "source": self.source,
        }


class AdvisoryFile:
    """The one advisory that is set, or none: a file that is there whole or not at all.

    Parameters
    ----------
    path
        The file; its folder is made when first needed.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def set(self, advisory: Advisory) -> None:
        """Set an advisory in the place of another.

        Raises
        ------
        RegisterError
            The file cannot be written.
        """
        values = advisory.to_json() | {"who": advisory.who}
        begun = self._path.with_suffix(f".{secrets.token_hex(4)}")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            begun.write_text(json.dumps(values, ensure_ascii=False, indent=1), encoding="utf-8")
            begun.replace(self._path)
        except OSError as error:
            raise RegisterError(f"{self._path}: cannot be written ({error.strerror}); name another folder") from error

    def clear(self) -> bool:
        """Take the advisory away; tell whether there was one, perhaps ended.

        Raises
        ------
        RegisterError
            The file cannot be removed.
        """
        try:
            self._path.unlink()
        except FileNotFoundError:
            return False
        except OSError as error:
            raise RegisterError(f"{self._path}: cannot be removed ({error.strerror})") from error
        return True

    def read(self) -> Advisory | None:
        """Return the advisory that was set, perhaps ended.

        Raises
        ------
        RegisterError
            The file is not as it was written.
        """
        try:
            values = json.loads(self._path.read_text(encoding="utf-8"))
            since, until = (datetime.fromisoformat(values[name]).astimezone(UTC) for name in ("since", "until"))
            return Advisory(values["kind"], since, until, values["who"], values["note"], values["source"])
        except FileNotFoundError:
            return None
        except (OSError, KeyError, TypeError, AttributeError, ValueError) as error:
            raise RegisterError(f"{self._path}: no advisory can be read ({error}); clear it, or set it anew") from error

    def stamp(self) -> tuple[int, int, int] | None:
        """Return what is another value after every change; None: there is no file."""
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size
