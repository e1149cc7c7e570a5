import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { ENDED, ownAct } from '../lib/own-acts.ts';
import { call, query, randomKey } from './client.ts';
import type { Happening, Page, Transaction } from './types.ts';

export type CaseResolution = 'fraud' | 'legitimate' | 'unsure';
export type EntityType = 'device' | 'card' | 'ip' | 'user' | 'mailbox';

export interface CaseEntity {
  type: EntityType;
  /** Null where it was erased. */
  id: string | null;
}

export interface AskedResolution {
  resolution: CaseResolution;
  reason: string | null;
  except: string[];
  by: string | null;
  byName: string | null;
  at: string;
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
  /** A word of a set, why it was resolved so. */
  reason: string | null;
  note: string | null;
  /** The case that has its transactions now. */
  mergedInto: string | null;
  /** When the earliest of its payments is to be worked that nobody worked yet. */
  dueAt: string | null;
  /** Since when the customer is awaited: its time stands still. */
  awaitingSince: string | null;
  /** A resolution that takes a second person, as the first asked for it: while the case is open it waits. */
  asked: AskedResolution | null;
  /** Of the answer to a resolution that left some out: theirs. */
  exceptCaseId?: string;
}

export interface WholeCase extends Case {
  entities: (CaseEntity & { transactions: number })[];
  /** The newest 50. */
  transactions: Transaction[];
  comments: { at: string; by: string | null; byName: string | null; text: string }[];
  /** The oldest first. */
  history: Happening[];
  similar: (Case & { shared: CaseEntity[] })[];
  /** Open cases to which an alert of it belonged as well. */
  proposedMerges: (Case & { shared: CaseEntity[] })[];
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
  /** Id of a queue. */
  queue?: string;
  sort?: 'risk' | 'newest' | 'due';
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
  | { kind: 'comment'; text: string; awaits?: boolean }
  /** Those of `except` are not labelled, and become an open case of their own. */
  | { kind: 'resolve'; resolution: CaseResolution; reason?: string; note?: string; except?: string[] }
  | { kind: 'reopen' }
  /** All of it becomes the other open case's. */
  | { kind: 'merge'; into: string };

/**
 * Does it to the case as it was seen. `legitimate` also says how many payments were seen: what joined since is not
 * waved through. Throws ApiError with status 409 where somebody was faster. Answers the case then; a merge, the other.
 */
export function actOnCase(act: CaseAct, seen: Pick<Case, 'id' | 'version' | 'transactionCount'>): Promise<Case> {
  const { id, version, transactionCount } = seen;
  const send = (rest: string, body: object) =>
    ownAct(
      () => call<Case>(path(id, rest), { method: 'POST', body: { ...body, version }, idempotencyKey: randomKey() }),
      (now) => [now, ...(now.id === id ? [] : [{ id, version: ENDED }])],
    );
  switch (act.kind) {
    case 'assign':
      return send('/assign', { assignee: act.assignee });
    case 'comment':
      return send('/comments', { text: act.text, awaits: act.awaits });
    case 'reopen':
      return send('/reopen', {});
    case 'merge':
      return send('/merge', { into: act.into });
    case 'resolve': {
      const { resolution, reason, note, except = [] } = act;
      return send('/resolve', {
        resolution,
        reason,
        ...(note?.trim() ? { note: note.trim() } : {}),
        ...(resolution === 'legitimate' ? { transactions: transactionCount } : {}),
        ...(except.length > 0 ? { except } : {}),
      });
    }
  }
}

/** What is done to many cases at once, whatever their versions. */
export type BulkAct =
  | { action: 'assign'; assignee: string | null }
  | { action: 'resolve'; resolution: CaseResolution; reason?: string; note?: string }
  | { action: 'reopen' }
  | { action: 'merge'; into: string };

export interface BulkAnswer {
  data: { id: string; status: number; case?: Case; code?: string; detail?: string }[];
  done: number;
  refused: number;
}

export const MOST_IN_BULK = 200;

/** What came of each: one that is refused stops no other. */
export function actOnCases(ids: string[], act: BulkAct): Promise<BulkAnswer> {
  const body = { ids, ...act };
  return ownAct(
    () => call<BulkAnswer>('/api/cases/bulk', { method: 'POST', body, idempotencyKey: randomKey() }),
    ({ data }) =>
      data.flatMap(({ id, case: now }) => (!now ? [] : now.id === id ? now : [now, { id, version: ENDED }])),
  );
}
