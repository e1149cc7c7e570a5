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

/** Counts rows one by one. What a release before wrote is told by its view, as `truthOf` would. */
export async function countTruths(client: pg.ClientBase, schema: string, spans: Span[], into: Truths): Promise<void> {
  if (spans.length === 0) return;
  const within = (table: string) =>
    spans.map((_, index) => `${table}.created_at >= $${2 * index + 1} AND ${table}.created_at < $${2 * index + 2}`);
  const { rows } = await client.query(
    `SELECT truth, ceil(since / ${MINUTE}.0)::bigint AS minute, count(*) AS count FROM (
       SELECT truth, since FROM ${schema}.transactions t WHERE truth IS NOT NULL AND (${within('t').join(' OR ')})
       UNION ALL
       SELECT truth, CASE WHEN truth = 'open' THEN extract(epoch FROM moment::timestamptz) * 1000 END FROM (
         SELECT
           CASE
             WHEN t.label IN ('fraud', 'legitimate') THEN t.label
             WHEN t.decision = 'approve' OR t.status = 'finalized' THEN 'open'
             ELSE 'blocked' END AS truth,
           v.view->>(CASE WHEN t.decision = 'approve' THEN 'transactionDate' ELSE 'finalizedAt' END) AS moment
         FROM ${schema}.transactions t JOIN ${schema}.views v ON v.created_at = t.created_at AND v.sequence = t.sequence
         WHERE t.truth IS NULL AND (${within('t').join(' OR ')})
       ) before
     ) counted GROUP BY 1, 2`,
    boundsOf(spans),
  );
  for (const { truth, minute, count } of rows)
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
