"""The archive of Spark's classes: made at set-up, used by every job."""

from pathlib import Path

from crime_trends.datasets import DATASETS
from crime_trends.resources import pyspark
from crime_trends.resources.class_archive import make_archive
from crime_trends_tests.spark.conftest import csv_text
from crime_trends_tests.spark.test_job import Workplace, row_of


class OnlyWithArchive(pyspark.PySparkResource):
    """Spark in a JVM that refuses to start without the archive."""

    def session_settings(self, input_bytes: int) -> dict[str, str]:
        settings = super().session_settings(input_bytes)
        settings["spark.driver.extraJavaOptions"] += " -Xshare:on"
        return settings


def test_a_job_runs_on_the_archive_that_was_made(tmp_path: Path) -> None:
    archive = pyspark.class_archive()
    if not archive.exists():  # Set-up makes it; it takes half a minute.
        assert make_archive() == archive

    workplace = Workplace(tmp_path)
    workplace.pyspark = OnlyWithArchive(memory="512m", temporary_dir=str(workplace.temporary_dir))
    dataset = DATASETS["san_diego_nibrs_offenses"]
    workplace.bring(dataset, "2024", csv_text([row_of(dataset, 1, "2024-04-10")]))
    assert workplace.clean(dataset, ["2024-04"])["2024-04"].clean_rows == 1
