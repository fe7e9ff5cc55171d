"""Who is where: nobody is lost, nobody is made up, and nobody is put where they are not."""

from __future__ import annotations

import shutil
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.city import City
from geo.coverage.demand import REASONS, Demand, Unplaced, allot, from_points, pickups, residents, street_length
from geo.coverage.layers import EATERIES_FILE, HOSTS_FILE, LAYERS, Layers
from geo.coverage.pieces import NOWHERE, Area, Pieces, length_mm, whole_edges
from geo.coverage.point_table import MICRO, points_of
from geo.coverage.profiles import ALWAYS, PER_MILLE, Profile, read_profiles
from geo.coverage.spots import EATERIES, HOSTS, Spot
from geo.errors import PackError, SwappedCoordinatesError, UnknownWordError
from geo.osm.extract import Extract
from geo.pack.pieces import cut
from geo.streets.from_osm import build_network
from geo.streets.network import CLOSED, ISLET, MAIN, StreetNetwork
from geo.streets.profiles import MODES
from tests.conftest import real_data
from tests.pack.small import Street, at, extract
from tests.pack.test_pieces import box, cities

ROAD = {"highway": "residential"}
HALF_DAYS = Profile("mornings", np.tile(np.repeat([1000, 0], 12), 7).astype(np.int16), ("test",), "illustrative")


def network_of(*streets: Street) -> StreetNetwork:
    return build_network(extract(streets, ()))[0]


def area(number: int, residents: int | None, inside_share: float = 1.0) -> Area:
    return Area(f"r{number}", f"第{number}街道", None, None, residents, inside_share)


# --- sharing out ---


def allot_by_hand(totals: list[int], group: list[int], share: list[int]) -> list[int]:
    """Largest remainder with fractions: the exact share rounded down, then one more for the largest remainders."""
    given = [0] * len(group)
    for number, total in enumerate(totals):
        takers = [i for i, own in enumerate(group) if own == number and share[i] > 0]
        whole = sum(share[i] for i in takers)
        exact = {i: Fraction(total * share[i], whole) for i in takers}
        for i in takers:
            given[i] = exact[i].__floor__()
        left = total - sum(given[i] for i in takers)
        for i in sorted(takers, key=lambda i: (given[i] - exact[i], i))[: left if takers else 0]:
            given[i] += 1
    return given


@given(
    st.lists(st.integers(0, 10**15), min_size=1, max_size=4),
    st.lists(st.tuples(st.integers(-1, 3), st.integers(0, 5) | st.integers(0, 10**8)), max_size=30),
)
def test_whole_totals_are_shared_out_by_largest_remainder(totals: list[int], takers: list[tuple[int, int]]) -> None:
    group = [min(own, len(totals) - 1) for own, _ in takers]
    share = [part for _, part in takers]

    given_ = allot(np.array(totals), np.array(group, dtype=np.int32), np.array(share, dtype=np.int64))

    assert given_.tolist() == allot_by_hand(totals, group, share)


@pytest.mark.parametrize(
    ("totals", "group", "share", "expected", "why"),
    [
        ([10], [0, 0, 0], [1, 1, 1], [4, 3, 3], "of equal remainders the first one is rounded up"),
        ([10], [0, 0], [1, 2], [3, 7], "6.67 has the larger remainder"),
        ([0], [0, 0], [1, 2], [0, 0], "nothing to share out"),
        ([7], [], [], [], "nobody to share it out to"),
        ([7], [0], [0], [0], "nobody with a share"),
        ([7, 5], [1, -1, 0], [1, 9, 1], [5, 0, 7], "-1 is nobody's"),
        ([1], [0] * 5, [1] * 5, [1, 0, 0, 0, 0], "less than there are takers"),
    ],
)
def test_sharing_out(totals: list[int], group: list[int], share: list[int], expected: list[int], why: str) -> None:
    got = allot(np.array(totals), np.array(group, dtype=np.int32), np.array(share, dtype=np.int64))

    assert got.tolist() == expected, why


def test_shares_too_large_to_be_exact_are_refused() -> None:
    with pytest.raises(OverflowError):
        allot(np.array([1]), np.zeros(2, dtype=np.int32), np.array([2**40, 2**40]))


# --- residents ---


