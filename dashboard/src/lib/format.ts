import type { Transaction } from '../api/types.ts';

/** Numbers, money and times in the reader's own way of writing them. */

const locale = typeof navigator === 'undefined' ? 'en' : navigator.language;
const formats = new Map<string, Intl.NumberFormat>();

function moneyFormat(currency: string, compact: boolean): Intl.NumberFormat {
  const name = `${currency} ${compact}`;
  let format = formats.get(name);
  if (!format) {
    try {
      format = new Intl.NumberFormat(locale, {
        style: 'currency',
        currency,
        ...(compact ? { notation: 'compact', maximumFractionDigits: 1 } : {}),
      });
    } catch {
      // Not a code that this browser knows.
      format = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });
    }
    formats.set(name, format);
  }
  return format;
}

/** A dash where nothing is paid, as with a login. */
export function money(amount: number | null, currency: string): string {
  if (amount === null) return '–';
  return moneyFormat(currency, false).format(amount);
}

export function moneyShort(amount: number, currency: string): string {
  return moneyFormat(currency, Math.abs(amount) >= 10_000).format(amount);
}

const whole = new Intl.NumberFormat(locale);
const short = new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 });

export const count = (value: number): string => whole.format(value);
export const countShort = (value: number): string => (value < 10_000 ? whole.format(value) : short.format(value));

/** A share of 0..1: two significant figures below 10%. */
export function percent(share: number): string {
  const value = share * 100;
  if (value === 0) return '0%';
  if (value < 0.01) return '<0.01%';
  if (value > 99 && value < 100) return `${Math.min(value, 99.9).toFixed(1)}%`;
  return `${value < 1 ? value.toFixed(2) : value < 10 ? value.toFixed(1) : Math.round(value)}%`;
}

/** Milliseconds with a sensible unit. */
export function latency(ms: number | undefined): string {
  if (ms === undefined) return '–';
  if (ms < 1) return `${ms.toFixed(2)} ms`;
  if (ms < 100) return `${ms.toFixed(1)} ms`;
  return ms < 10_000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

export const signed = (value: number, digits = 2): string =>
  `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(digits)}`;

const clock = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false });
const minuteClock = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', hour12: false });
const day = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' });
const full = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium', hour12: false });

export const clockTime = (at: Date): string => clock.format(at);
export const fullTime = (at: Date): string => full.format(at);
/** As an input of times takes it: on the wall clock here, to the minute. */
export function localMinute(at: string): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return '';
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

export const utcTime = (at: Date): string => `${at.toISOString().replace('T', ' ').replace('Z', '')} UTC`;
export const zoneName = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The time alone for today, with the day before that. */
export function shortTime(at: Date, now: Date): string {
  const today = at.toDateString() === now.toDateString();
  return today ? clock.format(at) : `${day.format(at)}, ${minuteClock.format(at)}`;
}

/** For an axis of so many milliseconds. */
export function axisTime(at: Date, spanMs: number): string {
  if (spanMs <= 600_000) return clock.format(at);
  return spanMs <= 2 * 86_400_000 ? minuteClock.format(at) : day.format(at);
}

/** "3 min ago" */
export function ago(at: Date, now: Date): string {
  const seconds = Math.max(0, Math.round((now.getTime() - at.getTime()) / 1000));
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}

/** How long something took: "42 s", "8 min", "3.5 h", "2 d". */
export function duration(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`;
  const [value, unit] = seconds < 172_800 ? [seconds / 3600, 'h'] : [seconds / 86_400, 'd'];
  return `${value < 10 ? Number(value.toFixed(1)) : Math.round(value)} ${unit}`;
}

/** "1 payment", "12 payments" */
export const plural = (n: number, one: string, many = `${one}s`): string => `${count(n)} ${n === 1 ? one : many}`;

/** `user_count_1h` → "User count 1h", where the catalogue has no words for it. */
export function humanize(code: string): string {
  const text = code.replaceAll('_', ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The sentence begins with a capital. */
export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** The strongest reasons that spoke for fraud, in a line. */
export function because({ reasons = [], error }: Pick<Transaction, 'reasons' | 'error'>): string {
  const against = reasons.filter(({ contribution }) => contribution > 0).slice(0, 2);
  return capital(against.map(({ message }) => message).join('; ') || error || '');
}
