import type { Dispute, Transaction } from '../../api/types.ts';
import { capital } from '../../lib/format.ts';
import { DISPUTE_STATUS, disputeReason, stands } from '../../lib/life-words.ts';
import { Money, Panel, Time } from '../../ui/bits.tsx';

/** Disputes and early warnings, as each stands; its changes are in the history. */
export function Disputes({ transaction: { disputes = [], currency } }: { transaction: Transaction }) {
  if (disputes.length === 0) return null;
  return (
    <Panel title="Disputes">
      <ul className="grid gap-2.5">
        {disputes.map((dispute) => (
          <li key={dispute.id}>
            <p className="flex flex-wrap items-baseline gap-x-2">
              <span className={stands(dispute) ? 'font-medium' : 'text-muted'}>
                {capital(DISPUTE_STATUS[dispute.status])}
              </span>
              <span>{kindOf(dispute)}</span>
              <span className="id min-w-0 break-all text-muted">{dispute.id}</span>
              {dispute.amount !== undefined && (
                <Money amount={dispute.amount} currency={dispute.currency ?? currency} />
              )}
              <span className="ml-auto text-xs text-muted">
                <Time at={dispute.reportedAt} />
              </span>
            </p>
            <p className="mt-0.5 text-muted">
              {disputeReason(dispute)}
              {dispute.label === 'none' && stands(dispute) && '. It does not say that it was fraud.'}
            </p>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

const kindOf = ({ kind }: Dispute): string => (kind === 'early_warning' ? 'early warning' : 'dispute');
