import { and, eq, like, sql } from 'drizzle-orm';
import type { NodePgDatabase } from 'drizzle-orm/node-postgres';
import type { UserQueries } from '../../projections/store.ts';
import { reading } from './connection.ts';
import { afterCursor, newestFirst, pageOf } from './paging.ts';
import type { Tables } from './schema.ts';
import { restored, storable } from './text.ts';
import { userView } from './users-fold.ts';

export function createUserQueries(db: NodePgDatabase, { users }: Tables): UserQueries {
  type Row = typeof users.$inferSelect;
  const tidy = (row: Row): Row => ({
    ...row,
    id: restored(row.id),
    name: restored(row.name),
    email: restored(row.email),
    createdAt: new Date(row.createdAt).toISOString(),
    updatedAt: new Date(row.updatedAt).toISOString(),
  });

  return {
    list: ({ q }, page) =>
      reading(async () => {
        const rows = await db
          .select()
          .from(users)
          .where(afterCursor(users, search(users, q), page.cursor))
          .orderBy(...newestFirst(users))
          .limit(page.limit + 1);
        return pageOf(rows.map(tidy), page, userView);
      }),

    get: (id) =>
      reading(async () => {
        const [row] = await db
          .select()
          .from(users)
          .where(eq(users.id, storable(id)));
        return row && userView(tidy(row));
      }),
  };
}

/** A part of the name, the address or the id, in any case; `%` and `_` are themselves. */
function search({ search }: Tables['users'], q: string | undefined) {
  const words = storable(q?.trim().toLowerCase() ?? '');
  if (!words) return undefined;
  const part = like(search, `%${words.replace(/[\\%_]/g, '\\$&')}%`);
  // Without three letters in a row no trigram narrows it down; the characters it must have do.
  if (/[a-z0-9]{3}/.test(words)) return part;
  return and(part, sql`string_to_array(${search}, NULL) @> string_to_array(${words}, NULL)`);
}
