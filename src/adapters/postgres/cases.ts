import type pg from 'pg';
import { CASE_ENTITIES, MAX_PROPOSED, STRONG_ENTITIES } from '../../domain/case.ts';
import { writeCursor } from '../../domain/cursor.ts';
import { canonicalEntity, entityKey, formerKeys } from '../../domain/entity.ts';
import { type CaseView, caseView } from '../../projections/case-view.ts';
import type { CaseFilter, CaseQueries, CaseSort, Page, Related } from '../../projections/store.ts';
import { auditView } from './audit.ts';
import { readCaseStats } from './case-stats.ts';
import { caseOf } from './cases-load.ts';
import { reading } from './connection.ts';
import { cursorOf, readPosition } from './cursor.ts';
import { ofQueue } from './desk.ts';
import { asShown, type Maturity } from './maturity.ts';
import { pageOf } from './paging.ts';
import { moment, restored, storable } from './text.ts';

const MAX_ENTITIES = 50;
const MAX_ACTIONS = 500;
const MAX_SIMILAR = 10;
const MAX_OUTCOMES = 1_000;

export function createCaseQueries(pool: pg.Pool, schema: string, maturity: Maturity): CaseQueries {
  const one = async (text: string, values: unknown[]) => (await pool.query(text, values)).rows;

  return {
    list: (filter, sort, page) =>
      reading(async () => {
        const { where, values } = conditions(schema, filter);
        // A page goes on in the order of the one before, whatever is asked for beside its cursor.
        const order = page.cursor === undefined ? sort : orderOf(page.cursor);
        const { column, type, direction, read } = ORDERS[order];
        if (order === 'due') where.push('due IS NOT NULL');
        if (page.cursor !== undefined) {
          const [place, sequence] = read(page.cursor);
          const at = [`$${values.push(place)}::${type}`, `$${values.push(sequence)}::bigint`];
          // Of equals the newest comes first, whichever way the others go.
          where.push(
            direction === 'DESC'
              ? `(${column}, sequence) < (${at})`
              : `${column} >= ${at[0]} AND (${column} > ${at[0]} OR sequence < ${at[1]})`,
          );
        }
        values.push(page.limit + 1);
        const rows = await one(
          `SELECT * FROM ${schema}.cases c WHERE ${where.join(' AND ')}
           ORDER BY ${column} ${direction}, sequence DESC LIMIT $${values.length}`,
          values,
        );
        return casePage(rows.map(caseOf), page.limit, order);
      }),

    get: (id) =>
      reading(async () => {
        const key = [storable(id)];
        const [row] = await one(
          `SELECT * FROM ${schema}.cases WHERE id = $1 AND (transactions > 0 OR merged_into IS NOT NULL)`,
          key,
        );
        if (!row) return undefined;
        const [entities, actions, similar, proposed] = await Promise.all([
          one(
            `SELECT type, value, alerts FROM ${schema}.case_links WHERE case_id = $1
             ORDER BY alerts DESC, ${strength('type')}, key LIMIT ${MAX_ENTITIES}`,
            key,
          ),
          one(
            // What was done to a case that was merged into it is read with it.
            `WITH RECURSIVE own (id) AS (
               SELECT $1::text COLLATE "C"
               UNION SELECT c.id FROM own JOIN ${schema}.cases c ON c.merged_into = own.id
             )
             SELECT * FROM ${schema}.audit WHERE case_id = ANY(ARRAY(SELECT id FROM own)) AND status < 400
             ORDER BY sequence DESC LIMIT ${MAX_ACTIONS}`,
            key,
          ),
          one(similarTo(schema), key),
          row.proposed.length === 0 ? [] : one(proposedTo(schema), [...key, row.proposed]),
        ]);
        return {
          case: caseView(caseOf(row)),
          entities: entities.map(({ type, value, alerts }) => ({ type, id: named(value), transactions: alerts })),
          actions: actions.reverse().map(auditView),
          similar: similar.map(related),
          proposed: proposed.map(related),
        };
      }),

    transactions: (id, page) =>
      reading(async () => {
        const values: unknown[] = [storable(id), page.limit + 1];
        let after = '';
        if (page.cursor !== undefined) {
          const { createdAt, sequence } = readPosition(page.cursor);
          values.push(createdAt, sequence);
          after = 'AND (i.created_at, i.sequence) < ($3::timestamptz, $4::bigint)';
        }
        const rows = await one(
          `SELECT t.sequence, v.view FROM (SELECT i.created_at, i.sequence FROM ${schema}.case_alerts a
             JOIN ${schema}.ids i ON i.id = a.transaction_id
             WHERE a.case_id = $1 ${after} ORDER BY i.created_at DESC, i.sequence DESC LIMIT $2) t
           JOIN ${schema}.views v ON v.created_at = t.created_at AND v.sequence = t.sequence
           ORDER BY t.created_at DESC, t.sequence DESC`,
          values,
        );
        const placed = rows.map(({ sequence, view }) => ({
          createdAt: view.createdAt as string,
          sequence: Number(sequence),
          view,
        }));
        return pageOf(placed, page, ({ view }) => asShown(view, maturity));
      }),

    ofTransaction: (transactionId) =>
      reading(async () => {
        const [row] = await one(`SELECT case_id, at FROM ${schema}.case_alerts WHERE transaction_id = $1`, [
          storable(transactionId),
        ]);
        return row && { caseId: restored(row.case_id), at: row.at.toISOString() };
      }),

    owing: (limit) =>
      reading(async () => {
        const rows = await one(
          `(SELECT id, sequence FROM ${schema}.cases WHERE labels_due > 0 ORDER BY sequence LIMIT $1)
           UNION (SELECT id, sequence FROM ${schema}.cases WHERE withdrawals_due > 0 ORDER BY sequence LIMIT $1)
           ORDER BY sequence LIMIT $1`,
          [limit],
        );
        return rows.map(({ id }) => restored(id));
      }),

    owed: (id) =>
      reading(async () => {
        const [row] = await one(
          `SELECT status, resolution, resolved_by, reopened, reopened_by FROM ${schema}.cases
           WHERE id = $1 AND (labels_due > 0 OR withdrawals_due > 0)`,
          [storable(id)],
        );
        if (!row) return undefined;
        const isOpen = row.status === 'open';
        const alerts = await one(
          `SELECT transaction_id, sequence FROM ${schema}.case_alerts
           WHERE case_id = $1 AND labelled = $2 ORDER BY sequence`,
          [storable(id), isOpen],
        );
        return {
          resolution: row.resolution,
          by: restored(isOpen ? row.reopened_by : row.resolved_by),
          round: row.reopened,
          transactions: alerts.map((alert) => ({
            id: restored(alert.transaction_id),
            sequence: Number(alert.sequence),
          })),
        };
      }),

    overdue: (now, limit) =>
      reading(async () => {
        const rows = await one(
          `SELECT id, due FROM ${schema}.cases WHERE due <= $1 AND transactions > 0 AND status = 'open'
             AND awaiting_since IS NULL AND escalated_due IS DISTINCT FROM due ORDER BY due, sequence DESC LIMIT $2`,
          [now, limit],
        );
        return rows.map((row) => ({ id: restored(row.id), due: Number(row.due) }));
      }),

    outcomes: (from, to) =>
      reading(async () => {
        const rows = await one(
          `SELECT resolution, reason, resolved_by, count(*) AS cases, sum(transactions) AS transactions, sum(amount) AS amount
           FROM ${schema}.cases WHERE status = 'resolved' AND resolved_at >= $1 AND resolved_at < $2 AND transactions > 0
           GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 2, 3 LIMIT ${MAX_OUTCOMES}`,
          [moment(from), moment(to)],
        );
        return rows.map((row) => ({
          ...{ resolution: row.resolution, reason: restored(row.reason), by: restored(row.resolved_by) },
          ...{ cases: Number(row.cases), transactions: Number(row.transactions), amount: Number(row.amount) },
        }));
      }),

    stats: (from, to) => reading(() => readCaseStats(pool, schema, from, to)),
  };
}

