"""The city pack: a folder that ``yizhan build`` writes and a :class:`~geo.city.City` opens."""
