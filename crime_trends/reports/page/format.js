// Numbers, days and months as people read them. A month is a whole number, year * 12 + month - 1; a day counts from
// 1970-01-01 UTC. Both are labels of the calendar: no time zone enters.

const DAY = 864e5;
const numbers = new Intl.NumberFormat("en-US");
const decimals = new Intl.NumberFormat("en-US", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const hundredths = new Intl.NumberFormat("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const dateFormats = Object.fromEntries(Object.entries({
  day: { dateStyle: "medium" },
  weekday: { weekday: "short", day: "numeric", month: "short", year: "numeric" },
  month: { month: "short", year: "numeric" },
  monthOnly: { month: "short" },
}).map(([name, options]) => [name, new Intl.DateTimeFormat("en-US", { ...options, timeZone: "UTC" })]));

const MONTHS = Array.from({ length: 12 }, (_, month) => dateFormats.monthOnly.format(Date.UTC(2000, month)));
const WEEKDAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const UNITS = {
  cases: ["case", "cases"], offenses: ["offense", "offenses"], calls: ["call", "calls"], rows: ["row", "rows"],
  report: ["report", "reports"], offense: ["offense", "offenses"], call: ["call", "calls"],
};

const formatDay = (day, style = "day") => dateFormats[style].format(day * DAY);
const monthStart = (month) => Date.UTC(Math.floor(month / 12), month % 12); // milliseconds
const yearOf = (month) => Math.floor(month / 12);
const formatMonth = (month) => dateFormats.month.format(monthStart(month));
const isoDay = (day) => new Date(day * DAY).toISOString().slice(0, 10);
const isoMonth = (month) => `${yearOf(month)}-${String((month % 12) + 1).padStart(2, "0")}`;
const toMonth = (text) => Number(text.slice(0, 4)) * 12 + Number(text.slice(5)) - 1; // of YYYY-MM
const toDay = (text) => (/^\d{4}-\d\d-\d\d$/.test(text ?? "") ? Date.parse(`${text}T00:00Z`) / DAY : NaN);
const monthOfDay = (day) => {
  const date = new Date(day * DAY);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
};

const formatCount = (count) => numbers.format(count);
const formatDecimal = (number) => decimals.format(number);
const formatShare = (share) => `${decimals.format(100 * share)} %`;
const formatPercent = (percent) => `${percent > 0 ? "+" : percent < 0 ? "−" : "±"}${decimals.format(Math.abs(percent))} %`;
const formatDifference = (count) => `${count > 0 ? "+" : count < 0 ? "−" : "±"}${numbers.format(Math.abs(count))}`;
const counted = (count, unit) => `${formatCount(count)} ${UNITS[unit][count === 1 ? 0 : 1]}`;

const sentenceCase = (text) => text[0].toUpperCase() + text.slice(1);

function dayRange(from, to) {
  return from === to ? formatDay(from) : `${formatDay(from)} to ${formatDay(to)}`;
}

function monthRange(from, to) {
  if (from === to) return formatMonth(from);
  const start = yearOf(from) === yearOf(to) ? MONTHS[from % 12] : formatMonth(from);
  return `${start} to ${formatMonth(to)}`;
}

// Sorted months as ranges: "Jan to Mar 2024, May 2024".
function monthList(months) {
  const ranges = [];
  for (const month of months) {
    const last = ranges.at(-1);
    if (last && last[1] + 1 === month) last[1] = month;
    else ranges.push([month, month]);
  }
  return ranges.map(([from, to]) => monthRange(from, to)).join(", ");
}
