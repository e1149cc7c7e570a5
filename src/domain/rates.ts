/**
 * Reference rates by day, as a central bank publishes them: units of each currency for one of the pivot.
 *
 *   Date,USD,JPY,…        or Date/USD,EUR,… where the pivot is not EUR; days in any order
 *   2026-10-30,1.1172,…   empty or N/A where none was published
 */
export interface RateHistory {
  /** Where it comes from, for people. */
  readonly source: string;
  readonly pivot: string;
  /** Days since the epoch on which rates were published, ascending. */
  readonly days: Int32Array;
  /** By currency, one value a day; NaN where none was published. */
  readonly columns: ReadonlyMap<string, Float64Array>;
}

/** What turns an amount into the base currency. */
export interface Rate {
  /** Units of base currency for one unit. */
  rate: number;
  /** The day on which it was published, `YYYY-MM-DD`; absent where a person set it. */
  date?: string;
}

export interface Rates {
  readonly base: string;
  /** The last rate published before the UTC date of this time (milliseconds); undefined where there is none. */
  at(currency: string, time: number): Rate | undefined;
  readonly source: string;
  /** The newest day of the history, `YYYY-MM-DD`; null where there is none. */
  readonly newest: string | null;
}

export const DAY_MS = 86_400_000;
/** A currency that was not published for longer than the longest holidays is no longer quoted: a rate of years ago is none. */
const QUOTED_WITHIN_DAYS = 14;

/** Reads a history. Throws an Error that names the line where it makes no sense. */
export function readRates(text: string, source: string): RateHistory {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '' && !line.startsWith('#'));
  const [first = '', ...currencies] = lines[0]?.split(',').map((cell) => cell.trim()) ?? [];
  const pivot = /^Date(?:\/([A-Z]{3}))?$/i.exec(first)?.[1] ?? 'EUR';
  if (!/^Date(\/[A-Z]{3})?$/i.test(first))
    throw new Error(`${source}: the first line must begin with Date, as the ECB's does`);
  for (const name of currencies)
    if (!/^([A-Z]{3})?$/.test(name))
      throw new Error(`${source}: ${JSON.stringify(name)} in the first line is no currency`);
  const rows = lines.slice(1).map((line, i) => readRow(line, i + 2, currencies.length, source));
  if (rows.length === 0) throw new Error(`${source}: there are no rates in it`);
  rows.sort((a, b) => a.day - b.day);
  const columns = new Map<string, Float64Array>();
  currencies.forEach((name, i) => {
    if (name !== '')
      columns.set(
        name,
        Float64Array.from(rows, ({ values }) => values[i] ?? Number.NaN),
      );
  });
  columns.set(pivot.toUpperCase(), new Float64Array(rows.length).fill(1));
  return { source, pivot: pivot.toUpperCase(), days: Int32Array.from(rows, ({ day }) => day), columns };
}

function readRow(line: string, number: number, width: number, source: string): { day: number; values: number[] } {
  const [date, ...cells] = line.split(',').map((cell) => cell.trim());
  const time = Date.parse(`${date}T00:00:00Z`);
  if (!/^\d{4}-\d\d-\d\d$/.test(date) || Number.isNaN(time) || dateOf(time / DAY_MS) !== date)
    throw new Error(`${source}, line ${number}: ${JSON.stringify(date.slice(0, 40))} is no date such as 2026-10-30`);
  const values = cells.slice(0, width).map((cell) => {
    if (cell === '' || cell === 'N/A') return Number.NaN;
    const value = Number(cell);
    if (!(value > 0 && Number.isFinite(value)))
      throw new Error(`${source}, line ${number}: ${JSON.stringify(cell.slice(0, 40))} is no rate above 0`);
    return value;
  });
  return { day: time / DAY_MS, values };
}

/**
 * Rates into `base`: those that a person set (units of base for one unit) before those of the history. An amount of the base
 * currency needs none.
 */
export function createRates(base: string, set: Readonly<Record<string, number>>, history?: RateHistory): Rates {
  const from = history?.columns.get(base);
  const own: Rate = { rate: 1 };
  /** By currency, that of the day that was asked for last: payments come day by day. */
  const latest = new Map<string, { day: number; found: Rate | undefined }>();
  return {
    base,
    source: history?.source ?? 'CURRENCY_RATES',
    newest: history ? dateOf(history.days[history.days.length - 1]) : null,
    at(currency, time) {
      if (currency === base) return own;
      if (Object.hasOwn(set, currency)) return { rate: set[currency] };
      const column = history?.columns.get(currency);
      if (history === undefined || from === undefined || column === undefined) return undefined;
      const day = Math.floor(time / DAY_MS);
      const known = latest.get(currency);
      if (known?.day === day) return known.found;
      const found = quoted(history.days, from, column, day);
      latest.set(currency, { day, found });
      return found;
    },
  };
}

function quoted(days: Int32Array, from: Float64Array, column: Float64Array, day: number): Rate | undefined {
  const last = lastBefore(days, day);
  for (let i = last; i >= 0 && days[last] - days[i] <= QUOTED_WITHIN_DAYS; i--) {
    const rate = from[i] / column[i];
    // Ten digits: more than the quotes have, and no noise of the division.
    if (!Number.isNaN(rate)) return { rate: Number(rate.toPrecision(10)), date: dateOf(days[i]) };
  }
  return undefined;
}

/** Index of the last day before this one; -1 where there is none. */
function lastBefore(days: Int32Array, day: number): number {
  let low = 0;
  let high = days.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (days[middle] < day) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function dateOf(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}
