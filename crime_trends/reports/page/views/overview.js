// The first view: per city, one card for each of six offenses. Cities are small multiples on axes of their own.

const CARD_GROUPS = ["murder", "robbery", "aggravated_assault", "burglary", "motor_vehicle_theft", "theft"];
const CARD_MONTHS = 60;

// The dataset that holds a city's crimes now: the one that is still published.
const currentOf = (city) => crimeDatasets.find((dataset) => dataset.city === city && dataset.lastMonth === null);

// The newest settled year to date of a group and what stands beside it, or why there is none.
function yearToDate(dataset, measure, group) {
  const rows = rowsOf("year_to_date", dataset.key, measure, group);
  const newest = rows.find((row) => row.is_newest_year);
  if (!newest) return { lacking: lackingYear(dataset, measure, group) };
  if (newest.measure_count === null) {
    const first = newest.last_month - (newest.last_month % 12);
    return { lacking: `No settled year to date: ${newest.reason}. ${lackingText(dataset, measure, group, first, newest.last_month)}` };
  }
  const before = (years) => rows.find((row) => row.calendar_year === newest.calendar_year - years);
  const five = [1, 2, 3, 4, 5].map(before);
  const held = five.filter((row) => row && row.measure_count !== null && row.comparison_reason === null);
  return {
    rows, newest, before,
    months: monthRange(newest.last_month - (newest.last_month % 12), newest.last_month).replace(/ \d{4}$/, ""),
    fiveYearMean: held.length === 5 ? held.reduce((sum, row) => sum + row.measure_count, 0) / 5 : null,
    comparableYears: held.length,
  };
}

function lackingYear(dataset, measure, group) {
  const rows = rowsOf("monthly", dataset.key, measure, group);
  if (!rows.length) return `No month of ${dataset.title} was brought yet.`;
  const last = rows.at(-1).month;
  return `Needs every month from January on, settled and complete. ${lackingText(dataset, measure, group, last - (last % 12), last)}`;
}

// why: what there is instead of a count; uncompared: why there is no change beside one.
function cardRow(id, name, label, count, change, why, uncompared) {
  const beside = change !== null && change !== undefined
    ? make("small", { textContent: formatPercent(change), data: { testid: `${id}-${name}-change`, value: change } })
    : uncompared && make("small", { textContent: uncompared });
  return make(
    "div", { className: "line" },
    make("dt", { textContent: label }),
    count === null || count === undefined
      ? make("dd", { className: "absent", textContent: why ?? "not held", data: { testid: `${id}-${name}`, value: "" } })
      : make("dd", {}, figureText(`${id}-${name}`, count, formatCount(Math.round(count))), beside),
  );
}

function cardChart(dataset, group, preliminary) {
  const all = rowsOf("monthly", dataset.key, "cases", group);
  const last = all.findLast((row) => preliminary || row.is_settled)?.month;
  if (last === undefined) return null;
  const means = new Map(rowsOf("rolling", dataset.key, "cases", group).map((row) => [row.month, row.measure_count]));
  const rows = all.filter((row) => row.month <= last && row.month > last - CARD_MONTHS).map((row) => ({
    ...row, at: monthStart(row.month), end: monthStart(row.month + 1), middle: monthStart(row.month) + 15 * DAY,
    mean: means.get(row.month) == null ? null : means.get(row.month) / 12, settled: Boolean(row.is_settled) && !row.incomplete_reason,
    incomplete: Boolean(row.incomplete_reason),
  }));
  const draw = timeChart({
    rows, from: monthStart(last - CARD_MONTHS + 1), to: monthStart(last + 1), breaks: breaksOf(dataset, [group]), height: 96,
    layers: [
      { kind: "bars", field: "measure_count", color: dataset.color, fillOpacity: 0.38, test: (row) => row.settled },
      { kind: "bars", field: "measure_count", color: dataset.color, fillOpacity: 0.14, test: (row) => row.incomplete },
      { kind: "bars", field: "measure_count", color: `url(#hatch-${dataset.city})`, test: (row) => !row.settled && !row.incomplete },
      { kind: "line", field: "mean", color: dataset.color },
    ],
  });
  return {
    spec: draw, rows, x: "middle", height: 96,
    label: `${groupName[group]} by month, ${monthRange(rows[0].month, last)}, axis of its own.`,
    read: (row) => [
      counted(row.measure_count, "cases"),
      `${formatMonth(row.month)}${row.incomplete ? ", incomplete" : row.settled ? "" : ", preliminary"}`,
      row.mean === null ? null : `mean of twelve months ${formatDecimal(row.mean)}`,
    ],
  };
}

