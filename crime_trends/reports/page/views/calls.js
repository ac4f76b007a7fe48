// Calls to San Diego's police and how they ended. A call is not a crime.

const TOP_OUTCOMES = 5;
const CALL_DATASET = datasets.find((dataset) => dataset.recordType === "call");
const callFacts = (breaks) => factsOf(CALL_DATASET, "calls", ["call"], breaks);

function outcomePanels({ list }) {
  const dataset = CALL_DATASET;
  const panel = { id: "calls-outcomes", dataset, title: `How calls ended, codes ${list}`, wide: true, facts: callFacts(["counts", "dispositions"]) };
  const all = rowsOf("outcomes", dataset.key, list).filter((row) => row.is_comparable);
  if (!all.length) {
    const held = rowsOf("outcomes", dataset.key, list);
    return [{ ...panel, lacking: held.length ? `No settled, complete month. ${lackingOfAll(dataset, "calls", "call")}` : `No call of this list was brought yet.` }];
  }
  const byMonth = new Map();
  const outcomes = new Map();
  for (const row of all) {
    const name = row.disposition_code ? `${row.disposition_code} ${row.outcome_name}` : row.outcome_name;
    byMonth.set(row.month, (byMonth.get(row.month) ?? 0) + row.measure_count);
    if (!outcomes.has(name)) outcomes.set(name, { key: row.disposition_code ?? "none", name, count: 0, months: new Map() });
    const outcome = outcomes.get(name);
    outcome.count += row.measure_count;
    outcome.months.set(row.month, row.measure_count);
  }
  const total = [...byMonth.values()].reduce((sum, count) => sum + count, 0);
  const sorted = [...outcomes.values()].sort((a, b) => b.count - a.count);
  const months = [...byMonth.keys()].sort((a, b) => a - b);
  const top = sorted.slice(0, TOP_OUTCOMES);
  const rows = months.map((month) => placed({ month, ...Object.fromEntries(top.map((outcome, place) => [`share_${place}`, (outcome.months.get(month) ?? 0) / byMonth.get(month)])) }));
  const first = months[0];
  return [
    {
      ...panel, id: "calls-outcome-shares", title: `Share of the ${TOP_OUTCOMES} most frequent outcomes, codes ${list}`,
      legend: top.map((outcome, place) => swatch("line", `var(--kind-${place})`, outcome.name)),
      chart: {
        rows, x: "at", height: HEIGHT, label: "By month.",
        spec: timeChart({ rows, from: monthStart(first), to: monthStart(months.at(-1) + 1), format: ".0%", layers: top.map((_, place) => ({ kind: "line", field: `share_${place}`, color: `var(--kind-${place})`, strokeWidth: 1.6 })) }),
        read: (row) => [formatMonth(row.month), ...top.map((outcome, place) => `${formatShare(row[`share_${place}`])} ${outcome.name.slice(0, 34)}`)],
      },
      table: {
        columns: [monthColumn, { key: "name", label: "Outcome", isText: true }, { key: "count", label: "Calls", format: formatCount }, { key: "share", label: "Share", format: formatShare }],
        rows: rows.toReversed().flatMap((row) => top.map((outcome, place) => ({ key: `${outcome.key}-${row.month}`, month: row.month, name: outcome.name, count: outcome.months.get(row.month) ?? 0, share: row[`share_${place}`] }))),
      },
    },
    {
      ...panel,
      headline: make("span", { className: "sum" }, figureText("calls-outcomes-sum", total, counted(total, "calls")), ` in the settled, complete months of ${monthRange(first, months.at(-1))}`),
      table: {
        shown: true,
        columns: [{ key: "name", label: "Outcome", isText: true }, { key: "count", label: "Calls", format: formatCount }, { key: "share", label: "Share", format: formatShare }],
        rows: sorted.map((outcome) => ({ ...outcome, share: outcome.count / total })),
      },
    },
  ];
}

defineView({
  key: "calls",
  short: "Calls",
  title: "Calls and outcomes",
  lead: "Calls to San Diego's police, whatever they turned out to be. A call that ends with a report is no count of crimes; the codes of the outcomes changed on October 17, 2017, and the two lists are not comparable.",
  filters: () => [{ key: "list", label: "Outcome codes", options: valuesOf("outcomes", "outcome_list").sort().reverse().map((list) => [list, list]) }, sinceFilter(), preliminaryFilter()].filter((filter) => filter.kind || filter.options.length),
  panels: ({ list, since, preliminary }) => [
    { ...monthlyPanel(CALL_DATASET, { group: "call", measure: "calls", preliminary, since }, { id: "calls-monthly", dataset: CALL_DATASET, title: "Calls by month", wide: true, facts: callFacts() }) },
    ...(list ? outcomePanels({ list }) : []),
  ],
});
