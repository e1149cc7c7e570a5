import type pg from 'pg';
import type { CaseStats } from '../../projections/store.ts';
import { boundsOf, cutByDay } from './days.ts';
import { moment } from './text.ts';
import { inSnapshot } from './window.ts';

interface Count {
  measure: string;
  value: number;
  cases: number;
  amount: number;
}

/**
 * Cases opened in [from, to), milliseconds: whole days as they are counted, and cases one by one at the window's edges. Times
 * taken are exact: days say in which range of milliseconds a percentile lies, and the cases of that range which one it is.
 */
export function readCaseStats(pool: pg.Pool, schema: string, from: number, to: number): Promise<CaseStats> {
  return inSnapshot(pool, async (client) => {
    const counts = await readCounts(client, schema, from, to);
    const of = (measure: string) => counts.find((count) => count.measure === measure);
    const percentile = async (measure: 'first action' | 'resolution', percent: number) => {
      const ranges = counts.filter((count) => count.measure === measure);
      const place = placeOf(ranges, percent);
      return place && readTime(client, schema, { measure, from, to, ...place });
    };
    const percentiles = async (measure: 'first action' | 'resolution') => ({
      p50: await percentile(measure, 50),
      p95: await percentile(measure, 95),
    });
    const cases = (measure: string) => of(measure)?.cases ?? 0;
    return {
      opened: cases('opened'),
      open: cases('open'),
      unassigned: cases('unassigned'),
      resolved: cases('resolved'),
      resolutions: { fraud: cases('fraud'), legitimate: cases('legitimate'), unsure: cases('unsure') },
      amountAtRisk: of('open')?.amount ?? 0,
      firstActionMs: await percentiles('first action'),
      resolvedMs: await percentiles('resolution'),
    };
  });
}

async function readCounts(client: pg.ClientBase, schema: string, from: number, to: number): Promise<Count[]> {
  const { days, edges } = cutByDay(from, to);
  const time = (column: string) => `${schema}.ms_range(${schema}.ms_between(opened_at, ${column}))`;
  const { rows } = await client.query(
    `WITH edges AS MATERIALIZED (
       SELECT status, assignee, resolution, amount_at_risk, opened_at, first_action_at, resolved_at FROM ${schema}.cases
       WHERE transactions > 0 AND (opened_at >= $3 AND opened_at < $4 OR opened_at >= $5 AND opened_at < $6)
     )
     SELECT measure, value, sum(cases) AS cases, sum(amount) AS amount FROM (
       SELECT measure, value, cases, amount FROM ${schema}.case_days WHERE day >= $1 AND day < $2
       UNION ALL SELECT 'opened', 0, count(*), 0 FROM edges
       UNION ALL SELECT status, 0, count(*), sum(CASE status WHEN 'open' THEN amount_at_risk::numeric ELSE 0 END)
         FROM edges GROUP BY 1
       UNION ALL SELECT 'unassigned', 0, count(*), 0 FROM edges WHERE status = 'open' AND assignee IS NULL
       UNION ALL SELECT resolution, 0, count(*), 0 FROM edges WHERE resolution IS NOT NULL GROUP BY 1
       UNION ALL SELECT 'first action', ${time('first_action_at')}, count(*), 0
         FROM edges WHERE first_action_at IS NOT NULL GROUP BY 2
       UNION ALL SELECT 'resolution', ${time('resolved_at')}, count(*), 0 FROM edges WHERE resolved_at IS NOT NULL GROUP BY 2
     ) counts GROUP BY 1, 2 ORDER BY 1, 2`,
    [...days, ...boundsOf(edges)],
  );
  return rows.map(({ measure, value, cases, amount }) => ({
    ...{ measure, value: Number(value), cases: Number(cases), amount: Number(amount) },
  }));
}

/** The range that holds the least time that so many percent do not exceed, and its place within, from 0. */
function placeOf(ranges: Count[], percent: number): { range: number; place: number } | null {
  const total = ranges.reduce((sum, { cases }) => sum + cases, 0);
  let place = Math.ceil((percent * total) / 100) - 1;
  for (const { value, cases } of ranges) {
    if (place < cases) return { range: value, place };
    place -= cases;
  }
  return null;
}

async function readTime(
  client: pg.ClientBase,
  schema: string,
  { measure, range, place, from, to }: { measure: string; range: number; place: number; from: number; to: number },
): Promise<number> {
  const column = measure === 'resolution' ? 'resolved_at' : 'first_action_at';
  const ms = `${schema}.ms_between(opened_at, ${column})`;
  const { rows } = await client.query(
    `SELECT ${ms} AS ms FROM ${schema}.cases WHERE transactions > 0 AND ${column} IS NOT NULL
       AND ${schema}.ms_range(${ms}) = $1 AND opened_at >= $2 AND opened_at < $3 ORDER BY 1 OFFSET $4 LIMIT 1`,
    [range, moment(from), moment(to), place],
  );
  return Number(rows[0].ms);
}
