// Whether the data can be trusted: every row accounted for, how new they are, and what the checks warn of.

const STEPS = [
  ["raw_rows", "Raw"], ["clean_rows", "= Clean"], ["rejected_rows", "+ Rejected"], ["duplicate_rows", "+ Duplicates"],
  ["warehouse_rows", "Warehouse"], ["fact_rows", "Facts"], ["portal_rows", "Portal"],
];

// What does not add up in a month, in words; empty when everything does.
function differencesOf(row) {
  const found = [];
  const differ = (what, difference) => difference && found.push(`${what} ${formatDifference(difference)}`);
  differ("raw rows differ from clean + rejected + duplicates by", row.raw_rows - row.clean_rows - row.rejected_rows - row.duplicate_rows);
  differ("warehouse differs from clean by", row.warehouse_rows - row.clean_rows);
  if (row.has_current_facts) differ("facts differ from warehouse by", row.fact_rows - row.warehouse_rows);
  if (row.portal_rows !== null) differ("raw rows differ from the portal's count by", row.raw_rows - row.portal_rows);
  return found.join("; ");
}

function reconciliationPanel(dataset) {
  const rows = rowsOf("reconciliation", dataset.key).map((row) => ({
    ...row, key: row.month === null ? "outside" : isoMonth(row.month), label: row.month === null ? "No month" : formatMonth(row.month),
    result: row.is_reconciled ? (row.has_current_facts ? "✓ adds up" : "✓ adds up; facts are being rebuilt") : `✗ ${differencesOf(row)}`, className: row.is_reconciled ? undefined : "is-wrong",
  }));
  const panel = { id: `reconciliation-${dataset.key}`, dataset, title: `Where every row went, ${dataset.title}`, wide: true, facts: { ...factsOf(dataset, "rows", []), mapping_confidence: "", known_issues: "" } };
  if (!rows.length) return { ...panel, lacking: "No month was brought yet." };
  const months = rows.filter((row) => row.month !== null);
  const wrong = rows.filter((row) => !row.is_reconciled).length;
  const text = wrong ? `✗ ${formatCount(wrong)} of ${formatCount(rows.length)} lines do not add up` : `✓ every row of ${formatCount(months.length)} ${months.length === 1 ? "month" : "months"} is accounted for`;
  const years = [...new Set(months.map((row) => yearOf(row.month)))];
  const sumOf = (own) => Object.fromEntries(STEPS.map(([key]) => [key, own.every((row) => row[key] !== null) ? own.reduce((sum, row) => sum + row[key], 0) : null]));
  const totals = make("p", { className: "hint" }, ...STEPS.slice(0, 4).flatMap(([key, label]) => [` ${label.toLowerCase()} `, figureText(`${panel.id}-total-${key}`, sumOf(rows)[key], formatCount(sumOf(rows)[key]), "strong")]));
  return {
    ...panel,
    headline: make("span", { className: wrong ? "verdict is-wrong" : "verdict is-right", role: wrong ? "alert" : undefined, textContent: text, data: { testid: `${panel.id}-status`, value: wrong } }),
    content: make("div", {}, totals, make("p", { className: "hint", textContent: years.length ? `${years[0]} to ${years.at(-1)}. Each month's rows in the portal's file are the clean, the rejected and the duplicate ones; the clean ones are in the warehouse and in the facts.` : "" })),
    table: { columns: [{ key: "label", label: "Month" }, ...STEPS.map(([key, label]) => ({ key, label, format: formatCount, empty: "not stated" })), { key: "result", label: "Result", isText: true }], rows: rows.toReversed() },
  };
}