def test_residents_lie_along_the_streets_of_their_area_by_length() -> None:
    """One street of eight blocks: two of them in the first area, six in the second."""
    network = network_of((ROAD, [(0, 0.5), (8, 0.5)]))
    pieces = cut(network, [box(-1, 0, 3, 1), box(2, 0, 7, 1)])

    demand = residents(pieces, [area(0, 1000), area(1, 60)], network)

    assert demand.piece_weight.tolist() == [1000 * MICRO, 60 * MICRO]
    assert demand.by_area(2).tolist() == [1000 * MICRO, 60 * MICRO, 0]
    assert (demand.unplaced, demand.unit) == ((), "residents")


def test_longer_pieces_have_more_residents() -> None:
    """Pieces of two blocks, of six, and of a half that is somewhat longer: each as many people as it has metres."""
    side = (ROAD, [(2.0, 0.5), (2.0, 0.0)])  # so that the street has a crossing there
    network = network_of((ROAD, [(0, 0.5), (2, 0.5)]), (ROAD, [(2, 0.5), (8, 0.5)]), side)
    pieces = cut(network, [box(-1, 0, 10, 1)])

    demand = residents(pieces, [area(0, 1000)], network)

    share = pieces.length_mm / pieces.length_mm.sum()
    assert np.abs(demand.piece_weight - share * 1000 * MICRO).max() <= 1
    assert demand.placed == 1000 * MICRO


@pytest.mark.parametrize(
    ("one", "unplaced", "why"),
    [
        (area(0, 1000, 0.25), [Unplaced(0, "outside_the_map", 750 * MICRO)], "a quarter of it is on the map"),
        (area(0, 1000, 0.0), [Unplaced(0, "outside_the_map", 1000 * MICRO)], "it lies beside the map"),
        (area(0, None), [Unplaced(0, "unknown", 0)], "nobody knows how many, which is not the same as none"),
        (area(0, 0), [], "nobody lives there"),
        (area(0, 3, 1 / 3), [Unplaced(0, "outside_the_map", 2 * MICRO)], "millionths are rounded, not lost"),
    ],
)  # fmt: skip
def test_who_is_not_on_the_map_is_told(one: Area, unplaced: list[Unplaced], why: str) -> None:
    network = network_of((ROAD, [(0, 0.5), (8, 0.5)]))

    demand = residents(cut(network, [box(-1, 0, 10, 1)]), [one], network)

    assert list(demand.unplaced) == unplaced, why
    assert demand.total == (one.residents or 0) * MICRO
    assert demand.placed == demand.total - sum(lost.weight for lost in unplaced)


def test_residents_of_an_area_without_streets_are_told() -> None:
    network = network_of((ROAD, [(0, 0.5), (8, 0.5)]))
    pieces = cut(network, [box(-1, 0, 10, 1), box(-1, 1, 10, 1)])

    demand = residents(pieces, [area(0, 5), area(1, 7)], network)

    assert demand.unplaced == (Unplaced(1, "no_street", 7 * MICRO),)
    assert demand.by_area(2).tolist() == [5 * MICRO, 0, 0]


def test_nobody_lives_on_an_expressway() -> None:
    network = network_of((ROAD, [(0, 0.5), (8, 0.5)]), ({"highway": "trunk"}, [(0, 0.5), (0, 0.9), (8, 0.9)]))
    pieces = cut(network, [box(-1, 0, 10, 1)])
    trunk = network.standing("walk")[pieces.edge] == CLOSED
    assert trunk.any() and not trunk.all()

    demand = residents(pieces, [area(0, 5)], network)

    assert demand.piece_weight[trunk].tolist() == [0] * int(trunk.sum())
    assert demand.placed == 5 * MICRO


def test_nobody_lives_on_an_islet() -> None:
    """A lane that leads nowhere, beside a town of 240 crossings: less than a hundredth of them."""
    town = [(ROAD, [(x / 10, 0.5) for x in range(121)])]
    town += [(ROAD, [(x / 10, 0.5), (x / 10, 0.6)]) for x in range(1, 120)]
    network = network_of(*town, (ROAD, [(3.0, 3.0), (4.0, 3.0)]))
    pieces = cut(network, [box(-1, 0, 20, 10)])
    islet = network.standing("walk")[pieces.edge] == ISLET
    assert islet.sum() == 1

    demand = residents(pieces, [area(0, 5)], network)

    assert (demand.piece_weight[islet].tolist(), demand.placed) == ([0], 5 * MICRO)


