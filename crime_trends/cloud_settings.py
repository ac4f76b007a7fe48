"""The settings of Google Cloud, a part of ``Settings``: what is used there, how large it is, and where it answers.

All credentials are application default credentials; none is a setting. An endpoint that begins with ``http://`` is an
emulator's: whatever talks to it sends no credentials and looks for none.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, Json, ValidationInfo, model_validator

PREFIX = "CRIME_TRENDS_"

DBT_PREFIXES = {"dev": "crime_trends_dev", "prod": "crime_trends"}
"""Target of dbt -> what the names of the BigQuery datasets begin with, if no setting says."""

CORES = (4, 8, 16)
CORE_MEGABYTES = (1024, 7424)
"""What a serverless batch gives a core of a driver or an executor, at least and at most, memory overhead included
(https://cloud.google.com/dataproc-serverless/docs/concepts/properties)."""

PYSPARK_OVERHEAD = 0.4
"""The memory overhead of serverless batches in Python, as a share of the memory; the source is the same."""

SparkPlace = Literal["local", "dataproc", "dataproc-serverless"]


def _base_url(url: str) -> str:
    if not url.startswith(("http://", "https://")):
        raise ValueError("must be an address that begins with http:// or https://")
    return url.rstrip("/")


BaseUrl = Annotated[str, AfterValidator(_base_url)]


def _cores(count: int) -> int:
    if count not in CORES:
        raise ValueError(f"must be one of {', '.join(map(str, CORES))}")
    return count


def _prefix(prefix: str | None, fields: ValidationInfo) -> str:
    return prefix or DBT_PREFIXES[fields.data.get("dbt_target", "prod")]


Memory = Annotated[str, Field(pattern=r"^\d+[mg]$")]
Bucket = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$")]


class CloudSettings(BaseModel):
    """What a user can set of Google Cloud."""

    target: Literal["local", "gcp"] = Field("local", description="Where data live: this machine, or Google Cloud.")
    spark: SparkPlace | None = Field(
        None,
        description="Where Spark runs: `local`, on Google Cloud also `dataproc` (jobs on a cluster) or "
        "`dataproc-serverless` (batches), which is the default there.",
    )
    gcp_project: str | None = Field(
        None, pattern=r"^[a-z][a-z0-9.:-]+$", description="Id of the Google Cloud project; needed on Google Cloud."
    )
    gcp_region: str = Field(
        "us-central1", pattern=r"^[a-z]+(-[a-z]+)+\d+$", description="Region in which Dataproc runs."
    )
    lake_bucket: Bucket | None = Field(None, description="Bucket that is the lake; needed on Google Cloud.")
    pipes_bucket: Bucket | None = Field(
        None,
        description="Bucket for what only lives as long as a run: messages of Spark's jobs, and what Dataproc stages "
        "and prints; needed for Dataproc.",
    )
    dbt_target: Literal["dev", "prod"] = Field(
        "prod",
        description="Target of dbt on Google Cloud: `dev` has datasets of its own, and refuses a query that would read "
        "more than 10 GB.",
    )
    bigquery_prefix: Annotated[str, BeforeValidator(_prefix)] = Field(  # type: ignore[assignment]  # validated
        None,
        pattern=r"^[A-Za-z_][A-Za-z0-9_]*$",
        description="What the names of the BigQuery datasets begin with: `<prefix>_warehouse` and so on; by default "
        f"`{DBT_PREFIXES['prod']}`, and `{DBT_PREFIXES['dev']}` where dbt's target is `dev`.",
    )
    bigquery_location: str | None = Field(None, description="Where BigQuery keeps the data; by default the region.")
    bigquery_deadline_seconds: float = Field(
        3600, ge=1, description="How long a BigQuery job may take until it is cancelled."
    )
    dataproc_cluster: str | None = Field(
        None, description="The cluster that runs Spark's jobs; needed for `dataproc`, and for nothing else."
    )
    spark_runtime: str = Field(
        "2.2", pattern=r"^\d+\.\d+$", description="Runtime of serverless batches; 2.2 is Spark 3.5 on Java 17."
    )
    spark_image: str | None = Field(None, description="Container image of serverless batches, instead of Google's own.")
    spark_service_account: str | None = Field(
        None, description="E-mail address of the account that serverless batches run as; by default the project's own."
    )
    spark_subnetwork: str | None = Field(
        None, description="Subnetwork of serverless batches; by default the project's default network."
    )
    spark_executors: int = Field(2, ge=2, le=2000, description="Executors of a Dataproc job; two are the least.")
    spark_executor_cores: Annotated[int, AfterValidator(_cores)] = Field(
        4, description="Cores of a Dataproc job's driver and of each executor: 4, 8 or 16."
    )
    spark_executor_memory: Memory = Field(
        "9600m", description="Memory of a Dataproc job's driver and of each executor, without Spark's overhead."
    )
    spark_properties: Json[dict[str, str]] = Field(
        "{}",  # type: ignore[arg-type]  # defaults are parsed too
        description="More properties of Spark's jobs on Dataproc, as JSON; they come before what is set above.",
    )
    spark_session_properties: Json[dict[str, str]] = Field(
        "{}",  # type: ignore[arg-type]
        description="More properties of the Spark session in Dagster's own process, which makes the grid, as JSON: "
        "`spark.jars` names the connector for BigQuery, which otherwise comes from Maven Central.",
    )
    spark_session_deadline_seconds: float = Field(
        1800, ge=1, description="How long counting the grid may take until it is ended, and then storing it, each."
    )
    spark_deadline_seconds: float = Field(
        7200,
        ge=1,
        description="How long a Dataproc job may take, waiting for its machines included, until it is ended.",
    )
    spark_poll_seconds: float = Field(5, gt=0, description="How often a Dataproc job and its messages are looked at.")
    socrata_app_token_secret: str | None = Field(
        None,
        description="Secret in Secret Manager that holds the app token: its name in the project, or "
        "`projects/P/secrets/S/versions/V`.",
    )
    storage_endpoint: BaseUrl | None = Field(None, description="Cloud Storage's address, instead of Google's own.")
    bigquery_endpoint: BaseUrl | None = Field(None, description="BigQuery's address, instead of Google's own.")
    dataproc_endpoint: BaseUrl | None = Field(None, description="Dataproc's address, instead of Google's own.")
    secret_manager_endpoint: BaseUrl | None = Field(
        None, description="Secret Manager's address, instead of Google's own."
    )

    @model_validator(mode="after")
    def _complete(self) -> Self:
        """Refuses what does not go together; the message names every setting that is missing."""
        place = self.spark_place
        if self.socrata_app_token_secret and not (
            self.gcp_project or self.socrata_app_token_secret.startswith("projects/")
        ):
            raise ValueError(
                f"{PREFIX}GCP_PROJECT is needed for {PREFIX}SOCRATA_APP_TOKEN_SECRET, unless that names a project"
            )
        if self.target == "local":
            if place != "local":
                raise ValueError(f"{PREFIX}SPARK={place} needs {PREFIX}TARGET=gcp, since Dataproc can't read this disk")
            return self
        needed = {"gcp_project": "on Google Cloud", "lake_bucket": "on Google Cloud"}
        if place != "local":
            needed["pipes_bucket"] = f"for {PREFIX}SPARK={place}"
        if place == "dataproc":
            needed["dataproc_cluster"] = f"for {PREFIX}SPARK=dataproc"
        missing = [f"{PREFIX}{name.upper()} is needed {why}" for name, why in needed.items() if not getattr(self, name)]
        if missing:
            raise ValueError("; ".join(missing))
        if place == "dataproc-serverless":
            self._check_batch_memory()
        return self

    def _check_batch_memory(self) -> None:
        cores, memory = self.spark_executor_cores, self.spark_executor_memory
        least, most = (round(cores * megabytes / (1 + PYSPARK_OVERHEAD)) for megabytes in CORE_MEGABYTES)
        if not least <= int(memory[:-1]) * (1024 if memory.endswith("g") else 1) <= most:
            raise ValueError(
                f"{PREFIX}SPARK_EXECUTOR_MEMORY={memory} does not fit {PREFIX}SPARK_EXECUTOR_CORES={cores}: "
                f"a serverless batch with so many takes {least}m to {most}m"
            )

    @property
    def bigquery_place(self) -> str:
        """Where BigQuery keeps the data."""
        return self.bigquery_location or self.gcp_region

    @property
    def dbt_variables(self) -> dict[str, str]:
        """The variables that dbt's profile reads on Google Cloud, also where a file or a default set them."""
        if self.target == "local":
            return {}
        is_emulator = self.bigquery_endpoint is not None and self.bigquery_endpoint.startswith("http://")
        values = {
            "GCP_PROJECT": self.gcp_project or "",
            "BIGQUERY_PREFIX": self.bigquery_prefix,
            "BIGQUERY_LOCATION": self.bigquery_place,
            "BIGQUERY_ENDPOINT": self.bigquery_endpoint or "",
            # An emulator takes any token, but dbt must be given one.
            "BIGQUERY_METHOD": "oauth-secrets" if is_emulator else "oauth",
            "BIGQUERY_TOKEN": "none" if is_emulator else "",
        }
        return {f"{PREFIX}{name}": value for name, value in values.items()}

    @property
    def socrata_app_token_version(self) -> str | None:
        """Full name of the version of the secret that holds the app token."""
        name = self.socrata_app_token_secret
        if name is None or name.startswith("projects/"):
            return name
        return f"projects/{self.gcp_project}/secrets/{name}/versions/latest"

    @property
    def spark_place(self) -> SparkPlace:
        """Where Spark runs."""
        return self.spark or ("local" if self.target == "local" else "dataproc-serverless")
