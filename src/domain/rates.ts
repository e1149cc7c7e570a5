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
  const days = new Int32Array(lines.length - 1);
  const columns = currencies.map(() => new Float64Array(days.length));
  for (let row = 0; row < days.length; row++) readRow(lines[row + 1], row, days, columns, source);
  if (days.length === 0) throw new Error(`${source}: there are no rates in it`);
  const ordered = inOrder(days, [...columns, new Float64Array(days.length).fill(1)]);
  const named = [...currencies, pivot.toUpperCase()].map((name, i) => [name, ordered.columns[i]] as const);
  return {
    source,
    pivot: pivot.toUpperCase(),
    days: ordered.days,
    columns: new Map(named.filter(([name]) => name !== '')),
  };
}

/** The same days ascending, each with its rates. */
function inOrder(days: Int32Array, columns: Float64Array[]) {
  if (days.every((day, i) => i === 0 || days[i - 1] <= day)) return { days, columns };
  const order = [...days.keys()].sort((a, b) => days[a] - days[b]);
  return {
    days: Int32Array.from(order, (row) => days[row]),
    columns: columns.map((column) => Float64Array.from(order, (row) => column[row])),
  };
}

/** Writes a line's day and rates at their row. Decades of days are read at every start, so no more is made of a line than its cells. */
function readRow(line: string, row: number, days: Int32Array, columns: Float64Array[], source: string): void {
  const [date, ...cells] = line.split(',');
  const day = dayOf(date.trim());
  if (day === undefined) throw new Error(`${source}, line ${row + 2}: ${shown(date)} is no date such as 2026-10-30`);
  days[row] = day;
  for (let i = 0; i < columns.length; i++) {
    const cell = cells[i] ?? '';
    // Blanks around a number are nothing to `Number`; without one it is 0.
    const value = cell === '' ? Number.NaN : Number(cell);
    if (value > 0 && value < Number.POSITIVE_INFINITY) columns[i][row] = value;
    else if (cell.trim() === '' || cell.trim() === 'N/A') columns[i][row] = Number.NaN;
    else throw new Error(`${source}, line ${row + 2}: ${shown(cell)} is no rate above 0`);
  }
}

/** Days since the epoch; undefined of what is no date. */
function dayOf(date: string): number | undefined {
  const time = /^\d{4}-\d\d-\d\d$/.test(date) ? Date.parse(`${date}T00:00:00Z`) : Number.NaN;
  return Number.isNaN(time) || dateOf(time / DAY_MS) !== date ? undefined : time / DAY_MS;
}

const shown = (cell: string): string => JSON.stringify(cell.trim().slice(0, 40));

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
