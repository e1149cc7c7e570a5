import { queryOptions } from '@tanstack/react-query';
import type { TransactionSearch } from '../payment-filters.ts';
import { call, randomKey } from './client.ts';

/** How somebody looks at the list of payments. */
export interface SavedView {
  id: string;
  name: string;
  filters: TransactionSearch;
  /** For all; else for whoever made it. */
  shared: boolean;
  mine: boolean;
  byName: string | null;
}

export const viewsQuery = () =>
  queryOptions({
    queryKey: ['views'],
    queryFn: async ({ signal }) => (await call<{ data: SavedView[] }>('/api/views', { signal })).data,
    staleTime: 30_000,
  });

export function saveView(body: Pick<SavedView, 'name' | 'filters' | 'shared'>) {
  return call<SavedView>('/api/views', { method: 'POST', body, idempotencyKey: randomKey() });
}

export function deleteView(id: string) {
  return call<void>(`/api/views/${encodeURIComponent(id)}`, { method: 'DELETE' });
}
