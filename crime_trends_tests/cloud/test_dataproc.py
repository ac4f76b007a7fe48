"""The real script on Dataproc's stand-in, as a job and as a batch: its files, its messages, and whatever goes wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from crime_trends.datasets import DATASETS
from crime_trends_tests.cloud.conftest import CloudWorkplace
from crime_trends_tests.cloud.dataproc import Dataproc
from crime_trends_tests.spark.test_job import MONTHS, THREE_MONTHS, outcomes, three_months

CALLS = DATASETS["san_diego_calls_for_service"]
pytestmark = pytest.mark.xdist_group("cloud")


@pytest.mark.parametrize("backend", ["jobs", "batches"])
def test_months_are_cleaned_and_their_log_comes_back(
    backend: str, dataproc: Dataproc, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    workplace = CloudWorkplace(tmp_path, dataproc, backend)
    workplace.bring(CALLS, "2024", three_months(CALLS))
    manifests = workplace.clean(CALLS, MONTHS)
    assert outcomes(manifests.values()) == THREE_MONTHS
    assert "2024-04: 2 clean, 0 rejected, 1 exact duplicates" in "".join(capfd.readouterr())
