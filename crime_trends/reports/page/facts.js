// What a reader must know beside a figure, and why there is none. Each panel shows its facts, and its CSV has them as
// columns.

const DATE_BASIS = {
  report: "day on which it happened, local time",
  offense: "day on which it happened, local time",
  call: "day on which the call came in, local time",
};
const UNIT_TEXTS = {
  cases: "cases: each counts once a month, under its highest offense",
  offenses: "offenses: each NIBRS code of a case counts once",
  calls: "calls to the police; a call is not a crime",
  records: "published rows; not a count of crimes",
  rows: "rows, as the portal publishes them",
};

// The last month that has settled in each of some groups; null if one of them has none.
function settledUntil(dataset, measure, groupsShown) {
  const months = groupsShown.map((group) => rowsOf("monthly", dataset.key, measure, group).findLast((row) => row.is_settled)?.month ?? null);
  return months.includes(null) ? null : Math.min(...months);
}

const dataThrough = (dataset) => rowsOf("reach", dataset.key)[0]?.data_through_date ?? null;

function settledText(dataset, measure, groupsShown) {
  const through = dataThrough(dataset);
  const reach = through === null ? "no record says when it was reported" : `data through ${formatDay(through)}`;
  const month = settledUntil(dataset, measure, groupsShown);
  return `${month === null ? "no month has settled" : formatMonth(month)}; ${reach}`;
}

function mappingText(dataset, measure, groupsShown) {
  if (dataset.recordType === "call") return "not mapped to offenses";
  const rows = groupsShown.flatMap((group) => rowsOf("monthly", dataset.key, measure, group));
  const sum = rows.reduce((total, row) => total + row.measure_count, 0);
  if (!sum) return "nothing to map";
  const exact = rows.reduce((total, row) => total + row.exact_count, 0);
  const least = rows.reduce((total, row) => total + (row.low_count ?? row.measure_count), 0);
  const most = rows.reduce((total, row) => total + (row.high_count ?? row.measure_count), 0);
  const range = least === most ? "" : `; sources differ: ${formatCount(least)} to ${formatCount(most)} in all months`;
  return `${formatShare(exact / sum)} coded so by the police, the rest by rules${range}`;
}

// What changed that concerns the dataset and one of the groups, in order of time.
const changesOf = (dataset, groups) => rowsOf("changes").filter((row) => (
  row.dataset === dataset.key || (row.dataset === null && (row.city === null || row.city === page.cityKeys[dataset.city]))
) && (row.offense_groups === null || groups.some((group) => `|${row.offense_groups}|`.includes(`|${group}|`))));

const whenOf = (change) => (change.valid_to === null ? `from ${formatDay(change.valid_from)}` : dayRange(change.valid_from, change.valid_to));

const groupsOf = (dataset) => (dataset.recordType === "call" ? ["call"] : crimeGroups);

// Where figures cease to be comparable, in order of time: each change has a month at which it begins and, if it is over, one
// at which what was before is back. of: what of the figures it concerns.
function breaksOf(dataset, groupsShown, of = "counts") {
  const changes = changesOf(dataset, groupsShown).filter((change) => change.effect === "nulls" && change.applies_to === of);
  return changes.flatMap(({ valid_from, valid_to, note }) => {
    const begin = monthOfDay(valid_from);
    const end = valid_to === null ? null : monthOfDay(valid_to);
    return [{ month: begin, text: `${formatMonth(begin)}: ${note}` }, ...(end === null ? [] : [{ month: end + 1, text: `Until ${formatMonth(end)}: ${note}` }])];
  }).map((place) => ({ ...place, at: monthStart(place.month) })).sort((a, b) => a.month - b.month);
}

function breaksText(dataset, measure, groupsShown, kinds) {
  const months = groupsShown.flatMap((group) => rowsOf("monthly", dataset.key, measure, group).map((row) => row.month));
  const [first, last] = [Math.min(...months), Math.max(...months)];
  const breaks = kinds.flatMap((of) => breaksOf(dataset, groupsShown, of)).filter(({ month }) => month > first && month <= last);
  return breaks.sort((a, b) => a.month - b.month).map(({ text }) => text).join(" ") || "none known";
}

// Changes of which counts are to be read with care. What cuts a series or makes a month incomplete is said elsewhere.
function issuesText(dataset, measure, groupsShown) {
  const months = groupsShown.flatMap((group) => rowsOf("monthly", dataset.key, measure, group).map((row) => row.month));
  const [first, last] = [Math.min(...months), Math.max(...months)];
  const notes = changesOf(dataset, groupsShown).filter((change) => (
    change.applies_to === "counts" && change.effect === "note" && !change.is_incomplete
    && monthOfDay(change.valid_from) <= last && (change.valid_to === null || monthOfDay(change.valid_to) >= first)
  ));
  const texts = notes.map((change) => `${sentenceCase(whenOf(change))}: ${change.note}`);
  return [dataset.limits, ...texts].filter(Boolean).join(" ");
}

