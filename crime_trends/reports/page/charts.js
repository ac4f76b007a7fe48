// The charts' specifications in Vega-Lite: what is drawn, over rows that the views hand in.

const HEIGHT = 180;
const valueAxis = (format, extra = {}) => ({ type: "quantitative", axis: { format }, scale: { zero: true, nice: true }, ...extra });

// Ticks of a time axis that fit a width: days, months or years.
function timeTicks(from, to, width, isMonthly) {
  const days = (to - from) / DAY;
  const room = Math.max(2, Math.floor(width / 76));
  if (days <= 100 && !isMonthly) return { format: "%b %-d", tickCount: Math.max(1, Math.min(Math.floor(days), room)) };
  const years = days > 366 * 3;
  const step = Math.ceil(days / (years ? 365.25 : 30.44) / room);
  return years
    ? { format: "%Y", tickCount: { interval: "year", step } }
    : { format: "%b %Y", tickCount: { interval: "month", step: [1, 2, 3, 4, 6, 12].find((months) => months >= step) ?? 12 } };
}

// Rows in order; those of months with one that has no figure for each month that lacks between them.
function withHoles(rows, within) {
  const filled = [];
  for (const row of rows) {
    for (let month = filled.at(-1)?.month + 1; month < row.month; month++) filled.push({ month, at: monthStart(month), ...(within && { [within]: filled.at(-1)[within] }) });
    filled.push(row);
  }
  return filled;
}

// One layer of a time chart. kind: line, bars (around `middle`), band (from `field` to `upper`) or points. Rows without
// a figure and those that do not pass `test` are left out; a line breaks there, and where the field `within` changes.
function timeLayer({ kind, field, upper, color, test, within, ...mark }, rows, axis, time, barWidth) {
  const marks = {
    line: { type: "line", stroke: color, strokeJoin: "round", strokeWidth: 2, clip: true },
    bars: { type: "bar", fill: color, clip: true, width: barWidth },
    band: { type: "area", fill: color, fillOpacity: 0.16, clip: true },
    points: { type: "point", filled: true, fill: color, size: 14, opacity: 0.5, clip: true },
  };
  const passes = (row) => row[field] != null && (!test || test(row));
  const own = kind === "line" ? withHoles(rows, within).map((row) => (passes(row) ? row : { ...row, [field]: null })) : rows.filter(passes);
  if (!own.some((row) => row[field] != null)) return null; // Vega complains of fields without a value
  return {
    data: { values: own },
    mark: { ...marks[kind], ...mark },
    encoding: {
      y: { ...axis, field, ...(kind === "bars" && { stack: null }) },
      ...(kind === "band" && { y2: { field: upper } }),
      x: kind === "bars" ? { ...time, field: "middle" } : time,
      ...(within && { detail: { field: within, type: "nominal" } }),
    },
  };
}

// rows: {at (ms UTC), end?, month?, …}. breaks: [{at}] are where a series begins anew. Every chart has its own axes.
function timeChart({ rows, from, to, layers, breaks = [], format = ",d", zero = true, height = HEIGHT, ticks }) {
  const axis = valueAxis(format, { scale: { zero, nice: true } });
  const shownBreaks = breaks.filter(({ at }) => at > from && at < to);
  return (width) => {
    const end = to > from ? to : from + DAY;
    const time = {
      field: "at", type: "temporal", axis: { ...timeTicks(from, end, width, rows[0]?.end - rows[0]?.at > 20 * DAY), ...(ticks && { format: ticks }) },
      scale: { type: "utc", domain: [from, end] },
    };
    const slot = rows.length ? ((width - 54) * (rows[0].end - rows[0].at)) / (end - from) : 0;
    const barWidth = slot > 5 ? slot - 1 : Math.max(slot, 0.5);
    return {
      height,
      layer: [
        ...layers.map((layer) => timeLayer(layer, rows, axis, time, barWidth)).filter(Boolean),
        ...(shownBreaks.length ? [{
          data: { values: shownBreaks },
          mark: { type: "rule", stroke: "var(--muted)", strokeDash: [3, 3], strokeWidth: 1.2 },
          encoding: { x: time },
        }] : []),
      ],
    };
  };
}

// Which columns are labelled: all if there is room, else every few.
function columnLabels(labels, plot) {
  const every = Math.ceil((labels.length * 44) / plot);
  return labels.filter((_, index) => (labels.length - 1 - index) % every === 0);
}

