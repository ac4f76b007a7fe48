// The same months of every year: as they are known now, and as they were known at the age of the newest.

function yearPanel(dataset, { group, measure }) {
  const panel = { id: `year-${dataset.key}`, dataset, title: `${groupName[group]}, ${dataset.title}`, facts: factsOf(dataset, measure, [group]) };
  const all = rowsOf("year_to_date", dataset.key, measure, group);
  const rows = all.map((row) => ({ ...row, key: row.calendar_year, label: String(row.calendar_year), strong: Boolean(row.is_newest_year), pale: row.comparison_reason !== null }));
  const told = rows.filter((row) => row.measure_count !== null);
  const newest = rows.find((row) => row.is_newest_year);
  if (!told.length) {
    const why = newest
      ? `No year has all of these months: ${newest.reason}. ${lackingText(dataset, measure, group, newest.last_month - (newest.last_month % 12), newest.last_month)}`
      : lackingYear(dataset, measure, group);
    return { ...panel, lacking: why };
  }
  const months = monthRange(newest.last_month - (newest.last_month % 12), newest.last_month).replace(/ \d{4}$/, "");
  return {
    ...panel,
    headline: make("span", { className: "sum" }, `${months} of each year; the newest is known `, figureText(`${panel.id}-age`, newest.age_days, `${newest.age_days} days`), " after"),
    legend: [swatch("bar", dataset.color, "known now"), told.some((row) => row.pale) && swatch("pale", dataset.color, "not comparable with the newest year"), swatch("tick", "var(--ink)", "known at the newest year's age")],
    chart: {
      rows: told, x: "label", height: HEIGHT, label: `${months} by year.`,
      spec: columnChart({ rows: told, field: "measure_count", tick: "same_age_count", color: dataset.color }),
      read: (row) => [
        counted(row.measure_count, measure), `${months} ${row.label}`, `${formatCount(row.same_age_count)} known at that age`,
        row.is_newest_year ? null : row.change_percent === null ? row.comparison_reason : `${newest.calendar_year}: ${formatPercent(row.change_percent)} on it`,
      ],
    },
    table: {
      columns: [
        { key: "label", label: "Year" }, { key: "last_month", label: "January to", format: formatMonth, raw: isoMonth },
        { key: "measure_count", label: "Known now", format: formatCount }, { key: "same_age_count", label: "At the same age", format: formatCount },
        { key: "change_percent", label: `${newest.calendar_year} on it`, format: formatPercent },
        { key: "same_age_change_percent", label: `${newest.calendar_year} on it, at the same age`, format: formatPercent },
        { key: "months_used", label: "Months used" }, { key: "reason", label: "Why not", isText: true, empty: "" },
        { key: "comparison_reason", label: "Why no change", isText: true, empty: "" },
      ],
      rows: rows.toReversed(),
    },
  };
}

defineView({
  key: "year",
  title: "Year to date",
  lead: "January to the last settled month of the newest year, in every year. Late reports are still to come for the newest, so it stands beside the others as they were known at the same age.",
  filters: () => [groupFilter(crimeGroups), cityFilter(), measureFilter()],
  notice: groupNotice,
  panels: (choices) => crimeOf(choices).map((dataset) => yearPanel(dataset, choices)),
});