function conditions(schema: string, { status, assignee, assigned, entity, minScore, queue }: CaseFilter) {
  const where = ['transactions > 0'];
  const values: unknown[] = [];
  const place = (value: unknown) => `$${values.push(value)}`;
  // Spelt out and not bound, so that the planner sees which partial index serves.
  if (status !== undefined) where.push(`status = '${status}'`);
  if (assignee !== undefined) where.push(`assignee = ${place(storable(assignee))}`);
  if (assigned !== undefined) where.push(`assignee IS ${assigned ? 'NOT ' : ''}NULL`);
  if (minScore !== undefined) where.push(`score >= ${place(Math.ceil(minScore))}`);
  if (queue !== undefined) where.push(...ofQueue(queue, place));
  if (entity !== undefined) {
    const { type, id } = entity;
    const name = canonicalEntity(type, id);
    const keys = [entityKey(type, name), ...formerKeys(type, name)];
    where.push(
      `EXISTS (SELECT FROM ${schema}.case_links l WHERE l.case_id = c.id AND l.type = ${place(type)} AND l.key = ANY(${place(keys)}))`,
    );
  }
  return { where, values };
}

const similarTo = (schema: string): string =>
  sharing(schema, "c.status = 'resolved' AND c.transactions > 0", 'c.resolved_at', MAX_SIMILAR);