function freshnessPanel() {
  const rows = datasets.map((dataset) => ({
    key: dataset.key, dataset: dataset.title, through: dataThrough(dataset), retrieved: dataset.retrieved,
    ...(dataset.age ?? { state: "not known" }), className: dataset.age?.isLate ? "is-late" : undefined,
  }));
  return {
    id: "freshness", title: "How new each dataset is", wide: true,
    headline: make("span", { className: "sum", textContent: `as of ${formatDay(page.madeOn)}, when this page was made` }),
    table: {
      shown: true,
      columns: [
        { key: "dataset", label: "Dataset", isText: true }, { key: "newest", label: "Newest event", format: (day) => formatDay(day), raw: (day) => (day == null ? "" : isoDay(day)) },
        { key: "through", label: "Newest report", format: (day) => formatDay(day), raw: (day) => (day == null ? "" : isoDay(day)) },
        { key: "retrieved", label: "Retrieved", empty: "not known" }, { key: "days", label: "Age, days", format: formatCount }, { key: "usual", label: "Usual at most", empty: "" },
        { key: "state", label: "State", isText: true },
      ],
      rows,
    },
    facts: { unit: "days", date_basis: "newest event in the warehouse, and newest report or approval", source: "the cities' portals, as named under Sources and licences", retrieved: "see the table" },
  };
}

function checksPanel() {
  const panel = { id: "checks", title: "Checks that did not pass", wide: true, facts: { unit: "checks of assets, as last evaluated before this page was made", source: "the project's own checks" } };
  if (page.checks === null) return { ...panel, lacking: "This page was made without access to the checks." };
  const rows = page.checks.map((check, place) => ({ ...check, key: String(place), kind: check.warns ? "warns" : "FAILED", className: check.warns ? "is-late" : "is-wrong" }));
  if (!rows.length) return { ...panel, content: make("p", { className: "verdict is-right", textContent: "✓ All checks passed.", data: { testid: "checks-status", value: 0 } }) };
  return {
    ...panel,
    headline: make("span", { className: "sum" }, figureText("checks-count", rows.length, formatCount(rows.length)), " to look at"),
    table: { shown: true, columns: [{ key: "asset", label: "Asset", isText: true }, { key: "check", label: "Check", isText: true }, { key: "kind", label: "It", isText: true }, { key: "description", label: "What it says", isText: true, empty: "" }], rows },
  };
}

function mappedPanel(dataset) {
  const panel = { id: `mapped-${dataset.key}`, dataset, title: `Rows with a mapping, ${dataset.title}`, facts: factsOf(dataset, "records", []) };
  const rows = rowsOf("mapped", dataset.key).map((row) => ({ ...row, key: row.calendar_year, label: String(row.calendar_year), share: row.measure_count ? row.mapped_count / row.measure_count : null, pale: row.mapped_count < 0.95 * row.measure_count }));
  if (!rows.length) return { ...panel, lacking: "No month was brought yet." };
  return {
    ...panel,
    headline: make("span", { className: "sum", textContent: "share of a year's rows; a check warns below 95 % (pale)" }),
    chart: { rows, x: "label", height: 120, label: "Share of rows with a mapping, by year.", spec: columnChart({ rows, field: "share", color: dataset.color, format: ".0%", height: 120 }), read: (row) => [formatShare(row.share), row.label, `${formatCount(row.mapped_count)} of ${formatCount(row.measure_count)}`] },
    table: { columns: [{ key: "label", label: "Year" }, { key: "measure_count", label: "Rows", format: formatCount }, { key: "mapped_count", label: "Mapped", format: formatCount }, { key: "share", label: "Share", format: formatShare }], rows: rows.toReversed() },
  };
}

defineView({
  key: "quality",
  short: "Quality",
  title: "Data quality",
  lead: "For each month, where every published row went; how new each dataset is; which checks warn; how much of it has a mapping to an offense.",
  filters: () => [cityFilter()],
  panels: ({ city }) => [
    freshnessPanel(), checksPanel(),
    ...datasets.filter(inCity(city)).map(reconciliationPanel), ...crimeDatasets.filter(inCity(city)).map(mappedPanel),
  ],
});
