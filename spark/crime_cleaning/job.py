"""The cleaning job: raw years in, clean months and their rejects out, and the numbers of both."""

from __future__ import annotations

from collections.abc import Callable

from pyspark import StorageLevel
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812
from pyspark.sql.types import TimestampType

from crime_cleaning.cleaners import CLEANERS
from crime_cleaning.column_maps import COLUMN_MAPS
from crime_cleaning.columns import ColumnMap
from crime_cleaning.outcomes import CLEAN, count, rejects, with_outcomes
from crime_cleaning.reading import as_json, read_years, texts
from crime_cleaning.spec import CleaningJob, CleaningReport

ROWS_PER_FILE = 2_500_000
"""About 128 MB: one of Los Angeles's real rows takes 52 bytes in Parquet."""

ROW_GROUP_BYTES = 8 * 1024 * 1024
"""What a query reads or skips together: some 100,000 rows."""

RULES = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "false",
    "spark.sql.legacy.timeParserPolicy": "CORRECTED",
    "spark.sql.csv.parser.columnPruning.enabled": "false",  # else Spark overlooks rows with too many fields
    "spark.sql.parquet.datetimeRebaseModeInWrite": "CORRECTED",  # days before 1582 occur, and are no error
}
"""What the rules rely on."""

_SPEED = {
    # Nothing here needs to be planned again while it runs: months are the parts, and they are small.
    "spark.sql.adaptive.enabled": "false",
    # Java never compiles methods above this size; Spark then splits them instead of leaving them interpreted.
    "spark.sql.codegen.hugeMethodLimit": "8000",
    # The rows that are kept are read twice, each column as it is; to compress them costs more than that.
    "spark.sql.inMemoryColumnarStorage.compressed": "false",
    # The output is a folder of its own that is taken over file by file, so these only cost time.
    "spark.hadoop.mapreduce.fileoutputcommitter.algorithm.version": "2",
    "spark.hadoop.mapreduce.fileoutputcommitter.marksuccessfuljobs": "false",
}
"""What makes it fast, unless the settings say otherwise."""


def session(settings: dict[str, str]) -> SparkSession:
    """A session with the given settings, those that the rules rely on, and those that make it fast."""
    builder = SparkSession.builder.appName("clean_crimes")
    for key, value in {**_SPEED, **settings, **RULES}.items():
        builder = builder.config(key, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("WARN")
    return spark


def run(spark: SparkSession, job: CleaningJob, log: Callable[[str], None]) -> CleaningReport:
    """Cleans the months that the job names and writes them into its two folders.

    The rows are kept after the shuffle (in memory, on disk what does not fit), because three things are made of them:
    counts, clean months and rejects; the CSV is read once.

    Raises:
        ValueError: a clean column would be a zoned timestamp.
    """
    column_map = COLUMN_MAPS[job.dataset]
    months = [month for year in job.inputs for month in year.months]
    log(f"{job.dataset}: cleaning {len(months)} month(s) of {', '.join(year.year for year in job.inputs)}")

    rows = cleaned(spark, job).persist(StorageLevel.MEMORY_AND_DISK)
    report = count(rows)
    for month, counts in sorted(report.months.items()):
        log(
            f"{job.dataset} {month}: {counts.clean_rows} clean, {counts.rejected_rows} rejected, "
            f"{counts.duplicate_rows} exact duplicates"
        )

    _write(in_order(rows, column_map), job.output)
    if any(counts.rejected_rows for counts in report.months.values()):
        _write(rejects(rows).sortWithinPartitions("partition", "reason", "row_id", "raw"), job.rejects_output)
    return report


def cleaned(spark: SparkSession, job: CleaningJob) -> DataFrame:
    """All rows of the job's months with their clean columns, ``outcome``, ``reason``, ``row_id`` and ``raw``.

    Raises:
        ValueError: a clean column would be a zoned timestamp.
    """
    column_map = COLUMN_MAPS[job.dataset]
    served = read_years(spark, column_map, job.inputs)
    judged = with_outcomes(served, job.partitions, as_json(column_map, job.inputs))
    rows = CLEANERS[job.dataset](texts(judged, column_map))
    zoned = [field.name for field in rows.schema if isinstance(field.dataType, TimestampType)]
    if zoned:
        raise ValueError(f"zoned timestamps would shift local times: {', '.join(zoned)}")
    return rows


def in_order(rows: DataFrame, column_map: ColumnMap) -> DataFrame:
    """The clean rows with the columns of the clean table, each month by time and id; ``partition`` names the folder."""
    names = [column.name for column in column_map.all_columns]
    time = "occurred_at" if "occurred_at" in names else column_map.month_column
    clean = rows.where(F.col("outcome") == CLEAN).select(*names, "partition")
    return clean.sortWithinPartitions("partition", time, column_map.id_column)


def _write(rows: DataFrame, folder: str) -> None:
    options = {"maxRecordsPerFile": ROWS_PER_FILE, "parquet.block.size": ROW_GROUP_BYTES}
    rows.write.partitionBy("partition").options(**options).mode("error").parquet(folder)
