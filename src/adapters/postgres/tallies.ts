import type pg from 'pg';
import { addStored, emptyTally, merge, type StoredTally, stored, type Tally } from './tally.ts';
import { moment } from './text.ts';

const MINUTE = 60_000;
export const MINUTE_MS = MINUTE;

/**
 * Widths of buckets, the widest first; each divides the next wider one. Minutes are always there. A wider bucket is
 * added up once time has gone past its end, and kept up with what changes in it later.
 */
export const WIDTHS_MS = [1_440, 180, 30, 5, 1].map((minutes) => minutes * MINUTE);

export function floorTo(ms: number, width: number): number {
  return Math.floor(ms / width) * width;
}

/** The parts of [from, to) that whole buckets answer, and the rest, shorter than a minute, that rows must. */
export interface Cover {
  buckets: { width: number; from: number; to: number }[];
  rows: { from: number; to: number }[];
}

/** By buckets as wide as there are, none wider than `widest` or not dividing it. `tallied` as in `meta`. */
export function cover(from: number, to: number, widest: number, tallied: number): Cover {
  const found: Cover = { buckets: [], rows: [] };
  const fill = (a: number, b: number, widths: number[]) => {
    if (a >= b) return;
    const [width, ...narrower] = widths;
    if (width === undefined) return void found.rows.push({ from: a, to: b });
    const first = Math.ceil(a / width) * width;
    const end = Math.min(floorTo(b, width), width === MINUTE ? b : floorTo(tallied, width));
    if (first >= end) return fill(a, b, narrower);
    fill(a, first, narrower);
    found.buckets.push({ width, from: first, to: end });
    fill(end, b, narrower);
  };
  fill(
    from,
    to,
    WIDTHS_MS.filter((width) => widest % width === 0),
  );
  return found;
}

/** A bucket as it is stored. */
export interface Bucket {
  width: number;
  at: number;
  tally: StoredTally;
}

export async function readBuckets(client: pg.ClientBase, schema: string, { buckets }: Cover): Promise<Bucket[]> {
  if (buckets.length === 0) return [];
  const values: unknown[] = [];
  const place = (value: unknown) => `$${values.push(value)}`;
  const parts = buckets.map(
    ({ width, from, to }) => `SELECT width_ms, at, tally FROM ${schema}.tallies
      WHERE width_ms = ${place(width)} AND at >= ${place(moment(from))} AND at < ${place(moment(to))}`,
  );
  const { rows } = await client.query(parts.join(' UNION ALL '), values);
  return rows.map(({ width_ms, at, tally }) => ({ width: width_ms, at: at.getTime(), tally }));
}

/**
 * Adds what changed, by minute, to every bucket that holds it, and adds up those whose end has come. Returns the new
 * `tallied`. The caller holds the lock of `meta`.
 */
export async function writeTallies(
  client: pg.ClientBase,
  schema: string,
  changes: Map<number, Tally>,
  tallied: number,
): Promise<number> {
  if (changes.size === 0) return tallied;
  const byPlace = new Map<string, { width: number; at: number; tally: Tally }>();
  for (const [minute, change] of changes)
    for (const width of WIDTHS_MS) {
      const at = floorTo(minute, width);
      if (width !== MINUTE && !(at < floorTo(tallied, width))) continue;
      const known = byPlace.get(`${width} ${at}`);
      if (known) merge(known.tally, change);
      else {
        const tally = emptyTally();
        merge(tally, change);
        byPlace.set(`${width} ${at}`, { width, at, tally });
      }
    }
  const changed = [...byPlace.values()];
  for (const { width, at, tally } of await readPlaces(client, schema, changed))
    addStored(byPlace.get(`${width} ${at}`)!.tally, tally);
  await writeBuckets(client, schema, changed);
  const newest = Math.max(tallied, ...changes.keys());
  for (let index = WIDTHS_MS.length - 2; index >= 0; index--)
    await close(client, schema, WIDTHS_MS[index], WIDTHS_MS[index + 1], [tallied, newest]);
  return newest;
}

/** Adds up the buckets that `newest` has gone past. */
async function close(
  client: pg.ClientBase,
  schema: string,
  width: number,
  narrower: number,
  [tallied, newest]: [number, number],
): Promise<void> {
  const [from, to] = [floorTo(tallied, width), floorTo(newest, width)];
  if (from >= to) return;
  const { rows } = await client.query({
    name: 'tallies_between',
    text: `SELECT at, tally FROM ${schema}.tallies WHERE width_ms = $1 AND at >= $2 AND at < $3`,
    values: [narrower, moment(from), moment(to)],
  });
  const wide = new Map<number, Tally>();
  for (const { at, tally } of rows) {
    const start = floorTo(at.getTime(), width);
    if (!wide.has(start)) wide.set(start, emptyTally());
    addStored(wide.get(start)!, tally);
  }
  await writeBuckets(
    client,
    schema,
    [...wide].map(([at, tally]) => ({ width, at, tally })),
  );
}

async function readPlaces(client: pg.ClientBase, schema: string, places: { width: number; at: number }[]) {
  const { rows } = await client.query({
    name: 'tallies_at',
    text: `SELECT t.width_ms, t.at, t.tally FROM unnest($1::int[], $2::timestamptz[]) AS p (width, at)
      JOIN ${schema}.tallies t ON t.width_ms = p.width AND t.at = p.at`,
    values: [places.map(({ width }) => width), places.map(({ at }) => moment(at))],
  });
  return rows.map(({ width_ms, at, tally }): Bucket => ({ width: width_ms, at: at.getTime(), tally }));
}

async function writeBuckets(
  client: pg.ClientBase,
  schema: string,
  buckets: { width: number; at: number; tally: Tally }[],
): Promise<void> {
  const rows = buckets.map(({ width, at, tally }) => {
    const left = stored(tally);
    return { width, at: moment(at), tally: left && JSON.stringify(left) };
  });
  const kept = rows.filter(({ tally }) => tally !== undefined);
  const empty = rows.filter(({ tally }) => tally === undefined);
  if (kept.length > 0)
    await client.query({
      name: 'upsert_tallies',
      text: `INSERT INTO ${schema}.tallies (width_ms, at, tally)
        SELECT width, at, tally::json FROM unnest($1::int[], $2::timestamptz[], $3::text[]) AS r (width, at, tally)
        ON CONFLICT (width_ms, at) DO UPDATE SET tally = excluded.tally`,
      values: [kept.map(({ width }) => width), kept.map(({ at }) => at), kept.map(({ tally }) => tally)],
    });
  if (empty.length > 0)
    await client.query(
      `DELETE FROM ${schema}.tallies t USING unnest($1::int[], $2::timestamptz[]) AS r (width, at)
       WHERE t.width_ms = r.width AND t.at = r.at`,
      [empty.map(({ width }) => width), empty.map(({ at }) => at)],
    );
}
