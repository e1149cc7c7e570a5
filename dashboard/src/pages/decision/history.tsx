import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { CircleDot, Flag, Gavel, Landmark, type LucideIcon, Tag } from 'lucide-react';
import { historyQuery } from '../../api/queries.ts';
import type { Transaction } from '../../api/types.ts';
import { type Moment, type MomentKind, timeline } from '../../lib/timeline.ts';
import { live } from '../../live/live.ts';
import { useLiveRefresh } from '../../live/refresh.ts';
import { Panel, Time } from '../../ui/bits.tsx';
import { OutcomeMark } from '../../ui/outcome.tsx';
import { Failed, LoadingBlock } from '../../ui/states.tsx';
import { Tell } from './tell.tsx';

/** Its whole life, oldest first: what was decided, what became of it, who disputes it, what people did. */
export function History({ transaction }: { transaction: Transaction }) {
  const { id } = transaction;
  const { data, error, refetch } = useQuery(historyQuery(id));
  useLiveRefresh(['history', id], 2_000, () => live.totals().changes);
  return (
    <Panel
      title="History"
      aside={transaction.decision && transaction.amount !== null && <Tell transaction={transaction} />}
    >
      {error && !data ? (
        <Failed error={error} retry={() => void refetch()} />
      ) : !data ? (
        <LoadingBlock height={60} />
      ) : (
        <ol className="flex flex-col gap-3">
          {timeline(transaction, data.data).map((moment) => (
            <Shown key={moment.key} moment={moment} />
          ))}
        </ol>
      )}
    </Panel>
  );
}

const ICONS: Record<MomentKind, LucideIcon> = {
  decision: CircleDot,
  event: Landmark,
  dispute: Flag,
  label: Tag,
  review: Gavel,
  other: CircleDot,
};

function Shown({ moment: { kind, at, toldAt, words, note, by, outcome, caseId } }: { moment: Moment }) {
  const Icon = ICONS[kind];
  return (
    <li className="grid grid-cols-[1rem_minmax(0,1fr)_auto] items-baseline gap-x-2">
      <span className="self-center text-muted">
        {outcome ? (
          <OutcomeMark outcome={outcome} className="mx-auto size-2.5" />
        ) : (
          <Icon className="size-3.5" aria-hidden="true" />
        )}
      </span>
      <span className="min-w-0 break-words">
        {words}
        {caseId !== undefined && (
          <>
            {kind === 'label' ? ', with ' : ': '}
            <Link to="/queue" search={{ case: caseId }} className="underline decoration-faint underline-offset-3">
              {kind === 'label' ? 'its case' : 'open it'}
            </Link>
          </>
        )}
        {by && <span className="text-muted"> · {by}</span>}
      </span>
      <span className="text-xs text-muted">
        <Time at={at} />
      </span>
      {(note || toldAt) && (
        <p className="col-span-2 col-start-2 mt-0.5 border-l-2 border-line pl-2.5 break-words text-muted">
          {note}
          {toldAt && (
            <span className="block text-xs">
              told <Time at={toldAt} />
            </span>
          )}
        </p>
      )}
    </li>
  );
}
