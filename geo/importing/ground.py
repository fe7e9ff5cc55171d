"""The city that a list is about: it judges coordinates and finds addresses, and says how sure it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np

from geo.coords import BBox
from geo.datums import Datum
from geo.importing.anomalies import Anomaly, AnomalyKind
from geo.importing.clues import CityWords, Where
from geo.importing.datum import Verdict, guard
from geo.importing.geocoding import EvidenceKind
from geo.importing.geocoding import Geocoder as Finder
from geo.importing.positions import Believing, Geocoder, Judge, Judgement, Settled, converted
from geo.importing.problems import Language, Problem
from geo.importing.rows import Draft
from geo.pack.folder import read_manifest

DATUM_NAMES: Final[Mapping[Datum, str]] = {"wgs84": "WGS-84", "gcj02": "GCJ-02", "bd09": "BD-09"}
_EVIDENCE: Final[Mapping[EvidenceKind, str]] = {
    "crossing": "路口", "building": "楼宇", "site": "单位或小区", "road": "道路", "quarter": "片区",
    "community": "社区", "subdistrict": "街道",
}  # fmt: skip
#: Readings that put a point where its row says: they are taken, and told.
_READ_AS: Final[Mapping[AnomalyKind, tuple[str, str]]] = {
    "swapped": ("经纬度对调", "exchanged"),
    "degrees_minutes": ("度分", "degrees and minutes"),
    "degrees_minutes_seconds": ("度分秒", "degrees, minutes and seconds"),
}
#: Readings that fit nothing the row says; what lies outside the city is seen by its box.
_SUSPECT: Final[Mapping[AnomalyKind, tuple[str, str]]] = {
    "far_from_others": ("远离清单中的其他点", "far from all others of the list"),
    "outside_region": ("不在所写的区或街道", "outside the district or subdistrict named"),
    "far_from_address": ("远离所写的地址", "far from the address"),
}


@dataclass(frozen=True)
class Ground:
    """A city's name, where its streets lie, and what judges coordinates and finds addresses.

    Without a city, any position is believed, in the datum that is said, and no address is found.
    """

    name: str = ""
    box: BBox | None = None
    judge: Judge = field(default_factory=Believing)
    geocoder: Geocoder | None = None

    @classmethod
    def of_pack(cls, path: Path, datum: Datum | None) -> Ground:
        """Open a city pack.

        Parameters
        ----------
        path
            Its folder.
        datum
            What the clerk says that coordinates are in; None is to be found out.

        Raises
        ------
        PackError
            The folder is no city pack or is damaged.
        """
        manifest = read_manifest(path)
        words = CityWords.read(path)
        return cls(manifest.name, BBox(*manifest.bbox), Guarding(words, datum), Finding(words))


class Finding:
    """Finds addresses by the city's names."""

    def __init__(self, words: CityWords) -> None:
        self._finder = Finder(words)

    def settle(self, draft: Draft) -> Settled:
        """Return where a row's address is, or why that cannot be said."""
        located, candidates = self._finder.locate(_where(draft))
        if located is not None:
            evidence = f"{_EVIDENCE[located.evidence]} {located.found}"
            english = f"{located.evidence} {located.found}"
            note = Problem("geocoded", evidence, located.accuracy, "position", english)
            return Settled(located.position, located.accuracy, (note,))
        if candidates:
            names = Counter(candidate.found for candidate in candidates)
            said = "、".join(f"{name}（{count} 处）" if count > 1 else name for name, count in names.items())
            said_en = ", ".join(f"{name} ({count} of them)" if count > 1 else name for name, count in names.items())
            return Settled(None, problems=(Problem("address_ambiguous", said, field="position", value_en=said_en),))
        return Settled(None, problems=(Problem("no_position", field="position"),))