const proposedTo = (schema: string): string =>
  sharing(
    schema,
    `c.status = 'open' AND c.id = ANY($2) AND own.type IN (${STRONG_ENTITIES.map((type) => `'${type}'`)})`,
    'c.opened_at',
    MAX_PROPOSED,
  );

/** Cases that share an entity with the one that is asked for, and what they share. */
function sharing(schema: string, where: string, order: string, limit: number): string {
  return `SELECT c.*, json_agg(json_build_object('type', own.type, 'value', own.value)
      ORDER BY ${strength('own.type')}, own.key) AS shared
    FROM ${schema}.case_links own
    JOIN ${schema}.case_links other ON other.key = own.key AND other.type = own.type AND other.case_id <> own.case_id
    JOIN ${schema}.cases c ON c.id = other.case_id AND ${where}
    WHERE own.case_id = $1 GROUP BY c.id ORDER BY ${order} DESC, c.sequence DESC LIMIT ${limit}`;
}

// biome-ignore lint/suspicious/noExplicitAny: a row as the driver gives it.
function related({ shared, ...row }: any): Related {
  const entities = (shared as { type: string; value: string }[]).map(({ type, value }) => ({ type, id: named(value) }));
  return { ...caseView(caseOf(row)), shared: entities };
}

/** The place of an entity's type among CASE_ENTITIES. */
function strength(column: string): string {
  return `array_position(array[${CASE_ENTITIES.map((type) => `'${type}'`)}]::text[], ${column}::text)`;
}

function named(value: string): string | null {
  return value === '' ? null : restored(value);
}

function casePage(rows: Parameters<typeof caseView>[0][], limit: number, sort: CaseSort): Page<CaseView> {
  if (sort === 'newest') {
    const placed = rows.map((row) => ({ ...row, createdAt: new Date(row.openedAt).toISOString() }));
    return pageOf(placed, { limit }, caseView);
  }
  const shown = rows.slice(0, limit);
  const hasMore = rows.length > limit;
  const write = sort === 'due' ? writeDue : writeRisk;
  return { data: shown.map(caseView), hasMore, nextCursor: hasMore ? write(shown[shown.length - 1]) : null };
}

const ORDERS: Record<
  CaseSort,
  { column: string; type: string; direction: 'ASC' | 'DESC'; read: (cursor: string) => [unknown, number] }
> = {
  risk: { column: 'amount_at_risk', type: 'double precision', direction: 'DESC', read: readRisk },
  newest: { column: 'opened_at', type: 'timestamptz', direction: 'DESC', read: readPlace },
  due: { column: 'due', type: 'bigint', direction: 'ASC', read: readDue },
};

function readPlace(cursor: string): [string, number] {
  const { createdAt, sequence } = readPosition(cursor);
  return [createdAt, sequence];
}

/** Above every time in milliseconds, so that a cursor tells its order. */
const OF_RISK = 10n ** 18n;
const BITS_OF_INFINITY = 0x7ff0n << 48n;
/** Above every double's bits. */
const OF_DUE = 2n * 10n ** 19n;
const MOST_MS = 2n ** 53n;
const bits = new DataView(new ArrayBuffer(8));

function orderOf(cursor: string): CaseSort {
  const { place } = cursorOf(cursor);
  return place < OF_RISK ? 'newest' : place < OF_DUE ? 'risk' : 'due';
}

const writeDue = ({ due, sequence }: { due: number | null; sequence: number }): string =>
  writeCursor(OF_DUE + BigInt(due ?? 0), sequence);

function readDue(cursor: string): [string, number] {
  const { place, tie } = cursorOf(cursor);
  const due = place - OF_DUE;
  return [String(due < MOST_MS ? due : MOST_MS), tie];
}

/** The bits of a double that is not negative ascend as it does. */
function writeRisk({ amountAtRisk, sequence }: { amountAtRisk: number; sequence: number }): string {
  bits.setFloat64(0, Math.max(0, amountAtRisk));
  return writeCursor(OF_RISK + bits.getBigUint64(0), sequence);
}

function readRisk(cursor: string): [number, number] {
  const { place, tie } = cursorOf(cursor);
  const risk = place - OF_RISK;
  bits.setBigUint64(0, risk < BITS_OF_INFINITY ? risk : BITS_OF_INFINITY);
  return [bits.getFloat64(0), tie];
}
