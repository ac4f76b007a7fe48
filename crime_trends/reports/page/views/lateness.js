// How late what happened becomes known: how much months grew, and how long reports take.

const AGES = [30, 60, 90];

function growthPanel(dataset) {
  const unit = dataset.recordType;
  const panel = { id: `growth-${dataset.key}`, dataset, title: `Growth of months, ${dataset.title}`, facts: factsOf(dataset, "records", []) };
  const byMonth = new Map();
  for (const age of AGES) for (const row of rowsOf("growth", dataset.key, age)) byMonth.set(row.month, { ...byMonth.get(row.month), month: row.month, key: row.month, newest_count: row.newest_count, [`count_${age}`]: row.measure_count, [`growth_${age}`]: row.growth_percent, [`reason_${age}`]: row.reason });
  const rows = [...byMonth.values()].sort((a, b) => a.month - b.month).map(placed);
  const told = rows.filter((row) => AGES.some((age) => row[`count_${age}`] !== null));
  if (!told.length) {
    const reasons = [...new Set(rows.flatMap((row) => AGES.map((age) => row[`reason_${age}`])))];
    return { ...panel, lacking: rows.length ? `Needs a load of the dataset in the week before a month is ${AGES.join(", ")} days old; for ${monthRange(rows[0].month, rows.at(-1).month)}: ${reasons.join("; ")}.` : "No month was brought yet." };
  }
  return {
    ...panel,
    headline: make("span", { className: "sum", textContent: "how much more a month has now, in percent" }),
    legend: AGES.map((age, place) => swatch("dot", `var(--kind-${place})`, `since ${age} days after its end`)),
    chart: {
      rows: told, x: "at", height: HEIGHT, label: "Growth of each month since an age.",
      spec: timeChart({ rows: told, from: told[0].at, to: told.at(-1).end, breaks: breaksOf(dataset, groupsOf(dataset)), format: ".1f", layers: AGES.map((age, place) => ({ kind: "line", field: `growth_${age}`, color: `var(--kind-${place})`, point: { size: 24, fill: `var(--kind-${place})` } })) }),
      read: (row) => [counted(row.newest_count, unit), formatMonth(row.month), ...AGES.map((age) => (row[`count_${age}`] === null ? `${age} days: ${row[`reason_${age}`]}` : `${age} days: ${formatCount(row[`count_${age}`])}${row[`growth_${age}`] === null ? "" : `, ${formatPercent(row[`growth_${age}`])} since`}`))],
    },
    table: {
      columns: [monthColumn, { key: "newest_count", label: "Now", format: formatCount }, ...AGES.flatMap((age) => [{ key: `count_${age}`, label: `At ${age} days`, format: formatCount }, { key: `growth_${age}`, label: "Since", format: formatPercent }])],
      rows: rows.toReversed(),
    },
  };
}

const LAG_SHARES = [["within_7_days_share", "within 7 days"], ["within_30_days_share", "within 30 days"], ["within_90_days_share", "within 90 days"]];

function lagPanel(dataset, { group }) {
  const panel = { id: `lag-${dataset.key}`, dataset, title: `${groupName[group]} reported, ${dataset.title}`, facts: factsOf(dataset, "cases", [group]) };
  const all = rowsOf("lags", dataset.key, "cases", group);
  const rows = all.filter((row) => row.reason === null).map((row) => placed({ ...row, key: row.month }));
  if (!rows.length) return { ...panel, lacking: all.length ? `No month of it has settled. ${lackingOfAll(dataset, "cases", group)}` : `No case of ${dataset.title} was brought yet.` };
  const last = rows.at(-1);
  return {
    ...panel,
    headline: make("span", { className: "sum" }, "half within ", figureText(`${panel.id}-median`, last.median_lag_days, `${last.median_lag_days} days`), ", nine of ten within ", figureText(`${panel.id}-ninth-decile`, last.ninth_decile_lag_days, String(last.ninth_decile_lag_days)), `, in ${formatMonth(last.month)}`),
    legend: LAG_SHARES.map(([, text], place) => swatch("line", `var(--kind-${place})`, text)),
    chart: {
      rows, x: "at", height: HEIGHT, label: "Share of each month's cases that was reported within some days.",
      spec: timeChart({ rows, from: rows[0].at, to: last.end, breaks: breaksOf(dataset, [group]), format: ".0%", zero: false, layers: LAG_SHARES.map(([field], place) => ({ kind: "line", field, color: `var(--kind-${place})`, strokeWidth: 1.5 })) }),
      read: (row) => [formatMonth(row.month), ...LAG_SHARES.map(([field, text]) => (row[field] === null ? null : `${formatShare(row[field])} ${text}`)), `half within ${row.median_lag_days} days`],
    },
    table: {
      columns: [monthColumn, { key: "measure_count", label: "Cases", format: formatCount }, { key: "median_lag_days", label: "Half within, days" }, { key: "ninth_decile_lag_days", label: "Nine of ten within, days" }, ...LAG_SHARES.map(([key, label]) => ({ key, label, format: formatShare }))],
      rows: rows.toReversed(),
    },
  };
}

defineView({
  key: "lateness",
  short: "Lateness",
  title: "How late data are",
  lead: "How much months grew since they were 30, 60 and 90 days old, as far as this project saw them then; and how long after the day cases are reported (in San Diego: approved).",
  filters: () => [groupFilter(crimeGroups), cityFilter()],
  notice: groupNotice,
  notice: groupNotice,
  panels: (choices) => [
    ...datasets.filter(inCity(choices.city)).map(growthPanel),
    ...crimeOf(choices).map((dataset) => lagPanel(dataset, choices)),
  ],
});
