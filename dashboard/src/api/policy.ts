import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { RuleContent as Content, Control, RuleMode, Thresholds } from '../../../src/domain/policy.ts';
import type { Check } from '../../../src/policy/expression/check.ts';
import type { Issue } from '../../../src/policy/expression/issue.ts';
import { call, query, randomKey } from './client.ts';
import type { Page } from './types.ts';

export type { Check, Control, Issue, RuleMode };

/** What a person writes of a rule, as the API has it. */
export interface RuleContent extends Omit<Content, 'actions' | 'validFrom' | 'validTo' | 'tags'> {
  actions: string[];
  validFrom: string | null;
  validTo: string | null;
  tags: string[];
}

export interface RuleVersion extends RuleContent {
  id: string;
  version: number;
  createdAt: string;
  /** Id of the API key; null while there are none. */
  createdBy: string | null;
  updatedAt: string;
  updatedBy: string | null;
}

export interface Rule extends RuleVersion {
  /** proposed: nothing is in force until another key approves it. */
  status: 'active' | 'proposed';
  /** A live change that waits for a second key. */
  proposed?: RuleVersion;
  /** What the check remarked of what was saved. */
  warnings?: string[];
  /** Of a rule that approves: declines of the last month that it would have let through. */
  overridden?: { count?: number; amount?: number };
}

export interface Policy {
  version: number;
  thresholds: Thresholds;
  control: Control;
  rules: RuleVersion[];
  updatedAt: string | null;
  updatedBy: string | null;
}

export interface PolicyChange {
  version: number;
  at: string;
  by: string | null;
  change: { kind: string } & Record<string, unknown>;
}

const path = (id: string, rest = '') => `/api/rules/${encodeURIComponent(id)}${rest}`;
const post = <T>(to: string, body: object) => call<T>(to, { method: 'POST', body, idempotencyKey: randomKey() });

export const rulesQuery = () =>
  queryOptions({
    queryKey: ['rules'],
    queryFn: ({ signal }) => call<{ data: Rule[] }>('/api/rules', { signal }),
  });

export const readRule = (id: string, signal?: AbortSignal) => call<Rule>(path(id), { signal });
export const ruleQuery = (id: string) =>
  queryOptions({ queryKey: ['rule', id], queryFn: ({ signal }) => readRule(id, signal) });

export const ruleVersionsQuery = (id: string) =>
  queryOptions({
    queryKey: ['rule', id, 'versions'],
    queryFn: ({ signal }) => call<{ data: RuleVersion[] }>(path(id, '/versions'), { signal }),
  });

/** What an expression reads and costs, and what is wrong with it. The same text always gives the same answer while lists stay. */
export const checkQuery = (when: string) =>
  queryOptions({
    queryKey: ['rule-check', when],
    queryFn: ({ signal }) => call<Check>('/api/rules/check', { method: 'POST', body: { when }, signal }),
    gcTime: 60_000,
  });

export const createRule = (body: Partial<RuleContent> & { id?: string }) => post<Rule>('/api/rules', body);
/** Throws ApiError with status 409 where somebody was faster. */
export const changeRule = (id: string, version: number, body: Partial<RuleContent>) =>
  call<Rule>(path(id), { method: 'PUT', body: { ...body, version } });
export const deleteRule = (id: string) => call<void>(path(id), { method: 'DELETE' });
export const restoreRule = (id: string, version: number) => post<Rule>(path(id, '/restore'), { version });
export const approveRule = (id: string) => post<Rule>(path(id, '/approve'), {});

export const policyQuery = () =>
  queryOptions({
    queryKey: ['policy'],
    queryFn: ({ signal }) => call<Policy>('/api/policy', { signal }),
  });

export const policyVersionsQuery = () =>
  infiniteQueryOptions({
    queryKey: ['policy', 'versions'],
    queryFn: ({ pageParam, signal }) =>
      call<Page<PolicyChange>>(`/api/policy/versions${query({ limit: 25, cursor: pageParam })}`, { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
  });

export const setThresholds = (body: Thresholds | null) =>
  call<Policy>('/api/policy/thresholds', { method: 'PUT', body });
export const setControl = (body: Control) => call<Policy>('/api/policy/control', { method: 'PUT', body });
export const restorePolicy = (version: number) => post<Policy>('/api/policy/restore', { version });
