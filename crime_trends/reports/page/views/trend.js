// How an offense develops in each dataset: months, twelve months, rates and an index.

const SHOWS = [["monthly", "Months"], ["rolling", "Twelve months"], ["rate", "Per 100,000 residents"], ["index", "Index"]];

function monthlyRows(dataset, measure, group, preliminary) {
  const means = new Map(rowsOf("rolling", dataset.key, measure, group).map((row) => [row.month, row.measure_count]));
  return rowsOf("monthly", dataset.key, measure, group).filter((row) => preliminary || row.is_settled).map((row) => ({
    ...row, key: row.month, mean: means.get(row.month) == null ? null : means.get(row.month) / 12,
    low_count: row.low_count ?? row.measure_count, high_count: row.high_count ?? row.measure_count,
    state: row.incomplete_reason ? "incomplete" : row.is_settled ? "settled" : "preliminary",
  }));
}

function twelveRows(dataset, measure, group, show) {
  const rows = rowsOf("rolling", dataset.key, measure, group).map((row) => ({ ...row, key: row.month }));
  if (show !== "index") return rows;
  const bases = rowsOf("series", dataset.key, group).map((span) => ({
    ...span,
    base: rows.find((row) => row.month >= span.first_month && row.month <= (span.last_month ?? row.month) && row.measure_count !== null),
  }));
  for (const row of rows) {
    const base = bases.find((span) => row.month >= span.first_month && row.month <= (span.last_month ?? row.month))?.base;
    const usable = base && base.measure_count >= page.leastBase && row.measure_count !== null;
    row.index = usable ? (100 * row.measure_count) / base.measure_count : null;
    row.base_month = usable ? base.month : null;
  }
  return rows;
}

// Those of some rows in order of months that are of the series of the last.
function newestSeries(dataset, group, rows) {
  const span = rowsOf("series", dataset.key, group).findLast(({ first_month }) => first_month <= rows.at(-1)?.month);
  return rows.filter((row) => row.month >= span.first_month);
}

const placed = (row) => ({ ...row, at: monthStart(row.month), end: monthStart(row.month + 1), middle: monthStart(row.month) + 15 * DAY });
const sinceOf = (rows, since) => (since === "all" || !rows.length ? rows : rows.filter((row) => row.month > rows.at(-1).month - 12 * since));

function monthlyPanel(dataset, { group, measure, preliminary, since }, panel) {
  const rows = sinceOf(monthlyRows(dataset, measure, group, preliminary), since).map(placed);
  if (!rows.length) {
    return { ...panel, lacking: `No month has settled. ${lackingOfAll(dataset, measure, group)}` };
  }
  const whole = newestSeries(dataset, group, rows.filter((row) => row.state === "settled"));
  const sum = whole.reduce((total, row) => total + row.measure_count, 0);
  return {
    ...panel,
    headline: whole.length ? make("span", { className: "sum" }, figureText(`${panel.id}-sum`, sum, counted(sum, measure)), ` in the ${whole.length} settled, complete months of ${monthRange(whole[0].month, whole.at(-1).month)}`) : null,
    legend: [
      swatch("bar", dataset.color, "month"), swatch("line", dataset.color, "mean of twelve months"),
      rows.some((row) => row.low_count !== row.high_count) && swatch("band", "var(--ink)", "where sources differ"),
      rows.some((row) => row.state === "incomplete") && swatch("pale", dataset.color, "incomplete month"),
      preliminary && swatch("hatch", dataset.color, "preliminary"),
    ],
    chart: {
      rows, x: "middle", label: `By month, ${monthRange(rows[0].month, rows.at(-1).month)}.`, height: HEIGHT,
      spec: timeChart({
        rows, from: rows[0].at, to: rows.at(-1).end, breaks: breaksOf(dataset, [group]),
        layers: [
          { kind: "bars", field: "measure_count", color: dataset.color, fillOpacity: 0.38, test: (row) => row.state === "settled" },
          { kind: "bars", field: "measure_count", color: dataset.color, fillOpacity: 0.14, test: (row) => row.state === "incomplete" },
          { kind: "bars", field: "measure_count", color: `url(#hatch-${dataset.city})`, test: (row) => row.state === "preliminary" },
          { kind: "band", field: "low_count", upper: "high_count", color: "var(--ink)", test: (row) => row.low_count !== row.high_count },
          { kind: "line", field: "mean", color: dataset.color },
        ],
      }),
      read: (row) => [
        counted(row.measure_count, measure), `${formatMonth(row.month)}${row.state === "settled" ? "" : `, ${row.state}`}`,
        row.mean === null ? null : `mean of twelve months ${formatDecimal(row.mean)}`,
        row.low_count === row.high_count ? null : `sources differ: ${formatCount(row.low_count)} to ${formatCount(row.high_count)}`,
      ],
    },
    table: {
      columns: [
        monthColumn, { key: "measure_count", label: "Count", format: formatCount }, { key: "low_count", label: "At least", format: formatCount },
        { key: "high_count", label: "At most", format: formatCount }, { key: "exact_count", label: "Coded by the police", format: formatCount },
        { key: "mean", label: "Mean of twelve months", format: formatDecimal }, { key: "state", label: "State", isText: true },
      ],
      rows: rows.toReversed(),
    },
  };
}

