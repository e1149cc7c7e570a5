import { type Instant, instantIn, localTime, type Zone } from '../time.ts';

const MINUTE_MS = 60_000;
const QUARTER_MINUTES = 15;
const MAX_OFFSET_MINUTES = 14 * 60;
/** Between the till's clock and the message's way out. */
const MAX_BETWEEN_MS = 5 * MINUTE_MS;

export interface Told {
  instant: Instant | undefined;
  warnings: string[];
  fault?: { element: number; message: string };
}

/**
 * When it happened, of DE7 (MMDDhhmmss, UTC) and of DE12 and DE13 (hhmmss and MMDD by the till's clock). None has a year: it is that
 * nearest to `receivedAt` in which the date exists. Both together tell the local hour, as a whole quarter of an hour east of UTC.
 */
export function timeOf(
  sent: { transmission: string | undefined; time: string | undefined; date: string | undefined },
  receivedAt: number,
  zone: Zone | undefined,
): Told {
  const { transmission, time, date } = sent;
  const warnings: string[] = [];
  const local = time && date ? nearest(date + time, receivedAt) : undefined;
  if (time && date && local === undefined) return no(13, 'is no date, with DE12 as its time, of these years');
  const sentAt = transmission ? nearest(transmission, receivedAt) : undefined;
  if (transmission && sentAt === undefined) return no(7, 'is no date and time of these years');
  if (local !== undefined && zone !== undefined) {
    const instant = instantIn(local, zone);
    if (instant === undefined) return no(12, 'is an hour that the clocks of the map’s timeZone skip');
    return { instant, warnings: [yearIs('DE13', local)] };
  }
  if (sentAt !== undefined) {
    const offsetMinutes = local === undefined ? undefined : offsetOf(local, sentAt);
    warnings.push(yearIs('DE7', sentAt));
    if (local !== undefined && offsetMinutes === undefined)
      warnings.push('DE12 and DE13 are no clock’s time at DE7: the time is that of DE7, the local hour is not known.');
    // The till's moment stays what it is when a message is repeated later.
    if (local !== undefined && offsetMinutes !== undefined)
      return { instant: instantIn(local, () => offsetMinutes), warnings };
    return { instant: { time: sentAt, offsetMinutes: 0 }, warnings };
  }
  if (local !== undefined) {
    warnings.push(
      yearIs('DE13', local),
      'DE12 and DE13 name no zone and there is no DE7: they are taken as UTC (timeZone in the map says another).',
    );
    return { instant: { time: local, offsetMinutes: 0 }, warnings };
  }
  if (time || date) warnings.push('Of DE12 and DE13 one is missing: neither is used.');
  warnings.push('There is no DE7: the time of receipt is used.');
  return { instant: undefined, warnings };
}

const no = (element: number, message: string): Told => ({
  instant: undefined,
  warnings: [],
  fault: { element, message },
});

const yearIs = (element: string, time: number) =>
  `${element} has no year: it is taken as of ${new Date(time).getUTCFullYear()}, the nearest.`;

/** MMDDhhmmss in the nearest year that has it, as if it were UTC; undefined where no year around has it. */
function nearest(digits: string, receivedAt: number): number | undefined {
  const part = (at: number) => Number(digits.slice(at, at + 2));
  const year = new Date(receivedAt).getUTCFullYear();
  let best: number | undefined;
  for (let one = year - 1; one <= year + 1; one++) {
    const time = localTime(one, part(0), part(2), part(4), part(6), part(8), 0);
    if (time !== undefined && (best === undefined || Math.abs(time - receivedAt) < Math.abs(best - receivedAt)))
      best = time;
  }
  return best;
}

/** Minutes east of UTC of a clock that shows `local` at `sentAt`; undefined where it could be no clock. */
function offsetOf(local: number, sentAt: number): number | undefined {
  const minutes = Math.round((local - sentAt) / (QUARTER_MINUTES * MINUTE_MS)) * QUARTER_MINUTES;
  const rest = Math.abs(local - sentAt - minutes * MINUTE_MS);
  return Math.abs(minutes) <= MAX_OFFSET_MINUTES && rest <= MAX_BETWEEN_MS ? minutes || 0 : undefined;
}
