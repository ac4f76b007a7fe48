// What became of cases: Austin's cohorts by the days since their report, Los Angeles's statuses as of now.

const SMOOTH = 12;

function cohortPanel(dataset, { group, horizon }) {
  const panel = { id: `clearance-${dataset.key}`, dataset, title: `${groupName[group]} cleared within ${horizon} days, ${dataset.title}`, wide: true, facts: factsOf(dataset, "cases", [group]) };
  const all = rowsOf("clearance", dataset.key, "cases", group, Number(horizon));
  const told = all.filter((row) => row.reason === null);
  if (!all.length) return { ...panel, lacking: `No cohort of ${dataset.title} was brought yet.` };
  if (!told.length) return { ...panel, lacking: `No cohort is ${horizon} days past its settling: ${[...new Set(all.map((row) => row.reason))].join("; ")}. ${lackingOfAll(dataset, "cases", group)}` };
  const at = new Map(told.map((row) => [row.month, row]));
  const rows = told.map((row) => {
    const year = Array.from({ length: SMOOTH }, (_, back) => at.get(row.month - back));
    const whole = year.every((month) => month?.series_id === row.series_id);
    const sum = (field) => year.reduce((total, month) => total + month[field], 0);
    const cases = whole ? sum("measure_count") : 0;
    const share = (field) => (cases >= page.leastBase ? sum(field) / cases : null);
    const arrest = share("arrest_count");
    return placed({ ...row, key: row.month, arrest_share: arrest, cleared_share: arrest === null ? null : arrest + share("exceptional_count"), not_stated_share: share("not_stated_count"), month_share: row.measure_count >= page.leastBase ? (row.arrest_count + row.exceptional_count) / row.measure_count : null });
  });
  const isLine = rows.some((row, place) => place && row.cleared_share !== null && rows[place - 1].cleared_share !== null);
  if (!isLine) return { ...panel, lacking: `Fewer than ${page.leastBase} cases in twelve months of one series: no share is told.` };
  const last = rows.at(-1);
  return {
    ...panel,
    headline: last.cleared_share === null ? null : make("span", { className: "sum" }, figureText(`${panel.id}-last`, last.cleared_share, formatShare(last.cleared_share)), ` of the cases of twelve months to ${formatMonth(last.month)}`),
    legend: [swatch("line", dataset.color, "cleared, cohorts of twelve months"), swatch("dash", dataset.color, "of these by arrest"), swatch("dash", "var(--muted)", "status not stated"), swatch("dot", dataset.color, "cohort of a month")],
    chart: {
      rows, x: "at", height: HEIGHT, label: `Share cleared within ${horizon} days, by the month of the case.`,
      spec: timeChart({
        rows, from: rows[0].at, to: last.end, breaks: breaksOf(dataset, [group]), format: ".0%",
        layers: [
          { kind: "points", field: "month_share", color: dataset.color, opacity: 0.28 },
          { kind: "line", field: "not_stated_share", color: "var(--muted)", strokeDash: [4, 3], strokeWidth: 1.2 },
          { kind: "line", field: "arrest_share", color: dataset.color, strokeDash: [5, 3], strokeWidth: 1.4 },
          { kind: "line", field: "cleared_share", color: dataset.color },
        ],
      }),
      read: (row) => [row.month_share === null ? counted(row.measure_count, "cases") : `${formatShare(row.month_share)} of ${counted(row.measure_count, "cases")}`, formatMonth(row.month), `by arrest ${formatCount(row.arrest_count)}, exceptionally ${formatCount(row.exceptional_count)}`, row.cleared_share === null ? null : `twelve months: ${formatShare(row.cleared_share)}`],
    },
    table: {
      columns: [
        monthColumn, { key: "measure_count", label: "Cases", format: formatCount }, { key: "arrest_count", label: "By arrest", format: formatCount },
        { key: "exceptional_count", label: "Exceptionally", format: formatCount }, { key: "undated_count", label: "On an unknown day", format: formatCount },
        { key: "not_stated_count", label: "Not stated", format: formatCount }, { key: "month_share", label: "Cleared", format: formatShare }, { key: "cleared_share", label: "Cleared, twelve months", format: formatShare },
      ],
      rows: rows.toReversed(),
    },
  };
}

function statusPanel(dataset, { group }) {
  const panel = { id: `status-${dataset.key}`, dataset, title: `Status of ${groupName[group].toLowerCase()}, ${dataset.title}`, facts: factsOf(dataset, "cases", [group]) };
  const all = rowsOf("los_angeles_status", dataset.key, "cases", group);
  if (!all.length) return { ...panel, lacking: `No case of ${dataset.title} was brought yet.` };
  const told = all.filter((row) => row.is_comparable).sort((a, b) => b.month - a.month);
  const lacks = lackingOfAll(dataset, "cases", group);
  if (!told.length) return { ...panel, lacking: `No settled, complete month. ${lacks}` };
  const yearInSeries = (row) => `${yearOf(row.month)} ${row.series_id}`;
  const statuses = [...new Set(told.map((row) => row.status_name))].sort();
  const rows = [...new Set(told.map(yearInSeries))].map((key) => {
    const own = told.filter((row) => yearInSeries(row) === key);
    const months = [...new Set(own.map((row) => row.month))].sort((a, b) => a - b);
    const counts = Object.fromEntries(statuses.map((status) => [status, own.filter((row) => row.status_name === status).reduce((sum, row) => sum + row.measure_count, 0)]));
    return { key, label: String(yearOf(months[0])), months: monthList(months), as_of: isoDay(Math.max(...own.map((row) => row.as_of_date))), all: own.reduce((sum, row) => sum + row.measure_count, 0), ...counts };
  });
  return {
    ...panel, wide: true,
    headline: make("span", { className: "sum", textContent: "settled, complete months, as of the day on which they were fetched; no day of a status is published" }),
    content: lacks && make("p", { className: "hint", textContent: lacks }),
    table: {
      shown: true,
      columns: [
        { key: "label", label: "Year" }, { key: "months", label: "Months", isText: true }, { key: "as_of", label: "As of" }, { key: "all", label: "Cases", format: formatCount },
        ...statuses.map((status) => ({ key: status, label: status, format: (count, row) => (row.all >= page.leastBase ? `${formatCount(count)} (${formatShare(count / row.all)})` : formatCount(count)) })),
      ],
      rows,
    },
  };
}

defineView({
  key: "clearance",
  title: "Clearance",
  lead: "How many of a month's cases were cleared so many days after their report. Arrest and exceptional clearance stand apart; a blank status is not stated and does not mean that a case is open. San Diego publishes no status.",
  filters: () => [groupFilter(indexGroups), { key: "horizon", label: "Days", options: [["365", "365"], ["180", "180"], ["90", "90"]] }],
  notice: groupNotice,
  panels: (choices) => [
    cohortPanel(datasetOf.austin_crime_reports, choices),
    ...datasets.filter((dataset) => page.cityKeys[dataset.city] === "los_angeles").map((dataset) => statusPanel(dataset, choices)),
  ],
});
