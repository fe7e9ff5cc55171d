"""Every error of the project.

::

    YizhanError
    ├── InputError (ValueError)             what somebody typed, sent or named cannot be used
    │   ├── ParameterError                  a value is not of its form or out of its range
    │   ├── UnknownWordError                a word is not one of those known here
    │   ├── InvalidPlaceError               a place is not as the register takes it
    │   ├── OutsideCityError                the position is not in the city's street network
    │   │   └── SwappedCoordinatesError     ... but it would be, with lat and lon exchanged
    │   ├── OffNetworkError                 no street near enough to the position
    │   ├── HoursError                      opening hours are not written as they must be
    │   ├── CalendarError                   a table of public holidays cannot be used
    │   ├── ListRefusedError                a list of places cannot be imported as it is
    │   └── InterchangeError                places cannot be written in a format, or a file of them cannot be read back
    ├── TooLargeError (ValueError)          more was sent than is taken
    ├── TooBusyError (OSError)              so much is going on, or kept, that no more is taken
    ├── NotFoundError (LookupError)         there is no such place
    ├── ExtractError (ValueError)           an OpenStreetMap file or download cannot be used
    │   └── EmptyExtractError               ... because nothing of use is in it
    ├── DownloadError (OSError)             the map server did not answer as it should
    ├── PackError (OSError)                 a city pack cannot be written or read
    ├── RegisterError (OSError)             the register of places cannot be opened, read or written
    ├── ConflictError (ValueError)          somebody else has changed the place meanwhile
    └── WrongPlanError (ValueError)         where to put places: the answer found did not pass its re-check

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


class InvalidPlaceError(InputError):
    """A place is not as the register takes it: a text too long, an unknown word, a position off the earth."""


class OutsideCityError(InputError):
    """The position lies outside the city's street network."""


class SwappedCoordinatesError(OutsideCityError):
    """The position lies outside, but inside once latitude and longitude are exchanged."""


class OffNetworkError(InputError):
    """No street that the mode may use is near enough to the position."""


class HoursError(InputError):
    """Opening hours are not an expression that can be evaluated."""


class CalendarError(InputError):
    """A table of public holidays and make-up workdays cannot be used."""


class ListRefusedError(InputError):
    """A list of places cannot be imported as it is.

    Parameters
    ----------
    en
        One sentence: the value, the limit, the remedy.
    zh
        The same for a clerk, in Chinese.
    """

    def __init__(self, en: str, *, zh: str | None = None, parameter: str | None = None) -> None:
        super().__init__(en, parameter=parameter)
        self.en = en
        self.zh = zh or en


class InterchangeError(InputError):
    """Places cannot be written in a format without loss, or a file that we wrote cannot be read back."""


class TooLargeError(YizhanError, ValueError):
    """More was sent than is taken."""


class TooBusyError(YizhanError, OSError):
    """So much is going on, or kept, that no more is taken.

    Parameters
    ----------
    message
        One sentence: the limit and the remedy.
    retry_after_s
        When it may be tried again, whole seconds; None: nobody knows.
    """

    def __init__(self, message: str, *, retry_after_s: int | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


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


class RegisterError(YizhanError, OSError):
    """The register of places cannot be opened, read or written."""


class ConflictError(YizhanError, ValueError):
    """Somebody else has changed or added the place meanwhile."""


class WrongPlanError(YizhanError, ValueError):
    """Where to put places: the answer that was found did not pass its re-check, which is a defect of ours."""