// within: what a line stays within; change: the field of the change on a year before.
const TWELVE = {
  rolling: { field: "measure_count", change: "change_percent", format: ",d", text: formatCount, what: (measure) => `${UNITS[measure][1]} in the twelve months that end with each month` },
  rate: { field: "rate_per_100k", change: "rate_change_percent", within: "population_base", format: ",.4~g", text: formatDecimal, what: (measure) => `${UNITS[measure][1]} in twelve months per 100,000 residents of the whole city; a rate is no risk` },
  index: { field: "index", change: "change_percent", format: ",d", text: formatDecimal, what: () => "the first twelve months of each series are 100" },
};

function rateFacts(dataset, { group, measure }) {
  const facts = factsOf(dataset, measure, [group], ["counts", "rates"]);
  const vintages = [...new Set(rowsOf("rolling", dataset.key, measure, group).map((row) => row.population_vintage))].filter(Boolean);
  return { ...facts, source: `${facts.source}; residents: US Census Bureau, estimates published in ${vintages.join(", ")}` };
}

function twelvePanel(dataset, { group, measure, show, since }, panel) {
  const { field, change, within, format, text, what } = TWELVE[show];
  const all = twelveRows(dataset, measure, group, show);
  const told = all.filter((row) => row[field] !== null);
  if (!told.length) {
    const small = show === "index" && all.some((row) => row.measure_count !== null);
    return { ...panel, lacking: small ? `No index is told on a base of fewer than ${page.leastBase}.` : lackingTwelve(dataset, measure, group) };
  }
  const rows = sinceOf(all.filter((row) => row.month >= told[0].month && row.month <= told.at(-1).month), since).map(placed);
  const last = rows.at(-1);
  const bases = within ? rows.filter((row, place) => place && row[within] !== rows[place - 1][within]) : [];
  return {
    ...panel,
    headline: make("span", { className: "sum" }, figureText(`${panel.id}-last`, last[field], text(last[field])), ` in the twelve months to ${formatMonth(last.month)}`),
    legend: [swatch("line", dataset.color, what(measure))],
    chart: {
      rows, x: "at", label: `${what(measure)}, ${monthRange(rows[0].month, last.month)}.`, height: HEIGHT,
      spec: timeChart({ rows, from: rows[0].at, to: last.end, breaks: [...breaksOf(dataset, [group]), ...bases], format, layers: [{ kind: "line", field, within, color: dataset.color }] }),
      read: (row) => (row[field] === null
        ? ["no figure", `12 months to ${formatMonth(row.month)}`, row.reason]
        : [
          text(row[field]), `12 months to ${formatMonth(row.month)}`, row[change] === null ? null : `${formatPercent(row[change])} on a year before`,
          show === "rate" && row.is_population_carried_forward ? `by the residents of ${row.population_year}` : null,
        ]),
    },
    table: {
      columns: [
        { ...monthColumn, label: "12 months to" }, { key: field, label: panel.show, format: text },
        { key: change, label: "On a year before", format: formatPercent },
        ...(show === "rate" ? [{ key: "measure_count", label: "Count", format: formatCount }, { key: "population_year", label: "Residents of" }, { key: "population_vintage", label: "As estimated in" }, { key: "is_population_carried_forward", label: "Carried forward", format: (yes) => (yes ? "yes" : "no") }] : []),
        ...(show === "index" ? [{ key: "measure_count", label: "Count", format: formatCount }, { key: "base_month", label: "100 is 12 months to", format: formatMonth, raw: (month) => (month === null ? "" : isoMonth(month)) }] : []),
        { key: "months_used", label: "Months used" }, { key: "reason", label: "Why not", isText: true, empty: "" },
      ],
      rows: rows.toReversed(),
    },
  };
}

defineView({
  key: "trend",
  title: "Trend",
  lead: "One offense in each dataset of a city. A dashed rule is a break: what lies before it is another series and is never compared with what comes after.",
  filters: () => [
    groupFilter(crimeGroups), cityFilter(), measureFilter(),
    { key: "show", label: "Show", options: SHOWS }, sinceFilter(), preliminaryFilter(),
  ],
  notice: groupNotice,
  panels: (choices) => crimeOf(choices).map((dataset) => {
    const panel = {
      id: `trend-${dataset.key}`, dataset, title: `${groupName[choices.group]}, ${dataset.title}`,
      show: SHOWS.find(([key]) => key === choices.show)[1], facts: choices.show === "rate" ? rateFacts(dataset, choices) : factsOf(dataset, choices.measure, [choices.group]),
    };
    return choices.show === "monthly" ? monthlyPanel(dataset, choices, panel) : twelvePanel(dataset, choices, panel);
  }),
});