class Guarding:
    """Judges coordinates by how they agree with the rows' words and the city's streets."""

    def __init__(self, words: CityWords, datum: Datum | None) -> None:
        self._words = words
        self._datum = datum

    def judge(self, drafts: Sequence[Draft], stated: Datum | None) -> Judgement:
        """Decide about the points of drafts.

        What the clerk says counts. What the list says counts unless the city plainly contradicts it; without either,
        the city decides, or a human.
        """
        points = [draft.point for draft in drafts if draft.point is not None]
        verdict = guard(self._words, np.array([(p.lon, p.lat) for p in points]), [_where(draft) for draft in drafts])
        said = self._datum or stated
        if said is None:
            settled = [self._by_verdict(verdict, number) for number in range(len(drafts))]
        elif self._datum is None and verdict.datum not in {None, stated}:
            contradicted = Problem("datum_contradicted", DATUM_NAMES[verdict.likeliest], DATUM_NAMES[said], "position")
            settled = [Settled(None, problems=(contradicted,))] * len(drafts)
        else:
            positions = converted(points, said)
            settled = [_settled(Settled(at), verdict.anomalies[n]) for n, at in enumerate(positions)]
        return Judgement(settled, _words_of(verdict, said, len(drafts)))

    @staticmethod
    def _by_verdict(verdict: Verdict, number: int) -> Settled:
        """Place a row by its own datum; where that is not certain, a human must say it."""
        if verdict.row_datum[number] is None:
            guess = f"{DATUM_NAMES[verdict.likeliest]} {verdict.certainty:.0%}"
            return Settled(None, problems=(Problem("datum_unknown", guess, field="position"),))
        return _settled(Settled(verdict.position[number]), verdict.anomalies[number])


def _settled(settled: Settled, anomalies: Sequence[Anomaly]) -> Settled:
    """Take a reading that fits, and leave to a human what fits in none."""
    for anomaly in anomalies:
        if anomaly.kind in _READ_AS and anomaly.meant is not None:
            zh, en = _READ_AS[anomaly.kind]
            note = Problem("position_read_as", zh, field="position", value_en=en)
            settled = Settled(anomaly.meant, settled.accuracy, (*settled.problems, note))
        elif anomaly.kind in _SUSPECT:
            zh, en = _SUSPECT[anomaly.kind]
            off = f" {anomaly.off_m:,.0f} m" if anomaly.off_m is not None else ""
            doubt = Problem("position_suspect", zh + off, field="position", value_en=en + off)
            settled = settled._replace(problems=(*settled.problems, doubt))
    if settled.position is None:
        settled = settled._replace(problems=(*settled.problems, Problem("no_position", field="position")))
    return settled


def _words_of(verdict: Verdict, said: Datum | None, count: int) -> Mapping[Language, str]:
    likeliest, sure = DATUM_NAMES[verdict.likeliest], f"{verdict.certainty:.1%}"
    if said is not None:
        return {
            "zh": f"{count:,} 行坐标按 {DATUM_NAMES[said]} 读取（已说明）；与路网和地址比对最像 {likeliest}（{sure}）",
            "en": f"{count:,} rows: coordinates taken as {DATUM_NAMES[said]}, as was said; streets and addresses say "
            f"{likeliest} ({sure})",
        }
    if verdict.mixed:
        return {
            "zh": f"{count:,} 行坐标混用了几种坐标系，逐行判断",
            "en": f"{count:,} rows: coordinates of several datums, judged row by row",
        }
    if verdict.datum is None:
        return {
            "zh": f"{count:,} 行坐标的坐标系说不准，最像 {likeliest}（{sure}）；请用 --datum 指定",
            "en": f"{count:,} rows: the datum is not certain, most likely {likeliest} ({sure}); say it with --datum",
        }
    return {
        "zh": f"{count:,} 行坐标与路网和地址比对，判定为 {likeliest}（{sure}）",
        "en": f"{count:,} rows: by streets and addresses the coordinates are {likeliest} ({sure})",
    }


def _where(draft: Draft) -> Where:
    facts = draft.facts
    return Where(
        address=facts.get("address") or "",
        name=facts.get("name") or "",
        district=facts.get("district") or "",
        subdistrict=facts.get("subdistrict") or "",
        community=facts.get("community") or "",
    )
