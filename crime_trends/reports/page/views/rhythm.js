// When in the year, and when in the week.

function seasonPanel(dataset, { group, measure }) {
  const counts = dataset.recordType === "call" ? "calls" : measure;
  const shown = dataset.recordType === "call" ? "call" : group;
  const panel = { id: `season-${dataset.key}`, dataset, title: `${groupName[shown]}, ${dataset.title}`, facts: factsOf(dataset, counts, [shown]) };
  const rows = rowsOf("seasonality", dataset.key, counts, shown).map((row) => ({ ...row, key: row.calendar_month, label: MONTHS[row.calendar_month - 1], at: Date.UTC(2001, row.calendar_month - 1) }));
  const told = rows.filter((row) => row.month_factor !== null);
  if (!told.length) {
    const years = rows[0]?.years_used ?? 0;
    const held = rowsOf("monthly", dataset.key, counts, shown);
    const span = held.length ? `It has ${monthRange(held[0].month, held.at(-1).month)}. ` : "";
    return { ...panel, lacking: `Needs five complete years of one series; ${dataset.title} has ${years}. ${span}${lackingOfAll(dataset, counts, shown)}` };
  }
  const factor = (value) => `× ${hundredths.format(value)}`;
  return {
    ...panel,
    headline: make("span", { className: "sum" }, figureText(`${panel.id}-years`, told[0].years_used, `${told[0].years_used} complete years`), `, ${told[0].first_year} to ${told[0].last_year}`),
    legend: [swatch("line", dataset.color, "mean of the years"), swatch("band", dataset.color, "least to greatest year")],
    chart: {
      rows: told, x: "at", height: HEIGHT, label: "How many a day in each month, as a multiple of the year's mean.",
      spec: timeChart({
        rows: told, from: told[0].at, to: told.at(-1).at, format: ".2f", zero: false, ticks: "%b",
        layers: [
          { kind: "band", field: "least_factor", upper: "greatest_factor", color: dataset.color },
          { kind: "line", field: "month_factor", color: dataset.color, point: { fill: dataset.color, size: 28 } },
        ],
      }),
      read: (row) => [factor(row.month_factor), row.label, `${factor(row.least_factor)} to ${factor(row.greatest_factor)} in single years`],
    },
    table: {
      columns: [
        { key: "label", label: "Month" }, { key: "month_factor", label: "Multiple of the year's mean", format: hundredths.format },
        { key: "least_factor", label: "Least year", format: hundredths.format }, { key: "greatest_factor", label: "Greatest year", format: hundredths.format },
        { key: "years_used", label: "Years" },
      ],
      rows: told,
    },
  };
}

defineView({
  key: "season",
  title: "Seasons",
  lead: "How many a day in each month of the calendar, as a multiple of that year's mean. 1 is the mean of a year; the band spans the single years.",
  filters: () => [groupFilter(crimeGroups), cityFilter(), measureFilter()],
  notice: groupNotice,
  panels: (choices) => datasets.filter(inCity(choices.city)).filter((dataset) => dataset.recordType === "call" || crimeOf(choices).includes(dataset)).map((dataset) => seasonPanel(dataset, choices)),
});

// Groups of which the hours are told; all if none has a settled month.
function hourGroups() {
  const told = valuesOf("hours", "offense_group");
  return groups.map((group) => group.offense_group).filter((group) => !told.length || told.includes(group));
}

// The share of all years that their excluded shares come to.
function excludedShare(rows) {
  let [held, all] = [0, 0];
  for (const { measure_count, excluded_share } of rows) {
    held += measure_count;
    all += measure_count / (1 - excluded_share);
  }
  return all ? 1 - held / all : 0;
}

