"""OpenStreetMap elements as plain values, and the two forms in which the world hands them out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple
from xml.sax.saxutils import quoteattr

Tags = Mapping[str, str]
_NONE: Tags = MappingProxyType({})


class Node(NamedTuple):
    id: int
    lon: float
    lat: float
    tags: Tags = _NONE


class Way(NamedTuple):
    id: int
    nodes: Sequence[int]
    tags: Tags = _NONE


class Relation(NamedTuple):
    """Members are ways: (role, way id)."""

    id: int
    members: Sequence[tuple[str, int]]
    tags: Tags = _NONE


Element = Node | Way | Relation


def to_xml(elements: Sequence[Element]) -> bytes:
    """An OpenStreetMap file; nodes come before ways, ways before relations, as they must."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<osm version="0.6">']
    for element in _in_order(elements):
        lines += _xml(element)
    return "\n".join([*lines, "</osm>"]).encode()


def to_overpass(elements: Sequence[Element]) -> bytes:
    """The answer of an Overpass server."""
    return json.dumps({"version": 0.6, "elements": [_json(element) for element in _in_order(elements)]}).encode()


def streets_of(elements: Sequence[Element]) -> list[Element]:
    """What ``way["highway"];>;`` gives: the streets and their nodes."""
    ways = [e for e in elements if isinstance(e, Way) and "highway" in e.tags]
    wanted = {node for way in ways for node in way.nodes}
    return [*(e for e in elements if isinstance(e, Node) and e.id in wanted), *ways]


def features_of(elements: Sequence[Element]) -> list[Element]:
    """What a server gives for things that are no streets: all else, with the nodes and ways that it is made of."""
    ways = [e for e in elements if isinstance(e, Way) and "highway" not in e.tags]
    wanted = {node for way in ways for node in way.nodes}
    nodes = [e for e in elements if isinstance(e, Node) and (e.id in wanted or e.tags)]
    return [*nodes, *ways, *(e for e in elements if isinstance(e, Relation))]


def _in_order(elements: Sequence[Element]) -> list[Element]:
    kinds = (Node, Way, Relation)
    return sorted(elements, key=lambda element: (kinds.index(type(element)), element.id))


def _xml(element: Element) -> list[str]:
    tags = [f"  <tag k={quoteattr(k)} v={quoteattr(v)}/>" for k, v in element.tags.items()]
    match element:
        case Node():
            return [f'<node id="{element.id}" lon="{element.lon:.7f}" lat="{element.lat:.7f}">', *tags, "</node>"]
        case Way():
            refs = [f'  <nd ref="{node}"/>' for node in element.nodes]
            return [f'<way id="{element.id}">', *refs, *tags, "</way>"]
        case Relation():
            members = [f'  <member type="way" role="{role}" ref="{way}"/>' for role, way in element.members]
            return [f'<relation id="{element.id}">', *members, *tags, "</relation>"]


def _json(element: Element) -> dict[str, Any]:
    tags = {"tags": dict(element.tags)} if element.tags else {}
    match element:
        case Node():
            return {"type": "node", "id": element.id, "lon": element.lon, "lat": element.lat, **tags}
        case Way():
            return {"type": "way", "id": element.id, "nodes": list(element.nodes), **tags}
        case Relation():
            members = [{"type": "way", "ref": way, "role": role} for role, way in element.members]
            return {"type": "relation", "id": element.id, "members": members, **tags}
