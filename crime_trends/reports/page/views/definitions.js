// A page for each series: which codes it counts, which it leaves out, and what changed over time.

const CONFIDENCE = { exact: "the police's own coding", approximate: "a rule by the code", default_branch: "a rule without its conditions", disputed: "sources differ" };

const codeColumns = [
  { key: "code", label: "Code" }, { key: "offense_name", label: "Name", isText: true, empty: "" }, { key: "nibrs_code", label: "NIBRS", empty: "" },
  { key: "record_count", label: "Published rows", format: formatCount }, { key: "months", label: "Seen", isText: true },
  { key: "authority", label: "Says who", isText: true, empty: "" }, { key: "confidence", label: "How sure", isText: true, empty: "" },
];

function codeRows(dataset, test) {
  return rowsOf("codes", dataset.key).filter(test).sort((a, b) => b.record_count - a.record_count).map((row, place) => ({
    ...row, key: `${row.offense_code ?? "none"}-${place}`, code: row.offense_code ?? "no code", months: monthRange(row.first_month, row.last_month),
    authority: row.mapping_authority?.replaceAll("_", " "), confidence: CONFIDENCE[row.mapping_confidence],
    counted_as: groupName[row.offense_group],
  }));
}

function definitionPanels({ dataset: key, group: asked }) {
  const dataset = datasetOf[key];
  const group = dataset.recordType === "call" ? "call" : asked;
  const facts = factsOf(dataset, "records", [group]);
  const inside = codeRows(dataset, (row) => row.offense_group === group);
  const outside = codeRows(dataset, (row) => row.offense_group !== group && (row.index_group_high === group || row.index_group_low === group));
  const doubtful = inside.filter((row) => row.index_group_low !== row.index_group_high).length;
  const rowsSum = (rows) => rows.reduce((sum, row) => sum + row.record_count, 0);
  const changes = changesOf(dataset, [group]).map((row, place) => ({
    ...row, key: String(place), span: whenOf(row),
    does: row.effect === "nulls" ? `${row.applies_to}: not comparable across it` : `${row.applies_to}: a note`, known: row.verified ? "seen in the publisher's own files" : "second-hand",
  }));
  const id = `${dataset.key}-${group}`;
  const spans = rowsOf("series", dataset.key, group);
  return [
    make(
      "section", { className: "definition", data: { testid: `definition-${id}` } },
      page.definitions[group] && make("p", { textContent: page.definitions[group] }), make("p", { textContent: `${dataset.grain} ${dataset.limits}` }),
      make("p", {}, make("strong", { textContent: "Series: " }), spans.map((span) => `${formatMonth(span.first_month)} to ${span.last_month === null ? "now" : formatMonth(span.last_month)}`).join("; "), ". Figures are compared within one of them only."),
    ),
    {
      id: `codes-${id}`, dataset, title: "Codes that it counts", wide: true, facts,
      headline: make("span", { className: "sum" }, figureText(`codes-${id}-rows`, rowsSum(inside), `${formatCount(rowsSum(inside))} published rows`), doubtful ? ["; of ", figureText(`codes-${id}-doubtful`, doubtful, formatCount(doubtful)), " of these codes sources differ"] : ""),
      ...(inside.length ? { table: { shown: true, columns: codeColumns, rows: inside } } : { lacking: "No row of it was brought yet." }),
    },
    {
      id: `left-out-${id}`, dataset, title: "Codes that others would count here", wide: true, facts,
      ...(outside.length
        ? { headline: make("span", { className: "sum" }, figureText(`left-out-${id}-rows`, rowsSum(outside), `${formatCount(rowsSum(outside))} published rows`), " left out"), table: { shown: true, columns: [...codeColumns, { key: "counted_as", label: "Counted as", isText: true }], rows: outside } }
        : { content: make("p", { className: "hint", textContent: "None: the sources agree on what does not belong here. Everything else that the dataset holds stands under the other offenses." }) }),
    },
    {
      id: `changes-${id}`, dataset, title: "Changes over time", wide: true, facts: { ...facts, unit: "changes of what is published or counted" },
      ...(changes.length
        ? { table: { shown: true, columns: [{ key: "span", label: "When", isText: true }, { key: "note", label: "What", isText: true }, { key: "does", label: "So that", isText: true }, { key: "source", label: "Says who", isText: true }, { key: "known", label: "How sure", isText: true }], rows: changes } }
        : { content: make("p", { className: "hint", textContent: "No change is known." }) }),
    },
  ];
}

defineView({
  key: "definition",
  short: "Definitions",
  title: "What a series counts",
  lead: "For each dataset and offense: the codes in it, the codes that other sources would count and we do not, and what changed.",
  filters: () => [{ key: "dataset", label: "Dataset", options: datasets.map((dataset) => [dataset.key, dataset.title]) }, groupFilter(crimeGroups)],
  notice: groupNotice,
  panels: definitionPanels,
});
