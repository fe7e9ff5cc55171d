"""A map server on loopback that says what a test tells it to: Overpass' interpreter and Nominatim's search."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

from tests.osm.elements import Element, features_of, streets_of, to_overpass

_STATUS = "Connected as: 1\nCurrent time: 2026-11-22T12:00:00Z\nAnnounced endpoint: none\nRate limit: 2\n{slots}\n"


@dataclass
class Answer:
    """What to send: a body under a status, perhaps late, perhaps from another address."""

    body: bytes = b'{"elements": []}'
    status: int = 200
    wait: threading.Event | None = None
    location: str | None = None


@dataclass
class OverpassServer:
    """The answers to give, and the questions that came.

    Attributes
    ----------
    streets, features, search
        Answers to a query for streets, to one for other things, and to a search by name.
    queries, searches
        Overpass queries and names asked for, in order.
    status_asked
        How often somebody asked for a free slot.
    """

    url: str = ""
    streets: Answer = field(default_factory=Answer)
    features: Answer = field(default_factory=Answer)
    search: Answer = field(default_factory=lambda: Answer(b"[]"))
    queries: list[str] = field(default_factory=list)
    searches: list[str] = field(default_factory=list)
    status_asked: int = 0

    def serve_elements(self, elements: Sequence[Element]) -> None:
        """Answer from a small city, as an Overpass server would from the world."""
        self.streets = Answer(to_overpass(streets_of(elements)))
        self.features = Answer(to_overpass(features_of(elements)))

    def serve_area(self, west: float, south: float, east: float, north: float) -> None:
        """Let every name stand for a box."""
        ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
        self.search = Answer(_found({"type": "Polygon", "coordinates": [ring]}, west, south))

    def serve_point(self, lon: float, lat: float) -> None:
        """Let every name stand for a point, which is no area."""
        self.search = Answer(_found({"type": "Point", "coordinates": [lon, lat]}, lon, lat))


def _found(geometry: dict[str, Any], lon: float, lat: float) -> bytes:
    box = [str(lat), str(lat + 0.01), str(lon), str(lon + 0.01)]
    result = {"importance": 0.5, "lat": str(lat), "lon": str(lon), "boundingbox": box, "geojson": geometry}
    return json.dumps([{**result, "display_name": "somewhere"}]).encode()


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        (query,) = form["data"]
        here = self._here
        if self.path.startswith("/moved/"):
            self._send(Answer(b"moved", 307, location=self.path.removeprefix("/moved")))
            return
        here.queries.append(query)
        self._send(here.streets if 'way["highway"]' in query else here.features)

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        if address.path.endswith("/status"):
            self._here.status_asked += 1
            self._send(Answer(_STATUS.format(slots="2 slots available now.").encode()))
        elif address.path.endswith("/search"):
            self._here.searches += parse_qs(address.query)["q"]
            self._send(self._here.search)
        else:
            self._send(Answer(b"{}", 404))

    @property
    def _here(self) -> OverpassServer:
        return cast(_Server, self.server).state

    def _send(self, answer: Answer) -> None:
        if answer.wait is not None:
            answer.wait.wait(10)
        try:
            self.send_response(answer.status)
            self.send_header("Content-Type", "application/json")
            if answer.location is not None:
                self.send_header("Location", answer.location)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)
        except (BrokenPipeError, ConnectionResetError):
            pass  # whoever asked has gone

    def log_message(self, format: str, *args: Any) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    state: OverpassServer


@contextmanager
def overpass_server() -> Iterator[OverpassServer]:
    """Run a server on a free loopback port until the block is left."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.state = OverpassServer(url=f"http://127.0.0.1:{server.server_address[1]}/api")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server.state
        finally:
            server.shutdown()
            thread.join(5)
