// Filters that several views have.

const cityFilter = () => ({ key: "city", label: "City", options: [["all", "All cities"], ...page.cities.map((name, place) => [page.cityKeys[place], name])] });
const groupFilter = (keys) => ({ key: "group", label: "Offense", options: keys.map((key) => [key, groupName[key]]), initial: "robbery" });
const measureFilter = () => ({ key: "measure", label: "Count", options: [["cases", "Cases"], ["offenses", "Offenses (NIBRS only)"]] });
const preliminaryFilter = () => ({ key: "preliminary", label: "Preliminary months", kind: "check" });
const sinceFilter = () => ({ key: "since", label: "Years", options: [["all", "All"], ["10", "Last 10"], ["5", "Last 5"], ["3", "Last 3"]] });

const inCity = (city) => (dataset) => city === "all" || page.cityKeys[dataset.city] === city;
// Datasets of crimes in a city that have the measure.
const crimeOf = ({ city, measure }) => crimeDatasets.filter(inCity(city)).filter((dataset) => measure !== "offenses" || dataset.recordType === "offense");

const RAPE_NOTE = "Rape here is NIBRS 11A, 11B and 11C: the definition of 2013, wider than before. Most rapes are never reported, so a change can be one of reporting; it is shown by city only.";
const groupNotice = ({ group }) => (group === "rape" ? [make("p", { className: "note", textContent: RAPE_NOTE })] : []);

const monthColumn = { key: "month", label: "Month", format: formatMonth, raw: isoMonth };
