import { useQuery } from '@tanstack/react-query';
import { ruleStatsQuery } from '../../api/backtests.ts';
import { live } from '../../live/live.ts';
import { useLiveRefresh } from '../../live/refresh.ts';

/** What each rule hit within 30 days; nothing is shown where the server cannot tell. */
export function useRuleFigures() {
  const { data } = useQuery(ruleStatsQuery());
  useLiveRefresh(ruleStatsQuery().queryKey, 15_000, () => live.totals().decisions);
  return {
    shown: data !== undefined,
    since: data?.since ?? null,
    of: (id: string) => data?.data.find((one) => one.id === id)?.days30,
  };
}
