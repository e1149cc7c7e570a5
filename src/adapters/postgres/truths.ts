import type pg from 'pg';
import { LABEL_STATES, type LabelState } from '../../domain/label-state.ts';
import { boundsOf, type Span } from './days.ts';
import { add, eachOf, type StoredTally } from './tally.ts';

const MINUTE = 60_000;
const DAY_MINUTES = 1_440;

/** Counts by what is known of the truth: see `Tally`. */
export interface Truths {
  truths: Map<string, number>;
  opens: Map<number, number>;
}

/** Whether a tally tells the truth of all that it counts: one that a release before wrote does not. */
export function tellsTruths({ cells, truths, opens }: StoredTally): boolean {
  let missing = 0;
  for (const key in cells) missing += cells[key][0];
  for (const truth in truths) missing -= truths[truth];
  eachOf(opens ?? [], (_, count) => void (missing -= count));
  return missing === 0;
}

export function addTruths(into: Truths, { truths, opens }: StoredTally): void {
  for (const truth in truths) add(into.truths, truth, truths[truth]);
  eachOf(opens ?? [], (minute, count) => add(into.opens, minute, count));
}

/** Rows that have the same truth, since the same minute where it is open, at a point. */
interface TruthRow {
  at: Date;
  truth: string;
  minute: string | null;
  count: string;
}

/** Counts rows one by one, by points of `width`. What a release before wrote is told by its view, as `truthOf` would. */
export async function countTruths(
  client: pg.ClientBase,
  schema: string,
  spans: Span[],
  width: number,
): Promise<TruthRow[]> {
  if (spans.length === 0) return [];
  const within = spans.map((_, index) => `t.created_at >= $${2 * index + 1} AND t.created_at < $${2 * index + 2}`);
  const { rows } = await client.query<TruthRow>(
    `SELECT date_bin('${width} ms', created_at, timestamptz 'epoch') AS at, truth, ceil(since / ${MINUTE}.0)::bigint AS minute,
       count(*) AS count
     FROM (
       SELECT created_at, truth, since FROM ${schema}.transactions t WHERE truth IS NOT NULL AND (${within.join(' OR ')})
       UNION ALL
       SELECT created_at, truth, CASE WHEN truth = 'open' THEN extract(epoch FROM moment::timestamptz) * 1000 END FROM (
         SELECT t.created_at,
           CASE
             WHEN t.label IN ('fraud', 'legitimate') THEN t.label
             WHEN t.decision = 'approve' OR t.status = 'finalized' THEN 'open'
             ELSE 'blocked' END AS truth,
           v.view->>(CASE WHEN t.decision = 'approve' THEN 'transactionDate' ELSE 'finalizedAt' END) AS moment
         FROM ${schema}.transactions t JOIN ${schema}.views v ON v.created_at = t.created_at AND v.sequence = t.sequence
         WHERE t.truth IS NULL AND (${within.join(' OR ')})
       ) before
     ) counted GROUP BY 1, 2, 3`,
    boundsOf(spans),
  );
  return rows;
}

export function addTruthRow(into: Truths, { truth, minute, count }: TruthRow): void {
  if (minute === null) add(into.truths, truth, Number(count));
  else add(into.opens, Number(minute), Number(count));
}

/** The five states as of the start of a minute, so that those who mature within it are counted once it is over. */
export function labelStatesOf({ truths, opens }: Truths, at: number, maturityDays: number) {
  const now = Math.floor(at / MINUTE);
  const states = Object.fromEntries(LABEL_STATES.map((state) => [state, 0])) as Record<LabelState, number>;
  for (const [truth, count] of truths) states[truth === 'disputed' ? 'immature' : (truth as LabelState)] += count;
  for (const [minute, count] of opens)
    states[minute + maturityDays * DAY_MINUTES <= now ? 'presumed' : 'immature'] += count;
  return { ...states, at: new Date(now * MINUTE).toISOString() };
}
