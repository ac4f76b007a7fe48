"use strict";
// The page: filters, counts, panels. A day is a whole number, days since 1970-01-01 UTC; counts belong to days as the
// portals write them, so no time zone enters. The state is in the address: #from=2024-03-01&to=2024-05-31&type=report

(() => {
  const DAY = 864e5;
  const TYPES = { report: ["report", "reports", "Reports"], offense: ["offense", "offenses", "Offenses"], call: ["call", "calls", "Calls for service"] };
  const element = (id) => document.getElementById(id);
  const { cities, datasets, synthetic } = JSON.parse(element("data").textContent);

  const numberFormat = new Intl.NumberFormat("en-US");
  const shareFormat = new Intl.NumberFormat("en-US", { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const dateFormats = Object.fromEntries(Object.entries({
    day: { dateStyle: "medium" },
    weekday: { weekday: "short", day: "numeric", month: "short", year: "numeric" },
    month: { month: "short", year: "numeric" },
  }).map(([name, options]) => [name, new Intl.DateTimeFormat("en-US", { ...options, timeZone: "UTC" })]));
  const format = (name, day) => dateFormats[name].format(day * DAY);
  const toDay = (text) => (/^\d{4}-\d\d-\d\d$/.test(text ?? "") ? Date.parse(`${text}T00:00Z`) / DAY : NaN);
  const toText = (day) => new Date(day * DAY).toISOString().slice(0, 10);
  const span = (from, to) => (from === to ? format("day", from) : `${format("day", from)} to ${format("day", to)}`);
  const counted = (number, type) => `${numberFormat.format(number)} ${TYPES[type][number === 1 ? 0 : 1]}`;

  for (const dataset of datasets) {
    dataset.name = cities[dataset.city];
    dataset.first = toDay(dataset.firstDay);
    dataset.last = dataset.first + dataset.counts.length - 1;
    dataset.color = `var(--city-${dataset.city})`;
  }
  const filled = datasets.filter((dataset) => dataset.counts.length);
  element(filled.length ? "explorer" : "empty").hidden = false;
  if (!filled.length) return;

  const first = Math.min(...filled.map((dataset) => dataset.first));
  const last = Math.max(...filled.map((dataset) => dataset.last));
  const mostComplete = Object.keys(TYPES).find((type) => filled.some((dataset) => dataset.recordType === type));
  const state = { from: first, to: last, type: mostComplete };

  // undefined: no row can be there; null: the month was not brought
  const countOf = (dataset, day) => dataset.counts[day - dataset.first];

  function total(dataset, from, to) {
    let sum = 0;
    for (let day = Math.max(from, dataset.first); day <= Math.min(to, dataset.last); day++) sum += countOf(dataset, day) ?? 0;
    return sum;
  }

  function dailyRows(dataset, from, to) {
    const rows = [];
    const smooth = to - from >= 14;
    for (let day = from; day <= to; day++) {
      let mean = null;
      if (smooth) {
        let sum = 0;
        for (let back = 0; back < 7; back++) sum += countOf(dataset, day - back) ?? NaN;
        mean = Number.isNaN(sum) ? null : sum / 7;
      }
      rows.push({ day, at: day * DAY, count: countOf(dataset, day) ?? null, mean });
    }
    return rows;
  }

  // The months or years of the range, with how many of their days the range and the dataset cover.
  function slotRows(dataset, from, to, unit) {
    const rows = [];
    const start = new Date(from * DAY);
    const begin = (slot) => Date.UTC(start.getUTCFullYear() + (unit === "year" ? slot : 0), unit === "year" ? 0 : start.getUTCMonth() + slot) / DAY;
    for (let slot = 0; begin(slot) <= to; slot++) {
      const row = { label: unit === "year" ? toText(begin(slot)).slice(0, 4) : format("month", begin(slot)), count: 0, covered: 0, days: begin(slot + 1) - begin(slot) };
      for (let day = Math.max(from, begin(slot)); day <= Math.min(to, begin(slot + 1) - 1); day++) {
        const count = countOf(dataset, day);
        if (count == null) continue;
        row.count += count;
        row.covered++;
      }
      row.whole = row.covered === row.days;
      rows.push(row);
    }
    return rows;
  }

  function make(tag, properties = {}, ...children) {
    const node = Object.assign(document.createElement(tag), properties);
    node.append(...children);
    return node;
  }

  const dot = (dataset) => {
    const node = make("i", { className: "dot" });
    node.dataset.city = dataset.city;
    return node;
  };

  function whyNothing(dataset, from, to) {
    if (!dataset.counts.length) return `No ${TYPES[dataset.recordType][1]} of ${dataset.name} were brought yet.`;
    return `No ${TYPES[dataset.recordType][1]} of ${dataset.name} are dated ${span(from, to)}. Its rows run from ${format("day", dataset.first)} to ${format("day", dataset.last)}.`;
  }

  // One panel per dataset: its heading, then what paint(dataset, chart) draws, or the reason why nothing is drawn.
  function fillPanels(id, shown, unit, paint) {
    element(id).replaceChildren(...shown.map((dataset) => {
      const { from, to, type } = state;
      const sum = total(dataset, from, to);
      const heading = make("figcaption", {}, make("h3", {}, dot(dataset), dataset.name), make("span", { className: "sum", textContent: counted(sum, type) }));
      if (synthetic) heading.append(make("b", { className: "stamp", textContent: "made-up data" }));
      const figure = make("figure", { className: "panel" }, heading);
      figure.dataset.testid = `${id}-${dataset.city}`;
      if (!sum) {
        figure.append(make("p", { className: "nothing", textContent: whyNothing(dataset, from, to) }));
        return figure;
      }
      const chart = make("div", { className: "chart", tabIndex: 0 });
      chart.setAttribute("role", "group");
      chart.setAttribute("aria-roledescription", "chart");
      chart.setAttribute("aria-label", `${counted(sum, type)} of ${dataset.name} by ${unit}, ${span(from, to)}. Arrow keys read the values.`);
      figure.append(chart);
      if (id === "daily") figure.append(make("p", { className: "about", textContent: `${dataset.title}. ${dataset.grain} ${dataset.limits}` }));
      queueMicrotask(() => paint(dataset, chart));
      return figure;
    }));
  }

  function paintDaily(dataset, chart) {
    const { from, to, type } = state;
    const rows = dailyRows(dataset, from, to);
    const readable = rows.filter((row) => row.count != null);
    const spec = charts.daily(rows, from * DAY, to * DAY, dataset.color, chart.clientWidth);
    charts.draw(chart, spec, readable, "at", (row) => [
      counted(row.count, type),
      format("weekday", row.day),
      ...(row.mean == null ? [] : [`seven-day mean ${numberFormat.format(Math.round(row.mean))}`]),
    ]);
  }

  const paintColumns = (unit, widest) => (dataset, chart) => {
    const { from, to, type } = state;
    const rows = slotRows(dataset, from, to, unit);
    charts.draw(chart, charts.columns(rows, dataset.color, chart.clientWidth, widest), rows, "label", (row) => [
      row.covered ? counted(row.count, type) : "no rows",
      row.label,
      ...(row.whole ? [] : [`${row.covered} of ${row.days} days`]),
    ]);
  };

  function fillNumbers(shown) {
    const { from, to } = state;
    const byDataset = shown.map((dataset) => slotRows(dataset, from, to, "month"));
    const head = make("tr", {}, ...["Month", ...shown.map((dataset) => dataset.name)].map((text) => make("th", { scope: "col", textContent: text })));
    const body = byDataset[0].map((row, index) => make(
      "tr", {}, make("th", { scope: "row", textContent: row.label }),
      ...byDataset.map((rows) => {
        const { count, covered, days, whole } = rows[index];
        return make("td", { textContent: !covered ? "–" : whole ? numberFormat.format(count) : `${numberFormat.format(count)} (${covered} of ${days} days)` });
      }),
    )).reverse();
    element("numbers").replaceChildren(make("table", {}, make("thead", {}, head), make("tbody", {}, ...body)));
  }

  function fillShare(shown) {
    const { from, to, type } = state;
    const sums = shown.map((dataset) => total(dataset, from, to));
    const all = sums.reduce((sum, count) => sum + count, 0);
    if (!all) {
      element("share").replaceChildren(make("p", { className: "nothing", textContent: `No ${TYPES[type][1]} are dated ${span(from, to)}.` }));
      return;
    }
    const bar = make("div", { className: "share-bar" });
    bar.setAttribute("aria-hidden", "true");
    const list = make("ul", { className: "share-list" });
    shown.forEach((dataset, index) => {
      const part = make("i");
      part.dataset.city = dataset.city;
      part.style.flexGrow = sums[index] / all;
      if (sums[index]) bar.append(part);
      list.append(make("li", {}, dot(dataset), make("span", { textContent: dataset.name }), make("strong", { textContent: shareFormat.format(sums[index] / all) }), make("span", { className: "sum", textContent: counted(sums[index], type) })));
    });
    const only = shown.length === 1 ? [make("p", { className: "hint", textContent: `Only ${shown[0].name} publishes ${TYPES[type][1]}, so all of them are its own.` })] : [];
    element("share").replaceChildren(bar, list, ...only);
  }

  function fillCounts() {
    const { from, to } = state;
    for (const input of document.querySelectorAll("input[name=type]")) {
      const held = datasets.filter((dataset) => dataset.recordType === input.value);
      const sum = held.reduce((count, dataset) => count + total(dataset, from, to), 0);
      const label = input.closest("label");
      const count = label.querySelector(".count");
      count.textContent = numberFormat.format(sum);
      count.dataset.value = sum;
      label.querySelector(".held").textContent = held.map((dataset) => dataset.name).join(", ");
      input.checked = input.value === state.type;
    }
    element("range").textContent = span(from, to);
    element("from").value = toText(from);
    element("to").value = toText(to);
    for (const button of element("quick").children) {
      button.setAttribute("aria-pressed", Number(button.dataset.from) === from && Number(button.dataset.to) === to);
    }
  }

  function render() {
    const { from, to, type } = state;
    const shown = datasets.filter((dataset) => dataset.recordType === type);
    fillCounts();
    for (const kind of document.querySelectorAll(".kind")) kind.textContent = TYPES[type][2];
    const without = cities.filter((_, city) => !shown.some((dataset) => dataset.city === city));
    element("absent").hidden = !without.length;
    element("absent").textContent = `Not drawn: ${without.join(" and ")}. None of the datasets below holds ${TYPES[type][1]} from there.`;
    fillPanels("daily", shown, "day", paintDaily);
    fillPanels("monthly", shown, "month", paintColumns("month", 72));
    fillPanels("yearly", shown, "year", paintColumns("year", 84));
    fillNumbers(shown);
    fillShare(shown);
    const sums = shown.map((dataset) => `${dataset.name} ${numberFormat.format(total(dataset, from, to))}`);
    element("announcement").textContent = `${TYPES[type][2]}, ${span(from, to)}: ${sums.join(", ")}`;
  }

  function change(values) {
    Object.assign(state, values);
    element("problem").hidden = true;
    history.replaceState(null, "", `#from=${toText(state.from)}&to=${toText(state.to)}&type=${state.type}`);
    render();
  }

  // What the address says; whatever it says wrong keeps its default.
  function fromAddress() {
    const asked = new URLSearchParams(location.hash.slice(1));
    const from = toDay(asked.get("from"));
    const to = toDay(asked.get("to"));
    const valid = from <= to && to - from < 366 * 200;
    return {
      from: valid ? from : first,
      to: valid ? to : last,
      type: asked.get("type") in TYPES ? asked.get("type") : mostComplete,
    };
  }

  function readDates() {
    const [from, to] = [toDay(element("from").value), toDay(element("to").value)];
    if (from <= to) return change({ from, to });
    element("problem").textContent = Number.isNaN(from + to) ? "Fill in both days." : "The first day lies after the last one.";
    element("problem").hidden = false;
  }

  function addQuickChoices() {
    const year = new Date(last * DAY).getUTCFullYear();
    const choices = [["Everything", first, last]];
    for (const [name, days] of [["30 days", 30], ["90 days", 90], ["12 months", 365], ["5 years", 1826]]) {
      if (days <= last - first) choices.push([`Last ${name}`, last - days + 1, last]);
    }
    for (const past of [year, year - 1, year - 2]) {
      const [from, to] = [Math.max(first, toDay(`${past}-01-01`)), Math.min(last, toDay(`${past}-12-31`))];
      if (from <= to && (from > first || to < last)) choices.push([String(past), from, to]);
    }
    element("quick").replaceChildren(...choices.map(([name, from, to]) => {
      const button = make("button", { type: "button", textContent: name, onclick: () => change({ from, to }) });
      Object.assign(button.dataset, { from, to });
      return button;
    }));
  }

  addQuickChoices();
  for (const id of ["from", "to"]) {
    Object.assign(element(id), { min: toText(first), max: toText(last) });
    element(id).addEventListener("change", readDates);
  }
  element("filters").addEventListener("submit", (event) => event.preventDefault());
  element("types").addEventListener("change", (event) => change({ type: event.target.value }));
  window.addEventListener("hashchange", () => {
    if (location.hash && !location.hash.includes("=")) return; // a jump within the page, not a choice of filters
    Object.assign(state, fromAddress());
    render();
  });

  Object.assign(state, fromAddress());
  render();
  let width = element("charts").clientWidth;
  new ResizeObserver(() => {
    if (element("charts").clientWidth === width) return;
    width = element("charts").clientWidth;
    render();
  }).observe(element("charts"));
})();
