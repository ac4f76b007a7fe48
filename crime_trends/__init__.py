"""Open crime data of Austin, Los Angeles and San Diego, from the cities' portals to tables people can trust."""

__version__ = "0.1.0"
