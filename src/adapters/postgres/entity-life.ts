import type pg from 'pg';
import { entityKey, formerKeys } from '../../domain/entity.ts';
import type { EntityLife } from '../../projections/store.ts';
import { storable } from './text.ts';

/** Payments that are added up, the newest. */
const COUNTED = 10_000;

/** What an entity did in its life, by one read of its index. `id` is in its one spelling. */
export async function readLife(pool: pg.Pool, schema: string, type: string, id: string): Promise<EntityLife> {
  const newest = `ORDER BY created_at DESC, sequence DESC LIMIT ${COUNTED + 1}`;
  const isUser = type === 'user';
  const of = isUser
    ? `SELECT created_at, sequence FROM ${schema}.transactions WHERE user_id = $1 ${newest}`
    : `SELECT DISTINCT created_at, sequence FROM ${schema}.transaction_entities WHERE key = ANY($1) ${newest}`;
  const { rows } = await pool.query(
    `SELECT count(*)::int AS payments, min(t.created_at) AS first_at, max(t.created_at) AS last_at,
       count(*) FILTER (WHERE decision = 'approve')::int AS approve,
       count(*) FILTER (WHERE decision = 'review')::int AS review,
       count(*) FILTER (WHERE decision = 'decline')::int AS decline,
       count(*) FILTER (WHERE label = 'fraud')::int AS fraud,
       count(*) FILTER (WHERE label = 'legitimate')::int AS legitimate,
       coalesce(sum(base_minor), 0)::float8 / 100 AS total,
       coalesce(sum(base_minor) FILTER (WHERE decision = 'decline'), 0)::float8 / 100 AS declined,
       coalesce(sum(base_minor) FILTER (WHERE label = 'fraud'), 0)::float8 / 100 AS fraudulent,
       count(*) FILTER (WHERE base_minor IS NULL)::int AS unconverted
     FROM (${of}) p JOIN ${schema}.transactions t ON t.created_at = p.created_at AND t.sequence = p.sequence`,
    [isUser ? storable(id) : [entityKey(type, id), ...formerKeys(type, id)]],
  );
  const [{ payments, first_at: first, last_at: last, total, declined, fraudulent, unconverted, ...counts }] = rows;
  const { approve, review, decline, fraud, legitimate } = counts;
  return {
    payments: Math.min(payments, COUNTED),
    truncated: payments > COUNTED,
    firstAt: first?.toISOString() ?? null,
    lastAt: last?.toISOString() ?? null,
    decisions: { approve, review, decline },
    labels: { fraud, legitimate },
    amountBase: { total, declined, fraud: fraudulent, unconverted },
  };
}
