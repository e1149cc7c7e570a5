import { useQueries } from '@tanstack/react-query';
import { type Case, type CaseEntity, listCases, type WholeCase } from '../../api/cases.ts';

/** Of how many entities of a case others are asked for, and how many of each. */
const ASKED = 8;
const EACH = 20;

/** An open case and what it has in common with the one in sight. */
export interface Neighbour {
  one: Case;
  shared: CaseEntity[];
}

/** Open cases that share one of the case's most shared entities, those with most in common first. */
export function useBeside(of: WholeCase, enabled = true): { neighbours: Neighbour[]; busy: boolean } {
  const named = of.entities.filter(({ id }) => id !== null).slice(0, ASKED);
  const results = useQueries({
    queries: named.map(({ type, id }) => ({
      queryKey: ['cases', 'beside', type, id],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        listCases({ status: 'open', entity: `${type}:${id}` }, undefined, EACH, signal),
      enabled: enabled && of.status === 'open',
      staleTime: 10_000,
    })),
  });
  const found = new Map<string, Neighbour>();
  results.forEach(({ data }, i) => {
    for (const one of data?.data ?? []) {
      if (one.id === of.id) continue;
      const known = found.get(one.id) ?? { one, shared: [] };
      known.shared.push(named[i]);
      found.set(one.id, known);
    }
  });
  const neighbours = [...found.values()].sort(
    (a, b) => b.shared.length - a.shared.length || b.one.amountAtRisk - a.one.amountAtRisk,
  );
  return { neighbours, busy: results.some(({ isLoading }) => isLoading) };
}
