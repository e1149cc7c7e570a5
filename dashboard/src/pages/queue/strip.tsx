import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { caseStatsQuery } from '../../api/cases.ts';
import { useBaseCurrency } from '../../api/session.ts';
import { count, duration, moneyShort } from '../../lib/format.ts';
import { live } from '../../live/live.ts';
import { useLiveRefresh } from '../../live/refresh.ts';

/** How the work goes: what is open, what is at risk, and how long cases wait. */
export function Strip({ className = '' }: { className?: string }) {
  const options = caseStatsQuery();
  const { data, error } = useQuery(options);
  useLiveRefresh(options.queryKey, 5_000, () => live.totals().alerts + live.totals().cases);
  const base = useBaseCurrency();
  if (error && !data) return null;
  const time = (ms: number | null) => (ms === null ? '–' : duration(ms));
  return (
    <dl
      aria-label="The last 30 days"
      className={`panel mb-4 grid shrink-0 grid-cols-2 overflow-hidden sm:grid-cols-3 xl:grid-cols-[1fr_1fr_1fr_1fr_1.4fr] ${className}`}
    >
      <Figure name="Open" value={data && count(data.open)}>
        {data && `${count(data.unassigned)} unassigned`}
      </Figure>
      <Figure name="At risk" value={data && moneyShort(data.amountAtRisk, base)}>
        open cases
      </Figure>
      <Figure name="First action after" className="max-sm:hidden" value={data && time(data.firstActionMs.p50)}>
        {data && data.firstActionMs.p95 !== null ? `95% in ${time(data.firstActionMs.p95)}` : 'none yet'}
      </Figure>
      <Figure name="Resolved after" className="max-sm:hidden" value={data && time(data.resolvedMs.p50)}>
        {data && data.resolvedMs.p95 !== null ? `95% in ${time(data.resolvedMs.p95)}` : 'none yet'}
      </Figure>
      <Figure
        name="Resolved, 30 days"
        value={data && count(data.resolved)}
        className="max-xl:sm:col-span-2 max-sm:hidden"
      >
        {data &&
          `${count(data.resolutions.fraud)} fraud, ${count(data.resolutions.legitimate)} legit., ${count(data.resolutions.unsure)} unsure`}
      </Figure>
    </dl>
  );
}

function Figure({
  name,
  value,
  className = '',
  children,
}: {
  name: string;
  value: string | undefined;
  className?: string;
  children: ReactNode;
}) {
  return (
    <div className={`-mr-px -mb-px min-w-0 border-r border-b border-line px-4 py-2 ${className}`}>
      <dt className="text-xs font-medium text-muted">{name}</dt>
      <dd className="flex min-w-0 items-baseline gap-x-2 max-xl:flex-wrap">
        <span className="num text-lg font-semibold tracking-tight">
          {value ?? <span className="skeleton inline-block h-4 w-14" />}
        </span>
        <span className="num min-w-0 truncate text-xs text-muted">{children}</span>
      </dd>
    </div>
  );
}
