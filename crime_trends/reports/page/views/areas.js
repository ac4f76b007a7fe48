// Police areas against their own past: the latest twelve months of each beside the spans of twelve months before them.

const PAST_SPANS = 5;

// Twelve months to a month: the sum, or how many of them are withheld, or null if they do not all count.
function spanOf(months, to, series) {
  let sum = 0;
  let withheld = 0;
  for (let month = to - 11; month <= to; month++) {
    const row = months.get(month);
    if (!row || !row.is_comparable || row.series_id !== series) return null;
    if (row.is_suppressed) withheld++;
    else sum += row.measure_count;
  }
  return { sum, withheld };
}

function areaRows(dataset, measure, group) {
  const names = rowsOf("area_names", dataset.key);
  const all = names.map(({ area_code, area_name }) => ({
    code: area_code, name: area_name, months: new Map(rowsOf("areas", dataset.key, measure, group, area_code).map((row) => [row.month, row])),
  }));
  const newest = all.flatMap(({ months }) => [...months.values()].filter((row) => row.is_comparable)).reduce((best, row) => (!best || row.month > best.month ? row : best), null);
  if (!newest) return { rows: [], to: null };
  const rows = all.map(({ code, name, months }) => {
    const now = spanOf(months, newest.month, newest.series_id);
    const before = Array.from({ length: PAST_SPANS }, (_, years) => spanOf(months, newest.month - 12 * (years + 1), newest.series_id)).filter(Boolean);
    const known = before.filter((span) => !span.withheld).map((span) => span.sum);
    const mean = known.length && known.length === before.length ? known.reduce((sum, count) => sum + count, 0) / known.length : null;
    const told = now && !now.withheld;
    return {
      key: code, code, name: name && name !== code ? name : "", label: name && name !== code ? `${code} ${name}` : code,
      now: told ? now.sum : null, withheld: now?.withheld ?? null, past_spans: before.length, past_mean: mean,
      past_least: mean === null ? null : Math.min(...known), past_greatest: mean === null ? null : Math.max(...known),
      change: told && mean >= 50 ? (100 * (now.sum - mean)) / mean : null,
    };
  });
  return { rows, to: newest.month };
}

const AREA_KINDS = { austin: "sector", los_angeles: "area", san_diego: "division" };
const areaKind = (dataset) => (dataset.recordType === "call" ? "beat" : AREA_KINDS[page.cityKeys[dataset.city]]);

function areaPanels({ dataset: key, group }) {
  const dataset = datasetOf[key];
  const measure = dataset.recordType === "call" ? "calls" : "cases";
  const shown = dataset.recordType === "call" ? "call" : group;
  const title = `${groupName[shown]} by ${areaKind(dataset)}, ${dataset.title}`;
  const panel = { id: `areas-${dataset.key}`, dataset, title, wide: true, facts: factsOf(dataset, measure, [shown]) };
  if (shown === "rape") return [{ ...panel, lacking: "Rape is shown by city only." }];
  const { rows, to } = areaRows(dataset, measure, shown);
  if (!rows.some((row) => row.now !== null || row.withheld)) {
    return [{ ...panel, lacking: to === null ? `No month of it counts. ${lackingTwelve(dataset, measure, shown)}` : lackingTwelve(dataset, measure, shown) }];
  }
  const charted = rows.filter((row) => row.change !== null).map((row) => ({ ...row, low: (100 * row.past_least) / row.past_mean, high: (100 * row.past_greatest) / row.past_mean, now: (100 * row.now) / row.past_mean }));
  const percent = (value) => formatPercent(value);
  return [
    ...(charted.length ? [{
      ...panel, id: `area-ranges-${dataset.key}`, title: `${title}: now and before`,
      headline: make("span", { className: "sum", textContent: `12 months to ${formatMonth(to)}; the mean of up to five such spans before is 100` }),
      legend: [swatch("dot", dataset.color, "now"), swatch("pale", dataset.color, "least to greatest span before")],
      chart: { rows: charted, spec: rangeChart({ rows: charted, color: dataset.color }), height: 21 * charted.length + 40, label: "Each area against its own past. The table below has the values." },
    }] : []),
    {
      ...panel, title: `${title}: the table`,
      headline: make("span", { className: "sum", textContent: `12 months to ${formatMonth(to)}, in the order of the codes: areas are not ranked` }),
      table: {
        shown: true,
        columns: [
          { key: "code", label: areaKind(dataset)[0].toUpperCase() + areaKind(dataset).slice(1) }, { key: "name", label: "Name", isText: true, empty: "" },
          { key: "now", label: "12 months", format: formatCount, empty: "withheld" }, { key: "past_mean", label: "Mean of the spans before", format: formatDecimal, empty: "not told" },
          { key: "past_least", label: "Least", format: formatCount }, { key: "past_greatest", label: "Greatest", format: formatCount },
          { key: "past_spans", label: "Spans before" }, { key: "change", label: "Now on the mean", format: percent, empty: "not told" },
          { key: "withheld", label: "Months withheld" },
        ],
        rows,
      },
    },
  ];
}

defineView({
  key: "areas",
  short: "Areas",
  title: "Police areas",
  lead: "Each area against its own past, never against another. Months of 1 to 4 are withheld, and others where they would give those away; sensitive offenses are in city figures only; no change is told on a mean under 50.",
  filters: () => [{ key: "dataset", label: "Dataset", options: datasets.map((dataset) => [dataset.key, dataset.title]) }, groupFilter(crimeGroups)],
  notice: groupNotice,
  panels: areaPanels,
});