function hoursPanel(dataset, { group, year }) {
  const measure = dataset.recordType === "call" ? "calls" : "cases";
  const panel = { id: `hours-${dataset.key}`, dataset, title: `${groupName[group]}, ${dataset.title}`, facts: factsOf(dataset, measure, [group]) };
  const all = rowsOf("hours", dataset.key, measure, group);
  const newestSeries = all.at(-1)?.series_id;
  const rows = all.filter((row) => row.measure_count !== null && (year === "all" ? row.series_id === newestSeries : row.calendar_year === Number(year)));
  if (!rows.length) {
    const why = all.find((row) => row.reason)?.reason;
    const lacks = year === "all" ? lackingOfAll(dataset, measure, group) : lackingText(dataset, measure, group, year * 12, year * 12 + 11);
    return { ...panel, lacking: why ? `No hours: ${why}.` : `No settled, complete month with hours${year === "all" ? "" : ` in ${year}`}. ${lacks}` };
  }
  const cells = new Map();
  for (const row of rows) cells.set(`${row.weekday_number}|${row.hour_of_day}`, (cells.get(`${row.weekday_number}|${row.hour_of_day}`) ?? 0) + row.measure_count);
  const most = Math.max(...cells.values());
  const sum = [...cells.values()].reduce((total, count) => total + count, 0);
  const excluded = excludedShare(rows);
  const hours = Array.from({ length: 24 }, (_, hour) => hour);
  const days = [2, 3, 4, 5, 6, 7, 1];
  const cell = (day, hour) => {
    const count = cells.get(`${day}|${hour}`) ?? 0;
    return make("td", {
      style: `--heat:${Math.round((100 * count) / most)}%;--color:${dataset.color}`, title: `${counted(count, measure)}, ${WEEKDAYS[day - 1]} ${hour}:00 to ${hour}:59`,
      data: { testid: `${panel.id}-${day}-${hour}`, value: count },
    }, make("span", { textContent: formatCount(count) }));
  };
  const years = [...new Set(rows.map((row) => row.calendar_year))];
  return {
    ...panel,
    wide: true,
    headline: make("span", { className: "sum" }, figureText(`${panel.id}-sum`, sum, counted(sum, measure)), `, ${years.length > 1 ? `${years[0]} to ${years.at(-1)}` : years[0]}; `, figureText(`${panel.id}-excluded`, excluded, formatShare(excluded)), " without a time to the minute left out"),
    content: make(
      "div", { className: "scroll heat", role: "region", tabIndex: 0, "aria-label": `${panel.title} by weekday and hour` },
      make(
        "table", {},
        make("thead", {}, make("tr", {}, make("td"), hours.map((hour) => make("th", { scope: "col", textContent: String(hour) })))),
        make("tbody", {}, days.map((day) => make("tr", {}, make("th", { scope: "row", textContent: WEEKDAYS[day - 1].slice(0, 3) }), hours.map((hour) => cell(day, hour))))),
      ),
    ),
    table: {
      columns: [{ key: "weekday", label: "Weekday", isText: true }, { key: "hour_of_day", label: "Hour" }, { key: "measure_count", label: "Count", format: formatCount }, { key: "years", label: "Years", isText: true }],
      rows: days.flatMap((day) => hours.map((hour) => ({ key: `${day}-${hour}`, weekday: WEEKDAYS[day - 1], hour_of_day: hour, measure_count: cells.get(`${day}|${hour}`) ?? 0, years: years.length > 1 ? `${years[0]}-${years.at(-1)}` : years[0] }))),
    },
  };
}

defineView({
  key: "hours",
  short: "Hours",
  title: "Weekday by hour",
  lead: "Local time of the act, where it is known to the minute. Thefts, burglaries and frauds are left out: their times are those of the discovery.",
  filters: () => [
    groupFilter(hourGroups()), cityFilter(),
    { key: "year", label: "Year", options: [["all", "All of the newest series"], ...valuesOf("hours", "calendar_year").sort((a, b) => b - a).map((year) => [String(year), String(year)])] },
  ],
  notice: groupNotice,
  panels: (choices) => datasets.filter(inCity(choices.city)).filter((dataset) => (dataset.recordType === "call") === (choices.group === "call")).map((dataset) => hoursPanel(dataset, choices)),
});
