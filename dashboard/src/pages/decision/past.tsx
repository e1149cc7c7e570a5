import { useQueries } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { entityQuery } from '../../api/queries.ts';
import type { EntityView, Transaction } from '../../api/types.ts';
import { LinkGraph } from '../../charts/link-graph.tsx';
import { Timeline } from '../../charts/timeline.tsx';
import { because } from '../../lib/format.ts';
import { Money, Panel, Segmented, Time } from '../../ui/bits.tsx';
import { LabelBadge, OutcomeWord, TypeBadge } from '../../ui/outcome.tsx';
import { Failed, LoadingBlock } from '../../ui/states.tsx';

const LANES = [
  ['user', 'User'],
  ['card', 'Card'],
  ['device', 'Device'],
] as const;

/** The recent past of the user, the card and the device, and who else used what this payment used. */
export function Past({ transaction }: { transaction: Transaction }) {
  const own = entitiesOf(transaction);
  const results = useQueries({ queries: own.map(({ type, id }) => entityQuery(type, id)) });
  const views = results.flatMap(({ data }) => (data ? [data] : []));
  const error = results.find((result) => result.error && !result.data)?.error;
  const loading = results.some(({ isLoading }) => isLoading);
  const of = (type: string) => views.find((view) => view.type === type);
  const lanes = LANES.flatMap(([type, name]) => {
    const view = of(type);
    return view ? [{ name, transactions: view.transactions }] : [];
  });
  if (error)
    return (
      <Panel title="Recent past">
        <Failed error={error} retry={() => results.map((result) => result.refetch())} />
      </Panel>
    );
  return (
    <>
      <Panel title="Recent past" note={`size is the amount; ringed is this ${transaction.type}`}>
        {loading ? <LoadingBlock height={140} /> : <Timeline lanes={lanes} current={transaction.id} />}
        {!loading && <Recent views={views} current={transaction.id} />}
      </Panel>
      <Panel title="Linked" note={`what else was seen with this ${transaction.type}’s user, card, device and address`}>
        {loading ? <LoadingBlock height={140} /> : <LinkGraph own={own} views={views} />}
      </Panel>
    </>
  );
}

function entitiesOf({ userId, cardId, deviceId, ip }: Transaction): { type: string; id: string }[] {
  return [
    { type: 'user', id: userId },
    ...(cardId ? [{ type: 'card', id: cardId }] : []),
    ...(deviceId ? [{ type: 'device', id: deviceId }] : []),
    ...(ip ? [{ type: 'ip', id: ip }] : []),
  ];
}

function Recent({ views, current }: { views: EntityView[]; current: string }) {
  const choices = LANES.filter(([type]) => views.some((view) => view.type === type));
  const [type, setType] = useState<string>('user');
  const view = views.find((one) => one.type === type) ?? views[0];
  if (!view) return null;
  return (
    <div className="mt-3 border-t border-line pt-3">
      <Segmented
        label="Whose"
        value={view.type}
        options={choices.map(([value, label]) => ({ value, label }))}
        onChange={setType}
      />
      <PaymentList transactions={view.transactions.slice(0, 8)} current={current} of={view.id} />
    </div>
  );
}

/** Short lines of payments, each a link to its decision. */
export function PaymentList({
  transactions,
  current,
  of,
}: {
  transactions: Transaction[];
  current?: string;
  /** Whose they all are: that is not said of each. */
  of?: string;
}) {
  return (
    <ul className="mt-2 -mb-2">
      {transactions.map((t) => (
        <li key={t.id} className="border-line not-first:border-t">
          <Link
            to="/decisions/$id"
            params={{ id: t.id }}
            aria-current={t.id === current ? 'true' : undefined}
            className="-mx-2 grid grid-cols-[6rem_minmax(0,1fr)_auto] items-center gap-x-3 rounded-md px-2 py-1.5 hover:bg-sunken sm:grid-cols-[6rem_2rem_minmax(0,1fr)_7rem_7rem]"
          >
            <span>
              <OutcomeWord outcome={t.decision} status={t.status} />
              <span className="num block pl-4.5 text-xs text-muted sm:hidden">
                {t.score === undefined ? '–' : `score ${t.score}`}
              </span>
            </span>
            <span className="num text-right text-muted max-sm:hidden">{t.score ?? '–'}</span>
            <span className="flex min-w-0 items-center gap-2 text-muted">
              <span className="truncate">
                {t.id === current
                  ? `This ${t.type}`
                  : [t.productCategory, t.customerLocation ?? t.country].filter(Boolean).join(' · ') ||
                    ([t.userId, t.merchantId, t.cardId, t.deviceId, t.channel].find((name) => name && name !== of) ??
                      '–')}
              </span>
              <TypeBadge type={t.type} />
              {t.label && <LabelBadge label={t.label} />}
            </span>
            <span className="text-right">
              <Money amount={t.amount} currency={t.currency} />
              <span className="block text-xs text-muted sm:hidden">
                <Time at={t.transactionDate} />
              </span>
            </span>
            <span className="text-right text-xs text-muted max-sm:hidden">
              <Time at={t.transactionDate} />
            </span>
            {t.decision !== 'approve' && (
              <span className="col-span-full line-clamp-2 text-xs text-muted sm:hidden">{because(t)}</span>
            )}
          </Link>
        </li>
      ))}
    </ul>
  );
}
