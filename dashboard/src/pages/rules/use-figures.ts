import { useQuery } from '@tanstack/react-query';
import { type RuleStats, ruleStatsQuery } from '../../api/backtests.ts';
import { plural } from '../../lib/format.ts';
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
    faultOf: (id: string) => faultWords(data?.data.find((one) => one.id === id)),
  };
}

function faultWords(rule: RuleStats | undefined): string | undefined {
  if (rule?.broken) return 'It does not check any more, and hits nothing.';
  if (!rule?.failures) return undefined;
  return `Could not be evaluated ${plural(rule.failures, 'time')}: ${rule.lastFailure}.`;
}
