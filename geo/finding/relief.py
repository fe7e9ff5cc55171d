"""While it is hot or cold: places that certainly give relief come first, and the nearest are still told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from geo.finding.asking import NearestQuery
from geo.finding.nearest import Answer, Nearest
from geo.places.model import AmenityKind


@dataclass(frozen=True)
class Relieved:
    """An answer in which relief comes first.

    Attributes
    ----------
    answer
        Its results are up to ``k`` places that give relief and then those of the ``k`` nearest that do not or that
        nobody knows it of; both in order of (travel time, id). Passed over are those that the plain answer passes over.
    relief
        Of each result: True, it certainly has what helps, and is not known to be closed on arrival; False, it has not
        or is closed; None, nobody knows.
    nearest
        Positions in the results of the ``k`` nearest places, in order of (travel time, id).
    """

    answer: Answer
    relief: tuple[bool | None, ...]
    nearest: tuple[int, ...]


def relieved(find: Callable[[NearestQuery], Answer], query: NearestQuery, kit: AmenityKind) -> Relieved:
    """Ask for the nearest places, and for the nearest that give relief, and put these first.

    Parameters
    ----------
    find
        Answers a question.
    kit
        What gives relief.
    """
    near = find(query)
    wanted = replace(query.wanted, amenities=tuple(dict.fromkeys((*query.wanted.amenities, kit))))
    helps = replace(query, wanted=wanted, passed=0)
    # who flees the heat does not go to a closed door; where hours matter already, they matter as they were asked for
    if query.open == "any" and query.when is not None:
        helps = replace(helps, open="arrival_or_unknown", min_left_s=0.0)
    first = find(helps).results
    known = {result.number for result in first}
    results = (*first, *(result for result in near.results if result.number not in known))
    position = {result.number: at for at, result in enumerate(results)}
    answer = Answer(near.query, near.origin, results, near.passed_over, near.passed_count)
    return Relieved(
        answer,
        tuple(_relief(result, kit) for result in results),
        tuple(position[result.number] for result in near.results),
    )


def _relief(result: Nearest, kit: AmenityKind) -> bool | None:
    there = result.place.amenities.get(kit)
    if there == "no" or (result.state is not None and result.state.kind == "closed"):
        return False
    return True if there == "yes" else None
