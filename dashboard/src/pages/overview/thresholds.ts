import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { Explanation, Thresholds } from '../../api/types.ts';

/** The serving model's thresholds, where an explanation has told them. Nothing is guessed. */
export function useKnownThresholds(): Thresholds | undefined {
  const client = useQueryClient();
  const { data } = useQuery({
    queryKey: ['thresholds'],
    queryFn: () =>
      client
        .getQueriesData<Explanation>({ queryKey: ['explanation'] })
        .map(([, explanation]) => explanation?.thresholds)
        .find((found) => found !== undefined) ?? null,
    staleTime: 30_000,
  });
  return data ?? undefined;
}
