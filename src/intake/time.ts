const RFC3339 =
  /^(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s?(?:([Zz])|([+-])(\d\d):?(\d\d))?)?$/;

export interface Instant {
  /** Milliseconds since the epoch. */
  time: number;
  /** Minutes east of UTC, as written; 0 where it was not. */
  offsetMinutes: number;
}

/** RFC 3339, the offset optional (UTC) and a bare date its midnight. Undefined for anything else, or before 1970. */
export function parseTime(text: string): Instant | undefined {
  const match = RFC3339.exec(text);
  if (!match) return undefined;
  const [year, month, day, hour, minute, second] = [1, 2, 3, 4, 5, 6].map((group) => Number(match[group] ?? 0));
  const offsetHours = Number(match[10] ?? 0);
  const offsetRest = Number(match[11] ?? 0);
  // 60 is a leap second: RFC 3339 allows it, and it falls on the next minute.
  if (hour > 23 || minute > 59 || second > 60 || offsetHours > 23 || offsetRest > 59) return undefined;
  const milliseconds = match[7] ? Math.floor(Number(`0.${match[7]}`) * 1000) : 0;
  const local = Date.UTC(year, month - 1, day, hour, minute, second, milliseconds);
  const date = new Date(Date.UTC(year, month - 1, day));
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  const offsetMinutes = (match[9] === '-' ? -1 : 1) * (offsetHours * 60 + offsetRest);
  const time = local - offsetMinutes * 60_000;
  return time >= 0 ? { time, offsetMinutes: offsetMinutes || 0 } : undefined;
}
