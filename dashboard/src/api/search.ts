import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { call, query } from './client.ts';
import type { Outcome, Status } from './types.ts';

/** Something that has what was searched for in its name, its amount or its words. */
export interface Hit {
  /** An entity's, `transaction`, `case` or `note`. */
  type: string;
  id: string;
  title: string;
  at: string;
  /** Of a registered user. */
  email?: string;
  /** Of a transaction. */
  decision?: Outcome;
  score?: number;
  status?: Status | string;
  /** Of a case. */
  assignee?: string | null;
  /** What a note is about: one of them. */
  transactionId?: string;
  caseId?: string;
  entity?: { type: string; id: string };
}

export const MOST_HITS = 30;

/** Newest first. What was found for the text before stays in sight until there is something else. */
export const searchQuery = (q: string) =>
  queryOptions({
    queryKey: ['search', q],
    queryFn: ({ signal }) => call<{ data: Hit[] }>(`/api/search${query({ q, limit: MOST_HITS })}`, { signal }),
    enabled: q !== '',
    placeholderData: q === '' ? undefined : keepPreviousData,
    staleTime: 5_000,
  });
