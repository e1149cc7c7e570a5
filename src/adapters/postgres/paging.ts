import type { Page, PageRequest } from '../../projections/store.ts';
import { writePosition } from './cursor.ts';

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
