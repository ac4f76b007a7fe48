"""Access to Cloud Storage, and the lake in it, as Dagster resources."""

from __future__ import annotations

from pathlib import Path

from dagster_gcp import GCSResource
from google.cloud import storage

from crime_trends.gcp import storage_client
from crime_trends.lake.base import Lake
from crime_trends.lake.gcs import GCSLake
from crime_trends.resources.storage import LakeResource
from crime_trends.settings import Settings


class CloudStorageResource(GCSResource):
    """Dagster's own access to Cloud Storage, which may be an emulator.

    Arguments:
        endpoint: its address, instead of Google's own.
    """

    endpoint: str | None = None

    def get_client(self) -> storage.Client:
        """A client with the application's default credentials, or without any for an emulator."""
        if self.endpoint is None:
            return super().get_client()
        return storage_client(self.project, self.endpoint)


class GCSLakeResource(LakeResource):
    """The lake in a bucket.

    Arguments:
        storage: access to it.
        bucket: its name.
        temporary_dir: folder of this disk for files on their way.
    """

    storage: CloudStorageResource
    bucket: str
    temporary_dir: str

    def open(self) -> Lake:
        """The lake."""
        return GCSLake(self.storage.get_client(), self.bucket, Path(self.temporary_dir))


def cloud_storage(settings: Settings) -> CloudStorageResource:
    """Access to Cloud Storage as the settings say."""
    return CloudStorageResource(project=settings.gcp_project, endpoint=settings.storage_endpoint)


def gcs_lake(settings: Settings) -> GCSLakeResource:
    """The lake of the settings."""
    return GCSLakeResource(
        storage=cloud_storage(settings), bucket=str(settings.lake_bucket), temporary_dir=str(settings.temporary_dir)
    )
