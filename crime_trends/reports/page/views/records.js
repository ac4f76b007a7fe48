// Published rows of one record type: by day, month and year, and each city's share of them. Not a count of crimes.

const RECORD_TYPES = [["report", "Reports"], ["offense", "Offenses"], ["call", "Calls for service"]];
const LONG_DAYS = 1100; // more than a chart has pixels
const DASHES = [3, 3];
const dailyCache = new Map();

// A dataset's rows day by day from its first to its last: null where the day's month is not in the facts.
function dailyOf(dataset) {
  if (!dailyCache.has(dataset.key)) {
    const days = rowsOf("daily", dataset.key);
    const built = new Set(rowsOf("monthly", dataset.key, dataset.recordType === "call" ? "calls" : "records").map((row) => row.month));
    const first = days[0]?.occurred_date ?? 0;
    const counts = [];
    for (let day = first; days.length && day <= days.at(-1).occurred_date; day++) counts.push(built.has(monthOfDay(day)) ? 0 : null);
    for (const row of days) counts[row.occurred_date - first] = row.measure_count;
    dailyCache.set(dataset.key, { first, last: first + counts.length - 1, counts });
  }
  return dailyCache.get(dataset.key);
}

function lastSettledDay(dataset) {
  const month = settledUntil(dataset, dataset.recordType === "call" ? "calls" : "records", groupsOf(dataset));
  return month === null ? -Infinity : monthStart(month + 1) / DAY - 1;
}

const countOn = (daily, day) => daily.counts[day - daily.first];

function totalOf(daily, from, to) {
  let sum = 0;
  for (let day = Math.max(from, daily.first); day <= Math.min(to, daily.last); day++) sum += countOn(daily, day) ?? 0;
  return sum;
}

function reachOfDays() {
  const held = datasets.map(dailyOf).filter((daily) => daily.counts.length);
  return held.length ? [Math.min(...held.map((daily) => daily.first)), Math.max(...held.map((daily) => daily.last))] : [0, 0];
}

function dayRows(daily, from, to) {
  const rows = [];
  let sum = 0;
  let known = 0;
  const at = (day) => countOn(daily, day);
  for (let day = from - 6; day <= to; day++) {
    const [enters, leaves] = [at(day), at(day - 7)];
    if (enters != null) { sum += enters; known++; }
    if (day - 7 >= from - 6 && leaves != null) { sum -= leaves; known--; }
    if (day >= from) rows.push({ key: isoDay(day), day, at: day * DAY, end: (day + 1) * DAY, count: enters ?? null, mean: known === 7 && to - from >= 14 ? sum / 7 : null });
  }
  return rows;
}

// The days of a long range by the week: the least, the mean and the greatest.
function weekRows(days) {
  const weeks = [];
  for (let from = 0; from < days.length; from += 7) {
    const counts = days.slice(from, from + 7).map((row) => row.count).filter((count) => count !== null);
    const sum = counts.reduce((total, count) => total + count, 0);
    const told = counts.length > 0;
    weeks.push({ at: days[from].at + 3 * DAY, end: days[Math.min(from + 6, days.length - 1)].end, least: told ? Math.min(...counts) : null, greatest: told ? Math.max(...counts) : null, mean: told ? sum / counts.length : null });
  }
  return weeks;
}

// The months or years of the range, with how many of their days the range and the dataset cover.
function slotRows(daily, from, to, unit) {
  const rows = [];
  const start = unit === "year" ? yearOf(monthOfDay(from)) : monthOfDay(from);
  const begin = (slot) => (unit === "year" ? Date.UTC(start + slot, 0) : monthStart(start + slot)) / DAY;
  for (let slot = 0; begin(slot) <= to; slot++) {
    const label = unit === "year" ? String(start + slot) : formatMonth(start + slot);
    const row = { key: unit === "year" ? label : isoMonth(start + slot), label, at: begin(slot) * DAY, end: begin(slot + 1) * DAY, count: 0, covered: 0, days: begin(slot + 1) - begin(slot) };
    for (let day = Math.max(from, begin(slot)); day <= Math.min(to, begin(slot + 1) - 1); day++) {
      const count = countOn(daily, day);
      if (count == null) continue;
      row.count += count;
      row.covered++;
    }
    rows.push({ ...row, middle: (row.at + row.end) / 2, pale: row.covered < row.days, whole: row.covered === row.days });
  }
  return rows;
}

function whyNoRows(dataset, daily, from, to) {
  const unit = UNITS[dataset.recordType][1];
  if (!daily.counts.length) return `No ${unit} of ${dataset.cityName} were brought yet.`;
  return `No ${unit} of ${dataset.cityName} are dated ${dayRange(from, to)}. Its rows run from ${formatDay(daily.first)} to ${formatDay(daily.last)}.`;
}

const stateColumn = { key: "preliminary", label: "Preliminary", format: (yes) => (yes ? "yes" : "no") };
const slotColumns = (label) => [
  { key: "label", label }, { key: "count", label: "Rows", format: formatCount },
  { key: "covered", label: "Days with data" }, { key: "days", label: "Days" }, stateColumn,
];

