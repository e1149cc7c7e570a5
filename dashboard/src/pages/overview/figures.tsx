import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useBaseCurrency } from '../../api/session.ts';
import type { Stats } from '../../api/types.ts';
import { count, countShort, latency, moneyShort, percent } from '../../lib/format.ts';
import { live, useLiveVersion } from '../../live/live.ts';
import type { TransactionSearch } from '../../payment-filters.ts';
import type { Window } from '../../searches.ts';

const MINUTES: Record<Window, number> = { '15m': 15, '1h': 60, '6h': 360, '24h': 1440, '7d': 10_080, '30d': 43_200 };

/** The row of figures at the top: each a number with the sentence that makes sense of it. */
export function Figures({ data, window }: { data: Stats | undefined; window: Window }) {
  useLiveVersion();
  const now = live.figures();
  const base = useBaseCurrency();
  const minutes = spanned(data, MINUTES[window]);
  const { total, blocked, unconverted } = data?.amountBase ?? { total: 0, blocked: 0, unconverted: 0 };
  const byCurrency = (pick: 'total' | 'blocked') =>
    Object.entries(data?.amounts ?? {})
      .filter(([, amount]) => amount[pick] > 0)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([code, amount]) => moneyShort(amount[pick], code))
      .join('\n');
  const p99 = data?.latencyMs.p99 ?? 0;
  return (
    <dl className="panel grid grid-cols-2 overflow-hidden md:grid-cols-3 xl:grid-cols-6">
      <Figure
        name="Transactions"
        value={data && countShort(data.count)}
        title={data && count(data.count)}
        of={data && within(data)}
      >
        {now
          ? `${countShort(now.perMinute)} in the last minute`
          : data && `${count(Math.round(data.count / minutes))} a minute`}
      </Figure>
      <Figure name="Amount" value={data && moneyShort(total, base)} title={byCurrency('total')}>
        {moneyShort(total / minutes, base)} a minute
        {unconverted > 0 && <span> · {count(unconverted)} without a rate</span>}
      </Figure>
      <Figure name="Blocked" value={data && moneyShort(blocked, base)} title={byCurrency('blocked')}>
        {data && (
          <Link to="/transactions" search={{ ...within(data), decision: 'decline' }} className={LINK}>
            {countShort(data.decisions.decline)} declined
          </Link>
        )}
      </Figure>
      <Figure
        name="To review"
        value={data && countShort(data.decisions.review)}
        of={data && { ...within(data), decision: 'review' }}
      >
        {data && (
          <>
            {percent(data.rates.review)} of all ·{' '}
            <Link to="/queue" className={LINK}>
              open the queue
            </Link>
          </>
        )}
      </Figure>
      <Figure
        name="Confirmed fraud"
        value={data && countShort(data.labelStates.fraud)}
        title={AS_KNOWN}
        of={data && { ...within(data), labelState: 'fraud' }}
      >
        {data && known(data.labelStates)}
      </Figure>
      <Figure name="Latency p99" value={data && (data.count === 0 ? '–' : latency(p99))}>
        {data !== undefined && data.count > 0 && (
          <span className={p99 <= 1 ? 'text-approve' : 'text-review'}>
            {p99 <= 1 ? 'within' : 'above'} the target of 1 ms
            <span className="text-muted"> · p50 {latency(data.latencyMs.p50)}</span>
          </span>
        )}
      </Figure>
    </dl>
  );
}

const LINK = 'underline decoration-faint underline-offset-3 hover:text-ink';
/** Just those that were counted. */
export const within = ({ from, to }: Pick<Stats, 'from' | 'to'>): TransactionSearch => ({ from, to });

const AS_KNOWN = 'Confirmed: a label says so. Presumed: undisputed for long enough. Stopped: never known.';

/** What is known of the truth of the others: never one figure for all. */
const known = ({ legitimate, presumed, immature, blocked }: Stats['labelStates']) =>
  `${countShort(legitimate)} confirmed legitimate, ${countShort(presumed)} presumed; ${countShort(immature)} not known yet, ${countShort(blocked)} stopped`;

/** Minutes that the data covers, so that a rate is not thinned by the time before anything came. */
function spanned(data: Stats | undefined, window: number): number {
  const first = data?.series.find(({ count: n }) => n > 0);
  if (!data || !first) return window;
  return Math.max(1, Math.min(window, (Date.parse(data.to) - Date.parse(first.at)) / 60_000));
}

function Figure({
  name,
  value,
  title,
  of,
  children,
}: {
  name: string;
  value: string | undefined;
  title?: string;
  /** What it counts. */
  of?: TransactionSearch;
  children: ReactNode;
}) {
  return (
    <div className="-mr-px -mb-px min-w-0 border-r border-b border-line px-4 py-3.5">
      <dt className="text-xs font-medium text-muted">{name}</dt>
      <dd className="mt-1">
        <span className="num block truncate text-2xl font-semibold tracking-tight" title={title}>
          {value === undefined ? (
            <span className="skeleton my-1.5 block h-5 w-20" />
          ) : of ? (
            <Link to="/transactions" search={of} className="hover:underline" aria-label={`${name}: ${value}`}>
              {value}
            </Link>
          ) : (
            value
          )}
        </span>
        <span className="num mt-0.5 block min-h-4.5 text-xs text-muted text-pretty">{children}</span>
      </dd>
    </div>
  );
}
