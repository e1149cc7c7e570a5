/** When people are at work, by their clock. Days begin with Sunday; minutes of the day, [open, close); null: closed. */
export interface OfficeHours {
  /** UTC, an offset, or a name of IANA's. */
  zone: string;
  days: ([open: number, close: number] | null)[];
}

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const NAMES = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const PART = /^([a-z]{3})(?:-([a-z]{3}))?\s+(\d\d):(\d\d)-(\d\d):(\d\d)$/;
/** Ten years of closed days are no office. */
const MOST_DAYS = 3_660;

/** Reads `Mon-Fri 09:00-17:00, Sat 10:00-14:00`. Throws an Error that says what does not fit. */
export function parseOfficeHours(text: string, zone: string): OfficeHours {
  const days: OfficeHours['days'] = NAMES.map(() => null);
  for (const part of text.split(',').map((each) => each.trim().toLowerCase())) {
    const [, first, last = first, ...clock] = PART.exec(part) ?? [];
    const [from, to] = [NAMES.indexOf(first ?? ''), NAMES.indexOf(last ?? '')];
    const [openHour, openMinute, closeHour, closeMinute] = clock.map(Number);
    const [open, close] = [openHour * 60 + openMinute, closeHour * 60 + closeMinute];
    if (from < 0 || to < 0 || !(open < close) || close > 1_440 || openMinute > 59 || closeMinute > 59)
      throw new Error(`${part} is not of the form Mon-Fri 09:00-17:00`);
    for (let day = from; ; day = (day + 1) % 7) {
      if (days[day]) throw new Error(`${NAMES[day]} is there twice`);
      days[day] = [open, close];
      if (day === to) break;
    }
  }
  return { zone, days };
}

/** The instant at which so much time of work has passed since `from`, milliseconds; without hours all time counts. */
export function addWork(hours: OfficeHours | undefined, from: number, ms: number): number {
  if (!hours) return from + ms;
  let left = ms;
  let last = from;
  for (const [open, close] of opened(hours, from)) {
    const start = Math.max(open, from);
    if (start >= close) continue;
    if (left <= close - start) return start + left;
    left -= close - start;
    last = close;
  }
  return last + left;
}

/** Time of work between two instants; 0 where the second is not later. */
export function workBetween(hours: OfficeHours | undefined, from: number, to: number): number {
  if (to <= from) return 0;
  if (!hours) return to - from;
  let sum = 0;
  for (const [open, close] of opened(hours, from)) {
    if (open >= to) break;
    sum += Math.max(0, Math.min(close, to) - Math.max(open, from));
  }
  return sum;
}

/** Opening and closing of each day at work, from the day before an instant on. */
function* opened({ zone, days }: OfficeHours, from: number): Generator<[number, number]> {
  const first = Math.floor((from + offsetAt(zone, from)) / DAY_MS) - 1;
  for (let day = first; day < first + MOST_DAYS; day++) {
    // 1 January 1970 was a Thursday.
    const hours = days[(((day + 4) % 7) + 7) % 7];
    if (hours)
      yield [
        instantOf(zone, day * DAY_MS + hours[0] * MINUTE_MS),
        instantOf(zone, day * DAY_MS + hours[1] * MINUTE_MS),
      ];
  }
}

/** The instant of a wall clock's time; an hour that the clock skips counts as the one after. */
function instantOf(zone: string, local: number): number {
  const guess = local - offsetAt(zone, local);
  return local - offsetAt(zone, guess);
}

const formats = new Map<string, Intl.DateTimeFormat>();
const offsets = new Map<string, number>();
const QUARTER_MS = 900_000;
const KEPT = 4_096;

/** Milliseconds east of UTC. No zone changes its clock within a quarter of an hour. */
function offsetAt(zone: string, at: number): number {
  const start = Math.floor(at / QUARTER_MS) * QUARTER_MS;
  const name = `${zone} ${start}`;
  const known = offsets.get(name);
  if (known !== undefined) return known;
  let format = formats.get(zone);
  if (!format) {
    const digits = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' } as const;
    format = new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', ...digits });
    formats.set(zone, format);
  }
  const shown: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(start)) shown[type] = Number(value);
  const offset = Date.UTC(shown.year, shown.month - 1, shown.day, shown.hour, shown.minute) - start;
  if (offsets.size >= KEPT) offsets.clear();
  offsets.set(name, offset);
  return offset;
}
