// The frame of every view. A view is {key, title, lead, filters?(), panels(choose), notice?(choose)}: what to ask and
// what to show. A panel is
//   {id, dataset?, title, headline?, lacking?, chart?, content?, table?, facts}
// where `lacking` says why nothing is drawn, `chart` is drawn by plot.js, `content` is an element instead of a chart, and
// `table` = {columns, rows} is what the chart shows, as a table to read and as a CSV to download.

const views = [];
const defineView = (view) => views.push(view);

// A link that keeps the filters which views share.
const SHARED = ["group", "city", "measure"];
function linkTo(key, values = {}) {
  const kept = Object.fromEntries(SHARED.filter((name) => name in state).map((name) => [name, state[name]]));
  return addressOf({ view: key, ...kept, ...values });
}

function setFilter(key, value, control) {
  state[key] = value;
  writeAddress();
  renderView(control);
}

function makeFilter(filter) {
  const value = chosen(filter);
  const id = `filter-${filter.key}`;
  const field = (control) => make("div", { className: "field" }, make("label", { htmlFor: id, textContent: filter.label }), control);
  if (filter.kind === "check") {
    const box = make("input", { type: "checkbox", id, checked: value, onchange: () => setFilter(filter.key, box.checked ? "1" : "0") });
    return make("label", { className: "check" }, box, filter.label);
  }
  if (filter.kind === "day") {
    const input = make("input", {
      type: "date", id, value: isoDay(value), min: isoDay(filter.least), max: isoDay(filter.most), required: true,
      onchange: () => input.value && setFilter(filter.key, input.value, input),
      onblur: () => { input.value = isoDay(chosen(filter)); },
    });
    return field(input);
  }
  const select = make(
    "select", { id, onchange: () => setFilter(filter.key, select.value) },
    filter.options.map(([option, label]) => make("option", { value: option, textContent: label, selected: option === value })),
  );
  return field(select);
}

function csvOf(panel) {
  const quoted = (value) => {
    const text = value === null || value === undefined ? "" : String(value);
    return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const { columns, rows } = panel.table;
  const facts = { ...panel.facts, ...(page.synthetic && { synthetic: "made-up data" }) };
  const own = panel.dataset ? { city: panel.dataset.cityName, dataset: panel.dataset.key } : {};
  const fixed = { ...own, ...facts };
  const names = [...columns.map((column) => column.key), ...Object.keys(fixed)];
  const lines = rows.map((row) => [...columns.map((column) => (column.raw ? column.raw(row[column.key]) : row[column.key])), ...Object.values(fixed)]);
  return [names, ...lines].map((line) => line.map(quoted).join(",")).join("\r\n") + "\r\n";
}

function download(panel) {
  const url = URL.createObjectURL(new Blob([csvOf(panel)], { type: "text/csv;charset=utf-8" }));
  make("a", { href: url, download: `${page.synthetic ? "made-up_" : ""}${panel.id}.csv` }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

function makeNumbers(panel) {
  const details = make("details", { className: "numbers" }, make("summary", { textContent: "The numbers as a table" }));
  details.addEventListener("toggle", () => {
    if (!details.open || details.childElementCount > 1) return;
    details.append(makeTable(panel.id, panel.table.columns, panel.table.rows, `Numbers of ${panel.title}`));
  });
  return details;
}

function makePanel(panel) {
  const stamp = page.synthetic && make("b", { className: "stamp", textContent: "made-up data" });
  const figure = make(
    "figure", { className: `panel ${panel.wide ? "is-wide" : ""}`, data: { testid: panel.id } },
    make("figcaption", {}, make("h3", {}, panel.dataset && cityDot(panel.dataset), panel.title), panel.headline, stamp),
  );
  if (panel.lacking) {
    figure.append(make("p", { className: "nothing", data: { testid: `${panel.id}-lacking` }, textContent: panel.lacking }));
  } else {
    if (panel.legend) figure.append(make("p", { className: "legend" }, panel.legend));
    if (panel.chart) {
      const chart = make("div", {
        className: "chart", tabIndex: 0, role: "group", "aria-roledescription": "chart",
        "aria-label": `${panel.title}. ${panel.chart.label ?? ""}${panel.chart.read ? " Arrow keys read the values." : ""}`,
      });
      if (panel.chart.height) chart.style.minHeight = `${panel.chart.height}px`;
      figure.append(chart);
      placeChart(chart, panel.chart);
    }
    if (panel.content) figure.append(panel.content);
    if (panel.table?.rows.length) {
      const button = make("button", { type: "button", className: "download", textContent: "Download CSV", onclick: () => download(panel) });
      button.setAttribute("aria-label", `Download ${panel.title} as CSV`);
      figure.append(make("div", { className: "tools" }, panel.table.shown ? null : makeNumbers(panel), button));
      if (panel.table.shown) figure.insertBefore(makeTable(panel.id, panel.table.columns, panel.table.rows, panel.title), figure.lastChild);
    }
  }
  if (panel.facts) figure.append(makeFacts(panel.facts));
  return figure;
}

const swatch = (kind, color, text) => make("span", { className: "key" }, make("i", { className: `swatch is-${kind}`, style: `--color:${color}` }), text);

// A control that stays is a date that is being typed: a new one would begin at the first of its parts again.
function renderFilters(view, filters, control) {
  const box = element("filters");
  const made = [...filters.map(makeFilter), ...(view.extras?.() ?? [])];
  if (control) {
    made.forEach((node, place) => box.children[place].contains(control) || box.children[place].replaceWith(node));
  } else {
    box.replaceChildren(...made);
  }
  box.hidden = !filters.length;
}

function renderView(control) {
  const view = views.find(({ key }) => key === state.view) ?? views[0];
  const filters = view.filters?.() ?? [];
  const choices = Object.fromEntries(filters.map((filter) => [filter.key, chosen(filter)]));
  const focused = document.activeElement.id;
  forgetWaiting();
  document.body.dataset.view = view.key;
  for (const link of document.querySelectorAll("#views a")) {
    link.href = linkTo(link.dataset.view);
    if (link.dataset.view !== view.key) link.removeAttribute("aria-current");
    else if (!link.hasAttribute("aria-current")) {
      link.setAttribute("aria-current", "page");
      link.scrollIntoView({ inline: "center", block: "nearest" });
    }
  }
  element("view-title").textContent = view.title;
  element("view-lead").textContent = view.lead;
  renderFilters(view, filters, control);
  element("notice").replaceChildren(...(view.notice?.(choices) ?? []));
  element("panels").className = view.layout ?? "panels";
  const panels = view.panels(choices);
  element("panels").replaceChildren(...(panels.length ? panels : [emptyPanel(choices)]).map((panel) => (panel instanceof Node ? panel : makePanel(panel))));
  if (focused && document.activeElement.id !== focused) element(focused)?.focus({ preventScroll: true }); // it was made anew
  element("announcement").textContent = `${view.title}: ${filters.map((filter) => describe(filter, choices[filter.key])).join(", ")}`;
}

function describe(filter, value) {
  if (filter.kind === "check") return `${filter.label} ${value ? "on" : "off"}`;
  if (filter.kind === "day") return `${filter.label} ${formatDay(value)}`;
  return `${filter.label} ${filter.options.find(([option]) => option === value)?.[1]}`;
}