function recordPanels(dataset, { from, to }) {
  const daily = dailyOf(dataset);
  const sum = totalOf(daily, from, to);
  const unit = dataset.recordType;
  const facts = factsOf(dataset, "records", []);
  const panel = (kind, title) => ({
    id: `records-${kind}-${dataset.key}`, dataset, facts, title: `${dataset.cityName} ${title}`,
    headline: make("span", { className: "sum" }, figureText(`records-${kind}-${dataset.key}-sum`, sum, counted(sum, unit))),
    ...(sum === 0 && { lacking: whyNoRows(dataset, daily, from, to) }),
  });
  if (!sum) return [panel("daily", "by day")];
  const settled = lastSettledDay(dataset);
  const marked = (rows) => rows.map((row) => ({ ...row, preliminary: row.end / DAY - 1 > settled }));
  const days = marked(dayRows(daily, from, to));
  const months = marked(slotRows(daily, from, to, "month"));
  const years = marked(slotRows(daily, from, to, "year"));
  const weeks = days.length > LONG_DAYS ? marked(weekRows(days)) : null;
  const hatch = `url(#hatch-${dataset.city})`;
  const preliminary = (kind) => days.at(-1).preliminary && swatch(kind, dataset.color, "preliminary");
  const slotLegend = (unit, rows) => [
    swatch("bar", dataset.color, `whole ${unit}`), rows.some((row) => row.pale && !row.preliminary) && swatch("pale", dataset.color, `part of a ${unit}`), preliminary("hatch"),
  ];
  // What has settled as it is, what has not in the second look.
  const looks = (layer, look) => [{ ...layer, test: (row) => !row.preliminary }, { ...layer, ...look, test: (row) => row.preliminary }];
  const readSlot = (row) => [row.covered ? counted(row.count, unit) : "no rows", `${row.label}${row.preliminary ? ", preliminary" : ""}`, row.whole ? null : `${row.covered} of ${row.days} days`];
  return [
    {
      ...panel("daily", "by day"),
      legend: weeks
        ? [swatch("line", dataset.color, "mean day of a week"), swatch("band", dataset.color, "its least and greatest day"), preliminary("hatch")]
        : [swatch("thin", dataset.color, "day"), days.length > 14 && swatch("line", dataset.color, "mean of seven days"), preliminary("dash")],
      chart: {
        rows: days.filter((row) => row.count !== null), x: "at", height: HEIGHT, label: `${counted(sum, unit)} by day, ${dayRange(from, to)}.`,
        spec: timeChart({
          rows: weeks ?? days, from: from * DAY, to: to * DAY,
          layers: weeks
            ? [
              ...looks({ kind: "band", field: "least", upper: "greatest", color: dataset.color, fillOpacity: 0.3 }, { color: hatch, fillOpacity: 1 }),
              ...looks({ kind: "line", field: "mean", color: dataset.color, strokeWidth: 1.25 }, { strokeDash: DASHES }),
            ]
            : [
              ...looks({ kind: "line", field: "count", color: dataset.color, strokeWidth: 1, strokeOpacity: 0.5, point: days.length <= 62 && { fill: dataset.color, size: 14, fillOpacity: 0.6, strokeWidth: 0 } }, { strokeDash: DASHES }),
              ...looks({ kind: "line", field: "mean", color: dataset.color, strokeWidth: 2.25 }, { strokeDash: DASHES }),
            ],
        }),
        read: (row) => [counted(row.count, unit), `${formatDay(row.day, "weekday")}${row.preliminary ? ", preliminary" : ""}`, row.mean === null ? null : `seven-day mean ${formatCount(Math.round(row.mean))}`],
      },
      table: { columns: [{ key: "key", label: "Day" }, { key: "count", label: "Rows", format: formatCount }, stateColumn], rows: days.toReversed() },
    },
    {
      ...panel("monthly", "by month"),
      legend: slotLegend("month", months),
      chart: {
        rows: months, x: "middle", height: HEIGHT, label: `${counted(sum, unit)} by month, ${dayRange(from, to)}.`,
        spec: timeChart({
          rows: months, from: months[0].at, to: months.at(-1).end,
          layers: [
            { kind: "bars", field: "count", color: dataset.color, fillOpacity: 0.85, test: (row) => row.whole && !row.preliminary },
            { kind: "bars", field: "count", color: dataset.color, fillOpacity: 0.25, test: (row) => !row.whole && !row.preliminary },
            { kind: "bars", field: "count", color: hatch, test: (row) => row.preliminary },
          ],
        }),
        read: readSlot,
      },
      table: { columns: slotColumns("Month"), rows: months.toReversed() },
    },
    {
      ...panel("yearly", "by year"),
      legend: slotLegend("year", years),
      chart: { rows: years, x: "label", height: HEIGHT, label: `${counted(sum, unit)} by year.`, spec: columnChart({ rows: years, field: "count", color: dataset.color, hatch }), read: readSlot },
      table: { columns: slotColumns("Year"), rows: years.toReversed() },
    },
  ];
}

