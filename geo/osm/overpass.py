"""An area -> :class:`~geo.osm.extract.Extract`, downloaded from an Overpass server. The only door to osmnx.

OSMnx finds the area, splits large ones, waits for the server's slots and caches the answers; its graph is
taken unsimplified and turned back into ways, so that a download and a file go through the same builder.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import osmnx
import requests
import shapely
from osmnx._errors import InsufficientResponseError
from tqdm import tqdm

from geo.coords import E7, BBox
from geo.errors import DownloadError, EmptyExtractError, ParameterError
from geo.osm.extract import BARRIER_KEYS, FEATURE_KEYS, OPENSTREETMAP, Extract, Feature, WayCollector, Ways, bbox_of

#: Tags of streets that some profile, name or map rule reads.
WAY_KEYS = (
    "access", "area", "bicycle", "bridge", "cycleway", "cycleway:both", "cycleway:left", "cycleway:right",
    "electric_bicycle", "foot", "footway", "highway", "junction", "layer", "maxspeed", "motor_vehicle", "motorcar",
    "motorroad", "name", "name:en", "name:zh", "oneway", "oneway:bicycle", "oneway:foot", "service", "sidewalk",
    "tunnel", "vehicle",
)  # fmt: skip
Area = shapely.Polygon | shapely.MultiPolygon
_REVERSED = frozenset({"-1", "reverse"})
_DIRECTIONS = ("oneway", "oneway:bicycle", "oneway:foot")
_TURNED = {"-1": "yes", "reverse": "yes", "yes": "-1", "true": "-1", "1": "-1"}
#: Too many requests, gateway time-out.
_BUSY = frozenset({429, 504})
_ELEMENT = {"node": "n", "way": "w", "relation": "r"}


@dataclass(frozen=True)
class OverpassSettings:
    """Whom to ask, how long to wait, and where answers are kept.

    Attributes
    ----------
    overpass_url, nominatim_url
        The servers; Nominatim finds an area by its name.
    timeout_s
        For one answer, in seconds.
    cache
        Folder for answers, or None to ask anew each time.
    rate_limit
        Whether to ask a public server for a free slot first.
    """

    overpass_url: str = "https://overpass-api.de/api"
    nominatim_url: str = "https://nominatim.openstreetmap.org/"
    timeout_s: int = 180
    cache: Path | None = None
    rate_limit: bool = True


def download_place(place: str, settings: OverpassSettings) -> Extract:
    """Download the area that a name stands for, e.g. ``东城区, 北京市``.

    Raises
    ------
    ParameterError
        No area has that name.
    EmptyExtractError
        There is no street in it.
    DownloadError
        A server did not answer as it should.
    """
    with _osmnx_settings(settings), _explained(place, settings):
        try:
            area = osmnx.geocode_to_gdf(place)
        except (InsufficientResponseError, TypeError) as error:
            raise ParameterError(
                f"{place!r}: no area of that name; write it as 'district, city', or give --bbox W,S,E,N",
                parameter="place",
            ) from error
        return _download(area.geometry.iloc[0], place)


def download_bbox(bbox: BBox, settings: OverpassSettings) -> Extract:
    """Download a box given in degrees; raises as :func:`download_place` does."""
    origin = ",".join(f"{value:g}" for value in bbox)
    with _osmnx_settings(settings), _explained(origin, settings):
        return _download(shapely.box(*bbox), origin)


def _download(area: Area, origin: str) -> Extract:
    with tqdm(total=2, desc="download", unit=" requests", disable=None) as bar:
        bar.set_postfix_str("streets")
        try:
            graph = osmnx.graph_from_polygon(
                area, simplify=False, retain_all=True, truncate_by_edge=True, custom_filter='["highway"]'
            )
        except (InsufficientResponseError, ValueError) as error:
            if isinstance(error, requests.exceptions.RequestException):  # some of them are ValueErrors
                raise
            raise EmptyExtractError(f"{origin}: no streets in this area ({error})") from error
        bar.update()
        bar.set_postfix_str("features")
        features = tuple(_features(area))
        bar.update()
    ways = _ways(graph)
    if not len(ways):
        raise EmptyExtractError(f"{origin}: no streets in this area")
    return Extract(
        provenance=replace(OPENSTREETMAP, origin=f"Overpass: {origin}"),
        ways=ways,
        features=features,
        bbox=bbox_of(ways),
    )


def _ways(graph: Any) -> Ways:
    """Turn a graph of single segments back into ways of two nodes; the builder folds them together again."""
    collector = WayCollector()
    where = {node: (round(data["x"] * E7), round(data["y"] * E7)) for node, data in graph.nodes(data=True)}
    for tail, head, data in graph.edges(data=True):
        tags = {key: str(data[key]) for key in WAY_KEYS if key in data}
        if tags.get("oneway") in _REVERSED:  # OSMnx has already turned the nodes round
            tags |= {key: _TURNED.get(tags[key], tags[key]) for key in _DIRECTIONS if key in tags}
        collector.add(int(data["osmid"]), tags, (tail, head), (where[tail], where[head]))
    for node, data in graph.nodes(data=True):
        if "barrier" in data:
            collector.barriers[node] = {key: str(data[key]) for key in BARRIER_KEYS if key in data}
    return collector.finish()


def _features(area: Area) -> Iterator[Feature]:
    try:
        table = osmnx.features_from_polygon(area, tags=dict.fromkeys(FEATURE_KEYS, True))
    except InsufficientResponseError:
        return
    for (element, number), row in table.iterrows():
        tags = _present(row.drop("geometry"))
        if "highway" not in tags:
            yield Feature(f"{_ELEMENT[element]}{number}", tags, row.geometry)


def _present(row: Mapping[str, Any]) -> dict[str, str]:
    return {key: value for key, value in row.items() if isinstance(value, str)}


@contextmanager
def _osmnx_settings(settings: OverpassSettings) -> Iterator[None]:
    """Set OSMnx's globals, and put them and the socket function that it replaces back afterwards."""
    wanted = {
        "all_oneway": True,  # every edge once, in its way's direction, with the tag as written
        "useful_tags_way": list(WAY_KEYS),
        "useful_tags_node": list(BARRIER_KEYS),
        "overpass_url": settings.overpass_url,
        "nominatim_url": settings.nominatim_url,
        "requests_timeout": settings.timeout_s,
        "overpass_rate_limit": settings.rate_limit,
        "use_cache": settings.cache is not None,
        "cache_folder": settings.cache or "",
        "doh_url_template": None,
        "requests_kwargs": {"hooks": {"response": _refuse_failure}},
    }
    before = {name: getattr(osmnx.settings, name) for name in wanted}
    resolver = socket.getaddrinfo
    try:
        for name, value in wanted.items():
            setattr(osmnx.settings, name, value)
        yield
    finally:
        socket.getaddrinfo = resolver
        for name, value in before.items():
            setattr(osmnx.settings, name, value)