@given(cities(), st.data())
@settings(max_examples=60, deadline=None)
def test_every_area_s_residents_are_placed_in_it_or_told(
    city: tuple[StreetNetwork, list[object]], data: st.DataObject
) -> None:
    network, shapes = city
    pieces = cut(network, shapes)  # type: ignore[arg-type]
    areas = [
        area(number, data.draw(st.none() | st.integers(0, 10**9)), data.draw(st.sampled_from([0.0, 0.3, 1.0])))
        for number in range(len(shapes))
    ]

    demand = residents(pieces, areas, network)

    walked = network.standing("walk")[pieces.edge] == MAIN
    placed = demand.by_area(len(areas))
    assert placed[NOWHERE] == 0
    assert (demand.piece_weight >= 0).all()
    assert (demand.piece_weight[~walked] == 0).all()
    for number, one in enumerate(areas):
        lost = {un.reason: un.weight for un in demand.unplaced if un.area == number}
        assert placed[number] + sum(lost.values()) == (one.residents or 0) * MICRO
        assert ("unknown" in lost) == (one.residents is None)
        own = walked & (pieces.area == number)
        if own.any():
            assert placed[number] == round((one.residents or 0) * MICRO * one.inside_share)
            exact = placed[number] * (pieces.length_mm[own] / pieces.length_mm[own].sum())
            assert np.abs(demand.piece_weight[own] - exact).max() <= 1.01
        else:
            assert placed[number] == 0
    assert demand.total == sum(one.residents or 0 for one in areas) * MICRO
    assert {un.reason for un in demand.unplaced} <= set(REASONS)


# --- street length ---


@given(cities())
@settings(max_examples=20, deadline=None)
def test_street_length_is_that_of_the_streets_of_a_mode(city: tuple[StreetNetwork, list[object]]) -> None:
    network, shapes = city
    pieces = cut(network, shapes)  # type: ignore[arg-type]
    for mode in MODES:
        demand = street_length(pieces, network, mode)
        open_ = network.standing(mode) != CLOSED
        assert demand.placed == int(length_mm(network)[open_].sum()) * 1000
        assert demand.unplaced == ()
        assert int(demand.by_area(len(shapes)).sum()) == demand.placed


# --- points ---


@pytest.fixture
def street() -> tuple[StreetNetwork, Pieces]:
    """Eight blocks of street along y = 0.5, four of them in either area."""
    network = network_of((ROAD, [(0, 0.5), (8, 0.5)]))
    return network, cut(network, [box(-1, 0, 5, 1), box(4, 0, 5, 1)])


def spot(x: float, y: float) -> Spot:
    return Spot("n1", "restaurant", None, *at(x, y))


def test_pickups_are_put_at_the_nearest_street(street: tuple[StreetNetwork, Pieces]) -> None:
    """The second one 0.45 blocks (50 m) north of the street: at 4.8 km/h that is 37.5 s."""
    network, pieces = street
    demand = pickups([spot(1, 0.5), spot(6, 0.95), spot(6, 0.5)], pieces, network, "walk")

    block_m = float(network.edge_length_m[0]) / 8
    assert demand.points.edge.tolist() == [0, 0, 0]
    assert demand.points.offset_m.tolist() == pytest.approx([block_m, 6 * block_m, 6 * block_m], abs=0.1)
    assert demand.points.access[[0, 2]].tolist() == [0, 0]
    assert demand.points.access[1] / 10_000 == pytest.approx(0.45 * 111.03 / (4.8 / 3.6), rel=0.01)
    assert demand.points.area.tolist() == [0, 1, 1]
    assert demand.points.weight.tolist() == [MICRO] * 3
    assert demand.by_area(2).tolist() == [MICRO, 2 * MICRO, 0]
    assert demand.placed == 3 * MICRO
    assert not demand.piece_weight.any()


@pytest.mark.parametrize(
    ("x", "y", "reason", "why"),
    [
        (4, 20, "outside_the_city", "2 km north of the box around the streets"),
        (-20, 0.5, "outside_the_city", "west of it"),
        (4, -10, "outside_the_city", "south of it"),
        (20, 0.5, "outside_the_city", "east of it"),
        (13, 4.9, "no_street_near", "in the corner of the box that is wider by 500 m: 640 m from the street's end"),
    ],
)
def test_points_that_are_not_on_a_street_are_told(
    street: tuple[StreetNetwork, Pieces], x: float, y: float, reason: str, why: str
) -> None:
    network, pieces = street
    demand = pickups([spot(1, 0.5), spot(x, y)], pieces, network, "walk")

    assert demand.unplaced == (Unplaced(NOWHERE, reason, MICRO),), why
    assert (demand.placed, demand.total) == (MICRO, 2 * MICRO)


