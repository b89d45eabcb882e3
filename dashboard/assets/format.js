const whole = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 });
const tenth = new Intl.NumberFormat('en-GB', { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const hundredth = new Intl.NumberFormat('en-GB', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const none = '–';
const missing = (value) => value === null || value === undefined || Number.isNaN(value);

export const int = (value) => (missing(value) ? none : whole.format(value).replace('-', '−'));
export const one = (value) => (missing(value) ? none : tenth.format(value));
export const two = (value) => (missing(value) ? none : hundredth.format(value));
export const percent = (ratio) => (missing(ratio) ? none : `${whole.format(Math.floor(ratio * 100 + 1e-9))} %`);
/** 0.34 % needs its digits, 34 % does not. */
export const finePercent = (ratio) => (missing(ratio) ? none : ratio > 0 && ratio < 0.1 ? `${two(ratio * 100)} %` : percent(ratio));

/** Hours, as days from two days on. */
export function hours(value) {
  if (missing(value)) return none;
  return value < 48 ? `${one(value)} h` : `${one(value / 24)} d`;
}
/** Minutes, as hours from three hours on. */
export const minutes = (value) => (missing(value) ? none : value < 180 ? `${int(Math.round(value))} min` : hours(value / 60));

/** How long ago: "12 s", "4 min", "3 h 10 min", "2 d". */
export function age(seconds) {
  if (missing(seconds)) return none;
  const s = Math.max(0, Math.round(seconds));
  if (s < 90) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min`;
  if (s < 172800) return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
  return `${Math.floor(s / 86400)} d`;
}

export function bytes(value) {
  if (missing(value)) return none;
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let n = value, i = 0;
  while (n >= 1000 && i < units.length - 1) { n /= 1000; i += 1; }
  return `${i === 0 ? whole.format(n) : tenth.format(n)} ${units[i]}`;
}

let zone = 'UTC';
let clocks = make();
function make() {
  const part = (options) => new Intl.DateTimeFormat('en-GB', { timeZone: zone, hourCycle: 'h23', ...options });
  return {
    clock: part({ hour: '2-digit', minute: '2-digit', second: '2-digit' }),
    short: part({ hour: '2-digit', minute: '2-digit' }),
    day: part({ weekday: 'short', day: 'numeric', month: 'short' }),
    date: part({ day: 'numeric', month: 'short' }),
    iso: new Intl.DateTimeFormat('sv-SE', { timeZone: zone }),
    moment: part({ day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' }),
  };
}
/** All times are shown in the hospital's zone; the status line says which. */
export function setZone(name) {
  if (!name || name === zone) return;
  const before = zone;
  zone = name;
  try {
    clocks = make();
  } catch {
    zone = before; // a browser that does not know the zone keeps the last one, and the status line names that
  }
}
export const zoneName = () => zone;
const at = (kind) => (iso) => (missing(iso) ? none : clocks[kind].format(new Date(iso)));
export const clock = at('clock');
export const short = at('short');
export const day = at('day');
export const date = at('date');
export const moment = at('moment');
/** The local date of an instant, such as 2026-03-02. */
export const isoDate = at('iso');
/** A local date such as 2026-03-02, which has no zone. */
export const localDate = (value) => new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', day: 'numeric', month: 'short' }).format(new Date(`${value}T00:00:00Z`));

/** "18 more than a week ago" */
export function versus(value, before) {
  if (missing(before) || missing(value)) return 'no figure from a week ago';
  const difference = value - before;
  if (difference === 0) return 'same as a week ago';
  return `${int(Math.abs(difference))} ${difference > 0 ? 'more' : 'fewer'} than a week ago`;
}

export const plural = (n, word) => `${int(n)} ${word}${n === 1 ? '' : 's'}`;
/** "a, b and c" */
export const list = (words, last = 'and') => (words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`);
export const capital = (word) => word.charAt(0).toUpperCase() + word.slice(1);

/** Names are shown as they are; the one row that collects unknown departments is a word of ours. */
export const department = (name) => (name === 'unmapped' ? 'Unmapped' : name);
/** A rule by its reason, or by its name where the server knows no reason. */
export const rule = (row) => (row.reason && row.reason !== row.rule ? row.reason : capital(row.rule.replaceAll('_', ' ')));

/** The word for an occupancy; colour only ever accompanies it. */
export function pressure(occupancy) {
  if (missing(occupancy)) return { level: 'none', word: '' };
  if (occupancy > 1) return { level: 'over', word: 'Over' };
  if (occupancy === 1) return { level: 'over', word: 'Full' };
  if (occupancy >= 0.92) return { level: 'tight', word: 'Tight' };
  return { level: 'none', word: '' };
}