const factsCache = new Map();

// Everything that a panel of a dataset says of its figures. groupsShown: offense groups; none for published rows. breaks:
// of what it names the breaks.
function factsOf(dataset, measure, groupsShown, breaks = ["counts"]) {
  const key = [dataset.key, measure, ...groupsShown, ...breaks].join("|");
  if (!factsCache.has(key)) {
    const counts = measure === "records" || measure === "rows" ? (dataset.recordType === "call" ? "calls" : "records") : measure;
    const shown = groupsShown.length ? groupsShown : groupsOf(dataset);
    const notes = groupsShown.map((group) => page.notes[group]).filter(Boolean).join(" ");
    factsCache.set(key, {
      unit: UNIT_TEXTS[measure],
      date_basis: DATE_BASIS[dataset.recordType],
      source: dataset.source,
      retrieved: dataset.retrieved ?? "not known",
      settled_until: settledText(dataset, counts, shown),
      series_breaks: breaksText(dataset, counts, shown, breaks),
      mapping_confidence: mappingText(dataset, counts, shown),
      known_issues: `${issuesText(dataset, counts, shown)} ${groupsShown.length > 1 ? notes : ""}`.trim(),
      offense_note: groupsShown.length === 1 ? notes : "",
    });
  }
  return factsCache.get(key);
}

// The same of several datasets: what differs is said city by city.
function factsOfAll(shown, measure) {
  const facts = shown.map((dataset) => factsOf(dataset, measure, []));
  return Object.fromEntries(Object.keys(facts[0]).map((key) => {
    const texts = facts.map((own) => own[key]);
    return [key, new Set(texts).size === 1 ? texts[0] : shown.map((dataset, place) => `${dataset.cityName}: ${texts[place]}`).join("; ")];
  }));
}

// The note on a single offense stands once above the panels (groupNotice); only the CSV has it as a column.
const FACT_LABELS = {
  unit: "Unit", date_basis: "Counted by", source: "Source", retrieved: "Retrieved", settled_until: "Settled until",
  series_breaks: "Breaks", mapping_confidence: "Mapping", boundaries: "Boundaries", known_issues: "Keep in mind",
};

function makeFacts(facts) {
  return make("dl", { className: "facts" }, Object.entries(facts).filter(([key, text]) => text && key in FACT_LABELS).map(([key, text]) => make(
    "div", { data: { fact: key } }, make("dt", { textContent: FACT_LABELS[key] }), make("dd", { textContent: text }),
  )));
}

function absence(dataset, month) {
  if (month < dataset.firstMonth) return `before ${dataset.title} begin`;
  return dataset.lastMonth !== null && month > dataset.lastMonth ? `after ${dataset.title} end` : "not brought";
}

// Which months of a range a figure lacks, and why; empty if it lacks none.
function lackingText(dataset, measure, group, from, to) {
  const rows = new Map(rowsOf("monthly", dataset.key, measure, group).map((row) => [row.month, row]));
  const lacks = new Map();
  for (let month = from; month <= to; month++) {
    const row = rows.get(month);
    const why = !row ? absence(dataset, month) : row.incomplete_reason ? `incomplete: ${row.incomplete_reason.replace(/\.$/, "")}` : row.is_settled ? null : "not settled yet";
    if (why) lacks.set(why, [...(lacks.get(why) ?? []), month]);
  }
  const parts = [...lacks].map(([why, months]) => `${monthList(months)} (${why})`);
  return parts.length ? `It lacks ${parts.join(" and ")}.` : "";
}

// The same of all months from the first that was brought to the last.
function lackingOfAll(dataset, measure, group) {
  const rows = rowsOf("monthly", dataset.key, measure, group);
  return rows.length ? lackingText(dataset, measure, group, rows[0].month, rows.at(-1).month) : "No month was brought yet.";
}

// Why a series has no figure over twelve months, in months.
function lackingTwelve(dataset, measure, group) {
  const rows = rowsOf("rolling", dataset.key, measure, group);
  const unit = UNITS[measure][1];
  if (!rows.length) return `No month of ${dataset.title} was brought yet.`;
  const fullest = rows.reduce((best, row) => (row.months_used >= best.months_used ? row : best));
  const lacks = lackingText(dataset, measure, group, fullest.month - 11, fullest.month);
  return `Needs twelve settled, complete months of one series in a row to sum ${unit}. ${lacks || `Reason: ${fullest.reason}.`}`;
}
