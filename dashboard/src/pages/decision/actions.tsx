import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Check, CircleCheck, ShieldX, Tag } from 'lucide-react';
import { useState } from 'react';
import { finalizeTransaction, type LabelInput, labelTransaction } from '../../api/queries.ts';
import type { Transaction } from '../../api/types.ts';
import { Button } from '../../ui/button.tsx';
import { failed, told } from '../../ui/toast.tsx';
import { LabelDialog, OverrideDialog } from './dialogs.tsx';
import { type Resolution, refreshAfter, resolve } from './resolve.ts';

/** Finalize, approve, override, decline or label one payment. */
export function Actions({ transaction }: { transaction: Transaction }) {
  const client = useQueryClient();
  const [dialog, setDialog] = useState<'label' | 'override'>();
  const resolved = useMutation({
    mutationFn: (resolution: Resolution) => resolve(transaction, resolution),
    onSuccess: (_, { as }) => told(as === 'approve' ? 'Approved and finalized' : 'Declined and labelled as fraud'),
    onError: (error) => failed('Not resolved', error),
    onSettled: () => {
      setDialog(undefined);
      refreshAfter(client, transaction.id);
    },
  });
  const labelled = useMutation({
    mutationFn: (body: LabelInput) => labelTransaction(transaction.id, body),
    onSuccess: () => told('Label recorded'),
    onError: (error) => failed('Label not recorded', error),
    onSettled: () => {
      setDialog(undefined);
      refreshAfter(client, transaction.id);
    },
  });
  const finalized = useMutation({
    mutationFn: () => finalizeTransaction(transaction.tempId ?? transaction.id),
    onSuccess: () => told('Finalized'),
    onError: (error) => failed('Not finalized', error),
    onSettled: () => refreshAfter(client, transaction.id),
  });
  if (transaction.decision === undefined) return null;
  const busy = resolved.isPending || labelled.isPending || finalized.isPending;
  const open = transaction.status === 'pending';
  const declined = transaction.decision === 'decline';
  return (
    <div className="flex flex-wrap gap-2">
      {open && !declined && (
        <Button
          needs={['ingest']}
          disabled={busy}
          icon={<CircleCheck className="size-4" />}
          onClick={() => finalized.mutate()}
          title="The payment went through; nothing is labelled"
        >
          Finalize
        </Button>
      )}
      {open && transaction.decision !== 'approve' && (
        <Button
          kind="approve"
          needs={['review', 'ingest']}
          disabled={busy}
          icon={<Check className="size-4" />}
          onClick={() => (declined ? setDialog('override') : resolved.mutate({ as: 'approve' }))}
        >
          {declined ? 'Override…' : 'Approve'}
        </Button>
      )}
      {open && transaction.label !== 'fraud' && (
        <Button
          kind="decline"
          needs={['review']}
          disabled={busy}
          icon={<ShieldX className="size-4" />}
          onClick={() => resolved.mutate({ as: 'decline' })}
        >
          {declined ? 'Confirm fraud' : 'Decline'}
        </Button>
      )}
      <Button needs={['review']} disabled={busy} icon={<Tag className="size-3.5" />} onClick={() => setDialog('label')}>
        Label…
      </Button>
      <LabelDialog
        open={dialog === 'label'}
        busy={busy}
        onClose={() => setDialog(undefined)}
        onSubmit={labelled.mutate}
      />
      <OverrideDialog
        open={dialog === 'override'}
        busy={busy}
        onClose={() => setDialog(undefined)}
        onSubmit={(note) => resolved.mutate({ as: 'approve', note })}
      />
    </div>
  );
}
