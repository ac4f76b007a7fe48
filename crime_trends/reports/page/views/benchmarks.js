// Our counts of full years beside the totals that others publish.

function benchmarkPanel(dataset) {
  const panel = { id: `benchmarks-${dataset.key}`, dataset, title: `${dataset.title} beside published totals`, wide: true, facts: factsOf(dataset, "cases", indexGroups) };
  const rows = indexGroups.flatMap((group) => rowsOf("benchmarks", dataset.key, "cases", group)).map((row) => ({
    ...row, key: `${row.offense_group}-${row.calendar_year}`, group: groupName[row.offense_group],
    range: row.low_count === null || row.low_count === row.high_count ? null : `${formatCount(row.low_count)} to ${formatCount(row.high_count)}`,
    verdict: row.reason !== null ? `not told: ${row.reason}` : row.is_close ? "close" : "differs", className: row.reason === null && !row.is_close ? "is-far" : undefined,
  }));
  if (!rows.length) return { ...panel, lacking: `No published total is known of a year of ${dataset.title}.` };
  const told = rows.filter((row) => row.reason === null);
  if (!told.length) return { ...panel, lacking: `No full year of ours counts: ${[...new Set(rows.map((row) => `${row.calendar_year}: ${row.reason}`))].join("; ")}.` };
  return {
    ...panel,
    headline: make("span", { className: "sum" }, figureText(`${panel.id}-close`, told.filter((row) => row.is_close).length, String(told.filter((row) => row.is_close).length)), " of ", figureText(`${panel.id}-told`, told.length, String(told.length)), " totals are close: murder within two cases and 3 %, the others within 5 %"),
    table: {
      shown: true,
      columns: [
        { key: "group", label: "Offense", isText: true }, { key: "calendar_year", label: "Year" }, { key: "measure_count", label: "Ours", format: formatCount },
        { key: "range", label: "Where sources differ", isText: true, empty: "" }, { key: "published_count", label: "Theirs", format: formatCount },
        { key: "difference_count", label: "Difference", format: formatDifference }, { key: "difference_percent", label: "In percent", format: formatPercent },
        { key: "verdict", label: "Result", isText: true }, { key: "published_source", label: "Published by", isText: true },
        { key: "published_as_of", label: "As of", format: (day) => formatDay(day), raw: isoDay }, { key: "published_date_basis", label: "They count by", isText: true },
      ],
      rows,
    },
  };
}

defineView({
  key: "benchmarks",
  title: "Benchmarks",
  lead: "Totals that others publish, beside ours. They may count victims where we count cases, or by the day of the report; a difference is a question and not a mistake.",
  filters: () => [cityFilter()],
  panels: ({ city }) => crimeDatasets.filter(inCity(city)).map(benchmarkPanel),
});
