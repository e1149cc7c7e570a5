import { shortDecimal } from './decimal.ts';
import { type Instant, instantIn, LAST_TIME, localTime, parseTime, type Zone } from './time.ts';
import { zoneOf } from './zone.ts';

/** How a file writes its times. */
export interface TimeSpec {
  /**
   * `rfc3339`, or a pattern of yyyy yy MMM MM M dd d HH H hh h mm m ss s S (fractions) a (AM, PM) XXX (offset), such as
   * `M/d/yy H:mm`; strptime's `%Y-%m-%d` says the same.
   */
  timeFormat?: string;
  /** Of times without an offset: `UTC` (the default), `+02:00`, `America/New_York`. */
  timeZone?: string;
  /** Times are numbers of these, counted from `timeOrigin`; months are whole ones of the calendar. */
  timeUnit?: TimeUnit;
  /** RFC 3339; the epoch by default. */
  timeOrigin?: string;
}

const UNIT_MS = { microseconds: 1e-3, milliseconds: 1, seconds: 1e3, minutes: 6e4, hours: 3.6e6, days: 8.64e7 };
export type TimeUnit = keyof typeof UNIT_MS | 'months';
export const TIME_UNITS = [...Object.keys(UNIT_MS), 'months'] as TimeUnit[];

/** Reads times of one spelling. */
export interface TimeReader {
  read(text: string): Instant | undefined;
  /** What a time that cannot be read is not. */
  fault: string;
}

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const STRPTIME: Record<string, string> = {
  ...{ '%Y': 'yyyy', '%y': 'yy', '%m': 'MM', '%d': 'dd', '%H': 'HH', '%I': 'hh', '%M': 'mm', '%S': 'ss' },
  ...{ '%f': 'S', '%p': 'a', '%b': 'MMM', '%z': 'XXX' },
};
const TOKEN = /%[A-Za-z]|yyyy|yy|MMM|MM?|dd?|HH?|hh?|mm?|ss?|S+|a|X+|[\s\S]/g;
const PARTS: Record<string, string> = {
  yyyy: '(?<year>\\d{4})',
  yy: '(?<short>\\d\\d)',
  MMM: '(?<name>[A-Za-z]{3,9})',
  M: '(?<month>\\d\\d?)',
  d: '(?<day>\\d\\d?)',
  H: '(?<hour>\\d\\d?)',
  h: '(?<half>\\d\\d?)',
  m: '(?<minute>\\d\\d?)',
  s: '(?<second>\\d\\d?)',
  S: '(?<fraction>\\d{1,9})',
  a: '(?<noon>[AaPp]\\.?[Mm]\\.?)',
  X: '(?<offset>[Zz]|[+-]\\d\\d:?\\d\\d)',
};

/** Throws an Error where the spec is none. */
export function timeReader(spec: TimeSpec): TimeReader {
  const zone = spec.timeZone === undefined ? undefined : zoneOf(spec.timeZone);
  if (spec.timeUnit !== undefined) return numberReader(spec.timeUnit, spec.timeOrigin);
  const { timeFormat = 'rfc3339' } = spec;
  const where = spec.timeZone === undefined ? '' : ` that clocks in ${spec.timeZone} show`;
  if (timeFormat === 'rfc3339')
    return { read: (text) => parseTime(text, zone), fault: `must be an RFC 3339 time from 1970 on${where}` };
  const pattern = compile(timeFormat);
  return {
    read: (text) => instantOf(pattern.exec(text)?.groups, zone),
    fault: `must be a time from 1970 on, written ${timeFormat}${where}`,
  };
}

function numberReader(unit: TimeUnit, originText: string | undefined): TimeReader {
  const origin = originText === undefined ? 0 : parseTime(originText)?.time;
  if (origin === undefined) throw new Error(`timeOrigin ${originText} is not an RFC 3339 time.`);
  const since = origin === 0 ? '' : ` since ${originText}`;
  if (unit === 'months') return { read: monthsFrom(origin), fault: `must be a whole number of months${since}` };
  const unitMs = UNIT_MS[unit];
  return {
    read(text) {
      let value = shortDecimal(text);
      if (Number.isNaN(value)) {
        if (!DECIMAL.test(text)) return undefined;
        value = Number(text);
      }
      const time = origin + Math.round(value * unitMs);
      return time >= 0 && time <= LAST_TIME ? { time, offsetMinutes: 0 } : undefined;
    },
    fault: `must be a number of ${unit}${since}, from 1970 to 9999`,
  };
}

/** The same day and hour so many months later. */
function monthsFrom(origin: number): TimeReader['read'] {
  const start = new Date(origin);
  return (text) => {
    const months = shortDecimal(text);
    if (!Number.isInteger(months)) return undefined;
    const time = new Date(start).setUTCMonth(start.getUTCMonth() + months);
    return time >= 0 && time <= LAST_TIME ? { time, offsetMinutes: 0 } : undefined;
  };
}

function compile(format: string): RegExp {
  let source = '';
  const seen = new Set<string>();
  for (const [raw] of format.matchAll(TOKEN)) {
    const token = STRPTIME[raw] ?? raw;
    const part = PARTS[token] ?? PARTS[token[0]];
    const isToken = part !== undefined && /^(?:yyyy|yy|MMM|MM?|dd?|HH?|hh?|mm?|ss?|S+|a|X+)$/.test(token);
    if (isToken && seen.has(part)) throw new Error(`timeFormat ${format} names ${token} twice.`);
    if (isToken) seen.add(part);
    source += isToken ? part : token.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
  }
  const names = [...seen].join('');
  if (!/<year>|<short>/.test(names) || !/<month>|<name>/.test(names) || !names.includes('<day>'))
    throw new Error(`timeFormat ${format} needs a year, a month and a day, such as yyyy-MM-dd HH:mm:ss.`);
  return new RegExp(`^${source}$`);
}

function instantOf(parts: Record<string, string | undefined> | undefined, zone: Zone | undefined): Instant | undefined {
  if (parts === undefined) return undefined;
  const { fraction, offset } = parts;
  const local = localTime(
    yearOf(parts),
    parts.name === undefined ? Number(parts.month) : 1 + MONTHS.indexOf(parts.name.slice(0, 3).toLowerCase()),
    Number(parts.day),
    hourOf(parts),
    Number(parts.minute ?? 0),
    Number(parts.second ?? 0),
    fraction === undefined ? 0 : Math.floor(Number(`0.${fraction}`) * 1000),
  );
  if (local === undefined) return undefined;
  return instantIn(local, offset === undefined ? zone : zoneOf(offset.toUpperCase()), Number(parts.second) === 60);
}

/** Of two digits as POSIX has it: 69 to 99 are of the last century. */
function yearOf({ year, short }: Record<string, string | undefined>): number {
  if (year !== undefined) return Number(year);
  return Number(short) + (Number(short) >= 69 ? 1900 : 2000);
}

/** 12 AM is midnight. Hours that a clock of twelve does not show are none. */
function hourOf({ hour, half, noon }: Record<string, string | undefined>): number {
  if (half === undefined && noon === undefined) return Number(hour ?? 0);
  const shown = Number(half ?? hour);
  if (shown < 1 || shown > 12) return Number.NaN;
  return (shown % 12) + (/^p/i.test(noon ?? 'a') ? 12 : 0);
}
