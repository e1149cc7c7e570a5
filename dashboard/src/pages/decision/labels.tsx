import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type LabelInput, labelTransaction } from '../../api/queries.ts';
import type { Label, LabelValue, Transaction } from '../../api/types.ts';
import { capital } from '../../lib/format.ts';
import { type Standing, standings, truth } from '../../lib/life-words.ts';
import { Panel, Time } from '../../ui/bits.tsx';
import { Button } from '../../ui/button.tsx';
import { LabelBadge } from '../../ui/outcome.tsx';
import { failed, told } from '../../ui/toast.tsx';
import { refreshAfter } from './resolve.ts';

/** What is known of its truth, and every voice that spoke of it. */
export function Labels({ transaction }: { transaction: Transaction }) {
  const client = useQueryClient();
  const take = useMutation({
    mutationFn: (body: LabelInput) => labelTransaction(transaction.id, body),
    onSuccess: (_, { label }) => told(label === 'none' ? 'Taken back' : 'Pinned'),
    onError: (error) => failed('Nothing was changed', error),
    onSettled: () => refreshAfter(client, transaction.id),
  });
  const known = truth(transaction);
  const { labels = [], disputes = [], effective } = transaction;
  const found = standings(transaction);
  if (!known) return null;
  return (
    <Panel title="Labels">
      <p>
        <span className="font-medium">{known.word}.</span> <span className="text-muted">{known.why}</span>
      </p>
      {(labels.length > 0 || disputes.some(({ label }) => label === 'fraud')) && (
        <ul aria-label="Who said what" className="mt-3 grid gap-2.5 border-t border-line pt-3">
          {labels
            .map((label, i) => (
              <Voice key={label.id} label={label} standing={found[i]} busy={take.isPending} onTake={take.mutate} />
            ))
            .reverse()}
          {disputes.map(
            ({ id, label, reportedAt }) =>
              label === 'fraud' && (
                <Line
                  key={`dispute ${id}`}
                  label="fraud"
                  who={`Dispute ${id}`}
                  standing={effective?.disputeId === id ? 'in force' : 'stands behind it'}
                  at={reportedAt}
                />
              ),
          )}
        </ul>
      )}
    </Panel>
  );
}

interface VoiceProps {
  label: Label;
  standing: Standing;
  busy: boolean;
  onTake: (label: LabelInput) => void;
}

function Voice({ label: { label, source, note, pinned, occurredAt, recordedAt }, standing, busy, onTake }: VoiceProps) {
  const counts = standing === 'in force' || standing === 'stands behind it';
  return (
    <Line label={label} who={capital(source)} pinned={pinned} standing={standing} at={occurredAt ?? recordedAt}>
      {note && <p className="mt-0.5 border-l-2 border-line pl-2.5 break-words text-muted">{note}</p>}
      {counts && (
        <p className="mt-1.5 flex flex-wrap gap-1.5">
          {!pinned && label !== 'none' && (
            <Button small needs={['review']} disabled={busy} onClick={() => onTake({ label, source, pinned: true })}>
              Pin
            </Button>
          )}
          <Button
            small
            needs={['review']}
            disabled={busy}
            onClick={() => onTake({ label: 'none', source, ...(pinned ? { pinned } : {}) })}
          >
            {pinned ? 'Take the pin back' : 'Withdraw'}
          </Button>
        </p>
      )}
    </Line>
  );
}

function Line({
  label,
  who,
  pinned = false,
  standing,
  at,
  children,
}: {
  label: LabelValue | 'none';
  who: string;
  pinned?: boolean;
  standing: Standing;
  at: string;
  children?: React.ReactNode;
}) {
  return (
    <li>
      <p className="flex flex-wrap items-baseline gap-x-2">
        {label === 'none' ? <span className="text-muted">taken back</span> : <LabelBadge label={label} />}
        <span>
          {who}
          {pinned && ', pinned'}
        </span>
        {standing !== 'takes back' && (
          <span className={`text-xs ${standing === 'in force' ? 'font-medium' : 'text-muted'}`}>{standing}</span>
        )}
        <span className="ml-auto text-xs text-muted">
          <Time at={at} />
        </span>
      </p>
      {children}
    </li>
  );
}