def test_no_points_are_no_demand(street: tuple[StreetNetwork, Pieces]) -> None:
    network, pieces = street
    demand = pickups([], pieces, network, "walk")

    assert (demand.total, len(demand.points.edge), demand.unplaced) == (0, 0, ())


def test_somebody_s_points_carry_their_weights(street: tuple[StreetNetwork, Pieces]) -> None:
    network, pieces = street
    rows = ["lon,lat,weight", *(f"{x:.6f},{y:.6f},{w}" for (x, y), w in
            [(at(1, 0.5), "2.5"), (at(6, 0.5), "0.000001"), (at(4, 20), "7"), (at(1, 0.5), "0")])]  # fmt: skip

    demand = from_points(points_of(rows, "订单.csv"), pieces, network, "walk", HALF_DAYS, name="orders", unit="orders")

    assert demand.points.weight.tolist() == [2_500_000, 1, 0]
    assert demand.unplaced == (Unplaced(NOWHERE, "outside_the_city", 7 * MICRO),)
    assert (demand.name, demand.unit, demand.source, demand.profile) == ("orders", "orders", "订单.csv", HALF_DAYS)
    assert demand.total == 9_500_001


def test_a_table_with_exchanged_coordinates_is_refused(street: tuple[StreetNetwork, Pieces]) -> None:
    network, pieces = street
    (lon, lat), far = at(1, 0.5), at(4, 20)
    rows = ["lon,lat,weight", f"{lon},{lat},1", f"{far[0]},{far[1]},1"]
    assert from_points(points_of(rows, "a.csv"), pieces, network, "walk").lost == MICRO, "far away is not exchanged"

    # 116 is no latitude, so a city farther west is needed
    west = build_network(_moved(extract([(ROAD, [(0, 0.5), (8, 0.5)])], ()), -50.0))[0]
    table = points_of(["lon,lat,weight", f"{lon - 50},{lat},1", f"{lat},{lon - 50},1", f"{lat},{lon - 50},1"], "b.csv")
    with pytest.raises(SwappedCoordinatesError, match=r"b\.csv, line 3: lon=39\.9205, lat=66\.411 .* 2 rows"):
        from_points(table, whole_edges(west), west, "walk")


def _moved(made: Extract, degrees: float) -> Extract:
    lonlat = made.ways.lonlat_e7 + np.array([round(degrees * 1e7), 0], dtype=np.int32)
    return replace(made, ways=replace(made.ways, lonlat_e7=lonlat.astype(np.int32)))


# --- hours ---


def test_an_hour_s_share_of_what_is_there(street: tuple[StreetNetwork, Pieces]) -> None:
    network, pieces = street
    demand = pickups([spot(1, 0.5)], pieces, network, "walk", HALF_DAYS)
    living = residents(pieces, [area(0, 4), area(1, 6)], network, HALF_DAYS)

    assert demand.at(11)[1].tolist() == [MICRO * PER_MILLE]
    assert demand.at(12)[1].tolist() == [0]
    assert living.at(167 - 12)[0].tolist() == [4 * MICRO * PER_MILLE, 6 * MICRO * PER_MILLE]
    assert demand.week == 84 * MICRO * PER_MILLE
    assert living.week == 84 * 10 * MICRO * PER_MILLE


@pytest.mark.parametrize("name", sorted(read_profiles()))
def test_the_hours_of_a_week_add_up_to_it(sample_city: City, name: str) -> None:
    for layer in LAYERS:
        demand = sample_city.demand(layer, profile=name)
        hours = [sum(int(weights.sum()) for weights in demand.at(hour)) for hour in range(168)]
        assert sum(hours) == demand.week


# --- the layers of a city ---


def test_layers_are_made_once_and_shared_by_cities_with_other_places(sample_city: City) -> None:
    other = sample_city.with_places(sample_city.places[:1], "one")

    for name in LAYERS:
        first = sample_city.demand(name)
        assert sample_city.demand(name) is first is other.demand(name)
        assert sample_city.demand(name, profile="couriers").piece_weight is first.piece_weight
        assert sample_city.demand(name, profile="couriers").profile.name == "couriers"
    assert sample_city.pieces is other.pieces
    assert sample_city.demand("pickups", "drive") is not sample_city.demand("pickups")


