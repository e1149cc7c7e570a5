import type pg from 'pg';
import type { Outcome } from '../../domain/decision.ts';
import type { StatsPoint, TransactionStats } from '../../projections/store.ts';
import { createLatencies } from './latencies.ts';
import { eachLatency, readCell, type StoredTally } from './tally.ts';
import { moment } from './text.ts';
import { readTopEntities } from './top-entities.ts';
import { addTruthRow, addTruths, countTruths, labelStatesOf, type Truths, tellsTruths } from './truths.ts';
import { bucketWidth, inSnapshot, type Part, readWindow } from './window.ts';

const DAY = 86_400_000;
/** Of reasons and places. */
const TOP = 10;

const PERCENTS = [50, 95, 99];

type Cell = ReturnType<typeof readCell>;
type CellOf = (key: string) => Cell;

export interface Asked {
  from: number;
  to: number;
  /** As of when states of truth are told, and the days until what is undisputed is presumed legitimate. */
  at: number;
  days: number;
  /** What totals are in. */
  baseCurrency: string;
}

/**
 * Transactions created in [from, to), milliseconds: tallies of whole buckets, and rows at the window's edges. `blocked` is
 * what was declined and not let through by an override; `topReasons` counts, over reviews and declines, the reasons that
 * raised the score; a point of `series` carries the decisions' own latency.
 */
export async function readStats(pool: pg.Pool, schema: string, asked: Asked): Promise<TransactionStats> {
  const { from, to, at, days, baseCurrency } = asked;
  return inSnapshot(pool, async (client) => {
    const extent = await client.query(
      `SELECT min(created_at) AS first, max(created_at) AS last FROM ${schema}.transactions
       WHERE created_at >= $1 AND created_at < $2`,
      [moment(from), moment(to)],
    );
    const { first, last } = extent.rows[0] as { first: Date | null; last: Date | null };
    const truths: Truths = { truths: new Map(), opens: new Map() };
    const states = () => labelStatesOf(truths, at, days);
    if (!first || !last) return { ...empty(), labelStates: states() };
    // An unbounded window is drawn over what there is.
    const start = Math.max(from, first.getTime() - DAY);
    const end = Math.min(to, last.getTime() + 1);
    const width = bucketWidth(end - start);
    const { parts, untold } = await readWindow(client, schema, { from: start, to: end, width });
    for (const { tally } of parts) if (tellsTruths(tally)) addTruths(truths, tally);
    for (const row of await countTruths(client, schema, untold, DAY)) addTruthRow(truths, row);
    const stats = { ...empty(), labelStates: states() };
    const cellOf = rememberCells();
    addCounts(stats, parts, cellOf, baseCurrency);
    addSeries(stats, { start, end, width, baseCurrency }, parts, cellOf);
    const alerts = stats.decisions.review + stats.decisions.decline;
    stats.topEntities = await readTopEntities(client, schema, { from, to, alerts });
    return stats;
  });
}

/** The same few keys stand in every tally. */
function rememberCells(): CellOf {
  const cells = new Map<string, Cell>();
  return (key) => {
    let cell = cells.get(key);
    if (!cell) cells.set(key, (cell = readCell(key)));
    return cell;
  };
}

function empty(): Omit<TransactionStats, 'labelStates'> {
  return {
    count: 0,
    decisions: { approve: 0, review: 0, decline: 0 },
    statuses: {},
    rates: { approve: 0, review: 0, decline: 0, fraud: 0 },
    labels: { fraud: 0, legitimate: 0 },
    amountBase: { total: 0, blocked: 0, unconverted: 0 },
    amounts: {},
    scoreHistogram: new Array(10).fill(0),
    series: [],
    latencyMs: { p50: 0, p95: 0, p99: 0 },
    topReasons: [],
    topEntities: [],
    places: [],
  };
}

