"""The sample city: hand-written tables that must make a whole city."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
import shapely

from geo.city import City
from geo.coords import E7, geodesic_m
from geo.coverage.spots import EATERIES, HOSTS
from geo.osm.extract import Extract
from geo.osm.files import read_file
from geo.pack.sample import noded, osm_xml, places, sample_folder
from geo.places.model import ACCESSES, AMENITIES, SERVICES, Place
from geo.streets.network import CLOSED, MAIN
from geo.streets.profiles import MODES
from geo.streets.snapping import snap, snap_many

Rows = list[dict[str, str]]

TABLES = ("residents", "spots", "stations", "streets", "subdistricts")

SUBDISTRICTS = {
    "东华门街道", "景山街道", "交道口街道", "安定门街道", "北新桥街道", "东四街道", "朝阳门街道", "建国门街道",
    "东直门街道", "和平里街道", "前门街道", "崇文门外街道", "东花市街道", "龙潭街道", "体育馆路街道", "天坛街道",
    "永定门外街道",
}  # fmt: skip


def table(name: str) -> Rows:
    with (sample_folder() / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def stations() -> list[Place]:
    return places(table("stations"))


@pytest.fixture(scope="module")
def sample_extract(tmp_path_factory: pytest.TempPathFactory) -> Extract:
    path = tmp_path_factory.mktemp("sample") / "dongcheng.osm"
    path.write_bytes(osm_xml(table("streets"), table("subdistricts")))
    return read_file(path)


# --- the tables ---


def test_there_are_seventeen_subdistricts_of_dongcheng() -> None:
    rows = table("subdistricts")

    assert Counter(row["name"] for row in rows) == Counter(SUBDISTRICTS)
    assert {row["district"] for row in rows} == {"东城区"}


def test_subdistricts_are_sound_and_do_not_overlap() -> None:
    rings = {row["name"]: shapely.Polygon([tuple(map(float, p.split())) for p in row["ring"].split(";")])
             for row in table("subdistricts")}  # fmt: skip

    assert all(ring.is_valid for ring in rings.values())
    whole = shapely.union_all(list(rings.values()))
    assert whole.area == pytest.approx(sum(ring.area for ring in rings.values()), rel=1e-3)
    assert whole.geom_type == "Polygon"


def test_there_are_182_union_water_points(stations: list[Place]) -> None:
    points = [place for place in stations if place.id.startswith("wp-")]

    assert len(points) == 182
    assert all(place.offers("water_point") for place in points)
    assert len({place.name for place in points}) == 182


def test_every_subdistrict_has_its_service_station(stations: list[Place]) -> None:
    homes = Counter(place.subdistrict for place in stations if place.offers("service_station"))

    assert homes == Counter(SUBDISTRICTS)


def test_ids_are_unique(stations: list[Place]) -> None:
    assert [number for number, count in Counter(place.id for place in stations).items() if count > 1] == []


def test_every_position_is_illustrative_and_says_so(stations: list[Place], sample_city: City) -> None:
    assert {place.accuracy for place in stations} == {"illustrative"}
    assert {place.source for place in stations} == {"yizhan sample, illustrative"}
    assert not any(place.verified for place in stations)
    assert sample_city.manifest.sample
    assert "illustrative" in sample_city.manifest.sources[0]["attribution"]


def test_every_word_is_a_known_one(stations: list[Place]) -> None:
    assert {s.kind for place in stations for s in place.services} <= set(SERVICES)
    assert {kind for place in stations for kind in place.amenities} <= set(AMENITIES)
    assert {place.access for place in stations} <= {None, *ACCESSES}
    assert all(place.services for place in stations)


def test_kit_is_not_both_there_and_missing() -> None:
    wrong = [row["id"] for row in table("stations")
             if set(row["amenities"].split(";")) & set(row["no_amenities"].split(";")) - {""}]  # fmt: skip

    assert wrong == []


def test_hours_are_given_for_services_that_are_offered() -> None:
    for row in table("stations"):
        named = {part.split("=")[0] for part in row["hours"].split(";;") if part}
        assert named <= {"*", *row["services"].split(";")}, row["id"]


def test_stations_lie_in_the_subdistrict_that_they_name(stations: list[Place], sample_extract: Extract) -> None:
    areas = {
        feature.tags["name"]: feature.geometry.buffer(0.001)  # about 100 m: positions are illustrative
        for feature in sample_extract.with_tags("boundary")
    }
    astray = [
        place.id for place in stations if not areas[str(place.subdistrict)].contains(shapely.Point(place.position))
    ]

    assert astray == []


def test_every_subdistrict_has_residents_in_round_thousands() -> None:
    rows = table("residents")

    assert Counter(row["subdistrict"] for row in rows) == Counter(SUBDISTRICTS)
    assert {row["district"] for row in rows} == {"东城区"}
    assert all(int(row["population"]) > 0 and int(row["population"]) % 1000 == 0 for row in rows)


def test_spots_say_that_they_are_made_up(sample_city: City) -> None:
    rows = table("spots")

    assert {row["kind"] for row in rows} <= {*EATERIES, *HOSTS}
    assert all(row["name"].startswith("示例") for row in rows)
    assert len({row["name"] for row in rows}) == len(rows)
    assert len(sample_city.hosts) + sample_city.manifest.counts["eateries"] == len(rows)


def test_spots_lie_beside_streets_and_are_no_places(sample_city: City) -> None:
    lonlat = np.array([[float(row["lon"]), float(row["lat"])] for row in table("spots")])

    assert snap_many(sample_city.network, "walk", lonlat).snap_m.max() < 30
    assert not any(place.name.startswith("示例") for place in sample_city.places)


# --- a station's row ---

ROW: Mapping[str, str] = {
    "id": "ss-x", "name": "某站", "name_en": "", "services": "rest_stop;haircut", "address": "", "subdistrict": "",
    "community": "", "lon": "116.41", "lat": "39.92", "accuracy": "illustrative", "hours": "", "amenities": "",
    "no_amenities": "", "access": "", "host": "", "phone": "", "note": "", "source": "test",
}  # fmt: skip


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ("", {"rest_stop": None, "haircut": None}),
        ("*=24/7", {"rest_stop": "24/7", "haircut": "24/7"}),
        ("haircut=Fr 14:00-16:00", {"rest_stop": None, "haircut": "Fr 14:00-16:00"}),
        ("*=24/7;;haircut=Fr 14:00-16:00", {"rest_stop": "24/7", "haircut": "Fr 14:00-16:00"}),
        ("rest_stop=Mo-Fr 09:00-17:00; PH off", {"rest_stop": "Mo-Fr 09:00-17:00; PH off", "haircut": None}),
    ],
    ids=["unknown", "of all", "of one", "of all but one", "with a rule of its own"],
)
def test_each_service_has_its_own_hours(hours: str, expected: dict[str, str | None]) -> None:
    (place,) = places([{**ROW, "hours": hours}])

    assert {service.kind: service.hours for service in place.services} == expected


def test_empty_cells_are_unknown() -> None:
    (place,) = places([ROW])

    unknown = (place.name_en, place.address, place.subdistrict, place.community, place.access, place.host)
    assert unknown == (None,) * 6
    assert (place.phone, place.note, dict(place.amenities)) == (None, None, {})


def test_kit_that_is_certainly_missing_is_said_so() -> None:
    (place,) = places([{**ROW, "amenities": "water;seats", "no_amenities": "toilet"}])

    assert dict(place.amenities) == {"water": "yes", "seats": "yes", "toilet": "no"}


# --- streets ---


def test_streets_that_cross_share_a_node(sample_extract: Extract) -> None:
    """Wherever two streets touch on the map, one can turn from the one into the other."""
    ways = sample_extract.ways
    lines, nodes = [], []
    for way in range(len(ways)):
        span = slice(ways.start[way], ways.start[way + 1])
        lines.append(shapely.LineString(ways.lonlat_e7[span] / E7))
        nodes.append({tuple(point) for point in ways.lonlat_e7[span].tolist()})
    wrong = []
    one, other = shapely.STRtree(lines).query(lines, predicate="intersects")
    for i, j in zip(one.tolist(), other.tolist(), strict=True):
        if i < j:
            shared = shapely.MultiPoint([(lon / E7, lat / E7) for lon, lat in nodes[i] & nodes[j]])
            meeting = shapely.get_parts(lines[i].intersection(lines[j]))
            if shared.is_empty or any(point.distance(shared) > 2e-7 for point in meeting):
                wrong.append((ways.tags[i].get("name"), ways.tags[j].get("name")))

    assert wrong == []


def test_a_street_that_ends_near_another_joins_it(sample_extract: Extract) -> None:
    """No dead end lies within 12 m of a street that it does not meet: a slip of the hand, not a wall."""
    ways = sample_extract.ways
    lines = [shapely.LineString(ways.lonlat_e7[ways.start[w] : ways.start[w + 1]] / E7) for w in range(len(ways))]
    tree = shapely.STRtree(lines)
    wrong = []
    for way in range(len(ways)):
        for end in (ways.start[way], ways.start[way + 1] - 1):
            point = ways.lonlat_e7[end] / E7
            for other in tree.query(shapely.Point(point).buffer(2e-4)).tolist():
                nearest = np.array(lines[other].interpolate(lines[other].project(shapely.Point(point))).coords)
                metres = geodesic_m(point.reshape(1, 2), nearest)[0]
                if other != way and 0.05 < metres < 11.9:
                    wrong.append((ways.tags[way].get("name"), ways.tags[other].get("name"), round(metres, 1)))

    assert wrong == []


def test_all_streets_hang_together_on_foot(sample_city: City) -> None:
    """One walking component, apart from the expressway, where nobody walks."""
    network = sample_city.network
    standing = network.arcs["walk"].standing

    assert (standing[standing != CLOSED] == MAIN).all()
    open_nodes = network.edge_nodes[standing == MAIN]
    assert len(np.unique(network.arcs["walk"].component[open_nodes])) == 1
    closed = {network.names[network.edge_name[edge]] for edge in np.flatnonzero(standing == CLOSED)}
    assert closed and all("环" in name for name in closed)


@pytest.mark.parametrize("mode", MODES)
def test_every_station_is_reached(sample_city: City, mode: str) -> None:
    assert sample_city.manifest.counts[f"places_out_of_reach_{mode}"] == 0


def test_every_station_stands_near_its_street(sample_city: City) -> None:
    far = [p.id for p in sample_city.places if snap(sample_city.network, "walk", p.position).snap_m > 30]

    assert far == []


# --- noding, on lines made for it ---

METRE_LON, METRE_LAT = 1 / 85_490, 1 / 111_035


def metres(*points: tuple[float, float]) -> list[tuple[float, float]]:
    """A line in metres east and north of the sample's middle, as degrees."""
    return [(116.41 + x * METRE_LON, 39.92 + y * METRE_LAT) for x, y in points]


