import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { ArrowLeft } from 'lucide-react';
import { transactionQuery } from '../../api/queries.ts';
import { capital, money } from '../../lib/format.ts';
import { isHeld } from '../../lib/life-words.ts';
import { live } from '../../live/live.ts';
import { useLiveRefresh } from '../../live/refresh.ts';
import { MoneyInBase, Panel } from '../../ui/bits.tsx';
import { LabelBadge, OutcomeBadge, StatusWord } from '../../ui/outcome.tsx';
import { Failed, LoadingRows } from '../../ui/states.tsx';
import { Actions } from './actions.tsx';
import { Audit } from './audit.tsx';
import { CaseOf } from './case-of.tsx';
import { Details } from './details.tsx';
import { Disputes } from './disputes.tsx';
import { History } from './history.tsx';
import { Labels } from './labels.tsx';
import { TransactionNarrative } from './narrative.tsx';
import { Past } from './past.tsx';
import { WhatIf } from './what-if.tsx';
import { Why } from './why.tsx';

export function DecisionPage() {
  const { id } = useParams({ from: '/decisions/$id' });
  const { data, error, refetch } = useQuery(transactionQuery(id));
  useLiveRefresh(['transaction', id], 2_000, () => live.totals().changes);
  if (error && !data)
    return (
      <Panel>
        <Failed error={error} retry={() => void refetch()} />
      </Panel>
    );
  if (!data) return <LoadingRows />;
  return (
    <>
      <title>{`${data.amount === null ? capital(data.type) : money(data.amount, data.currency)}, ${data.userId} · Assay`}</title>
      <nav aria-label="Way back" className="mb-3">
        <Link
          to="/transactions"
          className="inline-flex items-center gap-1.5 text-xs font-medium text-muted hover:text-ink"
        >
          <ArrowLeft className="size-3.5" /> Transactions
        </Link>
      </nav>
      <header className="mb-4 flex flex-wrap items-center gap-x-6 gap-y-3">
        <div className="min-w-0">
          <h1 className="flex flex-wrap items-center gap-x-3 gap-y-1 text-2xl font-semibold tracking-tight">
            {data.type !== 'payment' && <span>{capital(data.type)}</span>}
            {data.amount !== null && (
              <MoneyInBase amount={data.amount} currency={data.currency} amountBase={data.amountBase} />
            )}
            {data.decision && <OutcomeBadge outcome={data.decision} />}
            {data.label && <LabelBadge label={data.label} />}
            <span className="text-sm font-normal tracking-normal">
              <StatusWord {...data} held={isHeld(data)} />
            </span>
          </h1>
          <p className="id mt-1 break-all text-muted">{data.id}</p>
        </div>
        <div className="ml-auto max-sm:ml-0 max-sm:w-full">
          <Actions transaction={data} />
        </div>
      </header>
      <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,1.9fr)_minmax(20rem,1fr)]">
        <div className="grid min-w-0 gap-4">
          <Why transaction={data} />
          {data.decision && <TransactionNarrative id={data.id} />}
          <WhatIf key={data.id} transaction={data} />
          <Past transaction={data} />
        </div>
        <div className="grid min-w-0 gap-4">
          <CaseOf transaction={data} />
          <Details transaction={data} />
          <Disputes transaction={data} />
          <Labels transaction={data} />
          <History transaction={data} />
          <Audit transaction={data} />
        </div>
      </div>
    </>
  );
}
