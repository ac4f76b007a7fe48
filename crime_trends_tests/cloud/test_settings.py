"""The settings of Google Cloud: what is missing or wrong is one line that names it."""

from __future__ import annotations

import os
import traceback
from collections.abc import Mapping
from typing import Any

import jinja2
import pytest
import yaml

from crime_trends.cloud_settings import CloudSettings
from crime_trends.errors import CloudError, UsageError
from crime_trends.portals.token import socrata_app_token
from crime_trends.resources.dataproc import dataproc
from crime_trends.resources.spark_session import spark_session
from crime_trends.settings import Settings
from crime_trends_tests.cloud.secret_manager import running_secret_manager
from crime_trends_tests.conftest import REPOSITORY

COMPLETE = {"TARGET": "gcp", "GCP_PROJECT": "crimes", "LAKE_BUCKET": "lake", "PIPES_BUCKET": "pipes"}
SECRET = "projects/crimes/secrets/socrata/versions/latest"  # noqa: S105
CANARY = "canary-4b1d77"
REFUSED = "projects/crimes/secrets/socrata/versions/1"
CHANGED: dict[str, tuple[str, Any]] = {
    "target": ("gcp", "gcp"),
    "spark": ("dataproc", "dataproc"),
    "gcp_project": ("crimes", "crimes"),
    "gcp_region": ("europe-west1", "europe-west1"),
    "lake_bucket": ("lake", "lake"),
    "pipes_bucket": ("pipes", "pipes"),
    "bigquery_prefix": ("mine", "mine"),
    "bigquery_location": ("EU", "EU"),
    "bigquery_deadline_seconds": ("60", 60),
    "dbt_target": ("dev", "dev"),
    "dataproc_cluster": ("crimes", "crimes"),
    "spark_runtime": ("2.3", "2.3"),
    "spark_image": ("pkg.dev/image", "pkg.dev/image"),
    "spark_service_account": ("spark@example.org", "spark@example.org"),
    "spark_subnetwork": ("inside", "inside"),
    "spark_executors": ("3", 3),
    "spark_executor_cores": ("8", 8),
    "spark_executor_memory": ("20g", "20g"),
    "spark_properties": ('{"spark.x": "1"}', {"spark.x": "1"}),
    "spark_session_properties": ('{"spark.y": "1"}', {"spark.y": "1"}),
    "spark_session_deadline_seconds": ("60", 60),
    "spark_deadline_seconds": ("60", 60),
    "spark_poll_seconds": ("0.5", 0.5),
    "socrata_app_token_secret": ("socrata", "socrata"),
    "storage_endpoint": ("http://127.0.0.1:1/", "http://127.0.0.1:1"),
    "bigquery_endpoint": ("http://127.0.0.1:2", "http://127.0.0.1:2"),
    "dataproc_endpoint": ("http://127.0.0.1:3", "http://127.0.0.1:3"),
    "secret_manager_endpoint": ("https://example.org", "https://example.org"),
}
"""Field -> how the environment says something else than its default, and what that is."""


def load(monkeypatch: pytest.MonkeyPatch, settings: Mapping[str, str]) -> Settings:
    for name, value in settings.items():
        monkeypatch.setenv(f"CRIME_TRENDS_{name}", value)
    return Settings.load()


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"GCP_PROJECT": ""}, "CRIME_TRENDS_GCP_PROJECT is needed on Google Cloud"),
        ({"LAKE_BUCKET": ""}, "CRIME_TRENDS_LAKE_BUCKET is needed on Google Cloud"),
        ({"PIPES_BUCKET": ""}, "CRIME_TRENDS_PIPES_BUCKET is needed for CRIME_TRENDS_SPARK=dataproc-serverless"),
        ({"SPARK": "dataproc"}, "CRIME_TRENDS_DATAPROC_CLUSTER is needed for CRIME_TRENDS_SPARK=dataproc"),
        ({"TARGET": "local", "SPARK": "dataproc"}, "CRIME_TRENDS_SPARK=dataproc needs CRIME_TRENDS_TARGET=gcp"),
        ({"TARGET": "aws"}, "CRIME_TRENDS_TARGET: "),
        ({"LAKE_BUCKET": "gs://lake"}, "CRIME_TRENDS_LAKE_BUCKET: "),
        ({"SPARK_EXECUTORS": "1"}, "CRIME_TRENDS_SPARK_EXECUTORS: "),
        ({"SPARK_EXECUTOR_CORES": "2"}, "CRIME_TRENDS_SPARK_EXECUTOR_CORES: must be one of 4, 8, 16"),
        ({"BIGQUERY_PREFIX": "crime-trends"}, "CRIME_TRENDS_BIGQUERY_PREFIX: "),
        ({"DBT_TARGET": "local"}, "CRIME_TRENDS_DBT_TARGET: "),
        ({"SPARK_PROPERTIES": "spark.x=1"}, "CRIME_TRENDS_SPARK_PROPERTIES: Invalid JSON"),
        ({"STORAGE_ENDPOINT": "127.0.0.1:80"}, "CRIME_TRENDS_STORAGE_ENDPOINT: must be an address"),
    ],
)
def test_what_is_missing_or_wrong_is_named(
    changed: dict[str, str], named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UsageError) as failure:
        load(monkeypatch, {**COMPLETE, **changed})
    assert str(failure.value).startswith(f"wrong setting: {named}")
    assert "\n" not in str(failure.value)


def test_every_setting_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    defaults = Settings.load()
    settings = load(monkeypatch, {name.upper(): text for name, (text, _) in CHANGED.items()})
    for name in CloudSettings.model_fields:
        assert getattr(settings, name) == CHANGED[name][1] != getattr(defaults, name), name


