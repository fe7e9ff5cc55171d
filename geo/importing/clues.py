"""An address and its columns -> what the city knows of it: regions, roads, things.

The geocoder makes a position of these clues; the datum guard asks how well given coordinates agree with them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import shapely
from shapely.geometry.base import BaseGeometry

from geo.coords import LocalMetres
from geo.errors import PackError
from geo.finding.gazetteer import Name
from geo.importing.addresses import Address, parse
from geo.importing.regions import Region, Regions, stem
from geo.importing.roads import Roads
from geo.importing.sites import Sites, Thing, site_key
from geo.pack import folder
from geo.streets.network import StreetNetwork


class Community(NamedTuple):
    """A neighbourhood community or village of a list that somebody gave, and the subdistrict that it belongs to."""

    name: str
    subdistrict: str
    district: str = ""


class Where(NamedTuple):
    """What a row says about where it is, in its own words; empty is not said."""

    address: str = ""
    name: str = ""
    district: str = ""
    subdistrict: str = ""
    community: str = ""


class Clues(NamedTuple):
    """What the city knows of a row's words.

    Attributes
    ----------
    address
        The address, taken apart.
    subdistricts
        Those that the row may mean; more than one if the name repeats and no district is named.
    district
        The one named; None if none is, or the city has none of that name.
    named
        Whether the address itself names the district (a column may hold one word for the whole list).
    roads
        Known roads of the address, in its order.
    things
        For each site of the address, the things that it may mean.
    beginnings
        Subdistricts and quarters that a site or an unknown road begins with: ``西三旗801号院``.
    communities
        The community that is named first, by each subdistrict that it may be in.
    """

    address: Address
    subdistricts: tuple[Region, ...]
    district: Region | None
    named: bool
    roads: tuple[str, ...]
    things: tuple[tuple[Thing, ...], ...]
    beginnings: tuple[Region | Thing, ...]
    communities: tuple[tuple[str, Region], ...]

    def region(self) -> BaseGeometry | None:
        """Return the shape of the smallest region that is named, in metres; None if none is."""
        if self.subdistricts:
            return shapely.union_all([region.shape for region in self.subdistricts])
        return self.district.shape if self.district is not None else None


#: Longest name of a subdistrict or quarter at the front of a text, in characters.
_LONGEST: Final = 8
#: In the order in which they are taken off.
_COMMUNITY_ENDS: Final = ("居民委员会", "居委会", "社区", "小区")
_VILLAGE_ENDS: Final = ("村村民委员会", "村村委会", "村民委员会", "村委会")


class CityWords:
    """What a city's names mean: its regions, roads and things, in metres of one plane.

    Parameters
    ----------
    network
        Streets and their names.
    areas
        GeoJSON features of districts and subdistricts.
    names
        The gazetteer's entries.
    city
        The city's name, which says nothing about where in it.
    communities
        A list of communities and their subdistricts, if there is one.
    """

    def __init__(
        self,
        network: StreetNetwork,
        areas: Sequence[Mapping[str, Any]],
        names: Sequence[Name],
        *,
        city: str = "",
        communities: Sequence[Community] = (),
    ) -> None:
        self.network = network
        self.plane = LocalMetres(network.bbox().centre)
        self.regions = Regions(areas, self.plane)
        self.roads = Roads(network, self.plane)
        #: The whole city, streets and regions, in metres of the plane.
        self.outline = shapely.union_all([self.roads.hull, *(region.shape for region in self.regions.all)])
        shapely.prepare(self.outline)
        self.sites = Sites(names, self.plane)
        self._districts = self.regions.stems("district") | {stem(city)}
        self._places = self._districts | self.regions.stems("subdistrict")
        self._places |= {stem(name.name) for name in names if name.kind in {"area", "station"}}
        self._communities: dict[str, list[Community]] = {}
        for community in communities:
            self._communities.setdefault(community_stem(community.name), []).append(community)

    @classmethod
    def read(cls, pack: Path, communities: Sequence[Community] = ()) -> CityWords:
        """Read a city pack's parts.

        Raises
        ------
        PackError
            A part is missing or damaged.
        """
        try:
            network = StreetNetwork.load(pack / folder.STREETS)
            areas = json.loads((pack / folder.AREAS).read_text(encoding="utf-8"))["features"]
        except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
            raise PackError(f"{pack}: streets or areas missing or damaged ({error}); build the pack again") from error
        city = folder.read_manifest(pack).name
        return cls(network, areas, folder.read_names(pack), city=city, communities=communities)

    def clues(self, where: Where) -> Clues:
        """Look up everything that a row says about where it is.

        What the address says goes before the columns, and these before what the name says.
        """
        address, name = parse(where.address), parse(where.name)
        said = next(filter(None, (address.district, where.district, name.district)), "")
        district = self.regions.district(said)
        subdistricts = next(
            filter(
                None,
                (
                    self.regions.subdistricts(own, said)
                    for own in (address.subdistrict, where.subdistrict, name.subdistrict)
                ),
            ),
            (),
        )
        roads = [found for road in address.roads if (found := self.roads.find(road.name, self._is_place))]
        things = [self.sites.find(site, self._is_place) for site in address.sites]
        begun = [word for word in (*address.sites, *(r.name for r in address.roads if not roads)) if not any(things)]
        named = [where.community, address.community, name.community, *address.sites]
        return Clues(
            address=address,
            subdistricts=subdistricts,
            district=district,
            named=bool(address.district) and district is not None,
            roads=tuple(roads),
            things=tuple(things),
            beginnings=next(filter(None, (self._beginning(word, said) for word in begun)), ()),
            communities=next(filter(None, (self._community(word, said, subdistricts) for word in named)), ()),
        )

    def _beginning(self, word: str, district: str) -> tuple[Region | Thing, ...]:
        """Return what the longest known word at the front of a text names: subdistricts first, then quarters."""
        for length in range(min(len(word), _LONGEST), 1, -1):
            if word[:length] in self._districts:
                continue
            regions = self.regions.subdistricts(word[:length], district)
            quarters = [thing for thing in self.sites.find(word[:length], _nothing) if thing.reach == "quarter"]
            if regions or quarters:
                return regions or tuple(quarters)
        return ()

    def _is_place(self, word: str) -> bool:
        return stem(word) in self._places

    def _community(self, word: str, district: str, subdistricts: Sequence[Region]) -> tuple[tuple[str, Region], ...]:
        """Return the community that a word names, by itself or at its front, by subdistrict."""
        word = community_stem(site_key(word))
        for length in range(len(word), 2, -1):
            by_region = {
                region: entry.name
                for entry in self._communities.get(word[:length], ())
                for region in self.regions.subdistricts(entry.subdistrict, entry.district)
                if not district or stem(region.district) == stem(district)
            }
            if by_region:
                within = {region: name for region, name in by_region.items() if region in subdistricts}
                return tuple((name, region) for region, name in (within or by_region).items())
        return ()


def _nothing(_: str) -> bool:
    return False


def community_stem(name: str) -> str:
    """Return a community's name without the word for its kind.

    Examples
    --------
    >>> community_stem("永泰东里社区居委会"), community_stem("韩家川村委会")
    ('永泰东里', '韩家川村')
    """
    for end in _VILLAGE_ENDS:
        if name.endswith(end) and len(name) > len(end) + 1:
            return name.removesuffix(end) + "村"
    for end in _COMMUNITY_ENDS:
        if name.endswith(end) and len(name) > len(end) + 1:
            name = name.removesuffix(end)
    return name
