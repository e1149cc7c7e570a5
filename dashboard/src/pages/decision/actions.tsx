import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Check, CircleCheck, ShieldX, Tag, Undo2 } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { finalizeTransaction, type LabelInput, labelTransaction } from '../../api/queries.ts';
import type { Transaction } from '../../api/types.ts';
import { isHeld } from '../../lib/life-words.ts';
import { Button } from '../../ui/button.tsx';
import { failed, told } from '../../ui/toast.tsx';
import { LabelDialog, OverrideDialog } from './dialogs.tsx';
import { type Resolution, refreshAfter, resolve } from './resolve.ts';
import { ReviewButtons, ReviewDialog, type Reviewing } from './review.tsx';

const DONE = {
  override: 'Approved and finalized',
  fraud: 'Labelled as fraud',
  legitimate: 'Labelled as legitimate',
} as const;

/** What happens to it (release, cancel, finalize, override), and apart from that what it was (fraud, legitimate). */
export function Actions({ transaction }: { transaction: Transaction }) {
  const client = useQueryClient();
  const [dialog, setDialog] = useState<'label' | 'override'>();
  const [reviewing, setReviewing] = useState<Reviewing>();
  const onSettled = () => {
    setDialog(undefined);
    refreshAfter(client, transaction.id);
  };
  const resolved = useMutation({
    mutationFn: (resolution: Resolution) => resolve(transaction, resolution),
    onSuccess: (_, { as }) => told(DONE[as]),
    onError: (error) => failed('Not resolved', error),
    onSettled,
  });
  const labelled = useMutation({
    mutationFn: (body: LabelInput) => labelTransaction(transaction.id, body),
    onSuccess: () => told('Label recorded'),
    onError: (error) => failed('Label not recorded', error),
    onSettled,
  });
  const finalized = useMutation({
    mutationFn: () => finalizeTransaction(transaction.tempId ?? transaction.id),
    onSuccess: () => told('Finalized'),
    onError: (error) => failed('Not finalized', error),
    onSettled,
  });
  if (transaction.decision === undefined) return null;
  const busy = resolved.isPending || labelled.isPending || finalized.isPending;
  const held = isHeld(transaction);
  const open = transaction.status === 'pending' && transaction.review?.action !== 'cancel';
  const declined = transaction.decision === 'decline';
  return (
    <div className="flex flex-wrap items-end gap-x-5 gap-y-2">
      {(open || held) && (
        <Group name={held ? 'It is held' : 'What happens'}>
          {held ? (
            <ReviewButtons onPick={(action) => setReviewing({ action, of: transaction })} />
          ) : declined ? (
            <Button
              needs={['review', 'ingest']}
              disabled={busy}
              icon={<Undo2 className="size-4" />}
              onClick={() => setDialog('override')}
            >
              Override…
            </Button>
          ) : (
            <Button
              needs={['ingest']}
              disabled={busy}
              icon={<CircleCheck className="size-4" />}
              onClick={() => finalized.mutate()}
              title="It went through; nothing is labelled"
            >
              Finalize
            </Button>
          )}
        </Group>
      )}
      <Group name="What it was">
        <Button
          kind="decline"
          needs={['review']}
          disabled={busy || transaction.label === 'fraud'}
          icon={<ShieldX className="size-4" />}
          onClick={() => resolved.mutate({ as: 'fraud' })}
        >
          {declined ? 'Confirm fraud' : 'Fraud'}
        </Button>
        <Button
          kind="approve"
          needs={['review']}
          disabled={busy || transaction.label === 'legitimate'}
          icon={<Check className="size-4" />}
          onClick={() => resolved.mutate({ as: 'legitimate' })}
        >
          Legitimate
        </Button>
        <Button
          needs={['review']}
          disabled={busy}
          icon={<Tag className="size-3.5" />}
          onClick={() => setDialog('label')}
        >
          Label…
        </Button>
      </Group>
      <ReviewDialog reviewing={reviewing} onClose={() => setReviewing(undefined)} />
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
        onSubmit={(reason) => resolved.mutate({ as: 'override', reason })}
      />
    </div>
  );
}

function Group({ name, children }: { name: string; children: ReactNode }) {
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1 text-xs text-muted">{name}</legend>
      <div className="flex flex-wrap gap-2">{children}</div>
    </fieldset>
  );
}
