import type pg from 'pg';
import type { AuditFilter, AuditQueries, AuditView } from '../../projections/store.ts';
import { reading } from './connection.ts';
import { readPosition } from './cursor.ts';
import { pageOf } from './paging.ts';
import { moment, restored, storable } from './text.ts';

export function createAuditQueries(pool: pg.Pool, schema: string): AuditQueries {
  return {
    list: (filter, page) =>
      reading(async () => {
        const { where, values } = conditions(filter);
        if (page.cursor !== undefined) {
          const { createdAt, sequence } = readPosition(page.cursor);
          values.push(createdAt, sequence);
          where.push(`(at, sequence) < ($${values.length - 1}::timestamptz, $${values.length}::bigint)`);
        }
        values.push(page.limit + 1);
        const { rows } = await pool.query(
          `SELECT * FROM ${schema}.audit WHERE ${where.join(' AND ')}
           ORDER BY at DESC, sequence DESC LIMIT $${values.length}`,
          values,
        );
        const placed = rows.map(auditView).map((view) => ({ createdAt: view.at, sequence: view.sequence, view }));
        return pageOf(placed, page, ({ view }) => view);
      }),
  };
}

function conditions({ by, type, transactionId, caseId, from, to }: AuditFilter) {
  const where = ['true'];
  const values: unknown[] = [];
  const need = (text: string, value: unknown) => {
    values.push(value);
    where.push(`${text} $${values.length}`);
  };
  if (by !== undefined) need('by =', storable(by));
  if (type !== undefined) need('type =', type);
  if (transactionId !== undefined) need('transaction_id =', storable(transactionId));
  if (caseId !== undefined) need('case_id =', storable(caseId));
  if (from !== undefined) need('at >=', moment(from));
  if (to !== undefined) need('at <', moment(to));
  return { where, values };
}

// biome-ignore lint/suspicious/noExplicitAny: a row as the driver gives it.
export function auditView(row: Record<string, any>): AuditView {
  return {
    sequence: Number(row.sequence),
    at: row.at.toISOString(),
    type: row.type,
    by: restored(row.by),
    transactionId: restored(row.transaction_id),
    caseId: restored(row.case_id),
    target: restored(row.target),
    status: row.status,
    code: row.code,
    detail: row.detail,
  };
}
