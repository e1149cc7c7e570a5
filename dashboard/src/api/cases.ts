import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { call, query, randomKey } from './client.ts';
import type { Happening, Page, Transaction } from './types.ts';

export type CaseResolution = 'fraud' | 'legitimate' | 'unsure';
export type EntityType = 'device' | 'card' | 'ip' | 'user';

export interface CaseEntity {
  type: EntityType;
  /** Null where it was erased. */
  id: string | null;
}

/** The alerts of what looks like one attack. Amounts are in the base currency. */
export interface Case {
  id: string;
  status: 'open' | 'resolved' | 'merged';
  /** Goes up with everything that people do to it; a change carries the one it saw. */
  version: number;
  entity: CaseEntity;
  score: number;
  amount: number;
  /** Σ probability × amount, net of what went back. */
  amountAtRisk: number;
  /** Those of its transactions that stand. */
  disputes: number;
  transactionCount: number;
  reviews: number;
  declines: number;
  openedAt: string;
  lastAlertAt: string;
  assignee: string | null;
  firstActionAt: string | null;
  resolution: string | null;
  resolvedAt: string | null;
  resolvedBy: string | null;
  resolvedByName: string | null;
  note: string | null;
  /** The case that has its transactions now. */
  mergedInto: string | null;
}

export interface WholeCase extends Case {
  entities: (CaseEntity & { transactions: number })[];
  /** The newest 50. */
  transactions: Transaction[];
  comments: { at: string; by: string | null; byName: string | null; text: string }[];
  /** The oldest first. */
  history: Happening[];
  similar: (Case & { shared: CaseEntity[] })[];
}

export interface CaseStats {
  window: string;
  opened: number;
  open: number;
  unassigned: number;
  resolved: number;
  resolutions: Record<CaseResolution, number>;
  amountAtRisk: number;
  /** Milliseconds from the opening; null where there is none yet. */
  firstActionMs: { p50: number | null; p95: number | null };
  resolvedMs: { p50: number | null; p95: number | null };
}

export interface CaseFilter {
  status?: Case['status'];
  assignee?: string;
  assigned?: 'yes' | 'no';
  /** Such as `device:d_3`. */
  entity?: string;
  sort?: 'risk' | 'newest';
}

const PAGE = 100;
const path = (id: string, rest = '') => `/api/cases/${encodeURIComponent(id)}${rest}`;

export function listCases(filter: CaseFilter, cursor?: string, limit = PAGE, signal?: AbortSignal) {
  return call<Page<Case>>(`/api/cases${query({ ...filter, limit, cursor })}`, { signal });
}

export const casesQuery = (filter: CaseFilter) =>
  infiniteQueryOptions({
    queryKey: ['cases', filter],
    queryFn: ({ pageParam, signal }) => listCases(filter, pageParam, PAGE, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
  });

/** The first few of the queue. */
export const worstCasesQuery = (limit: number) =>
  queryOptions({
    queryKey: ['cases', 'worst', limit],
    queryFn: ({ signal }) => listCases({ status: 'open' }, undefined, limit, signal),
  });

export const caseQuery = (id: string) =>
  queryOptions({ queryKey: ['case', id], queryFn: ({ signal }) => readCase(id, signal) });

export const readCase = (id: string, signal?: AbortSignal) => call<WholeCase>(path(id), { signal });

export const caseTransactionsQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: ['case', id, 'transactions'],
    queryFn: ({ pageParam, signal }) =>
      call<Page<Transaction>>(path(id, `/transactions${query({ limit: 25, cursor: pageParam })}`), { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
  });

export const caseStatsQuery = (window = '30d') =>
  queryOptions({
    queryKey: ['case-stats', window],
    queryFn: ({ signal }) => call<CaseStats>(`/api/cases/stats${query({ window })}`, { signal }),
  });

/** What somebody does to a case. */
export type CaseAct =
  | { kind: 'assign'; assignee: string | null }
  | { kind: 'comment'; text: string }
  | { kind: 'resolve'; resolution: CaseResolution; note?: string }
  | { kind: 'reopen' };

/**
 * Does it to the case as it was seen. `legitimate` also says how many payments were seen: what joined since is not
 * waved through. Throws ApiError with status 409 where somebody was faster.
 */
export function actOnCase(act: CaseAct, seen: Pick<Case, 'id' | 'version' | 'transactionCount'>): Promise<Case> {
  const { id, version, transactionCount } = seen;
  const send = (rest: string, body: object) =>
    call<Case>(path(id, rest), { method: 'POST', body: { ...body, version }, idempotencyKey: randomKey() });
  switch (act.kind) {
    case 'assign':
      return send('/assign', { assignee: act.assignee });
    case 'comment':
      return send('/comments', { text: act.text });
    case 'reopen':
      return send('/reopen', {});
    case 'resolve': {
      const { resolution, note } = act;
      return send('/resolve', {
        resolution,
        ...(note?.trim() ? { note: note.trim() } : {}),
        ...(resolution === 'legitimate' ? { transactions: transactionCount } : {}),
      });
    }
  }
}
