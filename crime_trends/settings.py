"""The settings: the only place that reads the environment.

Every setting is an environment variable with the prefix ``CRIME_TRENDS_`` (or a line of a ``.env`` file in the
working directory). ``Settings.load`` turns what is missing or wrong into one line that names it.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from crime_trends.cloud_settings import PREFIX as PREFIX
from crime_trends.cloud_settings import BaseUrl, CloudSettings
from crime_trends.datasets import CITIES
from crime_trends.errors import UsageError

DEFAULT_HOME = Path(".crime_trends")
REPOSITORY = Path(__file__).resolve().parents[1]


def _absolute(path: Path) -> Path:
    return path.expanduser().absolute()


class Settings(CloudSettings, BaseSettings):
    """What a user can set. Each field is the variable ``CRIME_TRENDS_<FIELD IN UPPER CASE>``; an empty one is unset."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    home: Annotated[Path, AfterValidator(_absolute)] = Field(
        DEFAULT_HOME, description="Folder of the lake, the warehouse and the reports."
    )
    austin_url: BaseUrl = Field(CITIES["austin"].portal_url, description="Base address of Austin's portal.")
    los_angeles_url: BaseUrl = Field(
        CITIES["los_angeles"].portal_url, description="Base address of Los Angeles's portal."
    )
    san_diego_url: BaseUrl = Field(
        CITIES["san_diego"].portal_url, description="Base address of San Diego's file server."
    )
    socrata_app_token: SecretStr | None = Field(None, description="App token for the two Socrata portals.")
    socrata_page_rows: int = Field(50_000, ge=1, le=50_000, description="Rows asked for in one request to Socrata.")
    http_timeout_seconds: float = Field(60, gt=0, description="How long to wait for a portal to send anything.")
    http_attempts: int = Field(5, ge=1, description="How often a request is tried before it fails.")
    spark_memory: str = Field("2g", pattern=r"^\d+[mg]$", description="Memory of the local Spark driver.")
    duckdb_memory: str = Field("2GB", pattern=r"^\d+(MB|GB)$", description="Memory limit of DuckDB.")
    web_url: BaseUrl = Field("http://127.0.0.1:3000", description="Where Dagster's web server is.")
    webhook_url: SecretStr | None = Field(None, description="Address that is told of failures, by a JSON message.")
    executor: Literal["in_process", "multiprocess"] = Field(
        "in_process", description="Whether the steps of a run share one process or have one each, as on a server."
    )
    lock_timeout_seconds: float = Field(
        60, ge=0, description="How long to wait for another process to let go of the home."
    )

    @classmethod
    def load(cls, *, sample: bool = False) -> Settings:
        """The settings of this process. A home that the environment does not name lies beside the Makefile.

        Arguments:
            sample: made-up data are meant, which have a home of their own unless the environment names one.

        Raises:
            UsageError: a setting is wrong, and the message names each variable and what is wrong with it; or made-up
                data are meant for Google Cloud.
        """
        try:
            settings = cls()
        except ValidationError as error:
            problems = []
            for problem in error.errors():
                named = f"{PREFIX}{str(problem['loc'][0]).upper()}: " if problem["loc"] else ""
                problems.append(named + problem["msg"].removeprefix("Value error, "))
            raise UsageError("wrong setting: " + "; ".join(problems)) from None
        if sample and settings.target == "gcp":
            raise UsageError(
                f"--sample works on this machine alone, but {PREFIX}TARGET is gcp; unset it, or set it to local"
            )
        if "home" in settings.model_fields_set:
            return settings
        home = REPOSITORY / DEFAULT_HOME
        return settings.model_copy(update={"home": home / "sample" if sample else home})

    def export(self) -> Path:
        """Tells what is started from this process (Dagster, dbt) where the home and the portals are.

        ``DAGSTER_HOME`` stays as it is if the environment names one.

        Returns:
            Dagster's home.

        Raises:
            UsageError: Dagster's home is not the absolute path of a folder, or Dagster would take it for a pattern and
                overlook its configuration there.
        """
        dagster_home = Path(os.environ.setdefault("DAGSTER_HOME", str(self.dagster_dir)))
        if not (dagster_home.is_absolute() and dagster_home.is_dir()):
            raise UsageError(f"DAGSTER_HOME must be the absolute path of a folder that exists, not {dagster_home}")
        if set("*?[") & set(str(dagster_home)):
            raise UsageError(
                f"{dagster_home} can't be Dagster's home, which must have none of * ? [ in its path; set "
                f"{PREFIX}HOME, or DAGSTER_HOME alone, to another folder"
            )
        os.environ[f"{PREFIX}HOME"] = str(self.home)
        for city in CITIES:
            os.environ[f"{PREFIX}{city.upper()}_URL"] = self.portal_url(city)
        os.environ[f"{PREFIX}DUCKDB_MEMORY"] = self.duckdb_memory
        os.environ["DBT_TARGET_PATH"] = str(self.dbt_target_dir)
        os.environ.update(self.dbt_variables)
        return dagster_home

    def portal_url(self, city: str) -> str:
        """Base address of a city's portal."""
        url: str = getattr(self, f"{city}_url")
        return url

    def maps_url(self, city: str) -> str:
        """Base address of what serves the boundaries of a city's police areas.

        That is the host of the city's maps if it has one; whatever stands in for its portal stands in for that too.
        """
        url = self.portal_url(city)
        return CITIES[city].maps_url or url if url == CITIES[city].portal_url else url

    @property
    def data_place(self) -> str:
        """What holds the data, for people: the home, or the bucket."""
        return str(self.home) if self.target == "local" else f"gs://{self.lake_bucket}"

    @property
    def data_setting(self) -> str:
        """The variable that says what holds the data."""
        return f"{PREFIX}{'HOME' if self.target == 'local' else 'LAKE_BUCKET'}"

    @property
    def lake_dir(self) -> Path:
        """The local lake."""
        return self.home / "lake"

    @property
    def warehouse_file(self) -> Path:
        """The DuckDB file; not called after a schema, since DuckDB names the catalog after the file."""
        return self.home / "crime_trends.duckdb"

    @property
    def reports_dir(self) -> Path:
        """Where the dashboard lies."""
        return self.home / "reports"

    @property
    def temporary_dir(self) -> Path:
        """Scratch space of Spark and DuckDB."""
        return self.home / "tmp"

    @property
    def dbt_target_dir(self) -> Path:
        """Where dbt writes what it compiled and logged."""
        return self.home / "dbt"

    @property
    def dagster_dir(self) -> Path:
        """Dagster's home when the environment names none."""
        return self.home / "dagster"
