import type pg from 'pg';
import { CASE_ENTITIES } from '../../domain/case.ts';
import type { TransactionStats } from '../../projections/store.ts';
import { inTransaction } from './connection.ts';
import { restored } from './text.ts';
import { moment } from './transactions.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const WIDTHS_MS = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR),
];
const MAX_POINTS = 60;
const TOP_REASONS = 10;
const TOP_ENTITIES = 10;
const TOP_PLACES = 10;

interface CellRow {
  bucket: Date;
  decision: 'approve' | 'review' | 'decline' | null;
  status: string;
  label: 'fraud' | 'legitimate' | null;
  currency: string;
  decile: number | null;
  count: string;
  minor: string;
  digits: number;
}

interface PlaceRow {
  country: string;
  count: string;
  alerts: string;
}

interface LatencyRow {
  bucket: Date | null;
  p50: number | null;
  p95: number | null;
  p99: number | null;
}

/**
 * Transactions created in [from, to), milliseconds. Three passes over the narrow rows: counts by everything that is
 * counted, latencies, and places. `blocked` is what was declined and not let through by an override; `topReasons` counts, over
 * reviews and declines, the reasons that raised the score; a point of `series` carries the decisions' own latency.
 */
export async function readStats(pool: pg.Pool, schema: string, from: number, to: number): Promise<TransactionStats> {
  return inTransaction(pool, async (client) => {
    // The planner takes the groups for as many as the rows and would sort all of them; they are few.
    await client.query(
      "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL enable_sort = off; SET LOCAL work_mem = '32MB'",
    );
    return collect(client, schema, from, to);
  });
}

async function collect(client: pg.PoolClient, schema: string, from: number, to: number): Promise<TransactionStats> {
  const range = [moment(from), moment(to)];
  const where = `created_at >= $1 AND created_at < $2 AND NOT deleted`;
  const extent = await client.query(
    `SELECT min(created_at) AS first, max(created_at) AS last FROM ${schema}.transactions WHERE ${where}`,
    range,
  );
  const stats = empty();
  const { first, last } = extent.rows[0] as { first: Date | null; last: Date | null };
  if (!first || !last) return stats;
  // An unbounded window is drawn over what there is.
  const start = Math.max(from, first.getTime() - DAY);
  const end = Math.min(to, last.getTime() + 1);
  const width = bucketWidth(end - start);
  const bucket = `date_bin('${width} ms', created_at, timestamptz 'epoch')`;

  const cells = await client.query<CellRow>(
    `SELECT ${bucket} AS bucket, decision, status, label, currency, CASE WHEN score >= 90 THEN 9 ELSE score / 10 END AS decile,
       count(*) AS count, sum(amount_minor) AS minor, max(minor_digits) AS digits
     FROM ${schema}.transactions WHERE ${where} GROUP BY 1, 2, 3, 4, 5, 6`,
    range,
  );
  const latencies = await client.query<LatencyRow>(
    `WITH counted AS (SELECT ${bucket} AS bucket, latency_us, count(*) AS n FROM ${schema}.transactions
       WHERE ${where} AND latency_us IS NOT NULL GROUP BY 1, 2),
     both_ways AS (SELECT bucket, latency_us, sum(n) AS n FROM counted GROUP BY GROUPING SETS ((1, 2), (2))),
     ranked AS (SELECT bucket, latency_us, sum(n) OVER (PARTITION BY bucket ORDER BY latency_us) AS upto,
       sum(n) OVER (PARTITION BY bucket) AS all_of_it FROM both_ways)
     SELECT bucket, ${[50, 95, 99].map((p) => `min(latency_us) FILTER (WHERE upto * 100 >= all_of_it * ${p}) AS p${p}`)}
     FROM ranked GROUP BY 1`,
    range,
  );
  const reasons = await client.query<{ code: string; count: string }>(
    `SELECT code, count(*) AS count FROM ${schema}.transactions, unnest(reasons) AS code
     WHERE ${where} AND decision IN ('review', 'decline') GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ${TOP_REASONS}`,
    range,
  );
  // By the alerts as they were decided: what was amended since does not count.
  const entities = await client.query<{ type: string; id: string; alerts: string }>(
    `WITH named AS (SELECT entity.key, entity.place, count(*) AS alerts
       FROM ${schema}.transactions t JOIN ${schema}.case_alerts a ON a.transaction_id = t.id,
         unnest(a.keys) WITH ORDINALITY AS entity (key, place)
       WHERE ${where} AND t.decision IN ('review', 'decline') AND entity.key <> 0
       GROUP BY 1, 2 ORDER BY 3 DESC, 2, 1 LIMIT ${TOP_ENTITIES})
     SELECT link.type, link.value AS id, named.alerts FROM named, LATERAL
       (SELECT type, value FROM ${schema}.case_links l WHERE l.key = named.key AND l.type = ($3::text[])[named.place] LIMIT 1) link
     ORDER BY named.alerts DESC, named.place, link.value`,
    [...range, CASE_ENTITIES],
  );
  const places = await client.query<PlaceRow>(
    `SELECT country, count(*) AS count, count(*) FILTER (WHERE decision IN ('review', 'decline')) AS alerts
     FROM ${schema}.transactions WHERE ${where} AND country IS NOT NULL
     GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ${TOP_PLACES}`,
    range,
  );
  addCells(stats, cells.rows);
  addSeries(stats, { start, end, width }, cells.rows, latencies.rows);
  stats.topReasons = reasons.rows.map(({ code, count }) => ({ code, count: Number(count) }));
  stats.topEntities = entities.rows.map(({ type, id, alerts }) => ({ type, id: restored(id), alerts: Number(alerts) }));
  stats.places = places.rows.map(({ country, count, alerts }) => ({
    country: restored(country),
    count: Number(count),
    alerts: Number(alerts),
  }));
  return stats;
}

