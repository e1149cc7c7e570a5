const RFC3339 =
  /^(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s?(?:([Zz])|([+-])(\d\d):?(\d\d))?)?$/;

export interface Instant {
  /** Milliseconds since the epoch. */
  time: number;
  /** Minutes east of UTC, as written; 0 where it was not. */
  offsetMinutes: number;
  /** Neither the text nor anybody else says of which zone it is: it was taken as UTC. */
  unzoned?: true;
}

export const unzonedWarning = (field: string) => `${field} has no offset and is read as UTC.`;

/** Minutes east of UTC at a place whose clock shows `local` (milliseconds as if it were UTC); undefined where it never does. */
export type Zone = (local: number) => number | undefined;

/**
 * RFC 3339, the offset optional and a bare date its midnight; without an offset the time is of `zone`, else UTC. Undefined for
 * anything else, for a time that no clock shows, or before 1970.
 */
export function parseTime(text: string, zone?: Zone): Instant | undefined {
  if (text !== last.text || zone !== last.zone) last = { text, zone, instant: parse(text, zone) };
  return last.instant;
}

/** A body's time is asked for when it is checked and when it is taken, a file's also when its spelling is told. */
let last: { text?: string; zone?: Zone | undefined; instant?: Instant | undefined } = {};

function parse(text: string, zone: Zone | undefined): Instant | undefined {
  const usual = parseUsual(text);
  if (usual !== undefined) return usual;
  const match = RFC3339.exec(text);
  if (!match) return undefined;
  const part = (group: number) => Number(match[group] ?? 0);
  const milliseconds = match[7] ? Math.floor(Number(`0.${match[7]}`) * 1000) : 0;
  const local = localTime(part(1), part(2), part(3), part(4), part(5), part(6), milliseconds);
  if (local === undefined) return undefined;
  const isLeap = match[6] === '60';
  if (match[8] === undefined && match[9] === undefined) return instantIn(local, zone, isLeap);
  const [hours, minutes] = [part(10), part(11)];
  if (hours > 23 || minutes > 59) return undefined;
  return from1970(local, (match[9] === '-' ? -1 : 1) * (hours * 60 + minutes) || 0, isLeap);
}

/** `2026-03-01T10:00:00Z`, or with milliseconds, or an offset: what nearly everyone sends. Undefined for all else. */
function parseUsual(text: string): Instant | undefined {
  const { length } = text;
  if (length < 20 || text[4] !== '-' || text[7] !== '-' || text[10] !== 'T' || text[13] !== ':' || text[16] !== ':')
    return undefined;
  const day = digits(text, 0) * 1_000_000 + digits(text, 2) * 10_000 + digits(text, 5) * 100 + digits(text, 8);
  const hour = digits(text, 11);
  const minute = digits(text, 14);
  const second = digits(text, 17);
  let end = 19;
  let milliseconds = 0;
  if (text[end] === '.') {
    milliseconds = digits(text, 20) * 10 + digits(text, 22, 1);
    end = 23;
  }
  let offsetMinutes = 0;
  if (length === end + 6 && (text[end] === '+' || text[end] === '-') && text[end + 3] === ':') {
    const [hours, minutes] = [digits(text, end + 1), digits(text, end + 4)];
    if (!(hours <= 23 && minutes <= 59)) return undefined;
    offsetMinutes = (text[end] === '-' ? -1 : 1) * (hours * 60 + minutes) || 0;
  } else if (length !== end + 1 || text[end] !== 'Z') return undefined;
  // A digit that is none makes any of these NaN, which is below nothing.
  if (!(day >= 0 && hour <= 23 && minute <= 59 && second <= 60 && milliseconds >= 0)) return undefined;
  if (day !== lastDay.day) {
    const date = localTime(Math.floor(day / 10_000), Math.floor(day / 100) % 100, day % 100, 0, 0, 0, 0);
    if (date === undefined) return undefined;
    lastDay = { day, date };
  }
  return from1970(
    lastDay.date + ((hour * 60 + minute) * 60 + second) * 1000 + milliseconds,
    offsetMinutes,
    second === 60,
  );
}

/** Payments come day by day. */
let lastDay = { day: 19_700_101, date: 0 };

/** The number that so many digits are; NaN where they are none. */
function digits(text: string, at: number, count = 2): number {
  let value = 0;
  for (let i = at; i < at + count; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

/** What a clock shows, in milliseconds as if it were UTC; undefined for an hour or a day that there is none, or of long ago. */
export function localTime(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
  milliseconds: number,
): number | undefined {
  // 60 is a leap second: RFC 3339 allows it, and it falls on the next minute.
  // Years of two digits would be of the last century.
  if (year < 100 || hour > 23 || minute > 59 || second > 60) return undefined;
  const date = new Date(Date.UTC(year, month - 1, day));
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  return date.getTime() + ((hour * 60 + minute) * 60 + second) * 1000 + milliseconds;
}

/** A clock's time as an instant of its zone, UTC without one. */
export function instantIn(local: number, zone: Zone | undefined, isLeap = false): Instant | undefined {
  const offsetMinutes = zone === undefined ? 0 : zone(local);
  const instant = offsetMinutes === undefined ? undefined : from1970(local, offsetMinutes, isLeap);
  return instant !== undefined && zone === undefined ? { ...instant, unzoned: true } : instant;
}

const DAY_MS = 86_400_000;
/** Of the year 9999, milliseconds: later ones RFC 3339 cannot write. */
export const LAST_TIME = Date.UTC(10_000, 0) - 1;

function from1970(local: number, offsetMinutes: number, isLeap: boolean): Instant | undefined {
  const time = local - offsetMinutes * 60_000;
  // Seconds are put in at the end of a day of UTC alone.
  if (isLeap && time % DAY_MS >= 1000) return undefined;
  return time >= 0 && time <= LAST_TIME ? { time, offsetMinutes } : undefined;
}
