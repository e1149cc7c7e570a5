import type { TimeSpec } from './time-format.ts';
import { Undecided } from './undecided.ts';

/** What a file's times were taken to be, in words, and how to read them. */
export interface DetectedTime {
  spec: TimeSpec;
  /** Undefined where RFC 3339 with offsets says it all. */
  said?: string;
}

const DATE = /^(\d{1,4})([-/.])(\d{1,2})\2(\d{1,4})(?:([ T])(\d{1,2}):\d{2}(:\d{2}(\.\d{1,9})?)?(?:( ?)[AaPp][Mm])?)?$/;
const NUMBER = /^\d+(?:\.\d*)?$/;
const COMPACT: [RegExp, string][] = [
  [/^(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$/, 'yyyyMMdd'],
  [/^(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])[0-5]\d[0-5]\d$/, 'yyyyMMddHHmmss'],
  // Milliseconds since 1970 of so many digits would be of 1976.
  [/^(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])[0-5]\d$/, 'yyyyMMddHHmm'],
];

/** What looks like RFC 3339, whether or not there is such a day. */
const RFC3339 = /^\d{4}-\d\d-\d\d(?:[Tt ]\d\d:\d\d.*)?$/;
const ZONED = /\d\s?(?:[Zz]|[+-]\d\d:?\d\d)$/;
/** So large a share decides: a bad row or two must not make another format of the file. */
const MOST = 0.9;

/**
 * How the times of a file's first rows are written. Where nothing fits it is RFC 3339, which the rows are then refused by. An
 * order of day and month that cannot be told throws an Error that says what to declare.
 */
export function detectTime(texts: readonly string[], zone: string | undefined): DetectedTime {
  const given = texts.map((text) => text.trim()).filter((text) => text !== '');
  const fitting = (pattern: RegExp) => {
    const found = given.filter((text) => pattern.test(text));
    return found.length >= MOST * given.length ? found : undefined;
  };
  const plain = fitting(RFC3339);
  if (plain)
    return plain.every((text) => ZONED.test(text.slice(10))) ? { spec: {} } : said({ timeFormat: 'rfc3339' }, zone);
  for (const [pattern, timeFormat] of COMPACT) if (fitting(pattern)) return said({ timeFormat }, zone);
  const numbers = fitting(NUMBER);
  if (numbers) return epoch(numbers.map(Number));
  const dates = fitting(DATE);
  if (dates) return said({ timeFormat: pattern(dates) }, zone);
  const shown = JSON.stringify(given[0].slice(0, 40));
  return { spec: {}, said: `Times such as ${shown} are in no known format: say timeFormat in the map.` };
}

function said(spec: TimeSpec, zone: string | undefined): DetectedTime {
  const how = spec.timeFormat === 'rfc3339' ? 'Times' : `Times are read as ${spec.timeFormat}; those`;
  return { spec, said: `${how} without an offset are taken as of ${zone ?? 'UTC'}.` };
}

/** By how large they are: seconds until the year 5138, milliseconds from 1973 on, and so microseconds. */
function epoch(numbers: number[]): DetectedTime {
  const middle = numbers.sort((a, b) => a - b)[numbers.length >> 1];
  const timeUnit =
    middle >= 1e14 && middle < 1e17
      ? 'microseconds'
      : middle >= 1e11 && middle < 1e14
        ? 'milliseconds'
        : middle >= 1e8 && middle < 1e11
          ? 'seconds'
          : undefined;
  if (timeUnit === undefined)
    return {
      spec: {},
      said: `Times are numbers such as ${middle}, counted from nobody says when: say timeUnit and timeOrigin in the map.`,
    };
  return { spec: { timeUnit }, said: `Times are read as ${timeUnit} since 1970.` };
}

function pattern(texts: string[]): string {
  const matches = texts.map((text) => DATE.exec(text)!);
  const separator = matches[0][2];
  const yearFirst = matches[0][1].length === 4;
  const widest = (group: number) => Math.max(...matches.map((match) => Number(match[group])));
  let date: string;
  if (yearFirst) date = ['yyyy', 'M', 'd'].join(separator);
  else {
    const year = matches[0][4].length === 4 ? 'yyyy' : 'yy';
    const [first, second] = [widest(1), widest(3)];
    const [dayFirst, monthFirst] = [['d', 'M', year].join(separator), ['M', 'd', year].join(separator)];
    if (first > 12 === second > 12)
      throw new Undecided(
        `Whether the times are ${monthFirst} or ${dayFirst} cannot be told from ${JSON.stringify(texts[0])}: say timeFormat in the map.`,
      );
    date = first > 12 ? dayFirst : monthFirst;
  }
  const [, , , , , gap, hour, seconds, fraction, blank] = matches.find((match) => match[8] !== undefined) ?? matches[0];
  if (hour === undefined) return date;
  const clock = `${blank === undefined ? 'H' : 'h'}:mm${seconds === undefined ? '' : ':ss'}${fraction === undefined ? '' : '.S'}`;
  return `${date}${gap}${clock}${blank === undefined ? '' : `${blank}a`}`;
}