function empty(): TransactionStats {
  return {
    count: 0,
    decisions: { approve: 0, review: 0, decline: 0 },
    statuses: {},
    rates: { approve: 0, review: 0, decline: 0, fraud: 0 },
    labels: { fraud: 0, legitimate: 0 },
    amounts: {},
    scoreHistogram: new Array(10).fill(0),
    series: [],
    latencyMs: { p50: 0, p95: 0, p99: 0 },
    topReasons: [],
    topEntities: [],
    places: [],
  };
}

/** The narrowest round width that draws the window in at most 60 points; whole days beyond half a day. */
export function bucketWidth(windowMs: number): number {
  return WIDTHS_MS.find((width) => windowMs / width <= MAX_POINTS) ?? DAY * Math.ceil(windowMs / DAY / MAX_POINTS);
}

function addCells(stats: TransactionStats, cells: CellRow[]): void {
  for (const { decision, status, label, decile, count: text } of cells) {
    const count = Number(text);
    stats.count += count;
    if (decision) stats.decisions[decision] += count;
    stats.statuses[status] = (stats.statuses[status] ?? 0) + count;
    if (label) stats.labels[label] += count;
    if (decile !== null) stats.scoreHistogram[decile] += count;
  }
  stats.amounts = amountsOf(cells);
  for (const outcome of ['approve', 'review', 'decline'] as const)
    stats.rates[outcome] = stats.count === 0 ? 0 : stats.decisions[outcome] / stats.count;
  stats.rates.fraud = stats.count === 0 ? 0 : stats.labels.fraud / stats.count;
}

/** Minor units add up exactly; major ones only at the end. */
function amountsOf(cells: CellRow[]): TransactionStats['amounts'] {
  const sums = new Map<string, { total: bigint; blocked: bigint; digits: number }>();
  for (const { decision, status, currency, minor, digits } of cells) {
    const sum = sums.get(currency) ?? { total: 0n, blocked: 0n, digits: 0 };
    sum.total += BigInt(minor);
    if (decision === 'decline' && status !== 'finalized') sum.blocked += BigInt(minor);
    sum.digits = Math.max(sum.digits, digits);
    sums.set(currency, sum);
  }
  const major = [...sums].map(([currency, { total, blocked, digits }]) => {
    const unit = 10 ** digits;
    return [currency, { total: Number(total) / unit, blocked: Number(blocked) / unit }];
  });
  return Object.fromEntries(major);
}

function addSeries(
  stats: TransactionStats,
  { start, end, width }: { start: number; end: number; width: number },
  cells: CellRow[],
  latencies: LatencyRow[],
): void {
  const points = new Map<number, TransactionStats['series'][number]>();
  for (let bucket = Math.floor(start / width); bucket * width < end; bucket++)
    points.set(bucket, {
      at: new Date(bucket * width).toISOString(),
      ...{ count: 0, approve: 0, review: 0, decline: 0, p50: 0, p95: 0, p99: 0, amounts: {} },
    });
  for (const [bucket, here] of Map.groupBy(cells, ({ bucket }) => bucket.getTime() / width)) {
    const point = points.get(bucket)!;
    for (const { decision, count } of here) {
      point.count += Number(count);
      if (decision) point[decision] += Number(count);
    }
    point.amounts = amountsOf(here);
  }
  for (const { bucket, p50, p95, p99 } of latencies) {
    const [ms50, ms95, ms99] = [p50, p95, p99].map((us) => (us ?? 0) / 1000);
    if (bucket === null) stats.latencyMs = { p50: ms50, p95: ms95, p99: ms99 };
    else Object.assign(points.get(bucket.getTime() / width)!, { p50: ms50, p95: ms95, p99: ms99 });
  }
  stats.series = [...points.values()];
}
