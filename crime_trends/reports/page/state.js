// The state of the page is in its address: #view=trend&group=robbery&city=austin. What the address says wrong keeps its
// default. A view's filters name the keys that they read.

const state = {};

function readAddress() {
  for (const key of Object.keys(state)) delete state[key];
  for (const [key, value] of new URLSearchParams(location.hash.slice(1))) state[key] = value;
}

const addressOf = (values) => `#${new URLSearchParams(values)}`;

function writeAddress() {
  history.replaceState(null, "", addressOf(state));
}

// What a filter is set to: the address's word if it is one of the options.
function chosen(filter) {
  const asked = state[filter.key];
  if (filter.kind === "check") return asked === "1";
  if (filter.kind === "day") {
    const day = toDay(asked);
    return Number.isNaN(day) ? filter.initial : Math.min(Math.max(day, filter.least), filter.most);
  }
  const values = filter.options.map(([value]) => value);
  return values.includes(asked) ? asked : values.includes(filter.initial) ? filter.initial : values[0];
}
