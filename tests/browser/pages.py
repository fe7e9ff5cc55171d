"""Every page of the site, so that a new one is not forgotten, and how a test opens it."""

from __future__ import annotations

from flask import Flask

#: Endpoint -> what is looked at of it; ``{place}`` is a place of the sample city.
PAGES: dict[str, tuple[str, ...]] = {
    "pages.finder": ("/?", "/?lon=116.4108&lat=39.9229", "/?lon=121.5&lat=31.2"),
    "pages.about": ("/about?",),
    "going.along": ("/along?from=116.4108,39.9229&to=116.43,39.93",),
    "week.near": ("/week?at=116.4108,39.9229",),
    "plan.planner": ("/plan?cutoff=5min&service=service_station",),
    "embed.frame": ("/embed?",),
    "embed.builder": ("/embed/builder?",),
    "posters.poster": ("/poster/{place}?",),
    "posters.poster_place": ("/poster?place={place}",),
    "stale_posters.posters": ("/posters?",),
    "report.subdistrict": ("/plan/report/0?",),
}
#: What answers a browser with markup and is no page of its own.
NOT_PAGES = {
    "modes.sheet": "a piece that other pages show",
    "posters.at": "leads on to the finder",
    "posters.at_place": "leads on to the finder",
}
#: One path of each kind; the same page at another address is looked at once.
LOOKED_AT = tuple(path for name, paths in PAGES.items() if name != "posters.poster_place" for path in paths)
NOWHERE = "/nowhere?"


def unknown_pages(app: Flask, values: dict[str, str]) -> set[str]:
    """Return the endpoints that answer a browser with a page, and are not in the table.

    Parameters
    ----------
    app
        The site.
    values
        What stands for the marks in its addresses, and for those that a page asks for.
    """
    found = set()
    client = app.test_client()
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint in PAGES or rule.endpoint in NOT_PAGES:
            continue
        path = rule.rule
        for converter in ("<int:number>", "<path:place_id>", "<place_id>"):
            path = path.replace(converter, values[converter])
        if "<" in path:  # files, tiles and jobs: their addresses are told by pages, and end in no page
            continue
        answer = client.get(path, headers={"Accept": "text/html"})
        if answer.status_code == 200 and answer.mimetype == "text/html":
            found.add(rule.endpoint)
    return found
