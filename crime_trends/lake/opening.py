"""Which lake the settings mean."""

from __future__ import annotations

from crime_trends.lake.base import Lake
from crime_trends.lake.local import LocalLake
from crime_trends.settings import Settings


def lake_of(settings: Settings) -> Lake:
    """The lake of the settings; nothing of it is asked yet."""
    if settings.lake_bucket and settings.target == "gcp":
        # Google's client takes a while to load, which who works on a laptop need not wait for.
        from crime_trends.gcp import storage_client
        from crime_trends.lake.gcs import GCSLake

        client = storage_client(settings.gcp_project, settings.storage_endpoint)
        return GCSLake(client, settings.lake_bucket, settings.temporary_dir)
    return LocalLake(settings.lake_dir)