// rows: {label, [field], pale?, strong?, preliminary?}; labels are unique and in order. hatch: the fill of preliminary
// columns. tick: a field drawn as a tick on each column.
function columnChart({ rows, field, color, hatch = color, tick, widest = 72, format = ",d", height = HEIGHT }) {
  return (width) => {
    const plot = width - 54;
    const labels = rows.map((row) => row.label);
    return {
      data: { values: rows },
      height,
      encoding: {
        x: {
          field: "label", type: "ordinal", sort: null,
          scale: { range: [0, Math.min(plot, rows.length * widest)], paddingInner: 0.28, paddingOuter: 0.1 },
          axis: { values: columnLabels(labels, plot), labelAngle: 0, labelOverlap: true, ticks: false },
        },
      },
      layer: [
        {
          mark: { type: "bar", stroke: color, cornerRadiusEnd: 2 },
          encoding: {
            y: { ...valueAxis(format), field },
            fill: { condition: { test: "datum.preliminary", value: hatch }, value: color },
            fillOpacity: { condition: [{ test: "datum.preliminary", value: 1 }, { test: "datum.pale", value: 0.22 }, { test: "datum.strong", value: 1 }], value: rows.some((row) => row.strong) ? 0.5 : 1 },
            strokeWidth: { condition: { test: "datum.pale || datum.preliminary", value: 1 }, value: 0 },
          },
        },
        ...(tick && rows.some((row) => row[tick] != null) ? [{
          transform: [{ filter: `isValid(datum.${tick})` }],
          mark: { type: "tick", color: "var(--ink)", thickness: 2, bandSize: 18 },
          encoding: { y: { ...valueAxis(format), field: tick } },
        }] : []),
      ],
    };
  };
}

// Each row's range of its own past, and where it is now, on one scale of percent of the past mean.
function rangeChart({ rows, color }) {
  return () => ({
    data: { values: rows },
    height: 21 * rows.length,
    encoding: {
      y: { field: "label", type: "ordinal", sort: null, axis: { minExtent: 118, maxExtent: 118, labelLimit: 112, ticks: false, domain: false } },
    },
    layer: [
      { mark: { type: "rule", stroke: "var(--muted)", strokeDash: [3, 3] }, encoding: { x: { datum: 100, type: "quantitative" }, y: null } },
      {
        mark: { type: "bar", height: 7, fill: color, fillOpacity: 0.25, cornerRadius: 3 },
        encoding: { x: { field: "low", type: "quantitative", scale: { zero: false, nice: true }, axis: { format: ".0f", grid: true, tickCount: 6 } }, x2: { field: "high" } },
      },
      { mark: { type: "point", filled: true, fill: color, size: 70, opacity: 1 }, encoding: { x: { field: "now", type: "quantitative" } } },
    ],
  });
}

// The bounds of shapes as a Mercator map has them, in degrees of longitude: its width and its height.
function mapSpan(shapes) {
  const northing = (latitude) => (Math.log(Math.tan(Math.PI / 4 + (latitude * Math.PI) / 360)) * 180) / Math.PI;
  const positions = shapes.flatMap(({ geometry }) => geometry.coordinates.flatMap(([outer]) => outer));
  const span = (values) => values.reduce((most, value) => Math.max(most, value), -Infinity) - values.reduce((least, value) => Math.min(least, value), Infinity);
  return { wide: span(positions.map(([longitude]) => longitude)), high: span(positions.map(([, latitude]) => northing(latitude))) };
}

const MAP_HEIGHTS = [220, 520];

// rows: {code, geometry, place: [longitude, latitude, degrees to the nearest edge], fill}. Codes stand where they have room.
function mapChart({ rows }) {
  const { wide, high } = mapSpan(rows);
  return (width) => {
    const height = Math.round(Math.max(MAP_HEIGHTS[0], Math.min(MAP_HEIGHTS[1], ((width - 8) * high) / wide)));
    const perDegree = Math.min((width - 8) / wide, (height - 8) / high);
    const named = rows.filter(({ code, place }) => place[2] * perDegree > 3.2 * code.length + 2);
    return {
      height,
      projection: { type: "mercator" },
      layer: [
        {
          data: { values: rows.map(({ geometry, fill }) => ({ type: "Feature", geometry, fill })) },
          mark: { type: "geoshape", stroke: "var(--edge)", strokeWidth: 0.8, strokeJoin: "round" },
          encoding: { fill: { field: "fill", type: "nominal", scale: null } },
        },
        ...(named.length ? [{
          data: { values: named.map(({ code, place: [longitude, latitude] }) => ({ code, longitude, latitude })) },
          mark: { type: "text", fill: "var(--ink)", fontSize: 11 },
          encoding: {
            longitude: { field: "longitude", type: "quantitative" }, latitude: { field: "latitude", type: "quantitative" },
            text: { field: "code", type: "nominal" },
          },
        }] : []),
      ],
    };
  };
}
