"""Everything that people see in a browser."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flask import Flask
from flask_compress import Compress

from geo.city import City
from geo.live import LiveCity
from webmap.api import api
from webmap.api.calendar import calendar
from webmap.api.planning import planning
from webmap.api.planning_files import planning_files
from webmap.assets import init_assets
from webmap.desk import Desk
from webmap.embed.routes import embedding
from webmap.errors import init_errors
from webmap.front import Front
from webmap.i18n import init_i18n
from webmap.pages import pages
from webmap.pages.plan import plan
from webmap.pages.posters import posters
from webmap.pages.report import report
from webmap.security import init_security
from webmap.settings import Settings
from webmap.site import Site


class _App(Flask):
    """Flask whose views are all plain functions, so that it need not look for others at every request."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func


def _now() -> datetime:
    return datetime.now(UTC)


def create_app(city: City | LiveCity, settings: Settings | None = None, now: Callable[[], datetime] = _now) -> Flask:
    """Make the site of one city.

    Parameters
    ----------
    city
        What the site answers from; a live one follows its register.
    settings
        How it is served.
    now
        The clock, aware.
    """
    live = city if isinstance(city, LiveCity) else LiveCity(city)
    app = _App(__name__, static_folder=None)
    app.extensions["yizhan"] = Site(live, settings or Settings(), now)
    app.extensions["yizhan-desk"] = Desk(app.extensions["yizhan"].settings.state)
    app.config.update(COMPRESS_ALGORITHM=["br", "gzip"], COMPRESS_MIN_SIZE=1000, COMPRESS_STREAMS=False)
    Compress(app)
    init_errors(app)
    init_security(app)
    init_i18n(app)
    init_assets(app)
    app.register_blueprint(api)
    app.register_blueprint(planning)
    app.register_blueprint(planning_files)
    app.register_blueprint(calendar)
    app.register_blueprint(embedding)
    app.register_blueprint(pages)
    app.register_blueprint(posters)
    app.register_blueprint(plan)
    app.register_blueprint(report)
    app.wsgi_app = Front(app)  # type: ignore[method-assign]
    return app
