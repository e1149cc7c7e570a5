import { and, desc, type SQL, sql } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import type { Page, PageRequest } from '../../projections/store.ts';
import { readPosition, writePosition } from './cursor.ts';

interface Placed {
  createdAt: PgColumn;
  sequence: PgColumn;
}

/** Newest first. */
export function newestFirst({ createdAt, sequence }: Placed): SQL[] {
  return [desc(createdAt), desc(sequence)];
}

/** `where`, and after the cursor: a row comparison, which one index scan answers however deep the page. */
export function afterCursor({ createdAt, sequence }: Placed, where: SQL | undefined, cursor: string | undefined) {
  if (cursor === undefined) return where;
  const position = readPosition(cursor);
  return and(
    where,
    sql`(${createdAt}, ${sequence}) < (${position.createdAt}::timestamptz, ${position.sequence}::bigint)`,
  );
}

/** From one row more than the page holds. `createdAt` is RFC 3339. */
export function pageOf<R extends { createdAt: string; sequence: number }, T>(
  rows: R[],
  { limit }: PageRequest,
  show: (row: R) => T,
): Page<T> {
  const shown = rows.slice(0, limit);
  const hasMore = rows.length > limit;
  return { data: shown.map(show), hasMore, nextCursor: hasMore ? writePosition(shown[shown.length - 1]) : null };
}
