// Draws Vega-Lite specifications as SVG and lets people read single values off them, with the pointer or arrow keys.
// Colours are the page's CSS variables: light, dark and print need no second drawing. A chart is drawn when it comes
// near the window, and one whose specification stays the same only gets new data.

const plotConfig = {
  font: getComputedStyle(document.documentElement).getPropertyValue("--sans").trim(),
  aria: false, // the panel describes itself; a label on each of thousands of marks helps nobody
  background: null,
  padding: { left: 0, right: 8, top: 8, bottom: 0 },
  view: { stroke: null },
  axis: {
    labelColor: "var(--muted)", labelFontSize: 11.5, labelPadding: 6, title: null,
    domainColor: "var(--rule)", tickColor: "var(--rule)", gridColor: "var(--grid)",
  },
  axisX: { grid: false, tickSize: 4 },
  axisY: { domain: false, ticks: false, tickCount: 4, minExtent: 40, maxExtent: 40 },
};

const charts = new WeakMap();
const waiting = new Set();
// What is seen goes before what is only near.
const nearWindow = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target, boundingClientRect } of entries) {
    if (!isIntersecting) continue;
    if (boundingClientRect.top < innerHeight && boundingClientRect.bottom > 0) drawNow(target);
    else setTimeout(() => drawNow(target), 200);
  }
}, { rootMargin: "250px" });

// chart: {spec(width), rows, x, read(row), finder, label}; x names the field that gives a row its place, unless a finder
// of the chart's own finds the rows.
function placeChart(node, chart) {
  charts.set(node, chart);
  waiting.add(node);
  nearWindow.observe(node);
}

function drawNow(node) {
  nearWindow.unobserve(node);
  if (waiting.delete(node) && node.isConnected) return drawChart(node, charts.get(node));
}

const drawAll = () => Promise.all([...waiting].map(drawNow));

function forgetWaiting() {
  for (const node of waiting) nearWindow.unobserve(node);
  waiting.clear();
}

// For another width: all that is around the charts stays as it is.
function drawAnew() {
  for (const node of document.querySelectorAll(".chart")) {
    node.replaceChildren();
    delete node.dataset.drawn;
    placeChart(node, charts.get(node));
  }
}

async function drawChart(node, chart) {
  const spec = chart.spec(node.clientWidth);
  const plot = make("div", { className: "plot", "aria-hidden": "true" });
  const tip = make("div", { className: "tip", role: "status", hidden: true });
  node.replaceChildren(plot, tip);
  const { view } = await vegaEmbed(
    plot,
    { ...spec, width: node.clientWidth, autosize: { type: "fit", contains: "padding" } },
    { actions: false, config: plotConfig, defaultStyle: false, renderer: "svg", tooltip: false, ast: false },
  );
  node.dataset.drawn = "1";
  if (chart.read) addReader(node, chart, (chart.finder ?? findAlongX)(node, chart, view), tip);
}

// A finder knows where rows are: `nearest` is the row that the pointer means, -1 if it means none; `point` shows where a
// row is and says where its tip belongs; `clear` undoes that; `start` is where the arrow keys come from at first.
function findAlongX(node, chart, view) {
  const rule = node.appendChild(make("div", { className: "rule", hidden: true }));
  const scale = view.scale("x");
  const half = scale.bandwidth ? scale.bandwidth() / 2 : 0;
  const [left, top] = view.origin();
  const positions = chart.rows.map((row) => left + scale(row[chart.x]) + half);
  function nearest(event) {
    const x = event.clientX - node.getBoundingClientRect().left;
    let low = 0;
    let high = positions.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((positions[middle] + positions[middle + 1]) / 2 < x) low = middle + 1;
      else high = middle;
    }
    return low;
  }
  function point(index) {
    rule.hidden = false;
    rule.style.cssText = `left:${positions[index]}px;top:${top}px;height:${view.height()}px`;
    return { x: positions[index] };
  }
  const clear = () => { rule.hidden = true; };
  return { nearest, point, clear, start: chart.rows.length };
}

// Finds shapes of a map: each row is one of its paths, in the same order.
function findShapes(node) {
  const paths = [...node.querySelectorAll(".mark-shape path")];
  const outline = document.createElementNS("http://www.w3.org/2000/svg", "path");
  outline.setAttribute("class", "outline");
  paths[0].parentNode.append(outline);
  function point(index) {
    outline.setAttribute("d", paths[index].getAttribute("d"));
    const [shape, box] = [paths[index], node].map((element) => element.getBoundingClientRect());
    return { x: shape.left + shape.width / 2 - box.left, y: shape.top - box.top };
  }
  const clear = () => outline.removeAttribute("d");
  return { nearest: (event) => paths.indexOf(event.target), point, clear, start: -1 };
}

function addReader(node, chart, finder, tip) {
  let current = -1;
  function show(index) {
    if (index < 0) return hide();
    current = index;
    tip.replaceChildren(...chart.read(chart.rows[index]).filter(Boolean).map((text, line) => make(line ? "span" : "strong", { textContent: text })));
    tip.hidden = false;
    const { x, y } = finder.point(index);
    const room = node.clientWidth - tip.offsetWidth;
    tip.style.left = `${Math.max(0, Math.min(room, x - tip.offsetWidth / 2))}px`;
    if (y !== undefined) tip.style.bottom = `${node.clientHeight - y + 4}px`;
  }
  function hide() {
    current = -1;
    tip.hidden = true;
    finder.clear();
  }
  const steps = { ArrowLeft: (at) => at - 1, ArrowRight: (at) => at + 1, Home: () => 0, End: () => chart.rows.length - 1 };
  node.onpointermove = (event) => show(finder.nearest(event));
  node.onpointerdown = node.onpointermove;
  node.onpointerleave = node.onblur = hide;
  node.onkeydown = (event) => {
    if (event.key === "Escape") hide();
    if (!(event.key in steps)) return;
    event.preventDefault();
    const from = current < 0 ? finder.start : current;
    show(Math.max(0, Math.min(chart.rows.length - 1, steps[event.key](from))));
  };
}
