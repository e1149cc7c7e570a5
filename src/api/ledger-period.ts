import { midnight, zoneOf } from '../intake/zone.ts';
import { invalid } from './window.ts';

/** A month or a quarter of a zone: its edges in milliseconds and its first day, `YYYY-MM-DD`. */
export interface Period {
  /** As a query calls it. */
  name: string;
  from: number;
  to: number;
  day: string;
  before(): Period;
}

/** A quarter such as `2026Q4`, by default that of now; `at`: where the query has it. Throws `invalid_request`. */
export function quarterOf(text: string | undefined, zone: string, now: number, at = '/quarter'): Period {
  const match = /^(\d{4})-?Q([1-4])$/i.exec(text ?? quarterName(zone, now));
  if (!match || !isYear(match[1])) throw invalid(at, 'must be a quarter such as 2026Q4');
  return span(zone, Number(match[1]), 3 * (Number(match[2]) - 1), 3);
}

/** A month such as `2026-11`, by default that of now. Throws `invalid_request`. */
export function monthOf(text: string | undefined, zone: string, now: number, at = '/month'): Period {
  const match = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(text ?? localDay(zone, now).slice(0, 7));
  if (!match || !isYear(match[1])) throw invalid(at, 'must be a month such as 2026-11');
  return span(zone, Number(match[1]), Number(match[2]) - 1, 1);
}

/** Of times that RFC 3339 can write, their ends included. */
const isYear = (text: string) => Number(text) >= 1970 && Number(text) < 9999;

function span(zone: string, year: number, month: number, months: number): Period {
  const day = new Date(Date.UTC(year, month)).toISOString().slice(0, 10);
  return {
    name: months === 3 ? `${day.slice(0, 4)}Q${month / 3 + 1}` : day.slice(0, 7),
    from: midnight(zoneOf(zone), Date.UTC(year, month)),
    to: midnight(zoneOf(zone), Date.UTC(year, month + months)),
    day,
    before() {
      const first = new Date(Date.UTC(year, month - months));
      return span(zone, first.getUTCFullYear(), first.getUTCMonth(), months);
    },
  };
}

function quarterName(zone: string, now: number): string {
  const day = localDay(zone, now);
  return `${day.slice(0, 4)}Q${Math.ceil(Number(day.slice(5, 7)) / 3)}`;
}

function localDay(zone: string, now: number): string {
  const parts = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' });
  return parts.format(now);
}
