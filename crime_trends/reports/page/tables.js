// The tables that Python put into the page (columnar.py says how they are encoded), opened when they are first needed.

const page = JSON.parse(document.getElementById("data").textContent);
const opened = new Map();

function decodeColumn([form, values, texts], length) {
  let decoded = values;
  if (form !== "plain") {
    decoded = new Array(length);
    let at = 0;
    let sum = 0;
    for (let place = 0; place < values.length; place += 2) {
      for (let times = values[place + 1]; times > 0; times--) {
        decoded[at++] = form === "steps" ? (sum += values[place]) : values[place];
      }
    }
  }
  return texts ? decoded.map((place) => (place === null ? null : texts[place])) : decoded;
}

function openTable(name) {
  if (!opened.has(name)) {
    const { length, columns } = page.tables[name];
    const names = Object.keys(columns);
    const table = { length, names, ranges: new Map(), columns: {} };
    for (const column of names) table.columns[column] = decodeColumn(columns[column], length);
    opened.set(name, table);
  }
  return opened.get(name);
}

// Key of the first columns -> the rows that have it, which lie together since the table is sorted by them.
function rangesOf(table, depth) {
  if (!table.ranges.has(depth)) {
    const keys = table.names.slice(0, depth).map((name) => table.columns[name]);
    const ranges = new Map();
    for (let from = 0; from < table.length;) {
      let to = from + 1;
      while (to < table.length && keys.every((column) => column[to] === column[from])) to++;
      ranges.set(keys.map((column) => column[from]).join("|"), [from, to]);
      from = to;
    }
    table.ranges.set(depth, ranges);
  }
  return table.ranges.get(depth);
}

// The rows of a table whose first columns have these values, all of them without values. They are kept and shared, so
// they are never changed.
const keptRows = new Map();
function rowsOf(name, ...keys) {
  const place = [name, ...keys].join("|");
  if (!keptRows.has(place)) keptRows.set(place, readRows(name, keys));
  return keptRows.get(place);
}

function readRows(name, keys) {
  const table = openTable(name);
  const [from, to] = keys.length ? rangesOf(table, keys.length).get(keys.join("|")) ?? [0, 0] : [0, table.length];
  const rows = new Array(to - from);
  for (let at = from; at < to; at++) {
    const row = {};
    for (const column of table.names) row[column] = table.columns[column][at];
    rows[at - from] = row;
  }
  return rows;
}

const hasRows = (name, ...keys) => rangesOf(openTable(name), keys.length).has(keys.join("|"));
const valuesOf = (name, column) => [...new Set(openTable(name).columns[column])];

const datasets = page.datasets.map((dataset, place) => ({
  ...dataset,
  place,
  cityName: page.cities[dataset.city],
  color: `var(--city-${dataset.city})`,
  firstMonth: toMonth(dataset.firstMonth),
  lastMonth: dataset.lastMonth && toMonth(dataset.lastMonth),
}));
const datasetOf = Object.fromEntries(datasets.map((dataset) => [dataset.key, dataset]));
const crimeDatasets = datasets.filter((dataset) => dataset.recordType !== "call");
const groups = rowsOf("groups");
const groupName = Object.fromEntries(groups.map((group) => [group.offense_group, group.offense_group_name]));
const indexGroups = groups.filter((group) => group.offense_scope === "index").map((group) => group.offense_group);
const crimeGroups = groups.filter((group) => group.offense_scope !== "call").map((group) => group.offense_group);
