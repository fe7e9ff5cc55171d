"""OpenStreetMap comes in: a file or a download becomes one :class:`~geo.osm.extract.Extract`."""
