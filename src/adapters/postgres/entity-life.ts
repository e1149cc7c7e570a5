import type pg from 'pg';
import { entityKey, formerKeys } from '../../domain/entity.ts';
import type { EntityLife } from '../../projections/store.ts';
import { storable } from './text.ts';
import { newestSql, placesOfKeys } from './walk.ts';

/** Payments that are added up, the newest: each is looked up by itself. */
export const COUNTED = 1_000;

/** What an entity did in its life, and since when, by its index. `id` is in its one spelling. */
export async function readLife(pool: pg.Pool, schema: string, type: string, id: string): Promise<EntityLife> {
  const values: unknown[] = [];
  const bound = (value: unknown) => `$${values.push(value)}`;
  const from =
    type === 'user'
      ? [`(SELECT created_at, sequence FROM ${schema}.transactions WHERE user_id = ${bound(storable(id))}) own`]
      : placesOfKeys(schema, [entityKey(type, id), ...formerKeys(type, id)], bound);
  const more = from.map((one) => `(SELECT FROM ${one})`).join(' UNION ALL ');
  const oldest = from.map((one) => `(SELECT created_at FROM ${one} ORDER BY created_at, sequence LIMIT 1)`).join(', ');
  const { rows } = await pool.query(
    `SELECT count(*)::int AS payments, count(*) = ${COUNTED} AND EXISTS (${more} OFFSET ${COUNTED}) AS truncated,
       max(t.created_at) AS last_at, CASE WHEN count(*) < ${COUNTED} THEN min(t.created_at)
         ELSE least(${oldest}) END AS first_at,
       count(*) FILTER (WHERE decision = 'approve')::int AS approve,
       count(*) FILTER (WHERE decision = 'review')::int AS review,
       count(*) FILTER (WHERE decision = 'decline')::int AS decline,
       count(*) FILTER (WHERE label = 'fraud')::int AS fraud,
       count(*) FILTER (WHERE label = 'legitimate')::int AS legitimate,
       coalesce(sum(base_minor), 0)::float8 / 100 AS total,
       coalesce(sum(base_minor) FILTER (WHERE decision = 'decline'), 0)::float8 / 100 AS declined,
       coalesce(sum(base_minor) FILTER (WHERE label = 'fraud'), 0)::float8 / 100 AS fraudulent,
       count(*) FILTER (WHERE base_minor IS NULL)::int AS unconverted
     FROM (${newestSql(from, [], COUNTED)}) p
     JOIN ${schema}.transactions t ON t.created_at = p.created_at AND t.sequence = p.sequence`,
    values,
  );
  const [{ payments, truncated, first_at: first, last_at: last, total, declined, fraudulent, unconverted, ...counts }] =
    rows;
  const { approve, review, decline, fraud, legitimate } = counts;
  return {
    payments,
    truncated,
    firstAt: first?.toISOString() ?? null,
    lastAt: last?.toISOString() ?? null,
    decisions: { approve, review, decline },
    labels: { fraud, legitimate },
    amountBase: { total, declined, fraud: fraudulent, unconverted },
  };
}
