"""Routing engines with formats of their own: pgRouting on the same arcs, OSRM and Valhalla on the same streets.

pgRouting searches the very graph that the libraries get. OSRM and Valhalla read OpenStreetMap themselves, snap by
themselves and weigh streets by their own rules; they are asked for a table of times to places. What is compared for
them is which places they name: the true costs of the places that they take for the nearest, beside the true answer.
"""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import time
from collections.abc import Callable
from contextlib import ExitStack
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from geo.osm.extract import Extract
from tests.benchmarks.graph import CUTOFF, CUTOFF_S, K, Questions
from tests.benchmarks.peers import Costs, Peer
from tests.postgres.server import running_server

#: So many places nearest in a straight line are put into a table: an engine that knows no places needs a choice.
PICKED: Final = 25
_WALK_KMH: Final = 4.8
_TABLE: Final = "id, source, target, cost"


class PgRouting(Peer):
    """PostgreSQL with pgRouting, in a process of its own; the arcs in a table with a spatial index."""

    name = "pgRouting"
    calls: ClassVar = {
        "nearest": "`pgr_drivingDistance` on the arcs in the box of 2 km around the origin",
        "nearest_whole": "`pgr_drivingDistance` on all arcs",
        "field": "`pgr_drivingDistance(equicost)` from all places, arcs turned round, into a table",
    }
    most: ClassVar = {"nearest": 60, "nearest_whole": 6, "field": 1}

    def __init__(self, asked: Questions) -> None:
        super().__init__(asked)
        self._running = ExitStack()
        try:
            server = self._running.enter_context(running_server())
            port = int(server.url("").rpartition(":")[2].strip("/"))
            database = server.new_database().rpartition("/")[2]
            native = import_module("pg8000.native")
            self._connection = native.Connection("tests", host="127.0.0.1", port=port, database=database)
            self._running.callback(self._connection.close)
            self._connection.run("CREATE EXTENSION pgrouting")
            self.version = str(self._connection.run("SELECT pgr_version()")[0][0])
            self._fill()
        except BaseException:
            self._running.close()
            raise

    def _fill(self) -> None:
        arcs, xy, run = self.asked.forward, self.asked.xy_m, self._connection.run
        columns = [np.arange(len(arcs.tail)), arcs.tail, arcs.head, arcs.cost, *xy[arcs.tail].T, *xy[arcs.head].T]
        text = io.StringIO()
        np.savetxt(text, np.column_stack(columns), fmt="%d,%d,%d,%d,%.1f,%.1f,%.1f,%.1f")
        run("CREATE TABLE raw (id int, source int, target int, cost float8, x1 real, y1 real, x2 real, y2 real)")
        run("COPY raw FROM STDIN WITH (FORMAT csv)", stream=io.BytesIO(text.getvalue().encode()))
        run(
            f"CREATE TABLE arcs AS SELECT {_TABLE}, ST_MakeLine(ST_MakePoint(x1, y1), ST_MakePoint(x2, y2)) AS line "
            "FROM raw"
        )
        run("CREATE INDEX ON arcs USING gist (line)")
        run("VACUUM ANALYZE arcs")
        run("SET jit = off")  # it compiles for longer than these questions take

    def nearest(self, number: int) -> Costs:
        x, y = self.asked.xy_m[self.asked.origin_vertex(number)]
        reach = CUTOFF_S * _WALK_KMH / 3.6 + 1
        box = f"ST_MakeEnvelope({x - reach}, {y - reach}, {x + reach}, {y + reach})"
        return self._driving(number, f"SELECT {_TABLE} FROM arcs WHERE line && {box}")

    def nearest_whole(self, number: int) -> Costs:
        """Answer the same without a box."""
        return self._driving(number, f"SELECT {_TABLE} FROM arcs")

    def _driving(self, number: int, arcs: str) -> Costs:
        asked = self.asked
        rows = self._connection.run(
            f"SELECT agg_cost FROM pgr_drivingDistance('{arcs}', {asked.origin_vertex(number)}, {CUTOFF}, true) "
            f"WHERE node >= {asked.nodes} AND node < {asked.nodes + asked.places} ORDER BY agg_cost LIMIT {K}"
        )
        return np.array([row[0] for row in rows], dtype=np.float64)

    def field(self) -> Costs:
        asked, run = self.asked, self._connection.run
        # the origins' roots are left out: turned round, arcs would lead to them
        turned = f"SELECT id, target AS source, source AS target, cost FROM arcs WHERE source < {asked.nodes}"
        # places on no street have no arcs, and are not in the table
        places = ",".join(map(str, np.intersect1d(asked.place_vertices(), asked.forward.head).tolist()))
        run("DROP TABLE IF EXISTS field")
        run(
            f"CREATE TABLE field AS SELECT node, agg_cost FROM pgr_drivingDistance('{turned}', ARRAY[{places}], 1e12, "
            "true, equicost => true)"
        )
        return np.full(asked.nodes, np.inf)  # in the database; :meth:`fetched` brings it

    def fetched(self) -> Costs:
        """Return the last field: the cheapest cost of each node."""
        rows = np.array(self._connection.run(f"SELECT node, agg_cost FROM field WHERE node < {self.asked.nodes}"))
        field = np.full(self.asked.nodes, np.inf)
        np.minimum.at(field, rows[:, 0].astype(np.int64), rows[:, 1])
        return field

    def close(self) -> None:
        self._running.close()


