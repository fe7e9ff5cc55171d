"""What draws posters for the command line: single drawings, and sheets that a browser prints, a page each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from geo.posters.facts import Poster
from webmap.posters.drawing import draw

_TEMPLATES: Final = Path(__file__).parents[1] / "templates"


class PosterPress:
    """Draws; see :class:`geo.cli_poster.Press`."""

    def svg(self, poster: Poster, printed: date) -> str:
        """Return a poster as an SVG document, A4."""
        return draw(poster, printed)

    def sheets(self, drawings: Sequence[str]) -> str:
        """Return drawings as one HTML document, a page each."""
        templates = Environment(loader=FileSystemLoader(_TEMPLATES), autoescape=True)
        # what ElementTree wrote is escaped already
        marked = [Markup(drawing) for drawing in drawings]  # noqa: S704
        return templates.get_template("poster_sheets.html").render(drawings=marked)
