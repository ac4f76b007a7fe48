"""The archive of Spark's classes: made at set-up, used by every job."""

from pathlib import Path

import pytest

from crime_trends.datasets import DATASETS
from crime_trends.resources import class_archive, pyspark
from crime_trends_tests.spark.conftest import csv_text
from crime_trends_tests.spark.test_job import Workplace, row_of


class OnlyWithArchive(pyspark.PySparkResource):
    """Spark in a JVM that refuses to start without the archive."""

    def session_settings(self, input_bytes: int) -> dict[str, str]:
        settings = super().session_settings(input_bytes)
        settings["spark.driver.extraJavaOptions"] += " -Xshare:on"
        return settings


def test_a_job_runs_on_the_archive_that_was_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = tmp_path / "an environment" / "spark.jsa"
    for module in (class_archive, pyspark):
        monkeypatch.setattr(module, "class_archive", lambda: archive)
    assert class_archive.make_archive() == archive
    assert sorted(file.name for file in archive.parent.iterdir()) == ["spark.base.jsa", "spark.jsa"]

    workplace = Workplace(tmp_path)
    workplace.pyspark = OnlyWithArchive(memory="512m", temporary_dir=str(workplace.temporary_dir))
    dataset = DATASETS["san_diego_nibrs_offenses"]
    workplace.bring(dataset, "2024", csv_text([row_of(dataset, 1, "2024-04-10")]))
    assert workplace.clean(dataset, ["2024-04"])["2024-04"].clean_rows == 1
