"""Printable pages, one for each subdistrict, as the site shows them and as files that stand alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from flask import render_template
from flask_babel import gettext as _

from geo.city import City
from geo.coverage.gaps import Gaps, find_gaps
from geo.coverage_report import Basis, question_of, report_values
from geo.errors import ParameterError
from webmap.i18n import LANGUAGES, language
from webmap.words import by_mode_words, service_words

#: More gaps than there are.
_ALL: Final = 10**9
_CSS: Final = Path(__file__).parent / "static" / "css" / "report.css"


def report_page(basis: Basis, number: int, *, gaps: Gaps | None = None, alone: bool = False) -> str:
    """Return the page of one subdistrict, in the language of the request.

    Parameters
    ----------
    gaps
        Those of all areas, if they are known already.
    alone
        Whether it must be shown without any other file.

    Raises
    ------
    NotFoundError
        There is no subdistrict of that number.
    """
    values = report_values(basis, number, gaps)
    css = _CSS.read_text(encoding="utf-8") if alone else None
    return render_template("report.html", **values, **_words(basis), lang=language(), css=css)


def report_files(city: City, basis: Basis, numbers: Sequence[int], lang: str) -> Iterator[tuple[int, str]]:
    """Yield the pages of some subdistricts, each with its number, as files that stand alone.

    Raises
    ------
    ParameterError
        There is no such language.
    """
    from webmap import create_app  # noqa: PLC0415  # it knows this module

    if lang not in LANGUAGES:
        raise ParameterError(f"lang={lang[:40]!r} is not known; known are {', '.join(LANGUAGES)}", parameter="lang")
    app, answer = create_app(city), basis.answer
    gaps = find_gaps(answer.planner, answer.coverage, _ALL) if len(numbers) > 1 else None
    for number in numbers:
        with app.test_request_context(f"/?lang={lang}"):
            yield number, report_page(basis, number, gaps=gaps, alone=True)


def _words(basis: Basis) -> dict[str, Any]:
    """Return the words of the question and of the states, in the language of the request."""
    query = basis.answer.coverage.query
    cutoff, moment = question_of(query)
    services = service_words()
    units = {"residents": _("常住人口"), "metres": _("街道长度（公里）"), "pick-up places": _("取餐点")}
    wanted = [services[kind] for kind in query.wanted.services]
    unit = basis.answer.coverage.demand.unit
    opened = {
        "any": _("不看开放时间"),
        "certainly": _("%(moment)s 确定开着", moment=moment),
        "perhaps": _("%(moment)s 开着或时间未知", moment=moment),
    }
    return {
        "cutoff": cutoff,
        "mode": by_mode_words()[query.mode],
        "what": _("或").join(wanted) if wanted else _("一处服务点"),
        "unit": units.get(unit, unit),
        "unit_km": unit == "metres",
        "opened": opened[query.open],
        "weekdays": [_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日")],
        "said": {
            "covered": _("已覆盖"),
            "closed": _("此时不开"),
            "unverified": _("有待核实"),
            "missing": _("缺所要的服务"),
            "severed": _("直线近，路绕远"),
            "nothing": _("附近没有"),
        },
    }
