import type pg from 'pg';
import { inTransaction } from './connection.ts';
import { boundsOf, type Span } from './days.ts';
import { cover, floorTo, readBuckets, WIDTHS_MS } from './tallies.ts';
import {
  add,
  addCell,
  addPlace,
  addScore,
  cellKey,
  emptyTally,
  SCORE_BINS,
  type StoredTally,
  stored,
  type Tally,
} from './tally.ts';
import { restored } from './text.ts';
import { addTruthRow, countTruths, tellsTruths } from './truths.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const POINT_WIDTHS_MS = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 3, 6].map((n) => n * HOUR),
];
const MAX_POINTS = 60;

/** The narrowest round width that draws the window in at most 60 points; whole days beyond a quarter of a day. */
export function bucketWidth(windowMs: number): number {
  return (
    POINT_WIDTHS_MS.find((width) => windowMs / width <= MAX_POINTS) ?? DAY * Math.ceil(windowMs / DAY / MAX_POINTS)
  );
}

/** One state of the database, whatever is applied or dropped meanwhile. */
export function inSnapshot<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  return inTransaction(pool, async (client) => {
    await client.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
    return work(client);
  });
}

/** What was counted of one point of a series, or of a part of it. */
export interface Part {
  /** Start of the point, milliseconds. */
  at: number;
  tally: StoredTally;
}

/** What a window counts; the truth of rows in `untold`, whose buckets a release before wrote, has to be counted apart. */
export interface Counts {
  parts: Part[];
  untold: Span[];
}

/** Everything created in [from, to), milliseconds, by points of `width`: whole buckets, and rows at the edges. */
export async function readWindow(
  client: pg.PoolClient,
  schema: string,
  window: { from: number; to: number; width: number },
): Promise<Counts> {
  const { from, to, width } = window;
  const widest = WIDTHS_MS.find((each) => width % each === 0);
  const counted = async (spans: Span[]) =>
    [...(await countRows(client, schema, spans, width))].map(([at, tally]) => ({ at, tally: stored(tally)! }));
  if (widest === undefined) return { parts: await counted([{ from, to }]), untold: [] };
  const { rows: meta } = await client.query(`SELECT tallied FROM ${schema}.meta`);
  const found = cover(from, to, widest, Number(meta[0].tallied));
  const buckets = await readBuckets(client, schema, found);
  return {
    parts: [...buckets.map(({ at, tally }) => ({ at: floorTo(at, width), tally })), ...(await counted(found.rows))],
    untold: buckets.filter(({ tally }) => !tellsTruths(tally)).map(({ at, width }) => ({ from: at, to: at + width })),
  };
}

/** Counts the rows of some spans by points of `width`. Grouped in the database: a busy minute has more rows than groups. */
export async function countRows(
  client: pg.ClientBase,
  schema: string,
  spans: Span[],
  width: number,
): Promise<Map<number, Tally>> {
  const points = new Map<number, Tally>();
  if (spans.length === 0) return points;
  const values = boundsOf(spans);
  const rows = (columns: string) =>
    spans
      .map(
        (_, index) => `SELECT date_bin('${width} ms', created_at, timestamptz 'epoch') AS at, ${columns}
          FROM ${schema}.transactions WHERE created_at >= $${2 * index + 1} AND created_at < $${2 * index + 2}`,
      )
      .join(' UNION ALL ');
  const point = ({ at }: { at: Date }) => {
    let tally = points.get(at.getTime());
    if (!tally) points.set(at.getTime(), (tally = emptyTally()));
    return tally;
  };

  const cells = await client.query(
    `SELECT at, decision, status, label, currency, minor_digits, model,
       CASE WHEN score = 100 THEN ${SCORE_BINS - 1} ELSE score / ${100 / SCORE_BINS} END AS bin, count(*) AS count, sum(amount_minor) AS minor,
       coalesce(sum(base_minor), 0) AS base, count(base_minor) AS priced
     FROM (${rows('decision, status, label, currency, minor_digits, model, score, amount_minor, base_minor')}) t
     GROUP BY 1, 2, 3, 4, 5, 6, 7, 8`,
    values,
  );
  for (const row of cells.rows) {
    const [tally, count] = [point(row), Number(row.count)];
    addCell(tally, cellKey(row.decision, row.status, row.minor_digits, restored(row.currency)), {
      ...{ count, minor: BigInt(row.minor), base: BigInt(row.base), priced: Number(row.priced) },
    });
    if (row.label !== null) add(tally.labels, row.label, count);
    if (row.bin !== null) addScore(tally, restored(row.model ?? ''), row.bin, count);
  }
  const latencies = await client.query(
    `SELECT at, latency_us, count(*) AS count FROM (${rows('latency_us')}) t WHERE latency_us IS NOT NULL GROUP BY 1, 2`,
    values,
  );
  for (const row of latencies.rows) add(point(row).latencies, row.latency_us, Number(row.count));
  const reasons = await client.query(
    `SELECT at, code, count(*) AS count FROM (${rows('reasons')}) t, unnest(reasons) AS code GROUP BY 1, 2`,
    values,
  );
  for (const row of reasons.rows) add(point(row).reasons, restored(row.code), Number(row.count));
  const places = await client.query(
    `SELECT at, country, count(*) AS count, count(*) FILTER (WHERE decision IN ('review', 'decline')) AS alerts
     FROM (${rows('country, decision')}) t WHERE country IS NOT NULL GROUP BY 1, 2`,
    values,
  );
  for (const row of places.rows) addPlace(point(row), restored(row.country), Number(row.count), Number(row.alerts));
  for (const row of await countTruths(client, schema, spans, width)) addTruthRow(point(row), row);
  return points;
}
