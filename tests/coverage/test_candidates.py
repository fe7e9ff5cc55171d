"""Candidates out of hosts, crossings and tables, and every row that cannot be meant."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.coords import LonLat
from geo.coverage.candidates import (
    DEFAULT_HOSTS,
    Candidate,
    amounts,
    from_crossings,
    from_hosts,
    from_table,
    read_candidates,
)
from geo.coverage.spots import HOSTS, Spot
from geo.errors import ParameterError, UnknownWordError
from geo.streets.from_osm import build_network
from tests.strategies import random_extract

SPOTS = [Spot("a", "bank", "银行", 116.4, 39.9), Spot("b", "library", None, 116.5, 39.8), Spot("c", "bank", None, 1, 2)]


def test_hosts_of_the_kinds_that_are_named() -> None:
    assert from_hosts(SPOTS, ["bank"]) == (
        Candidate("a", "银行", "bank", LonLat(116.4, 39.9)),
        Candidate("c", None, "bank", LonLat(1, 2)),
    )
    assert [one.id for one in from_hosts(SPOTS, ["library", "bank"])] == ["a", "b", "c"], "in the order of the hosts"
    assert from_hosts(SPOTS, ["fuel"]) == from_hosts(SPOTS, []) == ()
    with pytest.raises(UnknownWordError, match="'dragon' is no kind of host; known are bank"):
        from_hosts(SPOTS, ["bank", "dragon"])


def test_hosts_that_are_asked_unless_told_are_known() -> None:
    assert set(DEFAULT_HOSTS) <= set(HOSTS)


def test_every_crossing_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    network = build_network(random_extract(1))[0]
    found = from_crossings(network)
    assert [one.id for one in found] == [f"crossing-{n}" for n in range(network.node_count)]
    assert np.allclose([one.position for one in found], network.node_e7 / 1e7, atol=1e-12)
    monkeypatch.setattr("geo.coverage.candidates.MAX_CANDIDATES", network.node_count - 1)
    with pytest.raises(ParameterError, match=rf"has {network.node_count} crossings, at most {network.node_count - 1}"):
        from_crossings(network)


def test_a_table_in_chinese_and_one_in_english_are_the_same() -> None:
    chinese = from_table(["名称,经度,纬度,费用,座位", "东四图书馆,116.417,39.924,1200.4,20", "", ",116.4,39.9,,"], "表")
    english = from_table(
        ["name,LON,Latitude,price,capacity\r\n", "东四图书馆,116.417,39.924,1200.4,20\r\n", ",116.4,39.9,,\r\n"], "t"
    )
    assert chinese == english
    assert chinese == (
        Candidate("listed-1", "东四图书馆", "listed", LonLat(116.417, 39.924), 1200, 20_000_000),
        Candidate("listed-2", None, "listed", LonLat(116.4, 39.9)),
    )


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ([], "line 0: no column for lon, lat"),
        (["lon,lat"], "no candidate in the table"),
        (["lon,lat", "", "  ,  "], "no candidate in the table"),
        (["lon,name", "1,x"], "no column for lat"),
        (["lon,lng,lat", "1,1,1"], "two columns for lon"),
        (["lon,lat", "1,2,3"], "line 2: 3 cells where the header has 2"),
        (["lon,lat", "x,2"], "longitude 'x' is no number"),
        (["lon,lat", "nan,2"], "'nan' is no number"),
        (["lon,lat", "1e400,2"], "is no number"),
        (["lon,lat", "181,2"], "longitude 181 lies outside"),
        (["lon,lat", "39.9,116.4"], "are longitude and latitude exchanged?"),
        (["lon,lat,price", "1,2,-1"], "price -1 must lie between 0 and"),
        (["lon,lat,price", "1,2,1e10"], "price 1e10 must lie between"),
        (["lon,lat,capacity", "1,2,many"], "capacity 'many' is no number"),
        (["lon,lat", '"1,2'], "not CSV"),
    ],
)
def test_what_cannot_be_meant_is_refused(lines: list[str], told: str) -> None:
    with pytest.raises(ParameterError, match=re.escape(told)) as caught:
        from_table(lines, "hosts.csv")
    assert str(caught.value).startswith("hosts.csv, line ")
    assert caught.value.parameter == "candidates"


def test_more_than_are_taken_are_refused_at_the_row_after_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geo.coverage.candidates.MAX_CANDIDATES", 3)
    rows = ["lon,lat", *["116.4,39.9"] * 3]
    assert len(from_table(rows, "t")) == 3
    with pytest.raises(ParameterError, match="line 5: more than 3 candidates"):
        from_table([*rows, "116.4,39.9"], "t")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_file_may_be_written_as_excel_does(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "站点.csv").write_bytes("名称,经度,纬度\r\n东四,116.4,39.9\r\n".encode(encoding))
    assert read_candidates(tmp_path / "站点.csv")[0].name == "东四"
    with pytest.raises(ParameterError, match=r"none\.csv: no such file"):
        read_candidates(tmp_path / "none.csv")


@given(st.lists(st.none() | st.integers(0, 10**9), max_size=5))
def test_amounts_are_known_for_all_or_not_at_all(values: list[int | None]) -> None:
    found = amounts(values)
    if None in values:
        assert found is None
    else:
        assert found is not None
        assert found.tolist() == values
