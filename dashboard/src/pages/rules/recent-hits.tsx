import { queryOptions, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { call, query } from '../../api/client.ts';
import type { Page, Transaction } from '../../api/types.ts';
import { live } from '../../live/live.ts';
import { useLiveRefresh } from '../../live/refresh.ts';
import { Money, Panel, Time } from '../../ui/bits.tsx';
import { OutcomeWord } from '../../ui/outcome.tsx';
import { ModeBadge } from './mode-badge.tsx';

const SHOWN = 6;

const hitsQuery = (rule: string) =>
  queryOptions({
    queryKey: ['rule-hits', rule],
    queryFn: ({ signal }) => call<Page<Transaction>>(`/api/transactions${query({ rule, limit: SHOWN })}`, { signal }),
  });

/** The newest payments that the rule hit, live or in shadow. */
export function RecentHits({ id }: { id: string }) {
  const { data, error } = useQuery(hitsQuery(id));
  useLiveRefresh(['rule-hits', id], 2_000, () => live.totals().decisions);
  return (
    <Panel title="Latest hits" flush={data !== undefined && data.data.length > 0}>
      {error && !data ? (
        <p className="text-muted">{error.message}</p>
      ) : !data ? (
        <div className="skeleton h-10" />
      ) : data.data.length === 0 ? (
        <p className="text-muted">It has hit no payment yet. A rule in shadow or live does as payments come in.</p>
      ) : (
        <ul>
          {data.data.map((payment) => (
            <li key={payment.id} className="border-t border-line">
              <Link
                to="/decisions/$id"
                params={{ id: payment.id }}
                className="flex flex-wrap items-center gap-x-3 gap-y-0.5 px-4 py-2 hover:bg-sunken"
              >
                <OutcomeWord outcome={payment.decision} status={payment.status} />
                <ModeBadge mode={payment.rules?.find((hit) => hit.id === id)?.mode ?? 'shadow'} />
                <Money amount={payment.amount} currency={payment.currency} />
                <span className="ml-auto text-xs text-muted">
                  <Time at={payment.createdAt} />
                </span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