function addCounts(stats: TransactionStats, parts: Part[], cellOf: CellOf, baseCurrency: string): void {
  const minor: MinorSums = new Map();
  const base = createBaseSum(baseCurrency);
  const reasons = new Map<string, number>();
  const places = new Map<string, { count: number; alerts: number }>();
  for (const { tally } of parts) {
    for (const key in tally.cells) {
      const [count, sum] = tally.cells[key];
      const cell = cellOf(key);
      base.add(cell, tally.cells[key]);
      stats.count += count;
      if (cell.decision !== '') stats.decisions[cell.decision as Outcome] += count;
      stats.statuses[cell.status] = (stats.statuses[cell.status] ?? 0) + count;
      addMinor(minor, cell, BigInt(sum));
    }
    for (const label of ['fraud', 'legitimate'] as const) stats.labels[label] += tally.labels[label] ?? 0;
    for (const model in tally.scores)
      tally.scores[model].forEach((count, bin) => void (stats.scoreHistogram[bin >> 1] += count));
    for (const code in tally.reasons) reasons.set(code, (reasons.get(code) ?? 0) + tally.reasons[code]);
    for (const country in tally.places) {
      const [count, alerts] = tally.places[country];
      const known = places.get(country);
      places.set(country, { count: (known?.count ?? 0) + count, alerts: (known?.alerts ?? 0) + alerts });
    }
  }
  stats.amounts = majorOf(minor);
  stats.amountBase = base.sum();
  for (const outcome of ['approve', 'review', 'decline'] as const)
    stats.rates[outcome] = stats.count === 0 ? 0 : stats.decisions[outcome] / stats.count;
  stats.rates.fraud = stats.count === 0 ? 0 : stats.labels.fraud / stats.count;
  stats.topReasons = [...reasons]
    .map(([code, count]) => ({ code, count }))
    .sort((a, b) => b.count - a.count || (a.code < b.code ? -1 : 1))
    .slice(0, TOP);
  stats.places = [...places]
    .map(([country, counts]) => ({ country, ...counts }))
    .sort((a, b) => b.count - a.count || (a.country < b.country ? -1 : 1))
    .slice(0, TOP);
}

/**
 * Adds up in hundredths of the base currency. What is in it needs no rate, and is known of releases before, too; of those, other
 * currencies count as unconverted.
 */
function createBaseSum(baseCurrency: string) {
  let [total, blocked, unconverted] = [0n, 0n, 0];
  return {
    add(
      { decision, status, currency, digits }: Cell,
      [count, minor, base = '0', priced = 0]: StoredTally['cells'][string],
    ) {
      const own = currency === baseCurrency;
      const hundredths = own ? BigInt(Math.round(Number(minor) * 10 ** (2 - digits))) : BigInt(base);
      total += hundredths;
      if (decision === 'decline' && status !== 'finalized') blocked += hundredths;
      if (!own) unconverted += count - priced;
    },
    sum: () => ({ total: Number(total) / 100, blocked: Number(blocked) / 100, unconverted }),
  };
}

/** Minor units by currency: they add up exactly; major ones only at the end. */
type MinorSums = Map<string, { total: bigint; blocked: bigint; digits: number }>;

function addMinor(sums: MinorSums, { decision, status, currency, digits }: Cell, minor: bigint): void {
  let sum = sums.get(currency);
  if (!sum) sums.set(currency, (sum = { total: 0n, blocked: 0n, digits: 0 }));
  sum.total += minor;
  if (decision === 'decline' && status !== 'finalized') sum.blocked += minor;
  sum.digits = Math.max(sum.digits, digits);
}

function majorOf(sums: MinorSums): TransactionStats['amounts'] {
  const major = [...sums].map(([currency, { total, blocked, digits }]) => {
    const unit = 10 ** digits;
    return [currency, { total: Number(total) / unit, blocked: Number(blocked) / unit }];
  });
  return Object.fromEntries(major);
}

function addSeries(
  stats: TransactionStats,
  { start, end, width, baseCurrency }: { start: number; end: number; width: number; baseCurrency: string },
  parts: Part[],
  cellOf: CellOf,
): void {
  const all = createLatencies();
  const own = createLatencies();
  const byPoint = Map.groupBy(parts, ({ at }) => at);
  for (let bucket = Math.floor(start / width); bucket * width < end; bucket++) {
    const at = new Date(bucket * width).toISOString();
    const point: StatsPoint = {
      ...{ at, count: 0, approve: 0, review: 0, decline: 0, p50: 0, p95: 0, p99: 0 },
      ...{ amountBase: { total: 0, blocked: 0, unconverted: 0 }, amounts: {} },
    };
    stats.series.push(point);
    const minor: MinorSums = new Map();
    const base = createBaseSum(baseCurrency);
    for (const { tally } of byPoint.get(bucket * width) ?? []) {
      for (const key in tally.cells) {
        const [count, sum] = tally.cells[key];
        const cell = cellOf(key);
        point.count += count;
        if (cell.decision !== '') point[cell.decision as Outcome] += count;
        addMinor(minor, cell, BigInt(sum));
        base.add(cell, tally.cells[key]);
      }
      eachLatency(tally, (us, count) => {
        own.add(us, count);
        all.add(us, count);
      });
    }
    [point.p50, point.p95, point.p99] = own.percentiles(PERCENTS);
    point.amounts = majorOf(minor);
    point.amountBase = base.sum();
    own.clear();
  }
  const [p50, p95, p99] = all.percentiles(PERCENTS);
  stats.latencyMs = { p50, p95, p99 };
}
