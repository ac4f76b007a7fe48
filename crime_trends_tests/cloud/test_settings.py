"""The settings of Google Cloud: what is missing or wrong is one line that names it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from crime_trends.errors import CloudError, UsageError
from crime_trends.portals.token import socrata_app_token
from crime_trends.resources.dataproc import dataproc
from crime_trends.resources.spark_session import spark_session
from crime_trends.settings import Settings
from crime_trends_tests.cloud.secret_manager import running_secret_manager

COMPLETE = {"TARGET": "gcp", "GCP_PROJECT": "crimes", "LAKE_BUCKET": "lake", "PIPES_BUCKET": "pipes"}
SECRET = "projects/crimes/secrets/socrata/versions/latest"  # noqa: S105
REFUSED = "projects/crimes/secrets/socrata/versions/1"


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
    with running_secret_manager({SECRET: "from the manager\n"}, refused=[REFUSED]) as address:
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


def test_a_secret_without_a_project_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert socrata_app_token(Settings.load()) is None
    with pytest.raises(UsageError, match="CRIME_TRENDS_GCP_PROJECT is needed for CRIME_TRENDS_SOCRATA_APP_TOKEN_SECRE"):
        load(monkeypatch, {"SOCRATA_APP_TOKEN_SECRET": "socrata"})
