// Small helpers to make elements.

const element = (id) => document.getElementById(id);

function make(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    if (name === "data") Object.assign(node.dataset, value);
    else if (name in node && name !== "role") node[name] = value;
    else node.setAttribute(name, value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

const cityDot = (dataset) => make("i", { className: "dot", data: { city: dataset.city } });

// A number on the page: its text, its name for tests, and what it is before it is formatted.
const figureText = (testid, value, text, tag = "span") => make(tag, { data: { testid, value }, textContent: text });

// columns: [{key, label, format, isText, empty}], empty: what stands for no value, or gives it for a row; rows: objects; a row's `key` names it in the tests' names of cells.
function makeTable(id, columns, rows, label) {
  const cell = (column, row, place) => {
    const value = row[column.key];
    const empty = value === null || value === undefined;
    const text = empty ? (typeof column.empty === "function" ? column.empty(row) : column.empty ?? "–") : column.format ? column.format(value, row) : value;
    const properties = { className: column.isText ? "text" : "", textContent: text };
    if (place === 0) return make("th", { ...properties, scope: "row" });
    return make("td", { ...properties, data: { testid: `${id}-${row.key}-${column.key}`, value: empty ? "" : value } });
  };
  const heads = columns.map((column) => make("th", { scope: "col", className: column.isText ? "text" : "", textContent: column.label }));
  const body = rows.map((row) => make("tr", { className: row.className }, columns.map((column, place) => cell(column, row, place))));
  return make(
    "div", { className: "scroll", role: "region", tabIndex: 0, "aria-label": label },
    make("table", {}, make("thead", {}, make("tr", {}, heads)), make("tbody", {}, body)),
  );
}