function sharePanel(shown, { from, to, type }) {
  const sums = shown.map((dataset) => totalOf(dailyOf(dataset), from, to));
  const all = sums.reduce((sum, count) => sum + count, 0);
  const panel = { id: "records-share", title: `Share of the ${UNITS[type][1]}, by city`, wide: true };
  if (!all) return { ...panel, lacking: `No ${UNITS[type][1]} are dated ${dayRange(from, to)}.` };
  const bar = make("div", { className: "share-bar", "aria-hidden": "true" }, shown.map((dataset, place) => sums[place] > 0 && make("i", { data: { city: dataset.city }, style: `flex-grow:${sums[place] / all}` })));
  const list = make("ul", { className: "share-list" }, shown.map((dataset, place) => make(
    "li", {}, cityDot(dataset), dataset.cityName, figureText(`records-share-${dataset.key}`, sums[place] / all, formatShare(sums[place] / all), "strong"),
    figureText(`records-share-${dataset.key}-count`, sums[place], counted(sums[place], type)),
  )));
  const hint = shown.length === 1 ? `Only ${shown[0].cityName} publishes ${UNITS[type][1]}, so all of them are its own.` : "Who published how many of the rows counted here. It says nothing about how safe a city is.";
  return {
    ...panel,
    content: make("div", {}, bar, list, make("p", { className: "hint", textContent: hint })),
    table: {
      columns: [{ key: "city", label: "City", isText: true }, { key: "count", label: "Rows", format: formatCount }, { key: "share", label: "Share", format: formatShare }],
      rows: shown.map((dataset, place) => ({ key: dataset.key, city: dataset.cityName, count: sums[place], share: sums[place] / all })),
    },
    facts: factsOfAll(shown, "records"),
  };
}

function recordCounts({ from, to, type }) {
  return make("div", { className: "types" }, RECORD_TYPES.map(([key, label]) => {
    const held = datasets.filter((dataset) => dataset.recordType === key);
    const sum = held.reduce((total, dataset) => total + totalOf(dailyOf(dataset), from, to), 0);
    return make(
      "button", { type: "button", className: "type", id: `type-${key}`, "aria-pressed": String(key === type), onclick: () => setFilter("type", key) },
      make("span", { className: "name", textContent: label }), figureText(`record-count-${key}`, sum, formatCount(sum)),
      make("small", { textContent: held.map((dataset) => dataset.cityName).join(", ") }),
    );
  }));
}

function quickDates() {
  const [first, last] = reachOfDays();
  const year = yearOf(monthOfDay(last));
  const choices = [["Everything", first, last]];
  for (const [name, days] of [["30 days", 30], ["90 days", 90], ["12 months", 365], ["5 years", 1826]]) if (days <= last - first) choices.push([`Last ${name}`, last - days + 1, last]);
  for (const past of [year, year - 1]) choices.push([String(past), Math.max(first, toDay(`${past}-01-01`)), Math.min(last, toDay(`${past}-12-31`))]);
  const set = (from, to) => { Object.assign(state, { from: isoDay(from), to: isoDay(to) }); writeAddress(); renderView(); };
  const now = [toDay(state.from), toDay(state.to)];
  return [make("div", { className: "quick", role: "group", "aria-label": "Quick choice of dates" }, choices.filter(([, from, to]) => from <= to).map(([name, from, to]) => make(
    "button", { type: "button", id: `quick-${name.toLowerCase().replaceAll(" ", "-")}`, textContent: name, "aria-pressed": String((now[0] || first) === from && (now[1] || last) === to), onclick: () => set(from, to) },
  )))];
}

defineView({
  key: "records",
  short: "Records",
  title: "Published records",
  lead: "The rows that the cities publish, by the day on which it happened: reports, offenses and calls, which are three different things and never added up. A row is not a crime. What is preliminary still grows; a gap is a month that was not brought.",
  filters: () => {
    const [least, most] = reachOfDays();
    return [
      { key: "type", label: "Record type", options: RECORD_TYPES.filter(([type]) => datasets.some((dataset) => dataset.recordType === type)) },
      { key: "from", label: "From", kind: "day", initial: least, least, most }, { key: "to", label: "To", kind: "day", initial: most, least, most },
    ];
  },
  extras: quickDates,
  notice: (choices) => [recordCounts(choices)],
  panels: ({ from, to, type }) => {
    if (from > to) return [{ id: "records", title: "No day", wide: true, content: make("p", { className: "problem", role: "alert", textContent: "The first day lies after the last one." }) }];
    const shown = datasets.filter((dataset) => dataset.recordType === type);
    return [...shown.flatMap((dataset) => recordPanels(dataset, { from, to })), sharePanel(shown, { from, to, type })];
  },
});