def test_layers_say_what_they_are(sample_city: City) -> None:
    for name in LAYERS:
        demand = sample_city.demand(name)
        assert (demand.name, demand.profile) == (name, ALWAYS)
        assert demand.source and demand.method and demand.unit


@pytest.mark.parametrize("wrong", ["", "resident", "habitants" * 20])
def test_a_layer_that_is_not_there(sample_city: City, wrong: str) -> None:
    with pytest.raises(UnknownWordError, match="there are residents, street_length, pickups"):
        sample_city.demand(wrong)


def test_a_profile_that_is_not_there(sample_city: City) -> None:
    with pytest.raises(UnknownWordError, match="there are always, couriers, sanitation"):
        sample_city.demand("residents", profile="office")


@pytest.mark.parametrize("file", ["areas.json", EATERIES_FILE, HOSTS_FILE, "piece.edge.npy"])
@pytest.mark.parametrize("content", [None, b"", b"{", b"[[1]]"], ids=["missing", "empty", "cut off", "else"])
def test_a_damaged_pack_says_so(sample_pack: Path, tmp_path: Path, file: str, content: bytes | None) -> None:
    shutil.copytree(sample_pack / "demand", tmp_path / "demand")
    (tmp_path / "demand" / file).unlink()
    if content is not None:
        (tmp_path / "demand" / file).write_bytes(content)
    layers = Layers(tmp_path / "demand", City.open(sample_pack).network)

    with pytest.raises(PackError, match="build the pack again"):
        print(layers.pieces, layers.areas, layers.eateries, layers.hosts)


def test_a_city_without_areas_has_whole_streets_and_no_residents(street: tuple[StreetNetwork, Pieces]) -> None:
    network, _ = street
    layers = Layers(None, network)

    assert layers.pieces.area.tolist() == [NOWHERE]
    assert (layers.areas, layers.hosts, layers.eateries) == ((), (), ())
    assert layers.demand("residents").total == layers.demand("pickups").total == 0
    assert layers.demand("street_length").total == int(length_mm(network).sum()) * 1000


def test_a_table_by_its_path(sample_city: City, tmp_path: Path) -> None:
    table = tmp_path / "订单.csv"
    table.write_text("经度,纬度,权重\n116.41,39.92,3\n", encoding="utf-8")

    demand = sample_city.demand_from(table, profile="couriers")

    assert (demand.name, demand.placed, demand.profile.name) == ("订单", 3 * MICRO, "couriers")


def test_the_sample_city_has_everything(sample_city: City) -> None:
    living = sample_city.demand("residents")
    assert living.total == sum(one.residents or 0 for one in sample_city.areas) * MICRO > 0
    assert {one.residents is None for one in sample_city.areas} == {False}
    assert all(living.by_area(17)[:17] > 0)
    assert sample_city.demand("pickups").lost == 0
    assert {host.kind for host in sample_city.hosts} <= set(HOSTS)
    assert sample_city.manifest.counts["hosts"] == len(sample_city.hosts) > 50
    assert sample_city.manifest.counts["eateries"] * MICRO == sample_city.demand("pickups").total
    assert set(EATERIES) & set(HOSTS) == set()


# --- the real city ---


@pytest.mark.real
def test_the_real_city_s_residents_are_those_of_the_table(real_city: City) -> None:
    lines = (real_data() / "beijing" / "population_by_subdistrict.csv").read_text(encoding="utf-8").splitlines()
    at_column = lines[0].split(",").index("population")
    table = sum(int(line.split(",")[at_column]) for line in lines[1:])

    demand = real_city.demand("residents")

    assert demand.total == table * MICRO
    placed = demand.by_area(len(real_city.areas))
    assert placed[NOWHERE] == 0
    without = {un.area for un in demand.unplaced if un.reason == "no_street"}
    for number, one in enumerate(real_city.areas):
        expected = 0 if number in without else round((one.residents or 0) * MICRO * one.inside_share)
        assert placed[number] == expected
    assert 0.45 < demand.placed / demand.total < 0.55, "about half of Beijing's people live on the map"


@pytest.mark.real
def test_the_real_city_s_pickups_and_metres(real_city: City) -> None:
    for mode in MODES:
        demand: Demand = real_city.demand("pickups", mode)
        assert demand.total == real_city.manifest.counts["eateries"] * MICRO
        assert demand.lost < 0.02 * demand.total
    metres = real_city.demand("street_length", "walk").placed / MICRO
    assert 0.8 < metres / 1000 / real_city.network.length_km < 1
