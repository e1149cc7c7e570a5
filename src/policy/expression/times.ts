import type { Builder } from './builder.ts';
import { type Code, typeWords } from './code.ts';
import type { TIME_METHODS } from './functions.ts';
import { literalText } from './literal.ts';
import type { MethodCall } from './method.ts';

/** Times and durations in milliseconds; parts of a time in UTC, or at a fixed offset such as "+02:00". No clock, no zone of the process. */
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

type Name = (typeof TIME_METHODS)[number];

const OF_TIME: Record<Name, (ms: number) => number> = {
  getFullYear: (ms) => new Date(ms).getUTCFullYear(),
  getMonth: (ms) => new Date(ms).getUTCMonth(),
  getDate: (ms) => new Date(ms).getUTCDate(),
  getDayOfMonth: (ms) => new Date(ms).getUTCDate() - 1,
  getDayOfWeek: (ms) => new Date(ms).getUTCDay(),
  getDayOfYear: (ms) => Math.floor((ms - Date.UTC(new Date(ms).getUTCFullYear(), 0)) / DAY),
  getHours: (ms) => new Date(ms).getUTCHours(),
  getMinutes: (ms) => new Date(ms).getUTCMinutes(),
  getSeconds: (ms) => new Date(ms).getUTCSeconds(),
  getMilliseconds: (ms) => new Date(ms).getUTCMilliseconds(),
};
const OF_DURATION: Partial<Record<Name, (ms: number) => number>> = {
  getHours: (ms) => Math.trunc(ms / HOUR),
  getMinutes: (ms) => Math.trunc(ms / MINUTE),
  getSeconds: (ms) => Math.trunc(ms / SECOND),
  getMilliseconds: (ms) => ms % SECOND,
};

export function buildTimeMethod(builder: Builder, call: MethodCall<Name>): Code {
  const { name, object, target, parts, at } = call;
  if (object.type === 'duration') {
    const part = OF_DURATION[name];
    if (part === undefined || parts.length > 0) return builder.refuse(at, `A duration has no ${name} of that kind.`);
    const { run } = object;
    return { type: 'number', cost: object.cost + 2, run: (facts) => part(run(facts)) };
  }
  if (object.type !== 'time')
    return builder.refuse(target, `${name} needs a time, and this is ${typeWords(object.type)}.`);
  if (parts.length > 1) return builder.refuse(at, `It is time.${name}(["+02:00"]).`);
  const zone = parts.length === 0 ? 'UTC' : literalText(parts[0]);
  const offset = zone === undefined ? undefined : offsetOf(zone);
  if (offset === undefined) return builder.refuse(parts[0], 'A zone is "UTC" or a fixed offset, such as "+02:00".');
  const { run } = object;
  const part = OF_TIME[name];
  return { type: 'number', cost: object.cost + 8, run: (facts) => part(run(facts) + offset) };
}

function offsetOf(zone: string): number | undefined {
  if (zone === 'UTC' || zone === 'Z') return 0;
  const match = /^([+-]?)(\d\d):(\d\d)$/.exec(zone);
  if (match === null || Number(match[2]) > 23 || Number(match[3]) > 59) return undefined;
  return (match[1] === '-' ? -1 : 1) * (Number(match[2]) * HOUR + Number(match[3]) * MINUTE);
}

const TIME = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/;

/** RFC 3339 with its zone, to the millisecond. */
export function parseTimestamp(text: string): number | undefined {
  const match = TIME.exec(text);
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number);
  const offset = offsetOf(match[8]);
  const time = new Date(0);
  time.setUTCFullYear(year, month - 1, day);
  if (time.getUTCMonth() !== month - 1 || hour > 23 || minute > 59 || second > 59 || offset === undefined)
    return undefined;
  const milliseconds = Math.floor(Number(`0.${match[7] ?? '0'}`) * 1000);
  return time.getTime() + hour * HOUR + minute * MINUTE + second * SECOND + milliseconds - offset;
}

const UNITS: Record<string, number> = { h: HOUR, m: MINUTE, s: SECOND, ms: 1 };

/** Such as `1h30m` or `-1.5s`. */
export function parseDuration(text: string): number | undefined {
  if (!/^[+-]?(?:\d+(?:\.\d+)?(?:h|ms|m|s))+$/.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s)/g)) total += Number(amount) * UNITS[unit];
  return text.startsWith('-') ? -total : total;
}
