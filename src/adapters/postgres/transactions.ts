import type pg from 'pg';
import { canonicalEntity, entityKey, formerKeys } from '../../domain/entity.ts';
import type { EntityView, TransactionFilter, TransactionQueries, TransactionView } from '../../projections/store.ts';
import { reading } from './connection.ts';
import { readPosition } from './cursor.ts';
import { readLife } from './entity-life.ts';
import { asShown, type Maturity } from './maturity.ts';
import { pageOf } from './paging.ts';
import { type EntityNames, entityOfView, ruleKey } from './rows.ts';
import { readScores } from './scores.ts';
import { readStats } from './stats.ts';
import { moment, storable } from './text.ts';

/** How many of an entity's newest transactions are searched for the entities that share them. */
const LINK_DEPTH = 200;
const MAX_LINKED = 100;

export function createTransactionQueries(
  pool: pg.Pool,
  schema: string,
  names: EntityNames,
  maturity: Maturity,
  baseCurrency: string,
): TransactionQueries {
  const shown = (view: TransactionView) => asShown(view, maturity);
  /** The newest rows of `from`, which an index finds alone, and then their views. */
  const newest = async (from: string, where: string[], values: unknown[], limit: number) => {
    const { rows } = await pool.query<{ sequence: string; view: TransactionView }>(
      `SELECT t.sequence, v.view FROM (SELECT created_at, sequence FROM ${schema}.${from}
         WHERE ${where.join(' AND ') || 'true'} ORDER BY created_at DESC, sequence DESC LIMIT ${limit}) t
       JOIN ${schema}.views v ON v.created_at = t.created_at AND v.sequence = t.sequence
       ORDER BY t.created_at DESC, t.sequence DESC`,
      values,
    );
    return rows.map(({ sequence, view }) => ({ createdAt: view.createdAt, sequence: Number(sequence), view }));
  };

  return {
    list: (filter, page) =>
      reading(async () => {
        const { rule, ...others } = filter;
        const { where, values } = rule === undefined ? conditions(filter) : hitsOf(schema, rule, others);
        if (page.cursor !== undefined) {
          const { createdAt, sequence } = readPosition(page.cursor);
          values.push(createdAt, sequence);
          const at = `$${values.length - 1}::timestamptz`;
          // The second says nothing new, but lets the planner leave out the partitions of what is newer.
          where.push(`(created_at, sequence) < (${at}, $${values.length}::bigint)`, `created_at <= ${at}`);
        }
        return pageOf(
          await newest(rule === undefined ? 'transactions' : 'transaction_entities', where, values, page.limit + 1),
          page,
          ({ view }) => shown(view),
        );
      }),

    get: (id) =>
      reading(async () => {
        const { rows } = await pool.query<{ view: TransactionView }>({
          name: 'transaction_by_id',
          text: `SELECT v.view FROM ${schema}.ids i
            JOIN ${schema}.views v ON v.created_at = i.created_at AND v.sequence = i.sequence WHERE i.id = $1`,
          values: [storable(id)],
        });
        return rows[0] && shown(rows[0].view);
      }),

    sequence: (id) =>
      reading(async () => {
        const { rows } = await pool.query(`SELECT sequence FROM ${schema}.ids WHERE id = $1`, [storable(id)]);
        return rows[0] && Number(rows[0].sequence);
      }),

    stats: (from, to) =>
      reading(() => readStats(pool, schema, { from, to, at: maturity.clock(), days: maturity.days, baseCurrency })),

    scores: (model, from, to) => reading(() => readScores(pool, schema, model, from, to)),

    entity: (type, name, limit) =>
      reading(async () => {
        const id = canonicalEntity(type, name, names.ipv6Prefix);
        const depth = Math.max(limit, LINK_DEPTH);
        const life = readLife(pool, schema, type, id);
        const rows =
          type === 'user'
            ? await newest('transactions', ['user_id = $1'], [storable(id)], depth)
            : await newest(
                'transaction_entities',
                // What was written down under another spelling than the one is found by the usual ones.
                ['key = ANY($1)'],
                [[entityKey(type, id), ...formerKeys(type, id)]],
                depth,
              );
        const seen = rows.map(({ view }) => view);
        const linked = linkedIn(seen, type, id, names);
        return { type, id, transactions: seen.slice(0, limit).map(shown), linked, life: await life };
      }),
  };
}

/** What a rule hit, found as an entity's payments are; further conditions are of the payments themselves. */
function hitsOf(schema: string, rule: string, others: TransactionFilter) {
  const { where, values } = conditions(others);
  const key = `key = $${values.push(ruleKey(rule))}`;
  if (where.length === 0) return { where: [key], values };
  const same = 'x.created_at = transaction_entities.created_at AND x.sequence = transaction_entities.sequence';
  const exists = `EXISTS (SELECT 1 FROM ${schema}.transactions x WHERE ${same} AND ${where.join(' AND ')})`;
  return { where: [key, exists], values };
}

/** Indexes in `migrations/` serve these, alone and together. */
function conditions({ userId, decision, status, from, to, minScore, alerts, held }: TransactionFilter) {
  const where: string[] = [];
  const values: unknown[] = [];
  const need = (text: string, value: unknown) => where.push(`${text} $${values.push(value)}`);
  if (userId !== undefined) need('user_id =', storable(userId));
  if (decision !== undefined) need('decision =', decision);
  // Spelt out and not bound, so that the planner sees which partial index serves.
  if (decision === 'review' || decision === 'decline') where.push(`decision IN ('review', 'decline')`);
  if (status !== undefined) need('status =', status);
  if (status === 'processing' || status === 'failed') where.push(`status IN ('processing', 'failed')`);
  if (from !== undefined) need('created_at >=', moment(from));
  if (to !== undefined) need('created_at <', moment(to));
  const score = minScore === undefined ? undefined : Math.ceil(minScore);
  if (score !== undefined) need('score >=', score);
  for (const bound of [30, 80, 95]) if (score !== undefined && score >= bound) where.push(`score >= ${bound}`);
  if (alerts)
    where.push(`decision IN ('review', 'decline') AND status = 'pending' AND label IS NULL AND review IS NULL`);
  if (held)
    where.push(`decision = 'review' AND decision IN ('review', 'decline') AND status = 'pending' AND review IS NULL`);
  return { where, values };
}

function linkedIn(views: TransactionView[], type: string, id: string, names: EntityNames): EntityView['linked'] {
  const counts = new Map<string, EntityView['linked'][0]>();
  for (const view of views)
    for (const other of names.types) {
      const value = entityOfView(view, other, names);
      if (value === undefined || value === '' || (other === type && value === id)) continue;
      const key = `${other}\0${value}`;
      const known = counts.get(key);
      const { createdAt } = view;
      if (known) {
        known.transactions++;
        // They come newest first.
        known.firstAt = createdAt;
      } else counts.set(key, { type: other, id: value, transactions: 1, firstAt: createdAt, lastAt: createdAt });
    }
  return [...counts.values()]
    .sort((a, b) => b.transactions - a.transactions || compare(a.type, b.type) || compare(a.id, b.id))
    .slice(0, MAX_LINKED);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