function makeCard(dataset, group, preliminary) {
  const id = `card-${page.cityKeys[dataset.city]}-${group}`;
  const figures = yearToDate(dataset, "cases", group);
  const head = make("figcaption", {}, make("h4", {}, make("a", {
    href: linkTo("trend", { group, city: page.cityKeys[dataset.city] }), textContent: groupName[group],
  })), page.synthetic && make("b", { className: "stamp", textContent: "made-up" }));
  const card = make("figure", { className: "panel card", data: { testid: id } }, head);
  if (figures.lacking) {
    card.append(make("p", { className: "nothing", data: { testid: `${id}-lacking` }, textContent: figures.lacking }));
    return card;
  }
  const { newest, before, fiveYearMean, comparableYears, months } = figures;
  const year = newest.calendar_year;
  const rolling = rowsOf("rolling", dataset.key, "cases", group).findLast((row) => row.measure_count !== null);
  const past = (years) => {
    const row = before(years);
    return cardRow(id, `previous-${years}`, String(year - years), row?.measure_count, row?.change_percent, row?.reason ?? undefined, row?.comparison_reason);
  };
  card.append(
    make("p", { className: "big" }, figureText(`${id}-ytd`, newest.measure_count, formatCount(newest.measure_count), "strong"), make("span", { textContent: `${months} ${year}` })),
    make(
      "dl", { className: "lines" },
      past(1), past(2),
      cardRow(id, "five-year-mean", `Mean ${year - 5}–${year - 1}`, fiveYearMean, null, `${comparableYears} of 5 comparable years`),
      rolling
        ? cardRow(id, "rolling-12", `12 months to ${formatMonth(rolling.month)}`, rolling.measure_count, rolling.change_percent)
        : cardRow(id, "rolling-12", "12 months", null, null, "not twelve months"),
    ),
  );
  const drawn = cardChart(dataset, group, preliminary);
  if (drawn) {
    const chart = make("div", { className: "chart", tabIndex: 0, role: "group", "aria-roledescription": "chart", "aria-label": `${drawn.label} Arrow keys read the values.` });
    chart.style.minHeight = "104px";
    card.append(chart);
    placeChart(chart, drawn);
  }
  const through = dataThrough(dataset);
  card.append(make("p", { className: "through", textContent: `${mappingShort(dataset, group)}Data through ${through === null ? "an unknown day" : formatDay(through)}`, data: { testid: `${id}-through`, value: through ?? "" } }));
  return card;
}

function mappingShort(dataset, group) {
  const rows = rowsOf("monthly", dataset.key, "cases", group);
  const sum = rows.reduce((total, row) => total + row.measure_count, 0);
  const exact = rows.reduce((total, row) => total + row.exact_count, 0);
  return sum ? `${formatShare(exact / sum)} coded so by the police. ` : "";
}

function cardTable(dataset) {
  const rows = CARD_GROUPS.map((group) => {
    const { newest, before, fiveYearMean, lacking } = yearToDate(dataset, "cases", group);
    const rolling = rowsOf("rolling", dataset.key, "cases", group).findLast((row) => row.measure_count !== null);
    return {
      key: group, offense_group: group, year: newest?.calendar_year, through_month: newest?.last_month,
      year_to_date: lacking ? null : newest.measure_count, previous_year: lacking ? null : before(1)?.measure_count,
      year_before_that: lacking ? null : before(2)?.measure_count, five_year_mean: fiveYearMean ?? null,
      rolling_12: rolling?.measure_count ?? null, rolling_12_to: rolling?.month, mapping: mappingShort(dataset, group).trim(),
      settled_until_month: settledUntil(dataset, "cases", [group]), reason: lacking,
    };
  });
  const month = (key, label) => ({ key, label, format: formatMonth, raw: (value) => (value == null ? "" : isoMonth(value)) });
  return {
    columns: [
      { key: "offense_group", label: "Offense", format: (key) => groupName[key], isText: true }, { key: "year", label: "Year" },
      month("through_month", "Through"), { key: "year_to_date", label: "Year to date", format: formatCount },
      { key: "previous_year", label: "A year before", format: formatCount }, { key: "year_before_that", label: "Two years before", format: formatCount },
      { key: "five_year_mean", label: "Five-year mean", format: formatDecimal }, { key: "rolling_12", label: "12 months", format: formatCount },
      month("rolling_12_to", "12 months to"), month("settled_until_month", "Settled until"), { key: "mapping", label: "Mapping", isText: true }, { key: "reason", label: "Why not", isText: true, empty: "" },
    ],
    rows,
  };
}

function makeCity(city, preliminary) {
  const dataset = currentOf(city);
  const table = cardTable(dataset);
  const panel = { id: `overview-${page.cityKeys[city]}`, title: `${dataset.cityName} at a glance`, dataset, table, facts: factsOf(dataset, "cases", CARD_GROUPS) };
  const button = make("button", { type: "button", className: "download", textContent: "Download CSV", "aria-label": `Download ${panel.title} as CSV`, onclick: () => download(panel) });
  return make(
    "section", { className: "city", "aria-labelledby": `city-${city}`, data: { testid: panel.id } },
    make("h3", { id: `city-${city}` }, cityDot(dataset), dataset.cityName, make("small", { textContent: dataset.title })),
    make("div", { className: "cards" }, CARD_GROUPS.map((group) => makeCard(dataset, group, preliminary))),
    make("div", { className: "tools" }, makeNumbers(panel), button),
    makeFacts(panel.facts),
  );
}

defineView({
  key: "overview",
  short: "At a glance",
  title: "Six offenses, city by city",
  lead: "Cases of the months that have settled: this year so far, the same months of earlier years, and the latest twelve months. Columns are months, the line is the mean of twelve. Each chart has an axis of its own: cities record and leave out different things, so comparing them is inadvisable.",
  layout: "cities",
  filters: () => [cityFilter(), preliminaryFilter()],
  panels: ({ city, preliminary }) => page.cities.map((_, place) => place)
    .filter((place) => currentOf(place) && inCity(city)({ city: place }))
    .map((place) => makeCity(place, preliminary)),
});
