import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { LIST_TYPES, type ListType } from '../../../src/domain/policy.ts';
import { call, query, randomKey } from './client.ts';
import type { Page } from './types.ts';

export { LIST_TYPES, type ListType };

export interface List {
  name: string;
  type: ListType;
  description: string;
  /** Whether people who work cases may change its entries. */
  fromCases: boolean;
  /** Expired ones included. */
  entries: number;
  createdAt: string;
  createdBy: string | null;
}

export interface Entry {
  /** Canonical. */
  value: string;
  expiresAt: string | null;
  note: string;
  by: string | null;
  at: string;
}

export interface EntryInput {
  value: string;
  /** null: never. Left out: never, or in 90 days where a rule that approves names the list. */
  expiresAt?: string | null;
  note?: string;
}

export interface Taken {
  added: number;
  updated: number;
  refused: { value: string; message: string; line?: number }[];
}

const path = (name: string, rest = '') => `/api/lists/${encodeURIComponent(name)}${rest}`;

export const listsQuery = () =>
  queryOptions({
    queryKey: ['lists'],
    queryFn: ({ signal }) => call<{ data: List[] }>('/api/lists', { signal }),
  });

export const readEntries = (name: string, q: string, cursor?: string, signal?: AbortSignal, limit = 50) =>
  call<Page<Entry>>(path(name, `/entries${query({ q, limit, cursor })}`), { signal });

export const entriesQuery = (name: string, q: string) =>
  infiniteQueryOptions({
    queryKey: ['list-entries', name, q],
    queryFn: ({ pageParam, signal }) => readEntries(name, q, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
  });

export const createList = (body: Pick<List, 'name' | 'type' | 'description' | 'fromCases'>) =>
  call<List>('/api/lists', { method: 'POST', body, idempotencyKey: randomKey() });
export const deleteList = (name: string) => call<void>(path(name), { method: 'DELETE' });
export const addEntries = (name: string, entries: EntryInput[]) =>
  call<Taken>(path(name, '/entries'), { method: 'POST', body: { entries }, idempotencyKey: randomKey() });
/** With the header `value,expiresAt,note`. */
export const importEntries = (name: string, csv: string) =>
  call<Taken>(path(name, '/entries'), { method: 'POST', csv, idempotencyKey: randomKey() });
export const removeEntry = (name: string, value: string) =>
  call<void>(path(name, `/entries/${encodeURIComponent(value)}`), { method: 'DELETE' });
