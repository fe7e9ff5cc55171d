"""Tables of strangers: what is taken, and what is refused, with the line, the value, the limit and the remedy."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.coverage import point_table
from geo.coverage.point_table import MAX_BYTES, MAX_ROWS, MICRO, points_of, read_points
from geo.coverage.profiles import COLUMNS, HOURS, PER_MILLE, profile_of, read_profiles
from geo.errors import ParameterError, UnknownWordError

HEAD = "lon,lat,weight"

# --- points ---


@pytest.mark.parametrize(
    ("lines", "expected", "why"),
    [
        ([HEAD, "116.41,39.92,2"], [(116.41, 39.92, 2_000_000)], "plain"),
        (["经度,纬度,权重", "116.41,39.92,2.5"], [(116.41, 39.92, 2_500_000)], "Chinese headers"),
        (["\ufeffLng , LATITUDE,人数", " 116.41 , 39.92 , 1 "], [(116.41, 39.92, MICRO)], "blanks and capitals"),
        (["名称,权重,纬度,经度", "甲,1,39.92,116.41"], [(116.41, 39.92, MICRO)], "another order"),
        ([HEAD + ",note", '116.41,39.92,1,"a, b"', ""], [(116.41, 39.92, MICRO)], "a quoted comma, an empty line"),
        ([HEAD, "1.1641e2,+39.92,1e1"], [(116.41, 39.92, 10 * MICRO)], "as programs write numbers"),
        ([HEAD, "-0.1,-51.5,0"], [(-0.1, -51.5, 0)], "west and south; nobody there"),
        ([HEAD, "1,2,0.0000005", "1,2,0.0000015"], [(1.0, 2.0, 0), (1.0, 2.0, 2)], "half a millionth: to the even one"),
        ([HEAD, "1,2,9999999.999999"], [(1.0, 2.0, 9_999_999_999_999)], "exact, where a float of it would not be"),
    ],
)
def test_what_is_taken(lines: list[str], expected: list[tuple[float, float, int]], why: str) -> None:
    table = points_of(lines, "表.csv")

    assert [(*at, w) for at, w in zip(table.lonlat.tolist(), table.weight.tolist(), strict=True)] == expected, why
    assert table.weight.dtype == np.int64


@pytest.mark.parametrize(
    ("lines", "told", "why"),
    [
        ([], "line 0: no column for lon, lat, weight", "nothing at all"),
        ([HEAD], "line 1: no points", "a header alone"),
        (["lon,lat", "1,2"], "line 1: no column for weight .* 权重", "a column is missing"),
        (["a,b,c", "1,2,3"], "no column for lon, lat, weight in 'a,b,c'; lon may be called lon, lng", "unknown words"),
        (["116.41,39.92,2"], "no column for lon, lat, weight", "no header"),
        (["lon,lng,lat,weight", "1,1,2,3"], r"two columns for lon \(lon, lng\); keep one", "which of them?"),
        ([HEAD, "1,2"], "line 2: 2 cells where the header has 3", "a cell too few"),
        ([HEAD, "1,2,3,4"], "line 2: 4 cells where the header has 3; put quotes", "a cell too many"),
        ([HEAD, "116,39,1", "nan,39,1"], "line 3: longitude 'nan' is no number", "not a number"),
        ([HEAD, "inf,39,1"], "longitude 'inf' is no number", "infinite"),
        ([HEAD, "116,39,-inf"], "weight '-inf' is no number", "infinite"),
        ([HEAD, "116,39,NaN"], "weight 'NaN' is no number", "not a number"),
        ([HEAD, "116,39,"], "weight '' is no number", "empty"),
        ([HEAD, "116,39,1_000"], "weight '1_000' is no number", "as only Python writes it"),
        ([HEAD, '116,39,"1,000"'], "weight '1,000' is no number; .* without unit or thousands separator", "thousands"),
        ([HEAD, "116°,39,1"], "longitude '116°' is no number", "a unit"),
        ([HEAD, "１１６,39,1"], "is no number", "full-width digits"),
        ([HEAD, "0x10,39,1"], "is no number", "hexadecimal"),
        ([HEAD, "1" * 50 + ",39,1"], "is no number", "endless"),
        ([HEAD, "116,39,1e99"], "weight 1e99 is over 10,000,000; give it in a larger unit", "huge"),
        ([HEAD, "116,39,-1"], "weight -1 is negative; give 0 or more", "negative"),
        ([HEAD, "181,39,1"], "longitude 181 lies outside -180 to 180 degrees$", "off the earth"),
        ([HEAD, "39.92,116.41,1"], "latitude 116.41 lies outside -90 to 90 degrees; are .* exchanged", "exchanged"),
        ([HEAD, "39.92,216.41,1"], "latitude 216.41 lies outside -90 to 90 degrees$", "nothing to exchange"),
        ([HEAD, *["1,2,10000000"] * 101], "line 102: the weights add up to more than 1,000,000,000", "in all"),
        ([HEAD, '116,39,"1'], "not CSV", "a quote that is not closed"),
        ([HEAD, '116,"39"x,1'], "not CSV", "something behind a quote"),
        ([HEAD, "116,39," + "1" * 200_000], "not CSV .* a cell is too long", "a cell without end"),
        ([HEAD, "116,39,1\0"], "is no number|not CSV", "no text"),
    ],
)
def test_what_is_refused(lines: list[str], told: str, why: str) -> None:
    with pytest.raises(ParameterError, match=told) as refused:
        points_of(lines, "表.csv")

    assert str(refused.value).startswith("表.csv, line "), why
    assert len(str(refused.value)) < 500


def test_a_table_that_is_too_long_is_refused_at_the_row_after_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(point_table, "MAX_ROWS", 3)
    read = 0

    def lines() -> Iterator[str]:
        nonlocal read
        yield HEAD
        while True:
            read += 1
            yield "116,39,1"

    with pytest.raises(ParameterError, match="more than 3 points; add up those that lie together"):
        points_of(lines(), "表.csv")
    assert (read, MAX_ROWS) == (4, 1_000_000)


def test_a_file_that_is_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    """A hole of 200 MB: reading it would find that it is no CSV."""
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(200_000_000)

    with pytest.raises(ParameterError, match=f"200,000,000 bytes, over {MAX_BYTES:,}; add up points"):
        read_points(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_the_encodings_of_spreadsheets_are_read(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "表.csv"
    path.write_bytes("名称,经度,纬度,权重\r\n东四,116.41,39.92,3\r\n".encode(encoding))

    table = read_points(path)

    assert (table.weight.tolist(), table.line.tolist(), table.source) == ([3 * MICRO], [2], "表.csv")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"\xff\xfe\x00\x01", "no text in UTF-8 or GB18030|no column"),
        (HEAD.encode() + b"\n1,2,3\n" + b"\xff" * 9, "no text in UTF-8 or GB18030; save the table as CSV in UTF-8"),
        (b"PK\x03\x04 not a table", "no column"),
    ],
)
def test_what_is_no_text_is_refused(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)

    with pytest.raises(ParameterError, match=told):
        read_points(path)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    """A pipe would wait for ever."""
    os.mkfifo(tmp_path / "pipe")
    for name in ("missing.csv", "pipe", "."):
        with pytest.raises(ParameterError, match="no such file"):
            read_points(tmp_path / name)


@given(
    st.lists(
        st.tuples(
            st.integers(-1800000000, 1800000000), st.integers(-900000000, 900000000), st.integers(0, 10**7 * MICRO)
        ),
        min_size=1,
        max_size=20,
    )
)
def test_what_is_written_is_read(points: list[tuple[int, int, int]]) -> None:
    lines = [HEAD, *(f"{lon / 1e7:.7f},{lat / 1e7:.7f},{w // MICRO}.{w % MICRO:06}" for lon, lat, w in points)]

    table = points_of(lines, "a.csv")

    assert table.weight.tolist() == [weight for *_, weight in points]
    assert np.rint(table.lonlat * 1e7).astype(int).tolist() == [[lon, lat] for lon, lat, _ in points]
    assert table.line.tolist() == list(range(2, len(points) + 2))


# --- profiles ---

ROW = {"profile": "mine", "days": "Mo-Su", "from": "0", "to": "24", "per_mille": "500", "source": "counted",
       "status": "sourced"}  # fmt: skip


def table_of(tmp_path: Path, *rows: dict[str, str]) -> Path:
    path = tmp_path / "mine.csv"
    lines = [",".join(COLUMNS), *(",".join((ROW | row)[column] for column in COLUMNS) for row in rows)]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_the_packaged_table_tells_every_hour_of_every_profile_with_its_source() -> None:
    profiles = read_profiles()

    assert set(profiles) == {"always", "sanitation", "couriers"}
    for name, profile in profiles.items():
        assert profile.name == name
        assert profile.per_mille.shape == (HOURS,)
        assert profile.per_mille.dtype == np.int16
        assert ((profile.per_mille >= 0) & (profile.per_mille <= PER_MILLE)).all()
        assert profile.per_mille.max() == PER_MILLE, "the weight is who is there at the busiest hour"
        assert all(profile.source)
    assert (profiles["always"].per_mille == PER_MILLE).all()
    assert {profiles[name].status for name in ("sanitation", "couriers")} == {"illustrative"}


def test_sanitation_begins_at_four_and_couriers_are_busiest_at_meals() -> None:
    """The hours that the published reports tell; the shares between them are ours."""
    sanitation = read_profiles()["sanitation"].per_mille.reshape(7, 24)
    couriers = read_profiles()["couriers"].per_mille.reshape(7, 24)

    assert (sanitation[:, :4] == 0).all() and (sanitation[:, 4] > 0).all()
    assert [hour for hour in range(24) if (couriers[:, hour] == PER_MILLE).all()] == [11, 12, 17, 18, 19]


def test_days_and_hours_are_put_together(tmp_path: Path) -> None:
    path = table_of(
        tmp_path,
        {"days": "Mo-Fr", "to": "9", "per_mille": "0"},
        {"days": "Mo-Fr", "from": "9", "per_mille": "1000", "status": "illustrative", "source": "assumed"},
        {"days": "Sa", "per_mille": "7"},
        {"days": "Su", "per_mille": "8"},
    )
    profile = read_profiles(path)["mine"]

    assert profile.per_mille.tolist() == ([0] * 9 + [1000] * 15) * 5 + [7] * 24 + [8] * 24
    assert (profile.source, profile.status) == (("counted", "assumed"), "illustrative")
    assert not profile.per_mille.flags.writeable


@pytest.mark.parametrize(
    ("rows", "told", "why"),
    [
        ([{"days": "Mo-Sa"}], "says nothing of 24 of the week's 168 hours, first of Su 0:00", "a day is missing"),
        ([{"from": "1"}], "nothing of 7 .* first of Mo 0:00; add a row", "an hour is missing"),
        ([{}, {"days": "Tu", "to": "1"}], "row 3: profile mine has been told of Tu 0 to 1 before", "twice"),
        ([{"per_mille": "1001"}], "row 2: per_mille '1001' must be a whole number from 0 to 1000", "over"),
        ([{"per_mille": "-1"}], "per_mille '-1' must be", "under"),
        ([{"per_mille": "0.5"}], "per_mille '0.5' must be", "not whole"),
        ([{"per_mille": "nan"}], "per_mille 'nan' must be", "no number"),
        ([{"per_mille": "１"}], "must be a whole number", "a full-width digit"),
        ([{"to": "25"}], "to '25' must be a whole number from 0 to 24", "no such hour"),
        ([{"from": "24"}], "from '24' must be a whole number from 0 to 23", "no such hour"),
        ([{"from": "22", "to": "2"}], "from 22 to 2 is no time; 22 to 24 and 0 to 2 are two rows", "past midnight"),
        ([{"from": "5", "to": "5"}], "from 5 to 5 is no time", "no time at all"),
        ([{"days": "Su-Mo"}], "weeks begin on Monday", "past Sunday"),
        ([{"days": "Xx"}], "days 'Xx' must be one of Mo, Tu", "no such day"),
        ([{"days": "Mo-"}], "days 'Mo-' must be", "half a range"),
        ([{"days": ""}], "days '' must be", "no day"),
        ([{"status": "true"}], "status 'true' is none of definition, sourced, illustrative", "no such status"),
        ([{"source": ""}], "no source; say where the share comes from", "no source"),
        ([{"profile": "My"}], "profile 'My' must be small Latin letters", "no name"),
        ([{"source": "a,b"}], "8 cells, not 7; put quotes", "an unquoted comma"),
    ],
)
def test_a_profile_that_is_refused(tmp_path: Path, rows: list[dict[str, str]], told: str, why: str) -> None:
    with pytest.raises(ParameterError, match=told):
        read_profiles(table_of(tmp_path, *rows))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "the table is empty"),
        (b"a,b\n", "row 1: the columns are 'a, b', not profile, days"),
        (b"\xff\xfe", "cannot be read as CSV in UTF-8"),
        (",".join(COLUMNS).encode(), "the table is empty"),
        (",".join(COLUMNS).encode() + b'\n"' + b"x" * 200_000, "not CSV"),
        (b"x" * 1_000_001, "1,000,001 bytes, over 1,000,000"),
    ],
)
def test_a_table_of_profiles_that_is_refused(tmp_path: Path, content: bytes, told: str) -> None:
    (tmp_path / "mine.csv").write_bytes(content)

    with pytest.raises(ParameterError, match=told):
        read_profiles(tmp_path / "mine.csv")
    with pytest.raises(ParameterError, match="cannot be read"):
        read_profiles(tmp_path / "missing.csv")


def test_a_profile_by_its_name() -> None:
    profiles = read_profiles()

    assert profile_of(profiles, "always") is profiles["always"]
    with pytest.raises(UnknownWordError, match="no profile 'nights'; there are always, couriers, sanitation"):
        profile_of(profiles, "nights")
