"""Decides what becomes of each row, and counts it: clean, rejected with a reason, or dropped as an exact duplicate.

A row is rejected only if it belongs to no month, has no id, or is superseded by another row of the same id in the same
month. A row with as many fields as the header stays before one with too few or too many, then the one with the later
``:updated_at``, else the greater row hash, so that the choice never depends on the order of the rows. Exact duplicates
are the same in every column that the column map names.
"""

from __future__ import annotations

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F  # noqa: N812

from crime_cleaning.reasons import Rejection
from crime_cleaning.spec import CleaningReport, MonthCounts

CLEAN, REJECTED, DUPLICATE = "clean", "rejected", "duplicate"


def with_outcomes(rows: DataFrame, partitions: int, raw: Column) -> DataFrame:
    """The rows of ``read_years`` with ``outcome``, ``reason`` and, of a rejected row, ``raw``.

    The one shuffle of the job: all rows of a month come to lie in one part, in which one sort brings rows of the same
    key, and among them equal ones, together.
    """
    # A row that belongs to no month is never weighed against one of the month whose rejects it joins.
    # The hash goes first, since sorting by a number is fast, and months and ids begin alike.
    key = ("key_hash", "partition", "is_dated", "row_id")
    same_key = Window.partitionBy(*key).orderBy("row_hash", F.desc_nulls_last("updated_at"))
    rank = F.struct(F.col("malformed").isNull().alias("is_whole"), "updated_at", "row_hash")
    every_row = same_key.rowsBetween(Window.unboundedPreceding, Window.unboundedFollowing)
    is_usable = F.col("is_dated") & F.col("row_id").isNotNull()
    return (
        rows.repartition(partitions, "partition")
        .withColumn("key_hash", F.xxhash64("partition", "is_dated", "row_id"))
        .withColumns(
            {
                "hash_before": F.lag("row_hash").over(same_key),
                "first_rank": F.max(rank).over(every_row),
            }
        )
        .withColumn(
            "outcome",
            F.when(~is_usable, REJECTED)
            .when(F.col("row_hash") == F.col("hash_before"), DUPLICATE)
            .when(rank == F.col("first_rank"), CLEAN)
            .otherwise(REJECTED),
        )
        .withColumn(
            "reason",
            F.when(~F.col("is_dated"), Rejection.NO_MONTH)
            .when(F.col("row_id").isNull(), Rejection.NO_ID)
            .when(F.col("outcome") == REJECTED, Rejection.SUPERSEDED),
        )
        .withColumn("raw", F.when(F.col("outcome") == REJECTED, raw))
        .drop("key_hash", "hash_before", "first_rank", "is_dated", "updated_at", "row_hash", "year")
    )


def rejects(rows: DataFrame) -> DataFrame:
    """The rejected rows as they are stored; ``partition`` names the folder."""
    return rows.where(F.col("outcome") == REJECTED).select("reason", "row_id", "month", "raw", "partition")


def tally(rows: DataFrame) -> DataFrame:
    """The cleaned rows by month, outcome, reason and issue: a group for each that occurs, and one without an issue."""
    issues = F.when(F.col("outcome") == CLEAN, F.col("issues")).otherwise(F.array().cast("array<string>"))
    labels = F.explode(F.concat(F.array(F.lit("")), issues)).alias("issue")
    labelled = rows.select("partition", "outcome", "reason", labels)
    return labelled.groupBy("partition", "outcome", "reason", "issue").count()


def count(rows: DataFrame) -> CleaningReport:
    """Counts the cleaned rows; only the numbers of ``tally`` reach the driver."""
    report = CleaningReport({})
    for month, outcome, reason, issue, number in sorted(tally(rows).collect(), key=str):
        counts = report.months.setdefault(month, MonthCounts())
        if issue:
            column = issue.split(":")[0]
            counts.issues[column] = counts.issues.get(column, 0) + number
        elif outcome == CLEAN:
            counts.clean_rows += number
        elif outcome == DUPLICATE:
            counts.duplicate_rows += number
        else:
            counts.rejected_rows += number
            counts.rejections[reason] = counts.rejections.get(reason, 0) + number
    return report
