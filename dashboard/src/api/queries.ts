import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query';
import type { TransactionSearch } from '../payment-filters.ts';
import { ApiError, call, query, randomKey } from './client.ts';
import type {
  Counterfactuals,
  Customer,
  EntityView,
  Explanation,
  Happening,
  Health,
  Label,
  LabelSource,
  LabelValue,
  Models,
  Page,
  Stats,
  Thresholds,
  Transaction,
  TransactionInput,
  User,
} from './types.ts';

const segment = encodeURIComponent;

export interface TransactionFilter extends Omit<TransactionSearch, 'q'> {
  userId?: string;
}

export const statsQuery = (window: string) =>
  queryOptions({
    queryKey: ['stats', window],
    queryFn: ({ signal }) => call<Stats>(`/api/transactions/stats${query({ window })}`, { signal }),
    placeholderData: keepPreviousData,
  });

export function listTransactions(filter: TransactionFilter, cursor?: string, limit = 50, signal?: AbortSignal) {
  return call<Page<Transaction>>(`/api/transactions${query({ ...filter, limit, cursor })}`, { signal });
}

/** How many fit; `more`: there may be more. */
export const totalQuery = (filter: TransactionFilter) =>
  queryOptions({
    queryKey: ['transactions', 'total', filter],
    queryFn: async ({ signal }) => {
      const path = `/api/transactions${query({ ...filter, limit: 1, total: 'true' })}`;
      return (await call<{ total: { count: number; more: boolean } }>(path, { signal })).total;
    },
  });

export function listUsers(q: string, cursor?: string, signal?: AbortSignal) {
  return call<Page<User>>(`/api/users${query({ q, limit: 50, cursor })}`, { signal });
}

export function listCustomers(q: string, cursor?: string, signal?: AbortSignal) {
  return call<Page<Customer>>(`/api/customers${query({ q, limit: 50, cursor })}`, { signal });
}

/** Whoever is registered under an id; null where nobody is. */
export const userQuery = (id: string) =>
  queryOptions({
    queryKey: ['users', 'one', id],
    queryFn: ({ signal }) =>
      call<User>(`/api/users/${segment(id)}`, { signal }).catch((error) => {
        if (error instanceof ApiError && error.status === 404) return null;
        throw error;
      }),
  });

export const transactionQuery = (id: string) =>
  queryOptions({
    queryKey: ['transaction', id],
    queryFn: ({ signal }) => call<Transaction>(`/api/transactions/${segment(id)}`, { signal }),
  });

export const explanationQuery = (id: string) =>
  queryOptions({
    queryKey: ['explanation', id],
    queryFn: ({ signal }) => call<Explanation>(`/api/transactions/${segment(id)}/explanation`, { signal }),
    // A decision is never made again.
    staleTime: Number.POSITIVE_INFINITY,
  });

/** What would have changed a decision: for the scope `review`. */
export const counterfactualsQuery = (id: string) =>
  queryOptions({
    queryKey: ['counterfactuals', id],
    queryFn: ({ signal }) =>
      call<Counterfactuals>(`/api/transactions/${segment(id)}/explanation?counterfactuals=true`, { signal }),
  });

export const historyQuery = (id: string) =>
  queryOptions({
    queryKey: ['history', id],
    queryFn: ({ signal }) => call<{ data: Happening[] }>(`/api/transactions/${segment(id)}/history`, { signal }),
  });

export const modelsQuery = () =>
  queryOptions({
    queryKey: ['models'],
    queryFn: ({ signal }) => call<Models>('/api/models', { signal }),
    staleTime: 60_000,
  });

/** Of the model of that version, without one of the champion. */
export function useThresholds(version?: string): Thresholds | undefined {
  const { data } = useQuery(modelsQuery());
  const wanted = version ?? data?.champion;
  return data?.data.find((model) => model.version === wanted)?.thresholds;
}

export const entityQuery = (type: string, id: string, limit = 60) =>
  queryOptions({
    queryKey: ['entity', type, id, limit],
    queryFn: ({ signal }) =>
      call<EntityView>(`/api/entities/${segment(type)}/${segment(id)}?limit=${limit}`, { signal }),
  });

export const healthQuery = () =>
  queryOptions({
    queryKey: ['health'],
    // An unhealthy server answers 503 with the same fields.
    queryFn: async ({ signal }) => (await fetch('/health', { signal })).json() as Promise<Health>,
    refetchInterval: 15_000,
  });

/** Undefined where it is not there. */
export async function findTransaction(id: string, signal?: AbortSignal): Promise<Transaction | undefined> {
  try {
    return await call<Transaction>(`/api/transactions/${segment(id)}`, { signal });
  } catch (error) {
    if (error instanceof ApiError && (error.status === 404 || error.status === 422)) return undefined;
    throw error;
  }
}

export function submitTransaction(body: TransactionInput, signal?: AbortSignal) {
  return call<Transaction>('/api/transactions', { method: 'POST', body, signal });
}

export function amendTransaction(id: string, body: Record<string, unknown>) {
  return call<Transaction>(`/api/transactions/${segment(id)}`, { method: 'PUT', body });
}

export function deleteTransaction(id: string) {
  return call<void>(`/api/transactions/${segment(id)}`, { method: 'DELETE' });
}

export interface LabelInput {
  /** `none` takes back what the source said; with `pinned` its pin alone. */
  label: LabelValue | 'none';
  source: LabelSource;
  note?: string;
  pinned?: boolean;
}

export function labelTransaction(id: string, body: LabelInput) {
  return call<Label>(`/api/transactions/${segment(id)}/labels`, { method: 'POST', body, idempotencyKey: randomKey() });
}

/** What happens to what is held, apart from what it was. */
export function reviewTransaction(id: string, body: { action: 'release' | 'cancel'; reason: string }) {
  return call<Transaction>(`/api/transactions/${segment(id)}/review`, {
    method: 'POST',
    body,
    idempotencyKey: randomKey(),
  });
}

/** Tells an event or a dispute; what was not known of it comes back in `warnings`. */
export function tellTransaction(id: string, what: 'events' | 'disputes', body: Record<string, unknown>) {
  return call<{ warnings?: string[] }>(`/api/transactions/${segment(id)}/${what}`, {
    method: 'POST',
    body,
    idempotencyKey: randomKey(),
  });
}

/** A declined one goes through only as an override, with the reason for it. */
export function finalizeTransaction(tempId: string, override?: { reason: string }) {
  const body = override ? { tempId, override: true, reason: override.reason } : { tempId };
  return call<Transaction>('/api/transactions/finalize', { method: 'POST', body, idempotencyKey: randomKey() });
}

export function createUser(body: { id?: string; name: string; email: string }) {
  return call<{ userId: string }>('/api/users', { method: 'POST', body, idempotencyKey: randomKey() });
}

export function updateUser(id: string, body: { name?: string; email?: string }) {
  return call<User>(`/api/users/${segment(id)}`, { method: 'PUT', body });
}

export function deleteUser(id: string) {
  return call<void>(`/api/users/${segment(id)}`, { method: 'DELETE' });
}