@pytest.mark.parametrize(
    ("cores", "memory", "taken"),
    [
        ("4", "9600m", None),
        ("4", "2925m", "2926m to 21211m"),
        ("4", "21g", "2926m to 21211m"),
        ("16", "9600m", "11703m to 84846m"),
        ("16", "82g", None),
    ],
)
def test_serverless_takes_so_much_memory_for_each_core(
    cores: str, memory: str, taken: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = {**COMPLETE, "SPARK_EXECUTOR_CORES": cores, "SPARK_EXECUTOR_MEMORY": memory}
    if taken:
        with pytest.raises(UsageError, match=rf"MEMORY={memory} does not fit .*_CORES={cores}: .* takes {taken}$"):
            load(monkeypatch, chosen)
        chosen |= {"SPARK": "dataproc", "DATAPROC_CLUSTER": "crimes"}
    properties = dataproc(load(monkeypatch, chosen)).spark_properties()
    for process in ("driver", "executor"):
        assert properties[f"spark.{process}.cores"] == cores
        assert properties[f"spark.{process}.memory"] == memory


@pytest.mark.parametrize(
    ("target", "prefix", "held"),
    [("dev", "", "crime_trends_dev"), ("prod", "", "crime_trends"), ("dev", "mine", "mine")],
)
def test_dbt_builds_where_the_warehouse_is(
    target: str, prefix: str, held: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = load(monkeypatch, {**COMPLETE, "DBT_TARGET": target, "BIGQUERY_PREFIX": prefix})
    profile = yaml.safe_load((REPOSITORY / "dbt_project" / "profiles.yml").read_text())["crime_trends"]["outputs"]

    def rendered(name: str) -> str:
        read = settings.dbt_variables.__getitem__  # without defaults, which would be said twice
        return jinja2.Template(profile[target][name]).render(env_var=read)

    assert settings.bigquery_prefix == held
    assert [rendered(name) for name in ("project", "dataset", "location")] == ["crimes", held, "us-central1"]


def test_spark_runs_serverless_on_google_cloud_and_here_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings.load().spark_place == "local"
    assert load(monkeypatch, COMPLETE).spark_place == "dataproc-serverless"
    settings = load(monkeypatch, {"SPARK": "local", "PIPES_BUCKET": ""})
    assert settings.spark_place == "local"
    assert (settings.data_place, settings.data_setting) == ("gs://lake", "CRIME_TRENDS_LAKE_BUCKET")


def test_each_spark_has_the_properties_that_are_meant_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = {"SPARK_PROPERTIES": '{"spark.x": "1"}', "SPARK_SESSION_PROPERTIES": '{"spark.jars": "/a.jar"}'}
    settings = load(monkeypatch, {**COMPLETE, **chosen})
    assert dataproc(settings).spark_properties()["spark.x"] == "1"
    assert "spark.jars" not in dataproc(settings).spark_properties()
    session = spark_session(settings).properties
    assert (session["spark.jars"], session["spark.datasource.bigquery.project"]) == ("/a.jar", "crimes")
    assert "spark.x" not in session
    assert "spark.jars.packages" not in session


def test_the_token_comes_from_the_environment_before_secret_manager(monkeypatch: pytest.MonkeyPatch) -> None:
    with running_secret_manager({SECRET: b"from the manager\n"}, refused=[REFUSED]) as address:
        place = {"GCP_PROJECT": "crimes", "SECRET_MANAGER_ENDPOINT": address}
        settings = load(monkeypatch, {**place, "SOCRATA_APP_TOKEN_SECRET": "socrata"})
        assert socrata_app_token(settings) == "from the manager"
        assert socrata_app_token(load(monkeypatch, {"SOCRATA_APP_TOKEN_SECRET": SECRET})) == "from the manager"
        assert socrata_app_token(load(monkeypatch, {"SOCRATA_APP_TOKEN": "from here"})) == "from here"
        monkeypatch.delenv("CRIME_TRENDS_SOCRATA_APP_TOKEN")
        with pytest.raises(CloudError, match="the secret projects/crimes/secrets/x/versions/latest failed: status 404"):
            socrata_app_token(load(monkeypatch, {"SOCRATA_APP_TOKEN_SECRET": "x"}))
        with pytest.raises(CloudError, match=f"the secret {REFUSED} failed: status 403, Permission denied$"):
            socrata_app_token(load(monkeypatch, {"SOCRATA_APP_TOKEN_SECRET": REFUSED}))


@pytest.mark.parametrize(
    "token", [f"{CANARY}…".encode(), f"{CANARY}\x1b[1m".encode(), CANARY.encode() + b"\xff", b"\n"]
)
@pytest.mark.parametrize("name", ["CRIME_TRENDS_SOCRATA_APP_TOKEN", f"the secret {SECRET}"])
def test_what_can_be_no_token_is_named_and_never_shown(
    name: str, token: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running_secret_manager({SECRET: token}) as address:
        place = {"SOCRATA_APP_TOKEN_SECRET": SECRET, "SECRET_MANAGER_ENDPOINT": address}
        if name.startswith("CRIME"):
            place = {"SOCRATA_APP_TOKEN": os.fsdecode(token)}
        settings = load(monkeypatch, place)
        with pytest.raises(UsageError) as failure:
            socrata_app_token(settings)
    assert str(failure.value) == f"{name} holds no app token: it must be printable ASCII"
    assert CANARY not in "".join(traceback.format_exception(failure.value)) + repr(settings)


def test_a_secret_without_a_project_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert socrata_app_token(Settings.load()) is None
    with pytest.raises(UsageError, match="CRIME_TRENDS_GCP_PROJECT is needed for CRIME_TRENDS_SOCRATA_APP_TOKEN_SECRE"):
        load(monkeypatch, {"SOCRATA_APP_TOKEN_SECRET": "socrata"})
