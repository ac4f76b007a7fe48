// Police areas against their own past: the latest twelve months of each beside the spans of twelve months before them.

const PAST_SPANS = 5;
const LEAST_SPANS = 2; // one span before is no range

// How an area's latest span lies to those before it. Nothing here is an order of areas.
const PAST_CLASSES = {
  under: { text: "under the least before", fill: "var(--under)" },
  within: { text: "within its past", fill: "var(--within)" },
  over: { text: "over the greatest before", fill: "var(--over)" },
  untold: { text: "not told", fill: "var(--panel)" },
  withheld: { text: "withheld", fill: "url(#hatch-withheld)" },
};
function pastClass({ now, withheld, change, past_spans, past_least, past_greatest }) {
  if (withheld) return "withheld";
  if (change === null || past_spans < LEAST_SPANS) return "untold";
  return now < past_least ? "under" : now > past_greatest ? "over" : "within";
}

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
    const row = {
      key: code, code, name: name && name !== code ? name : "", label: name && name !== code ? `${code} ${name}` : code,
      now: told ? now.sum : null, withheld: now?.withheld ?? null, past_spans: before.length, past_mean: mean,
      past_least: mean === null ? null : Math.min(...known), past_greatest: mean === null ? null : Math.max(...known),
      change: told && mean >= page.leastBase ? (100 * (now.sum - mean)) / mean : null,
    };
    return { ...row, past_class: pastClass(row) };
  });
  return { rows, to: newest.month };
}

// Why nothing is told of a shape, without a number.
function untoldReason(row) {
  if (!row) return "no record names it";
  if (row.past_spans < LEAST_SPANS) return "fewer than two spans of twelve months before";
  return row.past_mean === null ? "months before are withheld" : "too few records for a change";
}

function readShape({ code, row, past }) {
  const label = row?.label ?? code;
  if (past === "withheld") return [label, "withheld: small numbers"];
  if (past === "untold") return [label, `not told: ${untoldReason(row)}`];
  return [label, PAST_CLASSES[past].text, `${formatCount(row.now)} now, ${formatCount(row.past_least)} to ${formatCount(row.past_greatest)} before`];
}

function mapPanel(panel, dataset, rows, to) {
  const own = { ...panel, id: `area-map-${dataset.key}`, title: `${panel.title}: the map` };
  if (dataset.map === null) {
    return { ...own, lacking: dataset.boundary ? `The boundaries of the ${dataset.areaKind}s were not brought (raw/${dataset.boundary}), so there is no map.` : `No boundaries of the ${dataset.areaKind}s are known here, so there is no map.` };
  }
  const { shapes } = page.maps[dataset.map];
  const rowOf = new Map(rows.map((row) => [row.code, row]));
  const drawn = shapes.map((shape) => {
    const row = rowOf.get(shape.code);
    const past = row?.past_class ?? "untold";
    return { ...shape, row, past, fill: PAST_CLASSES[past].fill };
  });
  if (drawn.every(({ past }) => past === "untold")) {
    return { ...own, lacking: `Of no ${dataset.areaKind} can it be told how it lies to its past: that needs ${LEAST_SPANS} spans of twelve months of one series before, none of their months withheld, and ${page.leastBase} in each on average.` };
  }
  const held = new Set(shapes.map(({ code }) => code));
  const apart = rows.filter(({ code }) => !held.has(code)).map(({ code }) => code ?? `records without a ${dataset.areaKind}`);
  const spans = Math.max(...drawn.map(({ row }) => row?.past_spans ?? 0));
  const notes = [
    apart.length && `Not on the map: ${apart.join(", ")}.`,
    spans >= LEAST_SPANS && `With ${spans} spans before, chance alone puts about one ${dataset.areaKind} in ${spans + 1} under the least of them, and as many over the greatest.`,
  ].filter(Boolean);
  return {
    ...own,
    headline: make("span", { className: "sum", textContent: `12 months to ${formatMonth(to)} against up to five such spans before` }),
    legend: Object.entries(PAST_CLASSES).map(([past, { text, fill }]) => {
      const count = drawn.filter((shape) => shape.past === past).length;
      return count ? swatch(past === "withheld" ? "hatch" : "shape", past === "withheld" ? "var(--edge)" : fill, `${text}: ${count}`) : null;
    }).filter(Boolean),
    chart: { rows: drawn, spec: mapChart({ rows: drawn }), finder: findShapes, read: readShape, height: MAP_HEIGHTS[0], label: `Each ${dataset.areaKind} by how it lies to its own past. The table below has the values.` },
    content: notes.length ? make("p", { className: "hint", data: { testid: `${own.id}-notes` }, textContent: notes.join(" ") }) : null,
  };
}

const MOST_BESIDE_THE_MAP = 25;

function areaPanels({ dataset: key, group }) {
  const dataset = datasetOf[key];
  const measure = dataset.recordType === "call" ? "calls" : "cases";
  const shown = dataset.recordType === "call" ? "call" : group;
  const title = `${groupName[shown]} by ${dataset.areaKind}, ${dataset.title}`;
  const boundaries = dataset.map === null ? {} : { boundaries: page.maps[dataset.map].source };
  const panel = { id: `areas-${dataset.key}`, dataset, title, wide: true, facts: { ...factsOf(dataset, measure, [shown]), ...boundaries } };
  if (shown === "rape") return [{ ...panel, lacking: "Rape is shown by city only." }];
  const { rows, to } = areaRows(dataset, measure, shown);
  if (!rows.some((row) => row.now !== null || row.withheld)) {
    return [{ ...panel, lacking: to === null ? `No month of it counts. ${lackingTwelve(dataset, measure, shown)}` : lackingTwelve(dataset, measure, shown) }];
  }
  const charted = rows.filter((row) => row.change !== null).map((row) => ({ ...row, low: (100 * row.past_least) / row.past_mean, high: (100 * row.past_greatest) / row.past_mean, now: (100 * row.now) / row.past_mean }));
  const percent = (value) => formatPercent(value);
  const wide = dataset.map === null || charted.length > MOST_BESIDE_THE_MAP;
  return [
    mapPanel({ ...panel, wide: wide || !charted.length }, dataset, rows, to),
    ...(charted.length ? [{
      ...panel, wide, id: `area-ranges-${dataset.key}`, title: `${title}: now and before`,
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
          { key: "code", label: dataset.areaKind[0].toUpperCase() + dataset.areaKind.slice(1) }, { key: "name", label: "Name", isText: true, empty: "" },
          { key: "now", label: "12 months", format: formatCount, empty: (row) => (row.withheld ? "withheld" : "not told") }, { key: "past_mean", label: "Mean of the spans before", format: formatDecimal, empty: "not told" },
          { key: "past_least", label: "Least", format: formatCount }, { key: "past_greatest", label: "Greatest", format: formatCount },
          { key: "past_spans", label: "Spans before" }, { key: "past_class", label: "Against its past", isText: true, format: (past) => PAST_CLASSES[past].text }, { key: "change", label: "Now on the mean", format: percent, empty: "not told" },
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
  lead: `Each area against its own past, never against another. Months of 1 to 4 are withheld, and others where they would give those away; sensitive offenses are in city figures only; no change is told on a mean under ${page.leastBase}.`,
  filters: () => [{ key: "dataset", label: "Dataset", options: datasets.map((dataset) => [dataset.key, dataset.title]) }, groupFilter(crimeGroups)],
  notice: groupNotice,
  panels: areaPanels,
});
