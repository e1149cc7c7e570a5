import type pg from 'pg';
import { writeCursor } from '../../domain/cursor.ts';
import type { CustomerView, Page, PageRequest } from '../../projections/store.ts';
import { reading } from './connection.ts';
import { cursorOf } from './cursor.ts';
import { SEARCHED } from './names-write.ts';
import { restored, storable } from './text.ts';

/** Of each, so many newest payments are counted. */
const COUNTED = 200;
/** Of a name's beginning, so many are looked at. */
const LOOKED_AT = 1_000;
const DAY_MS = 86_400_000;
const MOST_DAYS = 1_000_000;
const MOST_KEYS = 2n ** 53n;

/** Everyone who ever paid, registered or not: whoever paid on the latest day first. */
export function createCustomerQueries(pool: pg.Pool, schema: string) {
  return ({ q }: { q?: string }, page: PageRequest): Promise<Page<CustomerView>> =>
    reading(async () => {
      const values: unknown[] = [page.limit + 1];
      const place = (value: unknown) => `$${values.push(value)}`;
      const words = storable(q?.trim().toLowerCase().slice(0, SEARCHED) ?? '');
      let after = '';
      if (page.cursor !== undefined) {
        // A key has more digits than what tells equals apart.
        const { place: key, tie: day } = cursorOf(page.cursor);
        const at = [place(Math.min(day, MOST_DAYS)), place(String(key < MOST_KEYS ? key : MOST_KEYS))];
        after = `AND (n.day, n.key) < (date '1970-01-01' + ${at[0]}::int, ${at[1]}::bigint)`;
      }
      // Beginnings in any case of letters; what registered names say is found under Registered.
      const from = words
        ? `(SELECT key, type, value, day FROM ${schema}.names
            WHERE search >= ${place(words)} AND search < ${place(`${words}\u{10ffff}`)} AND type = 'user'
            ORDER BY search LIMIT ${LOOKED_AT})`
        : `${schema}.names`;
      const { rows } = await pool.query(
        `SELECT n.key, n.value, n.day::text AS day, u.name, u.email, life.*
         FROM (SELECT key, value, day FROM ${from} n WHERE type = 'user' ${after} ORDER BY day DESC, key DESC LIMIT $1) n
         LEFT JOIN ${schema}.users u ON u.id = n.value,
         LATERAL (SELECT count(*)::int AS payments, min(created_at) AS first_at, max(created_at) AS last_at,
             coalesce(sum(base_minor), 0)::float8 / 100 AS amount,
             count(*) FILTER (WHERE decision IN ('review', 'decline'))::int AS stopped,
             count(*) FILTER (WHERE label = 'fraud')::int AS fraud
           FROM (SELECT created_at, base_minor, decision, label FROM ${schema}.transactions t
             WHERE t.user_id = n.value ORDER BY created_at DESC, sequence DESC LIMIT ${COUNTED + 1}) t) life
         ORDER BY n.day DESC, n.key DESC`,
        values,
      );
      const shown = rows.slice(0, page.limit);
      const hasMore = rows.length > page.limit;
      const last = shown[shown.length - 1];
      return {
        data: shown.map((row) => ({
          id: restored(row.value),
          name: restored(row.name),
          email: restored(row.email),
          payments: Math.min(row.payments, COUNTED),
          more: row.payments > COUNTED,
          firstAt: row.first_at?.toISOString() ?? null,
          lastAt: row.last_at?.toISOString() ?? null,
          amountBase: row.amount,
          stopped: row.stopped,
          fraud: row.fraud,
        })),
        hasMore,
        nextCursor: hasMore ? writeCursor(BigInt(last.key), Date.parse(last.day) / DAY_MS) : null,
      };
    });
}