def test_lines_that_cross_get_a_common_point() -> None:
    one, other = noded([metres((-100, 0), (100, 0)), metres((0, -100), (0, 100))])

    assert len(one) == len(other) == 3
    assert one[1] == other[1] == pytest.approx(metres((0, 0))[0])


def test_an_end_near_a_line_joins_it() -> None:
    street, alley = noded([metres((-100, 0), (100, 0)), metres((0, 8), (0, 100))])

    assert alley[0] in street
    assert len(alley) == 2, "the alley stays as it was drawn"


def test_an_end_that_lies_farther_off_stays_a_dead_end() -> None:
    street, alley = noded([metres((-100, 0), (100, 0)), metres((0, 14), (0, 100))])

    assert len(street) == 2 and alley[0] not in street


def test_lines_that_do_not_meet_stay_as_they_are() -> None:
    lines = [metres((0, 0), (100, 0), (100, 50)), metres((0, 200), (100, 200))]

    assert noded(lines) == lines


def test_bends_are_kept() -> None:
    street, _ = noded([metres((-100, 0), (-50, 30), (50, 0), (100, 0)), metres((75, -100), (75, 100))])

    assert street[:3] == metres((-100, 0), (-50, 30), (50, 0))
    assert len(street) == 5


def test_the_tables_are_where_the_package_says() -> None:
    assert {path.name for path in sample_folder().glob("*.csv")} == {f"{name}.csv" for name in TABLES}
    assert isinstance(sample_folder(), Path)
