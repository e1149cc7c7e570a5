import type { Zone } from './time.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const FIXED = /^(?:UTC|GMT|Z)?(?:([+-])(\d\d):?(\d\d))?$/;

/** A zone by name: `UTC`, `+02:00`, or one of IANA's such as `America/New_York`. Throws an Error where there is none of that name. */
export function zoneOf(name: string): Zone {
  const fixed = FIXED.exec(name);
  if (fixed) {
    const offset = (fixed[1] === '-' ? -1 : 1) * (Number(fixed[2] ?? 0) * 60 + Number(fixed[3] ?? 0)) || 0;
    return () => offset;
  }
  const offsetAt = offsets(name);
  return (local) => {
    // The offsets before and after any change of the clock; where both fit the hour came twice, and the first is meant.
    const [before, after] = [offsetAt(local - DAY_MS), offsetAt(local + DAY_MS)];
    return [before, after].find((offset) => offsetAt(local - offset * 60_000) === offset);
  };
}

const YEARS = { from: 1970, to: 2040 };

/** What is assumed of times that such a zone's clocks show twice; undefined where nobody ever set them back since 1970. */
export function doubledHourNote(name: string): string | undefined {
  if (FIXED.test(name)) return undefined;
  const offsetAt = offsets(name);
  // Half a month is less than any clocks were left alone between two changes: those of Ramadan last one.
  const halfMonths = Array.from({ length: (YEARS.to - YEARS.from) * 24 }, (_, i) =>
    Date.UTC(YEARS.from, Math.floor(i / 2), 1 + (i % 2) * 14),
  );
  if (!halfMonths.some((time, i) => i > 0 && offsetAt(time) < offsetAt(halfMonths[i - 1]))) return undefined;
  return `In the hour that clocks in ${name} show twice, times without an offset are taken as of the first.`;
}

/** The instant at which a local day begins; where the clock leaps over midnight, the first one after it. Milliseconds. */
export function midnight(offsetOf: Zone, local: number): number {
  const offset = offsetOf(local) ?? offsetOf(local - HOUR_MS);
  return local - (offset ?? 0) * 60_000;
}

const KEPT = 4096;

/** Minutes east of UTC by the instant. Rows of a file come in time order, so few hours are asked for again and again. */
function offsets(timeZone: string): (time: number) => number {
  let format: Intl.DateTimeFormat;
  try {
    const digits = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' } as const;
    format = new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', era: 'short', ...digits });
  } catch {
    throw new Error(
      `There is no time zone ${timeZone}: give UTC, an offset such as +02:00, or a name such as Europe/Paris.`,
    );
  }
  const known = new Map<number, number>();
  return (time) => {
    // No zone changes its clock within a quarter of an hour.
    const quarter = Math.floor(time / (HOUR_MS / 4));
    let offset = known.get(quarter);
    if (offset === undefined) {
      const start = quarter * (HOUR_MS / 4);
      const shown: Record<string, number> = {};
      for (const { type, value } of format.formatToParts(start)) shown[type] = Number(value);
      const { year, month, day, hour, minute } = shown;
      offset = (Date.UTC(year, month - 1, day, hour, minute) - start) / 60_000;
      if (known.size >= KEPT) known.clear();
      known.set(quarter, offset);
    }
    return offset;
  };
}
