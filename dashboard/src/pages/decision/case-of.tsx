import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { caseQuery } from '../../api/cases.ts';
import { historyQuery } from '../../api/queries.ts';
import { useBaseCurrency } from '../../api/session.ts';
import type { Happening, Transaction } from '../../api/types.ts';
import { moneyShort, plural } from '../../lib/format.ts';
import { oneOf } from '../../lib/life-words.ts';
import { live } from '../../live/live.ts';
import { useLiveRefresh } from '../../live/refresh.ts';
import { Panel } from '../../ui/bits.tsx';
import { KindIcon } from '../../ui/kind.tsx';
import { EntityName, Outcomes, ResolutionBadge } from '../queue/parts.tsx';
import { AT_RISK, ENTITY_NAMES } from '../queue/work.ts';

/** The case that an alert belongs to; undefined for what was approved. */
export function caseIdOf(history: readonly Happening[] | undefined): string | undefined {
  const id = history?.find(({ type }) => type === 'alerted')?.detail?.caseId;
  return typeof id === 'string' ? id : undefined;
}

export function useCaseId(transactionId: string): string | undefined {
  return caseIdOf(useQuery(historyQuery(transactionId)).data?.data);
}

/** The case that the payment is an alert of: a link to the queue, where it is worked. */
export function CaseOf({ transaction }: { transaction: Transaction }) {
  const id = useCaseId(transaction.id);
  return id === undefined ? null : <Shown id={id} />;
}

function Shown({ id }: { id: string }) {
  const { data } = useQuery(caseQuery(id));
  useLiveRefresh(['case', id], 2_000, () => live.totals().alerts + live.totals().cases);
  const base = useBaseCurrency();
  return (
    <Panel
      title="Case"
      aside={
        <Link
          to="/queue"
          search={{ case: id }}
          className="text-xs font-medium text-muted hover:text-ink hover:underline"
        >
          Open the case
        </Link>
      }
    >
      {!data ? (
        <div className="skeleton h-10" />
      ) : (
        <>
          <p className="flex min-w-0 items-center gap-2">
            <KindIcon kind={data.entity.type} />
            <span>{ENTITY_NAMES[data.entity.type]}</span>
            <EntityName entity={data.entity} link />
            {data.status === 'resolved' && <ResolutionBadge resolution={data.resolution} />}
          </p>
          <p className="mt-1 flex flex-wrap items-baseline gap-x-3 text-xs text-muted">
            <span>{plural(data.transactionCount, oneOf(data.transactions))}</span>
            <Outcomes {...data} />
            {data.disputes > 0 && <span>{plural(data.disputes, 'dispute')}</span>}
            {data.amount > 0 && (
              <span className="num" title={AT_RISK}>
                {moneyShort(data.amountAtRisk, base)} at risk
              </span>
            )}
            {data.status === 'open' && <span>{data.assignee ? `with ${data.assignee}` : 'with nobody'}</span>}
          </p>
        </>
      )}
    </Panel>
  );
}
