"""The real script on Dataproc's stand-in, as jobs and as batches: its files, its messages, and whatever goes wrong."""

import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import dagster as dg
import pytest
from google.api_core.exceptions import InvalidArgument

from crime_trends.automation.retries import KILLED_TAG, POLICY, RUN_DIGITS, attempt
from crime_trends.datasets import DATASETS
from crime_trends.errors import CloudBusyError, CloudError
from crime_trends.gcp import dataproc_batches
from crime_trends.lake.base import ATTEMPTS
from crime_trends.lake.cleaning import plan_cleaning
from crime_trends.resources import dataproc_pipes
from crime_trends.resources.cloud import CloudStorageResource
from crime_trends.resources.dataproc import work_id
from crime_trends.resources.dataproc_pipes import DataprocPipesClient
from crime_trends.resources.pyspark import PySparkResource, SparkResource
from crime_trends_tests.cloud.conftest import CloudWorkplace
from crime_trends_tests.cloud.dataproc import BATCH_ID, JOB_ID, Dataproc, Fate
from crime_trends_tests.cloud.storage import PROJECT, Fault, StorageFront
from crime_trends_tests.spark.test_job import MONTHS, THREE_MONTHS, outcomes, three_months, wait_until

CALLS = DATASETS["san_diego_calls_for_service"]
BACKENDS = ("jobs", "batches")
pytestmark = pytest.mark.xdist_group("cloud")


@pytest.fixture
def make_workplace(dataproc: Dataproc, tmp_path: Path) -> Callable[..., CloudWorkplace]:
    """Makes a workplace with a raw year; options of the PySpark resource can be given."""

    def make(backend: str, **options: object) -> CloudWorkplace:
        workplace = CloudWorkplace(tmp_path, dataproc)
        workplace.pyspark = workplace.resource(backend, **options)
        workplace.bring(CALLS, "2024", three_months(CALLS))
        dataproc.fates.clear()
        dataproc.started.clear()
        return workplace

    return make


def nothing_is_published(workplace: CloudWorkplace) -> bool:
    return workplace.lake.clean_partitions(CALLS.key) == [] and workplace.lake.files(ATTEMPTS) == []


def state(dataproc: Dataproc, id: str) -> str:
    """What the stand-in says of a job or a batch."""
    return dataproc.jobs[id].status.state.name if id in dataproc.jobs else dataproc.batches[id].state.name


def code_objects(workplace: CloudWorkplace) -> dict[str, int]:
    """Name -> generation of what jobs run."""
    return {blob.name: blob.generation for blob in workplace.lake_bucket.list_blobs(prefix="code/")}