class Table:
    """An engine that gives a table of times, asked for the nearest places.

    Attributes
    ----------
    seconds
        From (lon, lat) and an array of (lon, lat): the time to each in seconds, NaN where there is no way.
    """

    name = ""
    package = ""
    most: ClassVar = {"picked": 60, "all": 4}

    def __init__(self, asked: Questions) -> None:
        self._asked = asked
        self._plane = asked.xy_m[asked.place_vertices()]

    def seconds(self, origin: NDArray[np.float64], places: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the time to each place in seconds, NaN where there is no way."""
        raise NotImplementedError

    def picked(self, number: int) -> NDArray[np.int64]:
        """Return the first k places of those that are nearest in a straight line."""
        here = self._asked.xy_m[self._asked.origin_vertex(number)]
        near = np.argpartition(((self._plane - here) ** 2).sum(axis=1), PICKED)[:PICKED]
        return self._first(number, near)

    def all(self, number: int) -> NDArray[np.int64]:
        """Return the first k of all places."""
        return self._first(number, np.arange(self._asked.places))

    def _first(self, number: int, places: NDArray[np.int64]) -> NDArray[np.int64]:
        seconds = self.seconds(self._asked.origin_lonlat[number], self._asked.place_lonlat[places])
        seconds = np.where(seconds <= CUTOFF_S, seconds, np.inf)
        order = np.argsort(seconds, kind="stable")[:K]
        return places[order[np.isfinite(seconds[order])]]


class Osrm(Table):
    """OSRM, multi-level Dijkstra, its foot profile at our walking speed."""

    name = "OSRM"
    package = "osrm-bindings"

    def __init__(self, asked: Questions, pbf: Path) -> None:
        super().__init__(asked)
        self._osrm = import_module("osrm")
        home = Path(str(self._osrm.__file__)).parent
        base = pbf.with_name(f"{pbf.name.split('.')[0]}.osrm")
        self.prepare_s = _once(base.with_name("osrm-ready.json"), lambda: self._prepare(home, pbf, base))
        self._engine = self._osrm.OSRM(
            storage_config=str(base), use_shared_memory=False, algorithm="MLD", max_locations_distance_table=-1
        )

    @staticmethod
    def _prepare(home: Path, pbf: Path, base: Path) -> None:
        profiles = pbf.parent / "profiles"
        shutil.copytree(home / "share" / "profiles", profiles, dirs_exist_ok=True)
        text = (profiles / "foot.lua").read_text(encoding="utf-8")
        edited = text.replace("local walking_speed = 5\n", f"local walking_speed = {_WALK_KMH}\n")
        if edited == text:
            raise RuntimeError("OSRM's foot.lua does not say its walking speed where it did")
        (profiles / "foot.lua").write_text(edited, encoding="utf-8")
        for words in (
            ["osrm-extract", "-p", str(profiles / "foot.lua"), str(pbf)],
            ["osrm-partition", str(base)],
            ["osrm-customize", str(base)],
        ):
            subprocess.run([home / "bin" / words[0], *words[1:]], check=True, capture_output=True)

    def seconds(self, origin: NDArray[np.float64], places: NDArray[np.float64]) -> NDArray[np.float64]:
        asked = self._osrm.TableParameters(
            coordinates=[tuple(origin.tolist()), *map(tuple, places.tolist())],
            sources=[0],
            destinations=list(range(1, len(places) + 1)),
            annotations=["duration"],
            generate_hints=False,
        )
        row = self._engine.Table(asked)["durations"][0]
        return np.array([np.nan if value is None else value for value in row], dtype=np.float64)


class Valhalla(Table):
    """Valhalla, its pedestrian costing at our walking speed."""

    name = "Valhalla"
    package = "pyvalhalla"

    def __init__(self, asked: Questions, pbf: Path) -> None:
        super().__init__(asked)
        valhalla = import_module("valhalla")
        folder = pbf.parent / "valhalla"
        folder.mkdir(exist_ok=True)
        config = import_module("valhalla.config").get_config(tile_extract="", tile_dir=folder, verbose=False)
        said = folder / "config.json"
        said.write_text(json.dumps(config), encoding="utf-8")

        def prepare() -> None:
            program = Path(str(valhalla.__file__)).parent / "bin" / "valhalla_build_tiles"
            subprocess.run([program, "-c", said, pbf], check=True, capture_output=True)

        self.prepare_s = _once(folder / "ready.json", prepare)
        self._actor = valhalla.Actor(config)

    def seconds(self, origin: NDArray[np.float64], places: NDArray[np.float64]) -> NDArray[np.float64]:
        asked = {
            "sources": [{"lon": float(origin[0]), "lat": float(origin[1])}],
            "targets": [{"lon": lon, "lat": lat} for lon, lat in places.tolist()],
            "costing": "pedestrian",
            "costing_options": {"pedestrian": {"walking_speed": _WALK_KMH}},
            "verbose": False,
        }
        row = self._actor.matrix(asked)["sources_to_targets"]["durations"][0]
        return np.array([np.nan if value is None else value for value in row], dtype=np.float64)


TABLES: Final[tuple[type[Osrm] | type[Valhalla], ...]] = (Osrm, Valhalla)


def missing(engine: type[Table]) -> str | None:
    """Return why an engine cannot take part here, or None."""
    try:
        version(engine.package)
    except PackageNotFoundError:
        return f"{engine.package} is not installed in this environment: its wheels need Python 3.12 or newer"
    return None


def write_pbf(extract: Extract, path: Path) -> None:
    """Write the streets of an extract as a file for engines that read OpenStreetMap."""
    osmium = import_module("osmium")
    ways = extract.ways
    node, first = np.unique(ways.nodes, return_index=True)
    with osmium.SimpleWriter(str(path), overwrite=True) as writer:
        make = osmium.osm.mutable
        for number, (lon, lat) in zip(node.tolist(), (ways.lonlat_e7[first] / 1e7).tolist(), strict=True):
            tags = ways.barriers.get(number, {})
            writer.add_node(make.Node(id=number, location=(lon, lat), tags=dict(tags), version=1))
        for i, number in enumerate(ways.ids.tolist()):
            refs = ways.nodes[ways.start[i] : ways.start[i + 1]].tolist()
            writer.add_way(make.Way(id=number, nodes=refs, tags=dict(ways.tags[i]), version=1))


def _once(said: Path, prepare: Callable[[], Any]) -> float:
    """Prepare unless it has been done here before; return the seconds that it took then."""
    if not said.is_file():
        begin = time.perf_counter()
        prepare()
        said.write_text(json.dumps(time.perf_counter() - begin), encoding="utf-8")
    return float(json.loads(said.read_text(encoding="utf-8")))
