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
from webmap.api.advisories import advisories
from webmap.api.calendar import calendar
from webmap.api.planning import planning
from webmap.api.planning_files import planning_files
from webmap.api.reports import init_reports
from webmap.api.siting import siting_jobs
from webmap.api.states import states
from webmap.assets import init_assets
from webmap.desk import Desk
from webmap.embed.routes import embedding
from webmap.errors import init_errors
from webmap.front import Front
from webmap.i18n import init_i18n
from webmap.modes import init_modes
from webmap.offline.routes import offline
from webmap.pages import pages
from webmap.pages.going import going
from webmap.pages.plan import plan
from webmap.pages.posters import posters
from webmap.pages.report import report
from webmap.pages.stale_posters import init_stale_posters
from webmap.pages.tell import tell
from webmap.pages.week import week
from webmap.pocket import init_pockets
from webmap.security import init_security
from webmap.settings import Settings
from webmap.site import Site
from webmap.tile_proxy import init_tiles


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
    init_modes(app)
    init_tiles(app)
    app.register_blueprint(api)
    app.register_blueprint(advisories)
    init_reports(app)
    app.register_blueprint(planning)
    app.register_blueprint(planning_files)
    app.register_blueprint(siting_jobs)
    app.register_blueprint(calendar)
    app.register_blueprint(states)
    app.register_blueprint(embedding)
    app.register_blueprint(offline)
    app.register_blueprint(pages)
    init_pockets(app)
    app.register_blueprint(posters)
    app.register_blueprint(going)
    app.register_blueprint(week)
    app.register_blueprint(tell)
    init_stale_posters(app)
    app.register_blueprint(plan)
    app.register_blueprint(report)
    app.wsgi_app = Front(app)  # type: ignore[method-assign]
    return app
