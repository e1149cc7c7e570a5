import type pg from 'pg';
import { canonicalEntity } from '../../domain/entity.ts';
import type { EntityView, TransactionQueries, TransactionView } from '../../projections/store.ts';
import { reading } from './connection.ts';
import { readPosition, writePosition } from './cursor.ts';
import { readLife } from './entity-life.ts';
import { asShown, type Maturity } from './maturity.ts';
import { pageOf } from './paging.ts';
import { type EntityNames, entityOfView } from './rows.ts';
import { readScores } from './scores.ts';
import { readStats } from './stats.ts';
import { storable } from './text.ts';
import { boundSql, MOST_COUNTED, placesSql, type Walk, walkOf } from './walk.ts';

/** How many of an entity's newest transactions are searched for the entities that share them. */
const LINK_DEPTH = 200;
const MAX_LINKED = 100;

/** A payment's view as it is kept, and the place of its record in the log. */
export async function viewById(
  pool: pg.Pool,
  schema: string,
  id: string,
): Promise<{ view: TransactionView; sequence: number } | undefined> {
  const { rows } = await pool.query<{ view: TransactionView; sequence: string }>({
    name: 'transaction_by_id',
    text: `SELECT v.view, v.sequence FROM ${schema}.ids i
      JOIN ${schema}.views v ON v.created_at = i.created_at AND v.sequence = i.sequence WHERE i.id = $1`,
    values: [storable(id)],
  });
  return rows[0] && { view: rows[0].view, sequence: Number(rows[0].sequence) };
}

export function createTransactionQueries(
  pool: pg.Pool,
  schema: string,
  names: EntityNames,
  maturity: Maturity,
  baseCurrency: string,
): TransactionQueries {
  const shown = (view: TransactionView) => asShown(view, maturity);
  const options = { schema, names, maturity, baseCurrency };
  /** The views at places that `sql` gives, newest first. */
  const viewsAt = async (sql: string, values: unknown[]) => {
    const { rows } = await pool.query<{ sequence: string; view: TransactionView }>(
      `SELECT t.sequence, v.view FROM (${sql}) t
       JOIN ${schema}.views v ON v.created_at = t.created_at AND v.sequence = t.sequence
       ORDER BY t.created_at DESC, t.sequence DESC`,
      values,
    );
    return rows.map(({ sequence, view }) => ({ createdAt: view.createdAt, sequence: Number(sequence), view }));
  };
  const boundOf = async (walk: Walk) => {
    const sql = boundSql(walk);
    if (sql === undefined) return undefined;
    const values = walk.values.slice(0, walk.served);
    const { rows } = await pool.query<{ created_at: Date; sequence: string }>(sql, values);
    return rows[0] && { createdAt: rows[0].created_at.toISOString(), sequence: Number(rows[0].sequence) };
  };

  return {
    list: (filter, page) =>
      reading(async () => {
        const walk = walkOf(filter, options, page.cursor === undefined ? undefined : readPosition(page.cursor));
        const rows = await viewsAt(placesSql(schema, walk, page.limit + 1), walk.values);
        const found = pageOf(rows, page, ({ view }) => shown(view));
        if (found.hasMore) return found;
        const bound = await boundOf(walk);
        return bound === undefined ? found : { ...found, hasMore: true, nextCursor: writePosition(bound) };
      }),

    count: (filter) =>
      reading(async () => {
        const walk = walkOf(filter, options);
        const { rows } = await pool.query<{ count: number }>(
          `SELECT count(*)::int AS count FROM (${placesSql(schema, walk, MOST_COUNTED + 1)}) t`,
          walk.values,
        );
        const [{ count }] = rows;
        const more = count > MOST_COUNTED || (await boundOf(walk)) !== undefined;
        return { count: Math.min(count, MOST_COUNTED), more };
      }),

    get: (id) =>
      reading(async () => {
        const found = await viewById(pool, schema, id);
        return found && shown(found.view);
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
        const walk = walkOf(type === 'user' ? { userId: id } : { entities: [{ type, id }] }, options);
        const rows = await viewsAt(placesSql(schema, walk, depth), walk.values);
        const seen = rows.map(({ view }) => view);
        const linked = linkedIn(seen, type, id, names);
        return { type, id, transactions: seen.slice(0, limit).map(shown), linked, life: await life };
      }),
  };
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
