import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { call, query, randomKey } from './client.ts';
import type { Comparison, Distribution, ModelDetail, ModelList, Report } from './model-types.ts';

/** The key is that of `modelsQuery`, which reads less of the same answer. */
export const modelListQuery = () =>
  queryOptions({
    queryKey: ['models'],
    queryFn: ({ signal }) => call<ModelList>('/api/models', { signal }),
  });

/** A version is what it is made of, so that it never changes. */
export const modelQuery = (version: string) =>
  queryOptions({
    queryKey: ['model', version],
    queryFn: ({ signal }) => call<ModelDetail>(`/api/models/${version}`, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });

/** Ask only where the model came with one. */
export const reportQuery = (version: string) =>
  queryOptions({
    queryKey: ['model-report', version],
    queryFn: ({ signal }) => call<Report>(`/api/models/${version}/report`, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });

/** Ask only of a model that was ever scored beside a champion. */
export const comparisonQuery = (version: string) =>
  queryOptions({
    queryKey: ['model-comparison', version],
    queryFn: ({ signal }) => call<Comparison>(`/api/models/${version}/comparison`, { signal }),
    refetchInterval: ({ state }) => (state.data?.running ? 5_000 : false),
  });

export const distributionQuery = (version: string, window: string) =>
  queryOptions({
    queryKey: ['model-distribution', version, window],
    queryFn: ({ signal }) => call<Distribution>(`/api/models/${version}/distribution${query({ window })}`, { signal }),
    placeholderData: keepPreviousData,
  });

export interface CanaryPlan {
  steps: number[];
  minutes: number;
  by: string;
}

/** With a plan for a share first; the champion again ends that. */
export function promoteModel(version: string, how: { reason?: string; canary?: CanaryPlan } = {}) {
  return call<{ version: string; previous: string | null }>(`/api/models/${version}/promote`, {
    method: 'POST',
    body: how,
    idempotencyKey: randomKey(),
  });
}

export function shadowModel(version: string, stop = false) {
  return call<{ shadow: string | null }>(`/api/models/${version}/shadow`, {
    method: 'POST',
    body: stop ? { stop } : {},
    idempotencyKey: randomKey(),
  });
}
