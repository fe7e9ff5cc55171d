"""All places of a city as columns, which take a third of GeoJSON: what a map draws of them, and their names; pure."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, Final

from geo.city import City
from geo.places.model import Place

#: Degrees are told as whole numbers of so many to a degree: about a metre, less than a pixel wherever pins are drawn.
PER_DEGREE: Final = 100_000
#: Neighbours are told one after the other, column of a grid by column, so that the steps between them are short.
_COLUMN: Final = 1000


def pins(city: City, lang: str) -> dict[str, Any]:
    """Return the columns, a place's values at the same position in each.

    Parameters
    ----------
    city
        Whose places.
    lang
        ``"en"``: names in English, where there are any.

    Returns
    -------
    dict
        ``lon``, ``lat``: hundred-thousandths of a degree, WGS-84, each but the first as the step from the one before;
        ``kinds``: the sets of services that occur, and ``kind``: which of them; ``id``; ``name``.
    """
    places = sorted(city.places, key=_along_columns)
    sets = [tuple(dict.fromkeys(service.kind for service in place.services)) for place in places]
    kinds = {each: number for number, each in enumerate(dict.fromkeys(sets))}
    return {
        "lon": _steps([_whole(place.position.lon) for place in places]),
        "lat": _steps([_whole(place.position.lat) for place in places]),
        "kind": [kinds[each] for each in sets],
        "kinds": [list(each) for each in kinds],
        "id": [place.id for place in places],
        "name": [(lang == "en" and place.name_en) or place.name for place in places],
    }


def _along_columns(place: Place) -> tuple[int, int, str]:
    return _whole(place.position.lon) // _COLUMN, _whole(place.position.lat), place.id


def _steps(values: list[int]) -> list[int]:
    return [later - earlier for earlier, later in pairwise([0, *values])]


def _whole(degrees: float) -> int:
    return round(degrees * PER_DEGREE)
