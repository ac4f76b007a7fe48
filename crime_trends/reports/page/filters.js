// Filters that several views have.

const cityFilter = () => ({ key: "city", label: "City", options: [["all", "All cities"], ...page.cities.map((name, place) => [page.cityKeys[place], name])] });
const groupFilter = (keys) => ({ key: "group", label: "Offense", options: keys.map((key) => [key, groupName[key]]), initial: "robbery" });
const measureFilter = () => ({ key: "measure", label: "Count", options: [["cases", "Cases"], ["offenses", "Offenses (NIBRS only)"]] });
const preliminaryFilter = () => ({ key: "preliminary", label: "Preliminary months", kind: "check" });
const sinceFilter = () => ({ key: "since", label: "Years", options: [["all", "All"], ["10", "Last 10"], ["5", "Last 5"], ["3", "Last 3"]] });

const inCity = (city) => (dataset) => city === "all" || page.cityKeys[dataset.city] === city;
// Datasets of crimes in a city that have the measure.
const crimeOf = ({ city, measure }) => crimeDatasets.filter(inCity(city)).filter((dataset) => measure !== "offenses" || dataset.recordType === "offense");

// What is shown where no dataset has what was chosen, which happens since the address keeps choices across views.
function emptyPanel({ city, measure }) {
  const [what, has, instead] = measure === "offenses" ? ["offenses", (dataset) => dataset.recordType === "offense", "cases"] : ["calls for service", (dataset) => dataset.recordType === "call", "another offense"];
  const cities = [...new Set(datasets.filter(has).map((dataset) => dataset.cityName))];
  const lacking = `No dataset of ${page.cities[page.cityKeys.indexOf(city)]} counts ${what}. Choose ${instead}, or ${cities.join(" or ")}.`;
  return { id: "nothing", title: `No ${what}`, wide: true, lacking };
}

// What a reader must know of an offense; a dataset of calls has none.
const groupNotice = ({ group, dataset }) => (page.notes[group] && datasetOf[dataset]?.recordType !== "call" ? [make("p", { className: "note", textContent: page.notes[group] })] : []);

const monthColumn = { key: "month", label: "Month", format: formatMonth, raw: isoMonth };
