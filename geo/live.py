"""A city whose places are those of its pack and of a register, read anew when the register changes."""

from __future__ import annotations

from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from geo.city import City
from geo.places.calendar import Calendar

if TYPE_CHECKING:
    from geo.places.store import Register


class LiveCity:
    """The city as the register has it now.

    A :class:`~geo.city.City` never changes; a new one that shares streets, names and base map takes its place. Where
    pack and register have a place of the same id, the register's counts.

    Parameters
    ----------
    city
        The opened pack.
    register
        Places that people keep; None: those of the pack alone.
    """

    def __init__(self, city: City, register: Register | None = None) -> None:
        self._pack = city
        self._register = register
        self._current = city
        self._tag: str | None = None
        self._lock = Lock()
        self.refresh()

    @classmethod
    def open(cls, pack: Path, register: str | None, calendar: Path) -> LiveCity:
        """Open a city pack and, if one is named by path or URL, a register.

        Parameters
        ----------
        calendar
            Folder of imported notices of holidays; it need not exist.

        Raises
        ------
        PackError, RegisterError
            One of them is not there or cannot be read.
        """
        city = City.open(pack, Calendar.load(calendar))
        if register is None:
            return cls(city)
        from geo.places.store import Register  # noqa: PLC0415  # brings SQLAlchemy, 25 MB that few servers need

        return cls(city, Register.open(register, create=False))

    @property
    def current(self) -> City:
        """The city as it was when last refreshed."""
        return self._current

    def let_go(self) -> None:
        """Close the connections to the register until they are needed: a process that forks must not hand them on."""
        if self._register is not None:
            self._register.close()

    def refresh(self) -> City:
        """Read the register if it has changed since; return the city as it is now.

        Raises
        ------
        RegisterError
            The register cannot be read; the city stays as it was.
        """
        if self._register is None:
            return self._current
        with self._lock:
            tag = self._register.version_tag()
            if tag != self._tag:
                kept = {entry.place.id: entry.place for entry in self._register.all()}
                places = {place.id: place for place in self._pack.places} | kept
                self._current = self._pack.with_places(places.values(), tag) if kept else self._pack
                self._current.warm()
                self._tag = tag
            return self._current
