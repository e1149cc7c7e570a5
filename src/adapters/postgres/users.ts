import type pg from 'pg';
import type { UserQueries, UserView } from '../../projections/store.ts';
import { reading } from './connection.ts';
import { readPosition } from './cursor.ts';
import { pageOf } from './paging.ts';
import { restored, storable } from './text.ts';
import { userView } from './users-fold.ts';

const COLUMNS = 'id, sequence, name, email, created_at, updated_at';

export function createUserQueries(pool: pg.Pool, schema: string): UserQueries {
  return {
    list: ({ q, newest }, page) =>
      reading(async () => {
        const values: unknown[] = [page.limit + 1];
        const where = searched(q, values);
        if (page.cursor !== undefined) {
          const { createdAt, sequence } = readPosition(page.cursor);
          // A row comparison, which one index scan answers however deep the page.
          where.push(
            `(created_at, sequence) < ($${values.push(createdAt)}::timestamptz, $${values.push(sequence)}::bigint)`,
          );
        }
        const isBounded = newest !== undefined && q !== undefined && !isNarrow(q.toLowerCase());
        const users = isBounded
          ? `(SELECT * FROM ${schema}.users ORDER BY created_at DESC, sequence DESC LIMIT ${newest}) users`
          : `${schema}.users`;
        const { rows } = await pool.query(
          `SELECT ${COLUMNS} FROM ${users} WHERE ${where.join(' AND ')}
           ORDER BY created_at DESC, sequence DESC LIMIT $1`,
          values,
        );
        const placed = rows.map((row) => ({ ...viewOf(row), sequence: Number(row.sequence) }));
        return pageOf(placed, page, ({ sequence, ...view }) => view);
      }),

    get: (id) =>
      reading(async () => {
        const { rows } = await pool.query(`SELECT ${COLUMNS} FROM ${schema}.users WHERE id = $1`, [storable(id)]);
        return rows[0] && viewOf(rows[0]);
      }),
  };
}

// biome-ignore lint/suspicious/noExplicitAny: a row as the driver gives it.
function viewOf(row: Record<string, any>): UserView {
  return userView({
    id: restored(row.id),
    sequence: Number(row.sequence),
    name: restored(row.name),
    email: restored(row.email),
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  });
}

/** A part of the name, the address or the id, in any case; `%` and `_` are themselves. */
function searched(q: string | undefined, values: unknown[]): string[] {
  const words = storable(q?.trim().toLowerCase() ?? '');
  if (!words) return ['true'];
  const like = (text: string) => `LIKE $${values.push(`%${text.replace(/[\\%_]/g, '\\$&')}%`)}`;
  // By what is before an address's @: the index would read every address of a domain that many have.
  const [local] = words.split('@', 1);
  if (local !== words && isNarrow(local)) return [`search ${like(local)}`, `(search || '') ${like(words)}`];
  const part = `search ${like(words)}`;
  if (isNarrow(words)) return [part];
  return [part, `string_to_array(search, NULL) @> string_to_array($${values.push(words)}, NULL)`];
}

/** Without three letters in a row no trigram narrows it down; the characters it must have do. */
const isNarrow = (words: string): boolean => /[a-z0-9]{3}/.test(words);