def test_a_job_whose_message_is_lost_publishes_nothing_and_the_next_run_heals_it(
    make_workplace: Callable[..., CloudWorkplace],
    dataproc: Dataproc,
    front: StorageFront,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    workplace = make_workplace("jobs", storage=CloudStorageResource(project=PROJECT, endpoint=front.url))
    monkeypatch.setattr(dataproc_pipes, "MESSAGE_SECONDS", 1.0)
    front.faults = [Fault("GET", "messages%2F2.json", 404, times=9999)]
    with pytest.raises(CloudBusyError, match=r"is done, but a message of it was lost \(gs://.*/2\.json\)"):
        workplace.clean(CALLS, MONTHS)
    assert nothing_is_published(workplace)
    code = code_objects(workplace)

    front.faults.clear()
    manifests = workplace.clean(CALLS, MONTHS)
    assert outcomes(manifests.values()) == THREE_MONTHS
    assert "2024-04: 2 clean, 0 rejected, 1 exact duplicates" in "".join(capfd.readouterr())
    assert len(dataproc.started) == 2
    assert code_objects(workplace) == code, "the same code is uploaded once"
    assert len(code) == 2

    job = dataproc.jobs[dataproc.started[1]]
    assert job.placement.cluster_name == "crimes"
    assert job.labels["application"] == "crime_trends"
    assert job.labels["dataset"] == "san-diego-calls-for-service"
    assert job.labels["partition"] == "months-2024-03-to-2024-04"
    assert job.labels["run"].startswith("run-")
    assert job.pyspark_job.properties["spark.executor.instances"] == "2"
    assert job.pyspark_job.properties["spark.executor.memory"] == "9600m"


def test_a_batch_whose_submission_is_answered_by_nobody_runs_once(
    make_workplace: Callable[..., CloudWorkplace], dataproc: Dataproc
) -> None:
    workplace = make_workplace("batches", service_account="spark@example.org", subnetwork="inside")
    dataproc.fates = [Fate(answer_lost=True)]
    assert outcomes(workplace.clean(CALLS, MONTHS).values()) == THREE_MONTHS
    [id] = dataproc.started
    batch = dataproc.batches[id]
    assert batch.labels["application"] == "crime_trends"
    assert batch.runtime_config.version == "2.2"
    execution = batch.environment_config.execution_config
    assert (execution.service_account, execution.subnetwork_uri) == ("spark@example.org", "inside")
    assert execution.staging_bucket == workplace.pipes_bucket.name
    assert execution.ttl.total_seconds() == 600, "it ends by itself, too"
    assert workplace.lake.files(ATTEMPTS) == []


def test_a_script_that_fails_ends_with_the_end_of_its_output(
    make_workplace: Callable[..., CloudWorkplace], dataproc: Dataproc
) -> None:
    workplace = make_workplace("batches")
    manifest = workplace.lake.raw_manifest(CALLS.key, "2024")
    assert manifest is not None
    workplace.lake.remove(manifest.files[0].path)
    with pytest.raises(CloudError, match="ended as FAILED") as failure:
        workplace.clean(CALLS, MONTHS)
    message = str(failure.value)
    assert dataproc.started[0] in message.splitlines()[0]
    assert "Path does not exist: gs://" in message.splitlines()[-1]
    assert len(message.splitlines()) <= dataproc_pipes.OUTPUT_LINES + 1
    assert nothing_is_published(workplace)


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_job_that_ends_badly_before_it_says_anything(
    backend: str, make_workplace: Callable[..., CloudWorkplace], dataproc: Dataproc
) -> None:
    workplace = make_workplace(backend)
    dataproc.fates = [Fate(command="for line in $(seq 99); do echo line $line; done; exit 3")]
    with pytest.raises(CloudError, match=r"driver exited with code 3[\s\S]*\nline 98\nline 99$") as failure:
        workplace.clean(CALLS, MONTHS)
    assert "line 87\n" not in str(failure.value)
    assert nothing_is_published(workplace)


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_job_that_passes_its_deadline_is_cancelled(
    backend: str, make_workplace: Callable[..., CloudWorkplace], dataproc: Dataproc
) -> None:
    workplace = make_workplace(backend, deadline_seconds=1)
    dataproc.fates = [Fate(command="sleep 300")]
    with pytest.raises(CloudError, match=r"still RUNNING after 1 seconds .* CRIME_TRENDS_SPARK_DEADLINE_SECONDS"):
        workplace.clean(CALLS, MONTHS)
    assert state(dataproc, dataproc.started[0]) == "CANCELLED"
    assert nothing_is_published(workplace)


def test_a_job_that_somebody_cancels_is_an_error_that_says_so(
    make_workplace: Callable[..., CloudWorkplace], dataproc: Dataproc
) -> None:
    workplace = make_workplace("jobs")
    dataproc.fates = [Fate(command="sleep 300", cancelled=True)]
    with pytest.raises(CloudError, match="ended as CANCELLED"):
        workplace.clean(CALLS, MONTHS)
    assert nothing_is_published(workplace)


RUN = """
import signal
import sys
from pathlib import Path
from types import SimpleNamespace
from crime_trends.gcp import storage_client
from crime_trends_tests.cloud.conftest import CloudWorkplace
from crime_trends_tests.cloud.storage import PROJECT, Storage
from crime_trends_tests.cloud.test_dataproc import CALLS, MONTHS
signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever started the tests may ignore it
folder, backend, storage, dataproc = sys.argv[1:]
server = Storage(storage, Path(folder), storage_client(PROJECT, storage))
CloudWorkplace(Path(folder), SimpleNamespace(storage=server, endpoint=dataproc), backend).clean(CALLS, MONTHS)
"""


@pytest.mark.parametrize(
    ("backend", "how"),
    [("jobs", signal.SIGTERM), ("batches", signal.SIGTERM), ("batches", signal.SIGINT)],
    ids=("terminated-jobs", "terminated-batches", "interrupted-batches"),
)
def test_a_run_that_is_ended_cancels_its_work(
    backend: str, how: signal.Signals, make_workplace: Callable[..., CloudWorkplace], dataproc: Dataproc, tmp_path: Path
) -> None:
    workplace = make_workplace(backend)
    dataproc.fates = [Fate(command="sleep 300")]
    run = subprocess.Popen(
        [sys.executable, "-c", RUN, str(tmp_path), backend, dataproc.storage.endpoint, dataproc.endpoint],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until(lambda: any(dataproc.looks.count(id) > 2 for id in dataproc.started), "nobody waits for it")
        run.send_signal(how)
        run.wait(timeout=60)
    finally:
        run.kill()
        run.wait()
    assert state(dataproc, dataproc.started[0]) == "CANCELLED"
    assert nothing_is_published(workplace)


@pytest.mark.parametrize("backend", BACKENDS)
def test_who_comes_back_to_an_attempt_finds_its_job_and_starts_no_other(
    backend: str, make_workplace: Callable[..., CloudWorkplace], dataproc: Dataproc
) -> None:
    workplace = make_workplace(backend)
    dataproc.fates = [Fate(command="echo the only one; exit 1"), Fate(command="echo a second one; exit 1")]
    errors = []

    @dg.asset
    def clean(context: dg.AssetExecutionContext, pyspark: SparkResource) -> Iterator[dg.MaterializeResult[None]]:
        plan = plan_cleaning(workplace.lake, CALLS, MONTHS, attempt="0")
        other = plan_cleaning(workplace.lake, CALLS, MONTHS[:1], attempt="0")
        for asked in (plan, plan, other):
            with pytest.raises(CloudError) as failure:
                pyspark.clean(context, asked, workplace.lake)
            errors.append(str(failure.value))
        yield dg.MaterializeResult()

    with dg.DagsterInstance.ephemeral() as instance:
        dg.materialize([clean], instance=instance, resources={"pyspark": workplace.pyspark})
    assert dataproc.started == ["san-diego-calls-for-service-0"]
    assert errors[0].endswith("the only one") and errors[1] == errors[0]
    assert "is at work for another request" in errors[2]
    dataproc.fates.clear()  # of the second, which must not happen to another test


REPEATED: dict[str, CloudWorkplace] = {}
"""The workplace of the job below, which Dagster makes anew by the name of its function when it repeats a run."""


def repeated() -> dg.JobDefinition:
    """A job that cleans as the asset does."""
    workplace = REPEATED["workplace"]

    @dg.asset
    def clean(context: dg.AssetExecutionContext, pyspark: SparkResource) -> None:
        plan = plan_cleaning(workplace.lake, CALLS, MONTHS, attempt=attempt(context))
        pyspark.clean(context, plan, workplace.lake)

    job = dg.define_asset_job("repeated", executor_def=dg.in_process_executor)
    resources = {"pyspark": workplace.pyspark}
    return dg.Definitions([clean], jobs=[job], resources=resources).resolve_job_def("repeated")


@pytest.mark.parametrize(
    ("backend", "is_told"),
    [("jobs", False), ("batches", False), ("jobs", True)],
    ids=("jobs", "batches", "jobs-told-by-the-command"),
)
def test_a_run_that_repeats_one_that_died_ends_its_job_and_then_starts_its_own(
    backend: str,
    is_told: bool,
    make_workplace: Callable[..., CloudWorkplace],
    dataproc: Dataproc,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    def die(*_: object) -> None:
        raise RuntimeError("a process that is killed waits no more, and ends nothing")

    monkeypatch.setitem(REPEATED, "workplace", make_workplace(backend))
    dataproc.fates = [Fate(command="sleep 300"), Fate(command="echo the second; exit 1")]
    (tmp_path / "dagster").mkdir()
    with dg.DagsterInstance.local_temp(str(tmp_path / "dagster")) as instance:
        with monkeypatch.context() as dying:
            dying.setattr(DataprocPipesClient, "_ended", die)
            dying.setattr(DataprocPipesClient, "_end", lambda *_: None)
            died = dg.execute_job(dg.reconstructable(repeated), instance)
        [first] = dataproc.started
        wait_until(lambda: state(dataproc, first) == "RUNNING", "the job of the run that died does not run")

        tags = {KILLED_TAG: died.run_id} if is_told else None
        again = None if is_told else dg.ReexecutionOptions(parent_run_id=died.run_id)
        failed = dg.execute_job(dg.reconstructable(repeated), instance, tags=tags, reexecution_options=again)
        assert not failed.success
    [_, second] = dataproc.started
    assert state(dataproc, first) == "CANCELLED"
    assert dataproc.beside[second] == []
    assert state(dataproc, second) in ("ERROR", "FAILED")


@pytest.mark.parametrize("key", DATASETS)
def test_the_name_of_each_datasets_job_is_one_that_dataproc_takes(key: str) -> None:
    name = work_id(DATASETS[key], f"{'0' * RUN_DIGITS}-{POLICY.max_retries}")
    assert re.fullmatch(BATCH_ID, name) and re.fullmatch(JOB_ID, name)


def test_the_stand_in_refuses_what_the_service_refuses(dataproc: Dataproc) -> None:
    place = f"projects/{PROJECT}/locations/us-central1"
    client = dataproc_batches("us-central1", dataproc.endpoint)
    for batch_id, request_id in (("x" * 64, ""), ("abc", ""), ("With-Capitals", ""), ("fitting", "x" * 41)):
        with pytest.raises(InvalidArgument):
            client.create_batch(request={"parent": place, "batch_id": batch_id, "request_id": request_id, "batch": {}})


def test_a_cluster_that_deleted_itself_is_named_with_what_makes_it_anew(
    make_workplace: Callable[..., CloudWorkplace], dataproc: Dataproc
) -> None:
    workplace = make_workplace("jobs", cluster="gone")
    with pytest.raises(CloudError, match=r"Cluster projects/.*/clusters/gone; .* `terraform apply` makes it anew"):
        workplace.clean(CALLS, MONTHS)
    assert dataproc.started == []
    assert nothing_is_published(workplace)


def test_spark_of_this_machine_cleans_a_lake_in_a_bucket(make_workplace: Callable[..., CloudWorkplace]) -> None:
    workplace = make_workplace("jobs")
    workplace.pyspark = PySparkResource(memory="512m", temporary_dir=str(workplace.temporary_dir))
    assert outcomes(workplace.clean(CALLS, MONTHS).values()) == THREE_MONTHS
    assert workplace.lake.files(ATTEMPTS) == []
    assert not list(workplace.temporary_dir.glob("lake-*"))
