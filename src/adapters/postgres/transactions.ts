import { and, eq, gte, lt, type SQL, sql } from 'drizzle-orm';
import { entityKey } from '../../domain/entity.ts';
import type { EntityView, TransactionFilter, TransactionQueries, TransactionView } from '../../projections/store.ts';
import { type Connection, reading } from './connection.ts';
import { afterCursor, newestFirst, pageOf } from './paging.ts';
import { type EntityNames, entityOfView } from './rows.ts';
import type { Tables } from './schema.ts';
import { readScores } from './scores.ts';
import { readStats } from './stats.ts';
import { storable } from './text.ts';

/** How many of an entity's newest transactions are searched for the entities that share them. */
const LINK_DEPTH = 500;
const MAX_LINKED = 100;

export function createTransactionQueries(
  { db, pool }: Connection,
  schema: string,
  { transactions, views }: Tables,
  names: EntityNames,
): TransactionQueries {
  const columns = { createdAt: transactions.createdAt, sequence: transactions.sequence, view: views.view };
  type Row = { createdAt: string; sequence: number; view: TransactionView };
  const placed = (row: Row) => ({ ...row, createdAt: row.view.createdAt });

  const recent = async (where: SQL | undefined, limit: number): Promise<Row[]> =>
    (
      await db
        .select(columns)
        .from(transactions)
        .innerJoin(views, eq(views.id, transactions.viewId))
        .where(where)
        .orderBy(...newestFirst(transactions))
        .limit(limit)
    ).map(placed);

  return {
    list: (filter, page) =>
      reading(async () => {
        const where = afterCursor(transactions, conditions(transactions, filter), page.cursor);
        return pageOf(await recent(where, page.limit + 1), page, ({ view }) => view);
      }),

    get: (id) =>
      reading(async () => {
        const [row] = await db
          .select({ view: views.view })
          .from(transactions)
          .innerJoin(views, eq(views.id, transactions.viewId))
          .where(and(eq(transactions.id, storable(id)), eq(transactions.deleted, false)));
        return row?.view;
      }),

    stats: (from, to) => reading(() => readStats(pool, schema, from, to)),

    scores: (model, from, to) => reading(() => readScores(pool, schema, model, from, to)),

    entity: (type, id, limit) =>
      reading(async () => {
        const where =
          type === 'user'
            ? eq(transactions.userId, storable(id))
            : sql`${transactions.entities} @> array[${entityKey(type, type === 'email' ? id.toLowerCase() : id)}]::bigint[]`;
        const rows = await recent(and(where, eq(transactions.deleted, false)), Math.max(limit, LINK_DEPTH));
        const seen = rows.map(({ view }) => view);
        return { type, id, transactions: seen.slice(0, limit), linked: linkedIn(seen, type, id, names) };
      }),
  };
}

function conditions(transactions: Tables['transactions'], filter: TransactionFilter): SQL | undefined {
  const { userId, decision, status, from, to, minScore, alerts } = filter;
  return and(
    eq(transactions.deleted, false),
    userId === undefined ? undefined : eq(transactions.userId, storable(userId)),
    decision === undefined ? undefined : eq(transactions.decision, decision),
    // Spelt out and not bound, so that the planner sees which partial index serves.
    decision === undefined || decision === 'approve' ? undefined : sql`decision IN ('review', 'decline')`,
    status === undefined ? undefined : eq(transactions.status, status),
    status === undefined || status === 'pending' ? undefined : sql`status <> 'pending'`,
    from === undefined ? undefined : gte(transactions.createdAt, moment(from)),
    to === undefined ? undefined : lt(transactions.createdAt, moment(to)),
    minScore === undefined ? undefined : gte(transactions.score, Math.ceil(minScore)),
    minScore !== undefined && minScore >= 30 ? sql`score >= 30` : undefined,
    alerts
      ? sql`decision IN ('review', 'decline') AND status = 'pending' AND label IS NULL AND NOT deleted`
      : undefined,
  );
}

/** Beyond what PostgreSQL and Date can hold means before or after everything. */
export function moment(ms: number): string {
  return new Date(Math.max(-62_135_596_800_000, Math.min(253_402_300_799_999, Math.floor(ms)))).toISOString();
}

function linkedIn(views: TransactionView[], type: string, id: string, names: EntityNames): EntityView['linked'] {
  const counts = new Map<string, { type: string; id: string; transactions: number }>();
  for (const view of views)
    for (const other of names.types) {
      const value = entityOfView(view, other, names);
      if (value === undefined || value === '' || (other === type && value === id)) continue;
      const key = `${other}\0${value}`;
      const known = counts.get(key);
      if (known) known.transactions++;
      else counts.set(key, { type: other, id: value, transactions: 1 });
    }
  return [...counts.values()]
    .sort((a, b) => b.transactions - a.transactions || compare(a.type, b.type) || compare(a.id, b.id))
    .slice(0, MAX_LINKED);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