def _refuse_failure(response: requests.Response, **_: Any) -> None:
    """Raise on an answer that OSMnx would take for an empty one, or ask for again without end."""
    address = urlsplit(response.url)
    found_by_name = address.path.endswith("/search")
    if response.is_redirect or not (found_by_name or address.path.endswith("/interpreter")):
        return
    size = len(response.content)  # read, so that the connection is let go
    if response.status_code in _BUSY:
        raise DownloadError(
            f"{address.netloc} is busy (HTTP {response.status_code}); try again in some minutes, with --cache to keep "
            "what came"
        )
    answer: Any = None
    if response.ok:
        with suppress(ValueError):
            answer = response.json()
    usable = isinstance(answer, list) if found_by_name else isinstance(answer, dict) and "elements" in answer
    if not usable:
        raise DownloadError(
            f"{address.netloc} did not answer as a map server does (HTTP {response.status_code}, "
            f"{size} bytes); try again later, name another server, or build from a file with --osm"
        )
    if not found_by_name and "remark" in answer:  # the server gave up midway and says so under status 200
        raise DownloadError(
            f"{address.netloc} did not finish its answer ({_one_line(answer['remark'])}); ask for a smaller area or "
            "raise --timeout"
        )


def _one_line(text: object) -> str:
    return " ".join(str(text).split())[:200]


@contextmanager
def _explained(what: str, settings: OverpassSettings) -> Iterator[None]:
    try:
        yield
    except DownloadError as error:
        raise DownloadError(f"{what}: {error}") from error
    except KeyError as error:  # an element without what every element has
        raise DownloadError(f"{what}: {settings.overpass_url} answered with incomplete elements ({error})") from error
    except requests.exceptions.Timeout as error:
        raise DownloadError(
            f"{what}: {settings.overpass_url} did not answer within {settings.timeout_s} s; "
            "raise --timeout, ask for a smaller area, or name another server with --overpass-url"
        ) from error
    except OSError as error:  # requests' errors are OSErrors too
        raise DownloadError(
            f"{what}: the map server could not be used ({type(error).__name__}: {_one_line(error)}); check the "
            "network, name another server with --overpass-url, or build from a file with --osm"
        ) from error
