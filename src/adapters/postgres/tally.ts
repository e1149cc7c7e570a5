import type { TransactionRow } from './rows.ts';

/** Of a model's scores: 0–4, 5–9, …, 95–100. */
export const SCORE_BINS = 20;

/** What stats say of some transactions, as counts that add up, so that any whole number of buckets gives exact figures. */
export interface Tally {
  /**
   * By decision, status, decimals of the minor unit and currency: `approve/pending/2/USD`. `base` is in hundredths of the base
   * currency, of the `priced` ones that had a rate.
   */
  cells: Map<string, Cell>;
  labels: Map<string, number>;
  /** By what is known of the truth, `open` left out; and those by the minute since which they are, rounded up. */
  truths: Map<string, number>;
  opens: Map<number, number>;
  /** By model, '' where none decided. */
  scores: Map<string, number[]>;
  reasons: Map<string, number>;
  /** By country, where one is named; alerts are reviews and declines. */
  places: Map<string, { count: number; alerts: number }>;
  /** By microseconds. */
  latencies: Map<number, number>;
}

export interface Cell {
  count: number;
  minor: bigint;
  base: bigint;
  priced: number;
}

/** What of a transaction is counted. */
export type Counted = Pick<
  TransactionRow,
  | 'decision'
  | 'status'
  | 'minorDigits'
  | 'currency'
  | 'amountMinor'
  | 'baseMinor'
  | 'label'
  | 'truth'
  | 'since'
  | 'model'
  | 'score'
  | 'reasons'
  | 'latencyUs'
  | 'country'
>;

export function emptyTally(): Tally {
  return {
    cells: new Map(),
    labels: new Map(),
    truths: new Map(),
    opens: new Map(),
    scores: new Map(),
    reasons: new Map(),
    places: new Map(),
    latencies: new Map(),
  };
}

export function cellKey(decision: string | null, status: string, digits: number, currency: string): string {
  return `${decision ?? ''}/${status}/${digits}/${currency}`;
}

export function readCell(key: string) {
  const [decision, status, digits, ...currency] = key.split('/');
  return { decision, status, digits: Number(digits), currency: currency.join('/') };
}

/** Adds a transaction, or takes it away (`times` −1). */
export function count(tally: Tally, row: Counted, times: 1 | -1): void {
  addCell(tally, cellKey(row.decision, row.status, row.minorDigits, row.currency), {
    count: times,
    minor: BigInt(times * row.amountMinor),
    base: BigInt(times * (row.baseMinor ?? 0)),
    priced: row.baseMinor === null ? 0 : times,
  });
  if (row.label !== null) add(tally.labels, row.label, times);
  addTruth(tally, row, times);
  if (row.score !== null) addScore(tally, row.model ?? '', Math.min(SCORE_BINS - 1, Math.floor(row.score / 5)), times);
  for (const code of row.reasons ?? []) add(tally.reasons, code, times);
  if (row.country !== null) addPlace(tally, row.country, times, isAlert(row.decision) ? times : 0);
  if (row.latencyUs !== null) add(tally.latencies, row.latencyUs, times);
}

export function addCell({ cells }: Tally, key: string, more: Cell): void {
  const cell = cells.get(key);
  if (!cell) return void cells.set(key, { ...more });
  cell.count += more.count;
  cell.minor += more.minor;
  cell.base += more.base;
  cell.priced += more.priced;
}

function addTruth(tally: Tally, { truth, since }: Pick<Counted, 'truth' | 'since'>, times: number): void {
  if (since === null) add(tally.truths, truth, times);
  else add(tally.opens, openMinute(since), times);
}

/** A payment matures at the end of a minute, so that few numbers tell when many do. */
export function openMinute(since: number): number {
  return Math.ceil(since / 60_000);
}

export function isAlert(decision: string | null): boolean {
  return decision === 'review' || decision === 'decline';
}

export function addPlace({ places }: Tally, country: string, count: number, alerts: number): void {
  const place = places.get(country);
  if (!place) return void places.set(country, { count, alerts });
  place.count += count;
  place.alerts += alerts;
}

export function addScore({ scores }: Tally, model: string, bin: number, count: number): void {
  let bins = scores.get(model);
  if (!bins) scores.set(model, (bins = new Array<number>(SCORE_BINS).fill(0)));
  bins[bin] += count;
}

