"""The plan of an import: each row ends in exactly one outcome, with reasons; nothing is written yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple, get_args

from geo.importing.merging import Rule, merge
from geo.importing.positions import Settled
from geo.importing.problems import Language, Problem, heaviest
from geo.importing.rows import Draft
from geo.places.checking import faults
from geo.places.entries import Entry
from geo.places.judging import Match
from geo.places.matching import Matcher
from geo.places.model import Place

Outcome = Literal["new", "changed", "same", "needs_human", "rejected"]
OUTCOMES: Final[tuple[Outcome, ...]] = get_args(Outcome)
_TELL_EVERY: Final = 5_000


class PlannedRow(NamedTuple):
    """What becomes of one row.

    Attributes
    ----------
    row
        As a spreadsheet numbers it.
    words
        The name, or what else the row may be recognised by.
    outcome
        One of :data:`OUTCOMES`.
    problems
        Why, and what else there is to say.
    place
        As it will be; None if nothing can come of the row.
    """

    row: int
    words: str
    outcome: Outcome
    problems: tuple[Problem, ...]
    place: Place | None


class Write(NamedTuple):
    """A place to be written, and the version that was read; None is a new one."""

    place: Place
    expected_version: int | None


@dataclass(frozen=True)
class Plan:
    """What an import will do.

    Attributes
    ----------
    id
        Of the import, to roll it back by.
    source
        The list's name.
    rows
        Every row of the list below its header, in order.
    writes
        The places that are written, each once, in the order of their first rows.
    remarks
        About the list as a whole, in each language.
    """

    id: str
    source: str
    rows: tuple[PlannedRow, ...]
    writes: tuple[Write, ...]
    remarks: tuple[Mapping[Language, str], ...] = ()

    def totals(self) -> dict[Outcome, int]:
        """Return how many rows end in each outcome."""
        counts = Counter(row.outcome for row in self.rows)
        return {outcome: counts[outcome] for outcome in OUTCOMES}

    @property
    def waits(self) -> bool:
        """Whether rows are left over for a human."""
        return any(row.outcome in {"needs_human", "rejected"} for row in self.rows)


def make_plan(
    import_id: str,
    source: str,
    drafts: Sequence[Draft],
    settled: Sequence[Settled],
    known: Iterable[Entry],
    *,
    rule: Rule = "ask",
    remarks: Sequence[Mapping[Language, str]] = (),
    progress: Callable[[int], None] = lambda decided: None,
) -> Plan:
    """Decide about every row.

    Parameters
    ----------
    import_id, source
        Names of the import and of the list.
    drafts, settled
        The rows, and aligned to them where they are.
    known
        The register.
    rule
        Where a list contradicts the register.
    remarks
        About the list as a whole.
    progress
        Told now and then how many rows are decided.
    """
    planner = _Planner(drafts, settled, known, rule)
    rows = []
    for number in range(len(drafts)):
        rows.append(planner.decide(number))
        if len(rows) % _TELL_EVERY == 0:
            progress(len(rows))
    writes = planner.writes()
    written = {write.place.id for write in writes}
    rows = [  # what one row changed, a later one may have changed back
        row._replace(outcome="same") if row.outcome == "changed" and row.place and row.place.id not in written else row
        for row in rows
    ]
    return Plan(import_id, source, tuple(rows), writes, tuple(remarks))


class _Planner:
    """Decides about rows in order; a later row meets what the earlier ones have made."""

    def __init__(self, drafts: Sequence[Draft], settled: Sequence[Settled], known: Iterable[Entry], rule: Rule) -> None:
        entries = list(known)
        self._drafts = drafts
        self._settled = settled
        self._rule = rule
        self._versions = {entry.place.id: entry.version for entry in entries}
        self._before = {entry.place.id: entry.place for entry in entries}
        self._now = dict(self._before)
        self._row_of_new: dict[str, int] = {}
        self._known = Matcher(self._before.values())
        self._in_list = Matcher(self._candidates())

    def writes(self) -> tuple[Write, ...]:
        return tuple(
            Write(place, self._versions.get(place_id))
            for place_id, place in self._now.items()
            if self._before.get(place_id) != place
        )

    def decide(self, number: int) -> PlannedRow:
        draft, settled = self._drafts[number], self._settled[number]
        problems = [*draft.problems, *settled.problems]
        place = None
        if draft.facts and settled.position is not None:
            place = draft.place(settled.position, settled.accuracy)
            problems += [Problem("invalid", fault) for fault in faults(place)]
        match heaviest(problems):
            case "reject":
                return PlannedRow(draft.row, draft.words, "rejected", tuple(problems), None)
            case "human":
                return PlannedRow(draft.row, draft.words, "needs_human", tuple(problems), place)
        if place is None:
            raise AssertionError(f"row {draft.row} has no place and no reason")
        outcome, result, more = self._meet(draft, place)
        return PlannedRow(draft.row, draft.words, outcome, (*problems, *more), result)

    def _meet(self, draft: Draft, place: Place) -> tuple[Outcome, Place, tuple[Problem, ...]]:
        """Compare a row with what is known and with the rows before it."""
        target, notes = self._same_as(place, identified=draft.accuracy is not None)
        if heaviest(notes) == "human":
            return "needs_human", place, tuple(notes)
        if target is None:
            self._now[place.id] = place
            self._row_of_new[place.id] = draft.row
            return "new", place, tuple(notes)
        merged = merge(self._now[target], place, rule=self._rule, states_status="status" in draft.facts)
        problems = (*notes, *merged.problems)
        if heaviest(problems) == "human":
            return "needs_human", merged.place, problems
        changed = merged.place != self._now[target]
        self._now[target] = merged.place
        return ("changed" if changed else "same"), merged.place, problems

    def _same_as(self, place: Place, *, identified: bool) -> tuple[str | None, list[Problem]]:
        """Return the id of the place that a row is about, or what a human has to decide.

        In a table that we exported, a place is what its id says.
        """
        if place.id in self._now:
            return place.id, []
        if identified:
            return None, []
        found = [match for match in self._known.match(place) if match.id in self._now]
        found += [match for match in self._in_list.match(place) if match.id in self._row_of_new]
        same = [match for match in found if match.verdict == "same"]
        if len({match.id for match in same}) == 1:
            return same[0].id, [self._say(same[0], certain=True)]
        return None, [self._say(match, certain=False) for match in found[:3]]

    def _say(self, match: Match, *, certain: bool) -> Problem:
        why = "、".join(reason.said("zh") for reason in match.reasons[:3])
        why_en = ", ".join(reason.said("en") for reason in match.reasons[:3])
        if match.id in self._row_of_new and not certain:
            return Problem("like_row", why, str(self._row_of_new[match.id]), value_en=why_en)
        code = "found_as" if certain else "maybe_same"
        return Problem(code, why, self._now[match.id].name, value_en=why_en)

    def _candidates(self) -> list[Place]:
        """Return the rows that may become places, for the search of rows that are about one."""
        return [
            draft.place(settled.position, settled.accuracy)
            for draft, settled in zip(self._drafts, self._settled, strict=True)
            if draft.facts and settled.position is not None and draft.facts["id"] not in self._before
        ]
