import type pg from 'pg';
import { CASE_ENTITIES } from '../../domain/case.ts';
import type { TransactionStats } from '../../projections/store.ts';
import { boundsOf, cutByDay } from './days.ts';
import { moment, restored } from './text.ts';

const TOP = 10;
/** Alerts that are counted one by one without much ado. */
const FEW_ALERTS = 5_000;
/** Entities that are looked at before it would be quicker to count every alert. */
const MAX_CANDIDATES = 5_000;
const FIRST_CANDIDATES = 100;

interface Named {
  place: number;
  key: string;
  alerts: number;
}

/**
 * The entities with the most alerts in [from, to), milliseconds, by the alerts as they were decided: what was amended since
 * does not count. `alerts` is about how many there are in all.
 */
export async function readTopEntities(
  client: pg.ClientBase,
  schema: string,
  window: { from: number; to: number; alerts: number },
): Promise<TransactionStats['topEntities']> {
  const { from, to, alerts } = window;
  const found = alerts > FEW_ALERTS ? await amongTotals(client, schema, from, to) : undefined;
  const top = found ?? (await amongAll(client, schema, from, to));
  const { rows } = await client.query(
    `SELECT link.type, link.value AS id, named.alerts
     FROM unnest($1::smallint[], $2::bigint[], $3::int[]) AS named (place, key, alerts), LATERAL
       (SELECT type, value FROM ${schema}.case_links l WHERE l.key = named.key AND l.type = ($4::text[])[named.place] LIMIT 1) link
     ORDER BY named.alerts DESC, named.place, link.value`,
    [top.map(({ place }) => place), top.map(({ key }) => key), top.map((each) => each.alerts), CASE_ENTITIES],
  );
  return rows.map(({ type, id, alerts }) => ({ type, id: restored(id), alerts }));
}

async function amongAll(client: pg.ClientBase, schema: string, from: number, to: number): Promise<Named[]> {
  const { rows } = await client.query(
    `SELECT entity.place::int, entity.key, count(*)::int AS alerts
     FROM ${schema}.case_alerts a, unnest(a.keys) WITH ORDINALITY AS entity (key, place)
     WHERE a.at >= $1 AND a.at < $2 AND entity.key <> 0
     GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT ${TOP}`,
    [moment(from), moment(to)],
  );
  return rows;
}

/**
 * Looks at entities by how many alerts they ever had, and stops when no other can have as many in the window as the tenth
 * found so far (the threshold algorithm of Fagin, Lotem and Naor, 2001). Undefined where that takes too many.
 */
async function amongTotals(
  client: pg.ClientBase,
  schema: string,
  from: number,
  to: number,
): Promise<Named[] | undefined> {
  const { days, edges } = cutByDay(from, to);
  let top: Named[] = [];
  let seen = 0;
  for (let batch = FIRST_CANDIDATES; seen < MAX_CANDIDATES; batch *= 7) {
    const { rows } = await client.query<Named & { total: number }>(
      `WITH candidates AS MATERIALIZED (SELECT place, key, alerts AS total FROM ${schema}.alert_totals
         ORDER BY alerts DESC, place, key OFFSET $1 LIMIT $2),
       edges AS (SELECT c.place, c.key, count(*) AS alerts
         FROM ${schema}.case_alerts a CROSS JOIN unnest(a.keys) WITH ORDINALITY AS entity (key, place)
         JOIN candidates c ON c.key = entity.key AND c.place = entity.place
         WHERE a.at >= $3 AND a.at < $4 OR a.at >= $5 AND a.at < $6 GROUP BY 1, 2)
       SELECT c.place::int, c.key, c.total, (coalesce(edges.alerts, 0) + coalesce(
         (SELECT sum(d.alerts) FROM ${schema}.alert_days d
          WHERE d.place = c.place AND d.key = c.key AND d.day >= $7 AND d.day < $8), 0))::int AS alerts
       FROM candidates c LEFT JOIN edges ON edges.place = c.place AND edges.key = c.key ORDER BY c.total DESC`,
      [seen, batch, ...boundsOf(edges), ...days],
    );
    seen += rows.length;
    top = [...top, ...rows.filter(({ alerts }) => alerts > 0)].sort(byAlerts).slice(0, TOP);
    if (rows.length < batch) return top;
    if (top.length === TOP && rows[rows.length - 1].total < top[TOP - 1].alerts) return top;
  }
  return undefined;
}

function byAlerts(a: Named, b: Named): number {
  return b.alerts - a.alerts || a.place - b.place || (BigInt(a.key) < BigInt(b.key) ? -1 : 1);
}
