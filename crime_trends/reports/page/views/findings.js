// Sentences that were computed from settled, complete months of one series (reports/findings.md has them too).

function makeFindings({ title, dataset, sentences, caveats }, place) {
  // What must be known with every one of them is said once, above them.
  const common = sentences[0].caveats.filter((caveat) => sentences.every((sentence) => sentence.caveats.includes(caveat)));
  const above = [...common, ...caveats].join(" ");
  const items = sentences.map(({ text, caveats: known }, line) => {
    const own = known.filter((caveat) => !common.includes(caveat)).join(" ");
    return make("li", { data: { testid: `finding-${place}-${line}` } }, text, own && make("small", { textContent: own }));
  });
  return make(
    "section", { className: "findings", data: { testid: `findings-${place}` } },
    make("h3", {}, dataset && cityDot(datasetOf[dataset]), title, page.synthetic && make("b", { className: "stamp", textContent: "made-up data" })),
    above && make("p", { className: "hint", textContent: above }), make("ul", {}, items),
  );
}

defineView({
  key: "findings",
  title: "Findings",
  lead: "Sentences computed from settled, complete months of one series, each with its numbers, period and interval. An interval that includes zero reads 'no clear change'. They name no cause and rank neither cities nor areas.",
  panels: () => (page.findings.length
    ? page.findings.map(makeFindings)
    : [{ id: "findings", title: "No finding", wide: true, lacking: "No series has two years of settled, complete months." }]),
});
