"""Decides what becomes of each row, and counts it: clean, rejected with a reason, or dropped as an exact duplicate.

A row is rejected only if it belongs to no month, has no id, or is superseded by another row of the same id in the same
month: the later ``:updated_at`` stays, else the greater row hash, so that the choice never depends on the order of the
rows.
"""

from __future__ import annotations

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F  # noqa: N812

from crime_cleaning.reasons import Rejection
from crime_cleaning.spec import CleaningReport, MonthCounts

CLEAN, REJECTED, DUPLICATE = "clean", "rejected", "duplicate"


def with_outcomes(rows: DataFrame, partitions: int) -> DataFrame:
    """The rows of ``read_year`` with ``outcome`` and ``reason``; all rows of a month lie in one part.

    The one shuffle of the job: both windows divide months further, so they find their rows together.
    """
    # A row that belongs to no month is never weighed against one of the month whose rejects it joins.
    key = ("partition", "is_dated", "row_id")
    latest = F.desc_nulls_last("updated_at")
    order_of_key = F.row_number().over(Window.partitionBy(*key).orderBy(latest, F.desc("row_hash")))
    order_of_copies = F.row_number().over(Window.partitionBy(*key, "row_hash").orderBy(latest))
    return (
        rows.repartition(partitions, "partition")
        .withColumns({"order_of_key": order_of_key, "order_of_copies": order_of_copies})
        .withColumn(
            "outcome",
            F.when(~F.col("is_dated") | F.col("row_id").isNull(), REJECTED)
            .when(F.col("order_of_key") == 1, CLEAN)
            .when(F.col("order_of_copies") > 1, DUPLICATE)
            .otherwise(REJECTED),
        )
        .withColumn(
            "reason",
            F.when(~F.col("is_dated"), Rejection.NO_MONTH)
            .when(F.col("row_id").isNull(), Rejection.NO_ID)
            .when(F.col("outcome") == REJECTED, Rejection.SUPERSEDED),
        )
        .withColumn("raw", F.when(F.col("outcome") == REJECTED, F.col("raw")))
        .drop("order_of_key", "order_of_copies", "is_dated", "updated_at", "row_hash")
    )


def rejects(rows: DataFrame) -> DataFrame:
    """The rejected rows as they are stored; ``partition`` names the folder."""
    return rows.where(F.col("outcome") == REJECTED).select("reason", "row_id", "month", "raw", "partition")


def count(rows: DataFrame) -> CleaningReport:
    """Counts the cleaned rows by month, outcome, reason and issues; only these numbers reach the driver."""
    report = CleaningReport({})
    combinations = rows.groupBy("partition", "outcome", "reason", "issues").count().collect()
    for month, outcome, reason, issues, number in sorted(combinations, key=str):
        counts = report.months.setdefault(month, MonthCounts())
        if outcome == CLEAN:
            counts.clean_rows += number
            for issue in issues:
                column = issue.split(":")[0]
                counts.issues[column] = counts.issues.get(column, 0) + number
        elif outcome == DUPLICATE:
            counts.duplicate_rows += number
        else:
            counts.rejected_rows += number
            counts.rejections[reason] = counts.rejections.get(reason, 0) + number
    return report
