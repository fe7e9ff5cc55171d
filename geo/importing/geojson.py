"""GeoJSON: features become rows, their properties columns, their points ``geometry.lon`` and ``geometry.lat``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, NoReturn

from geo.errors import ListRefusedError
from geo.importing.table import RowTaker, Table

LON: Final = "geometry.lon"
LAT: Final = "geometry.lat"
GEOMETRY: Final = "geometry.type"
#: Names of reference systems that mean longitude and latitude on WGS-84 or what equals it here (CGCS2000).
_WGS84: Final = ("CRS84", "4326", "4490")


def read_geojson(content: bytes) -> Table:
    """Read a FeatureCollection.

    Row numbers count the features from 2, as if the names of the properties stood in row 1.

    Raises
    ------
    ListRefusedError
        It is no FeatureCollection, is in another reference system, or passes a limit.
    """
    try:
        values = json.loads(content.decode("utf-8-sig"), parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        reason = "嵌套太深" if isinstance(error, RecursionError) else str(error)
        raise ListRefusedError(
            zh=f"不是正确的 GeoJSON（{reason[:120]}）", en=f"no valid GeoJSON ({str(error)[:120]}); export it again"
        ) from error
    features = values.get("features") if isinstance(values, dict) else None
    if not isinstance(features, list) or values.get("type") != "FeatureCollection":
        raise ListRefusedError(
            zh="这个 JSON 不是 GeoJSON 的 FeatureCollection；请导出为 GeoJSON",
            en="this JSON is no GeoJSON FeatureCollection; export the list as GeoJSON",
        )
    _check_reference(values.get("crs"))
    return Table("geojson", _rows(features), encoding="utf-8")


def _rows(features: list[Any]) -> Any:
    records = [_record(feature, number) for number, feature in enumerate(features, 2)]
    header = list(dict.fromkeys(key for record in records for key in record))
    taker = RowTaker()
    taker.take(header)
    for record in records:
        taker.take([record.get(key, "") for key in header])
    return tuple(taker.rows)


def _record(feature: Any, number: int) -> dict[str, str]:
    if not isinstance(feature, dict):
        raise ListRefusedError(zh=f"第 {number} 项不是 Feature", en=f"item {number} is no feature; export it again")
    properties, geometry = feature.get("properties"), feature.get("geometry")
    record = {}
    if isinstance(feature.get("id"), str | int):
        record["id"] = str(feature["id"])
    if isinstance(properties, dict):
        record |= {str(key): _text(value) for key, value in properties.items()}
    if isinstance(geometry, dict):
        record |= _point(geometry)
    return record


def _point(geometry: Mapping[str, Any]) -> dict[str, str]:
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    if kind != "Point" or not isinstance(coordinates, list) or len(coordinates) < 2:
        return {GEOMETRY: str(kind)}
    return {LON: _text(coordinates[0]), LAT: _text(coordinates[1])}


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list) and all(isinstance(item, str | int | float) for item in value):
        return "；".join(str(item) for item in value)
    return json.dumps(value, ensure_ascii=False)


def _check_reference(crs: Any) -> None:
    name = json.dumps(crs) if crs is not None else ""
    if name and not any(known in name for known in _WGS84):
        raise ListRefusedError(
            zh=f"坐标参照系是 {name[:80]}；请以 WGS-84 经纬度导出",
            en=f"the reference system is {name[:80]}; export longitude and latitude on WGS-84",
        )


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number")
