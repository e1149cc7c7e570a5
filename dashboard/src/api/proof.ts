import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { Estimate, Measure } from '../../../src/engine/proof/figures.ts';
import type { Proof as Computed } from '../../../src/engine/proof/proof.ts';
import { call, query } from './client.ts';

export type { Estimate, Measure };

/** As the server computes it, with times as text. */
export type Proof = Omit<Computed, 'window' | 'test'> & {
  version: string;
  policyVersion: number;
  than: { version: string; policyVersion: number };
  window: { from: string; to: string };
  test: Omit<Computed['test'], 'since'> & { since: string | null };
};

/** Held against another model, or against a version of the policy; without both against what is usual. */
export interface ProofAsked {
  window: string;
  against?: string;
  policy?: number;
}

export const proofQuery = (version: string, asked: ProofAsked) =>
  queryOptions({
    queryKey: ['proof', version, asked],
    queryFn: ({ signal }) => call<Proof>(`/api/models/${version}/proof${query({ ...asked })}`, { signal }),
    // It reads the log: what is a minute old is kept by the server, too.
    staleTime: 60_000,
    placeholderData: keepPreviousData,
    retry: false,
  });
