"""The command ``yizhan``: build a city, ask it, serve it."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from geo.choosing.words import read_degrees
from geo.cli_advisory import add_advisory
from geo.cli_along import add_along
from geo.cli_coverage import add_coverage, add_gaps
from geo.cli_events import add_events
from geo.cli_export import add_export
from geo.cli_hours import CALENDAR, add_calendar, add_hours
from geo.cli_import import add_import
from geo.cli_nearest import add_nearest
from geo.cli_places import add_backup, add_places, add_register, add_restore
from geo.cli_poster import Press, add_poster
from geo.cli_report import add_report, write_reports
from geo.cli_reports import add_reports
from geo.cli_search import add_search
from geo.cli_siting import add_site
from geo.errors import PackError, ParameterError, YizhanError
from geo.streets.profiles import MODES

if TYPE_CHECKING:  # imported where they are used: they are slow
    from geo.osm.extract import Extract
    from geo.pack.folder import Manifest

#: What the command ends with when it cannot do what was asked; the reason is one line on stderr.
EXIT_REFUSED = 2
#: Folder of the sample city among the packs.
SAMPLE = "dongcheng"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    arguments = _parser().parse_args(argv)
    try:
        code = arguments.run(arguments)
        sys.stdout.flush()
    except YizhanError as error:
        print(f"yizhan: {error}", file=sys.stderr)
        return EXIT_REFUSED
    except KeyboardInterrupt:
        print("yizhan: stopped; nothing was left half-written", file=sys.stderr)
        return 130
    except BrokenPipeError:  # whoever read has gone; what is still in the buffer goes nowhere
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code or 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="yizhan", description="驿站: the nearest place that will let you in, by true walking or riding time."
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    _add_build(commands.add_parser("build", help="make a city pack from OpenStreetMap"))
    _add_sample(commands.add_parser("sample", help="make the sample city's pack"))
    add_nearest(commands.add_parser("nearest", help="list the nearest places"))
    add_along(commands.add_parser("along", help="list stops on the way from here to there"))
    add_search(commands.add_parser("search", help="find names and addresses"))
    add_events(commands.add_parser("events", help="list haircuts, communication days and pop-ups near here"))
    add_poster(commands.add_parser("poster", help="print posters with a code, and find those gone stale"), _press)
    add_coverage(commands.add_parser("coverage", help="tell who has no place near enough, and why"))
    add_gaps(commands.add_parser("gaps", help="list the largest gaps"))
    add_site(commands.add_parser("site", help="find where the next places should go"))
    _add_report(commands.add_parser("report", help="write a printable page for a subdistrict, or for each"))
    _add_serve(commands.add_parser("serve", help="serve the site"))
    add_import(commands.add_parser("import", help="bring a list of places into the register"))
    add_places(commands.add_parser("places", help="list, show and trace the places of the register"))
    add_reports(commands.add_parser("reports", help="what people found at places, to be looked at and closed"))
    add_advisory(commands.add_parser("advisory", help="put places that give relief first while it is hot or cold"))
    add_export(commands.add_parser("export", help="write places in the formats of others, or a site of files"), _files)
    add_hours(commands.add_parser("hours", help="explain what was understood of people's words about opening hours"))
    add_calendar(commands.add_parser("calendar", help="public holidays and make-up workdays"))
    add_backup(commands.add_parser("backup", help="write a copy of the register, while it is in use"))
    add_restore(commands.add_parser("restore", help="bring a copy of the register back"))
    return parser


def _add_build(parser: argparse.ArgumentParser) -> None:
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--osm", type=Path, metavar="FILE", help="an extract: .osm.pbf or .osm")
    source.add_argument("--place", help='download an area by name, e.g. "东城区, 北京市"')
    source.add_argument("--bbox", metavar="W,S,E,N", help="download a box, in degrees (write --bbox=W,S,E,N)")
    parser.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="folder of the pack; replaced if it is one"
    )
    parser.add_argument("--name", help="the city's name (default: the file's or the area's)")
    parser.add_argument("--name-en", help="its English name")
    parser.add_argument("--population", type=Path, metavar="CSV", help="residents: district,subdistrict,population")
    parser.add_argument("--overpass-url", metavar="URL", help="another Overpass server")
    parser.add_argument("--nominatim-url", metavar="URL", help="another Nominatim server, which finds --place")
    parser.add_argument(
        "--timeout", type=_seconds, default=180, metavar="S", help="wait this long for one answer (default 180)"
    )
    parser.add_argument("--cache", type=Path, metavar="DIR", help="keep the servers' answers here")
    parser.add_argument(
        "--no-rate-limit", action="store_true", help="do not ask the server for a free slot: it is one's own"
    )
    parser.set_defaults(run=_build)


def _build(arguments: argparse.Namespace) -> None:
    from geo.osm.files import read_file
    from geo.pack.build import build_pack

    if arguments.osm is not None:
        extract = read_file(arguments.osm)
        name = arguments.osm.name.split(".")[0]
    else:
        extract = _download(arguments)
        name = arguments.place or "custom area"
    manifest = build_pack(
        extract,
        arguments.out,
        name=arguments.name or name,
        name_en=arguments.name_en,
        when=datetime.now(UTC),
        population=arguments.population,
    )
    _say_built(arguments.out, manifest)


def _download(arguments: argparse.Namespace) -> Extract:
    from geo.coords import BBox
    from geo.osm.overpass import OverpassSettings, download_bbox, download_place

    given = {"overpass_url": arguments.overpass_url, "nominatim_url": arguments.nominatim_url}
    settings = OverpassSettings(
        timeout_s=arguments.timeout,
        cache=arguments.cache,
        rate_limit=not arguments.no_rate_limit,
        **{key: value for key, value in given.items() if value is not None},
    )
    if arguments.place is not None:
        return download_place(arguments.place, settings)
    return download_bbox(BBox(*_read_bbox(arguments.bbox)), settings)


def _read_bbox(text: str) -> tuple[float, float, float, float]:
    parts = text.split(",")
    if len(parts) != 4:
        raise ParameterError(f"bbox={text[:60]!r} must be four numbers W,S,E,N, e.g. 116.38,39.87,116.44,39.97")
    west, south, east, north = (
        read_degrees("bbox", part, limit) for part, limit in zip(parts, (180, 90, 180, 90), strict=True)
    )
    if west >= east or south >= north:
        raise ParameterError(f"bbox={text} is empty: west must be less than east, south less than north")
    return west, south, east, north


def _add_sample(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder of the pack")
    parser.set_defaults(run=_sample)


def _sample(arguments: argparse.Namespace) -> None:
    _build_sample(arguments.out)


def _build_sample(out: Path) -> None:
    from geo.pack.sample import build_sample

    manifest = build_sample(out, datetime.now(UTC))
    _say_built(out, manifest)


def _say_built(out: Path, manifest: Manifest) -> None:
    counts = manifest.counts
    print(
        f"{manifest.name} → {out}: {counts['edges']:,} streets, {counts['places']:,} places, "
        f"{counts['names']:,} names, {counts['subdistricts']:,} subdistricts"
    )
    for mode in MODES:
        if count := counts[f"places_out_of_reach_{mode}"]:
            print(f"  out of reach: {count:,} places by {mode}")
    for reason, count in manifest.dropped.items():
        print(f"  left out: {count:,} {reason}")


def _add_serve(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--city", type=Path, metavar="DIR", help="a city pack (default: the newest built, else the sample)"
    )
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (default %(default)s: this machine only)"
    )
    parser.add_argument("--port", type=_port, default=8000, help="0 for any free one (default %(default)s)")
    parser.add_argument(
        "--workers", type=_count, metavar="N", help="processes that answer (default: 2, or 1 on a single core)"
    )
    parser.add_argument(
        "--state",
        type=Path,
        metavar="DIR",
        default=Path("data/state"),
        help="where planners' scenarios and results are kept (default %(default)s)",
    )
    parser.add_argument("--url", help="the site's public address, which the codes of posters lead to: https://…")
    parser.add_argument(
        "--embed-on",
        action="append",
        default=[],
        metavar="ORIGIN",
        help="a site that may show /embed in its pages, e.g. https://www.example.org; repeat for several",
    )
    parser.add_argument(
        "--base-map",
        metavar="NAME",
        default=os.environ.get("YIZHAN_BASE_MAP") or "own",
        help="who draws the streets: own (default), tianditu, tianditu-image, or https://…/{z}/{x}/{y}.png?key={key}",
    )
    parser.add_argument(
        "--base-map-key-file", type=Path, metavar="FILE", help="its key, on the first line (or YIZHAN_BASE_MAP_KEY)"
    )
    parser.add_argument(
        "--base-map-datum",
        metavar="DATUM",
        default=os.environ.get("YIZHAN_BASE_MAP_DATUM") or None,
        help="of the tiles behind an address: wgs84 (default) or gcj02",
    )
    parser.add_argument(
        "--base-map-attribution",
        metavar="TEXT",
        default=os.environ.get("YIZHAN_BASE_MAP_ATTRIBUTION") or None,
        help="what its provider wants to be said; needed with an address",
    )
    add_register(parser)
    parser.set_defaults(run=_serve)


def _add_report(parser: argparse.ArgumentParser) -> None:
    add_report(parser)
    parser.set_defaults(run=_report)


def _report(arguments: argparse.Namespace) -> None:
    from webmap.report import report_files

    write_reports(arguments, report_files)


def _seconds(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) < 6 and int(text) > 0:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text[:40]!r} is no time to wait; give a whole number of seconds, 1 or more")


def _count(text: str) -> int:
    if text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= 64:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text[:40]!r} is no number of processes; give a whole number from 1 to 64")


def _port(text: str) -> int:
    if text.isascii() and text.isdigit() and int(text) < 65536:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is no port; give a whole number from 0 to 65535")


def _press() -> Press:
    from webmap.posters.press import PosterPress

    return PosterPress()


@contextmanager
def _without_pandas() -> Iterator[None]:
    """Let imports find no pandas: 30 MB that folium loads where it can, to know a table if it were given one.

    A server gives it none. Whatever needs pandas itself imports it when it is needed, and finds it.
    """
    if "pandas" in sys.modules:
        yield
        return
    sys.modules["pandas"] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules["pandas"]


def _serve(arguments: argparse.Namespace) -> None:
    with _without_pandas():
        from webmap.serving import serve
    from geo.posters.links import read_site_url
    from webmap.base_maps import read_key, read_provider
    from webmap.embed.origins import read_origins
    from webmap.settings import Settings

    register = arguments.register if "://" in arguments.register or Path(arguments.register).is_file() else None
    url = None if arguments.url is None else read_site_url(arguments.url)
    settings = Settings(arguments.host, arguments.port, register, CALENDAR, arguments.state, url=url)
    key_file = arguments.base_map_key_file
    provider = read_provider(
        arguments.base_map,
        key=read_key(key_file) if key_file else os.environ.get("YIZHAN_BASE_MAP_KEY", ""),
        datum=arguments.base_map_datum,
        attribution=arguments.base_map_attribution,
    )
    settings = replace(settings, embedders=read_origins(arguments.embed_on), base_map=provider)
    if arguments.workers is not None:
        settings = replace(settings, workers=arguments.workers)
    serve(arguments.city or default_city(), settings)


def _files(out: Path, pack: Path | None, register: str | None, areas: Sequence[str], when: datetime) -> None:
    from geo.live import LiveCity
    from geo.pack.folder import new_folder
    from webmap.filed.writing import INDEX, write_site

    live = LiveCity.open(pack or default_city(), register, CALENDAR)
    with new_folder(out, INDEX, "site that this command wrote", "--site") as folder:
        written = write_site(live, folder, when, areas)
    for area, size in written.pockets:
        print(f"  {area}: {size:,} bytes")
    print(f"{out}: {written.files:,} files, {written.bytes / 1e6:,.1f} MB; open index.html through a web server")


def default_city(packs: Path = Path("data/packs")) -> Path:
    """Return the newest city pack that was built here; else the sample, which is built if need be."""
    from geo.pack.folder import MANIFEST

    built = [manifest for manifest in packs.glob(f"[!.]*/{MANIFEST}") if manifest.parent.name != SAMPLE]
    if built:
        return max(built, key=lambda manifest: manifest.stat().st_mtime).parent
    if _stale(packs / SAMPLE / MANIFEST):
        _build_sample(packs / SAMPLE)
    return packs / SAMPLE


def _stale(manifest: Path) -> bool:
    """Tell whether the sample was never built, or before its tables or the format of packs were last changed."""
    from geo.pack.folder import read_manifest
    from geo.pack.sample import sample_folder

    try:
        read_manifest(manifest.parent)
    except PackError:
        return True
    return any(table.stat().st_mtime > manifest.stat().st_mtime for table in sample_folder().glob("*.csv"))


if __name__ == "__main__":
    sys.exit(main())
