"""Every error of the project.

::

    YizhanError
    ├── InputError (ValueError)             what somebody typed, sent or named cannot be used
    │   ├── ParameterError                  a value is not of its form or out of its range
    │   ├── UnknownWordError                a word is not one of those known here
    │   ├── OutsideCityError                the position is not in the city's street network
    │   │   └── SwappedCoordinatesError     ... but it would be, with lat and lon exchanged
    │   └── OffNetworkError                 no street near enough to the position
    ├── NotFoundError (LookupError)         there is no such place
    ├── ExtractError (ValueError)           an OpenStreetMap file or download cannot be used
    │   └── EmptyExtractError               ... because nothing of use is in it
    ├── DownloadError (OSError)             the map server did not answer as it should
    └── PackError (OSError)                 a city pack cannot be written or read

A message states the value, the limit and the remedy. The command line ends with code 2 on any of
them; the web maps classes to statuses in ``webmap/errors.py``.
"""

from __future__ import annotations


class YizhanError(Exception):
    """Root of all errors that a caller may want to catch."""


class InputError(YizhanError, ValueError):
    """What somebody typed, sent or named cannot be used.

    Parameters
    ----------
    message
        One sentence: the value, the limit, the remedy.
    parameter
        Name of the offending parameter, if one can be named.
    """

    def __init__(self, message: str, *, parameter: str | None = None) -> None:
        super().__init__(message)
        self.parameter = parameter


class ParameterError(InputError):
    """A value is not of its form or out of its range."""


class UnknownWordError(InputError):
    """A word is not one of those known here."""


class OutsideCityError(InputError):
    """The position lies outside the city's street network."""


class SwappedCoordinatesError(OutsideCityError):
    """The position lies outside, but inside once latitude and longitude are exchanged."""


class OffNetworkError(InputError):
    """No street that the mode may use is near enough to the position."""


class NotFoundError(YizhanError, LookupError):
    """There is no place of that id."""


class ExtractError(YizhanError, ValueError):
    """An OpenStreetMap file or download cannot be used."""


class EmptyExtractError(ExtractError):
    """Nothing of use is in the extract or the area."""


class DownloadError(YizhanError, OSError):
    """The map server did not answer as it should."""


class PackError(YizhanError, OSError):
    """A city pack cannot be written or read."""
