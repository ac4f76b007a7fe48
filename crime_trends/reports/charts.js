"use strict";
// The charts: Vega-Lite specifications drawn as SVG. Colours are the page's CSS variables, so that light, dark and
// print need no second drawing. Pointer and arrow keys read single values off a chart.

const charts = (() => {
  const font = getComputedStyle(document.documentElement).getPropertyValue("--sans").trim();
  const config = {
    font,
    aria: false, // the panel describes itself; a label on each of thousands of marks helps nobody
    background: null,
    padding: { left: 0, right: 6, top: 6, bottom: 0 },
    view: { stroke: null },
    axis: {
      labelColor: "var(--muted)", labelFontSize: 11.5, labelPadding: 6,
      domainColor: "var(--rule)", tickColor: "var(--rule)", gridColor: "var(--grid)", title: null,
    },
    axisX: { grid: false, tickSize: 4 },
    axisY: { domain: false, ticks: false, format: ",d", tickCount: 4, minExtent: 44, maxExtent: 44 },
  };
  const countAxis = { field: "count", type: "quantitative", scale: { zero: true, nice: true } };

  function dayTicks(days, width) {
    const room = Math.max(2, Math.floor(width / 76));
    if (days <= 100) return { format: "%b %-d", tickCount: Math.min(days, room) };
    const years = days > 366 * 3;
    const step = Math.ceil(days / (years ? 365.25 : 30.44) / room);
    return years
      ? { format: "%Y", tickCount: { interval: "year", step } }
      : { format: "%b %Y", tickCount: { interval: "month", step: [1, 2, 3, 4, 6, 12].find((months) => months >= step) ?? 12 } };
  }

  // rows: {at (ms UTC), count, mean}, either may be null
  function daily(rows, from, to, color, width) {
    const line = (field, mark) => ({
      mark: { type: "line", stroke: color, strokeJoin: "round", clip: true, ...mark },
      encoding: { y: { ...countAxis, field } },
    });
    return {
      data: { values: rows },
      height: 170,
      encoding: {
        x: {
          field: "at", type: "temporal",
          scale: { type: "utc", domain: [from, to > from ? to : from + 864e5] },
          axis: dayTicks(rows.length, width),
        },
      },
      layer: [
        line("count", {
          strokeWidth: rows.length > 800 ? 0.5 : 1,
          strokeOpacity: rows.length > 800 ? 0.35 : 0.5,
          point: rows.length <= 62 && { fill: color, size: 14, fillOpacity: 0.6, strokeWidth: 0 },
        }),
        // Vega complains of a field without a single value
        ...(rows.some((row) => row.mean != null) ? [line("mean", { strokeWidth: rows.length > 800 ? 1.25 : 2.25 })] : []),
      ],
    };
  }

  // Which columns are labelled, and how: all if there is room, else every few months with the year below January's,
  // else years only.
  function columnLabels(labels, plot) {
    if (labels.length * 62 <= plot || !labels[0].includes(" ")) {
      const every = Math.ceil((labels.length * 44) / plot);
      return { values: labels.filter((_, index) => index % every === 0), labelExpr: "datum.label" };
    }
    const monthOf = (label) => new Date(`1 ${label} UTC`).getUTCMonth();
    const step = [1, 2, 3, 6].find((months) => (labels.length / months) * 36 <= plot);
    if (step) {
      const values = labels.filter((label) => monthOf(label) % step === 0);
      return { values, labelExpr: `slice(datum.label, 0, 3) === "Jan" || datum.label === "${values[0]}" ? split(datum.label, " ") : slice(datum.label, 0, 3)` };
    }
    const januaries = labels.filter((label) => monthOf(label) === 0);
    const every = Math.ceil((januaries.length * 44) / plot);
    return { values: januaries.filter((_, index) => index % every === 0), labelExpr: "slice(datum.label, -4)" };
  }

  // rows: {label, count, whole}; labels are unique and in order, "Mar 2024" or "2024"
  function columns(rows, color, width, widest) {
    const plot = width - 50;
    const partial = "!datum.whole && datum.count > 0";
    return {
      data: { values: rows },
      height: 170,
      mark: { type: "bar", fill: color, stroke: color, cornerRadiusEnd: 2 },
      encoding: {
        x: {
          field: "label", type: "ordinal", sort: null,
          scale: { range: [0, Math.min(plot, rows.length * widest)], paddingInner: rows.length > 60 ? 0.15 : 0.3, paddingOuter: 0.1 },
          axis: { ...columnLabels(rows.map((row) => row.label), plot), labelAngle: 0, labelOverlap: true, ticks: false },
        },
        y: countAxis,
        fillOpacity: { condition: { test: partial, value: 0.25 }, value: 1 },
        strokeWidth: { condition: { test: partial, value: 1 }, value: 0 },
      },
    };
  }

  // Draws into an element and lets people read the values. read(row) gives the lines of the tip.
  async function draw(element, spec, rows, xField, read) {
    element.replaceChildren();
    const plot = document.createElement("div");
    const tip = document.createElement("div");
    const rule = document.createElement("div");
    plot.className = "plot";
    tip.className = "tip";
    rule.className = "rule";
    tip.setAttribute("role", "status");
    tip.hidden = rule.hidden = true;
    element.append(plot, rule, tip);
    const sized = { ...spec, width: element.clientWidth, autosize: { type: "fit", contains: "padding" } };
    const { view } = await vegaEmbed(plot, sized, { actions: false, config, defaultStyle: false, renderer: "svg", tooltip: false });
    plot.querySelector("svg").setAttribute("aria-hidden", "true");

    const scale = view.scale("x");
    const half = scale.bandwidth ? scale.bandwidth() / 2 : 0;
    const [left, top] = view.origin();
    const positions = rows.map((row) => left + scale(row[xField]) + half);
    let current = -1;

    function show(index) {
      current = index;
      tip.replaceChildren(...read(rows[index]).map((text, line) => {
        const part = document.createElement(line ? "span" : "strong");
        part.textContent = text;
        return part;
      }));
      tip.hidden = rule.hidden = false;
      rule.style.cssText = `left:${positions[index]}px;top:${top}px;height:${view.height()}px`;
      const room = element.clientWidth - tip.offsetWidth;
      tip.style.left = `${Math.max(0, Math.min(room, positions[index] - tip.offsetWidth / 2))}px`;
    }
    function hide() {
      current = -1;
      tip.hidden = rule.hidden = true;
    }
    function nearest(x) {
      let low = 0;
      let high = positions.length - 1;
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((positions[middle] + positions[middle + 1]) / 2 < x) low = middle + 1;
        else high = middle;
      }
      return low;
    }
    const steps = { ArrowLeft: (at) => at - 1, ArrowRight: (at) => at + 1, Home: () => 0, End: () => rows.length - 1 };
    element.onpointermove = (event) => show(nearest(event.clientX - element.getBoundingClientRect().left));
    element.onpointerdown = element.onpointermove;
    element.onpointerleave = element.onblur = hide;
    element.onkeydown = (event) => {
      if (event.key === "Escape") hide();
      if (!(event.key in steps)) return;
      event.preventDefault();
      const from = current < 0 ? rows.length : current;
      show(Math.max(0, Math.min(rows.length - 1, steps[event.key](from))));
    };
  }

  return { daily, columns, draw };
})();
