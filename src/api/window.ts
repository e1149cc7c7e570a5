import { AssayError } from '../domain/errors.ts';
import { parseTime } from '../intake/time.ts';

const UNITS: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
const YEAR_MS = 366 * 86_400_000;

/** `90s`, `15m`, `24h`, `7d`, `2w` in milliseconds; at most a year. Undefined for anything else. */
export function parseWindow(text: string): number | undefined {
  const match = /^(\d{1,8})([smhdw])$/.exec(text);
  const ms = match ? Number(match[1]) * UNITS[match[2]] : 0;
  return ms > 0 && ms <= YEAR_MS ? ms : undefined;
}

/** A window that ends now, milliseconds; `to` is not part of it. Throws `invalid_request`. */
export function windowUntil(now: number, window: string): { from: number; to: number } {
  const length = parseWindow(window);
  if (length === undefined) throw invalid('/window', 'must be a window such as 15m, 24h or 7d, at most a year');
  return { from: now + 1 - length, to: now + 1 };
}

/** A time in a query, milliseconds. Throws `invalid_request`. */
export function instant(name: string, text: string): number {
  // A plus in a query means a space; in a time it can only have been meant as the offset's sign.
  const parsed = parseTime(text.replace(' ', '+')) ?? parseTime(text);
  if (!parsed) throw invalid(`/${name}`, 'must be an RFC 3339 time');
  return parsed.time;
}

export function invalid(path: string, message: string): AssayError {
  return new AssayError('invalid_request', `${path} ${message.replace(/\.$/, '')}.`, { errors: [{ path, message }] });
}
