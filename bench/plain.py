"""The plain way with Spark, as the project that this one replaces went it: CSV to Parquet, read again, clean, write.

The rules are the same, and the session is Spark's own but for memory and what the rules rely on. What becomes of a row
is decided by the project's own code too, so the plain way has what that gains: one shuffle into as many parts as the
project would make, one sort, JSON only of rejected rows, and lists of issues only where there are any. Nothing is
counted, proven or published. ``python -m bench.plain JOB FOLDER`` runs in a process of its own.
"""

from __future__ import annotations

import json
import sys
from functools import reduce
from pathlib import Path

from crime_cleaning.cleaners import CLEANERS
from crime_cleaning.column_maps import COLUMN_MAPS
from crime_cleaning.job import RULES
from crime_cleaning.outcomes import CLEAN, rejects, with_outcomes
from crime_cleaning.reading import as_json, as_served, read_csv, texts
from crime_cleaning.spec import CleaningJob
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812


def clean(job: CleaningJob, folder: Path) -> None:
    """Writes the job's months and their rejects, and the Parquet files between, below the folder."""
    builder = SparkSession.builder.appName("plain")
    for key, value in {**job.spark, **RULES}.items():
        builder = builder.config(key, value)
    spark = builder.getOrCreate()
    column_map = COLUMN_MAPS[job.dataset]
    years = []
    for year in job.inputs:
        between = str(folder / "parquet" / year.year)
        read_csv(spark, year).write.parquet(between)
        years.append(as_served(spark.read.parquet(between), column_map, year))
    served = reduce(DataFrame.unionByName, years)
    judged = with_outcomes(served, job.partitions, as_json(column_map, job.inputs))
    rows = CLEANERS[job.dataset](texts(judged, column_map))
    names = [column.name for column in column_map.all_columns]
    clean_rows = rows.where(F.col("outcome") == CLEAN).select(*names, "partition")
    clean_rows.sortWithinPartitions("partition", "occurred_at", "incident_id").write.partitionBy("partition").parquet(
        job.output
    )
    rejects(rows).write.partitionBy("partition").parquet(job.rejects_output)
    spark.stop()


if __name__ == "__main__":
    clean(CleaningJob.from_json(json.loads(Path(sys.argv[1]).read_text())), Path(sys.argv[2]))