export function add<K>(counts: Map<K, number>, key: K, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count);
}

export function merge(into: Tally, from: Tally): void {
  for (const [key, cell] of from.cells) addCell(into, key, cell);
  for (const [model, bins] of from.scores)
    for (let bin = 0; bin < SCORE_BINS; bin++) addScore(into, model, bin, bins[bin]);
  for (const [label, count] of from.labels) add(into.labels, label, count);
  for (const [truth, count] of from.truths) add(into.truths, truth, count);
  for (const [minute, count] of from.opens) add(into.opens, minute, count);
  for (const [code, count] of from.reasons) add(into.reasons, code, count);
  for (const [country, { count, alerts }] of from.places) addPlace(into, country, count, alerts);
  for (const [us, count] of from.latencies) add(into.latencies, us, count);
}

/** As it is stored. Latencies and minutes stand in order, each as its distance from the one before and its count. */
export interface StoredTally {
  /** Of a release before without the last two. */
  cells: Record<string, [count: number, minor: string, base?: string, priced?: number]>;
  labels: Record<string, number>;
  /** Absent where a release before wrote it. */
  truths?: Record<string, number>;
  opens?: number[];
  scores: Record<string, number[]>;
  reasons: Record<string, number>;
  places: Record<string, [count: number, alerts: number]>;
  latencies: number[];
}

/** Undefined where nothing is left. The same counts give the same text. */
export function stored(tally: Tally): StoredTally | undefined {
  const cells = sorted(tally.cells).filter(([, { count }]) => count !== 0);
  if (cells.length === 0) return undefined;
  return {
    cells: Object.fromEntries(
      cells.map(([key, { count, minor, base, priced }]) => [key, [count, String(minor), String(base), priced]]),
    ),
    labels: Object.fromEntries(sorted(tally.labels).filter(([, count]) => count !== 0)),
    truths: Object.fromEntries(sorted(tally.truths).filter(([, count]) => count !== 0)),
    opens: gaps(tally.opens),
    scores: Object.fromEntries(sorted(tally.scores).filter(([, bins]) => bins.some((count) => count !== 0))),
    reasons: Object.fromEntries(sorted(tally.reasons).filter(([, count]) => count !== 0)),
    places: Object.fromEntries(
      sorted(tally.places)
        .filter(([, { count }]) => count !== 0)
        .map(([country, { count, alerts }]) => [country, [count, alerts]]),
    ),
    latencies: gaps(tally.latencies),
  };
}

function gaps(counts: Map<number, number>): number[] {
  let before = 0;
  return [...counts]
    .filter(([, count]) => count !== 0)
    .sort(([a], [b]) => a - b)
    .flatMap(([value, count]) => {
      const gap = value - before;
      before = value;
      return [gap, count];
    });
}

export function addStored(into: Tally, from: StoredTally): void {
  for (const key in from.cells) {
    const [count, minor, base = '0', priced = 0] = from.cells[key];
    addCell(into, key, { count, minor: BigInt(minor), base: BigInt(base), priced });
  }
  for (const label in from.labels) add(into.labels, label, from.labels[label]);
  for (const truth in from.truths) add(into.truths, truth, from.truths[truth]);
  eachOf(from.opens ?? [], (minute, count) => add(into.opens, minute, count));
  for (const model in from.scores)
    for (let bin = 0; bin < SCORE_BINS; bin++) addScore(into, model, bin, from.scores[model][bin]);
  for (const code in from.reasons) add(into.reasons, code, from.reasons[code]);
  for (const country in from.places) addPlace(into, country, ...from.places[country]);
  eachLatency(from, (us, count) => add(into.latencies, us, count));
}

export function eachLatency({ latencies }: StoredTally, visit: (us: number, count: number) => void): void {
  eachOf(latencies, visit);
}

/** Numbers that stand as `gaps`. */
export function eachOf(gaps: number[], visit: (value: number, count: number) => void): void {
  let value = 0;
  for (let index = 0; index < gaps.length; index += 2) visit((value += gaps[index]), gaps[index + 1]);
}

function sorted<T>(map: Map<string, T>): [string, T][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}
