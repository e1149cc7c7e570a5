import { useMutation, useQueryClient } from '@tanstack/react-query';
import { CircleCheck, CircleX } from 'lucide-react';
import { useState } from 'react';
import { reviewTransaction } from '../../api/queries.ts';
import type { Review, Transaction } from '../../api/types.ts';
import { money } from '../../lib/format.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Form } from '../../ui/form.tsx';
import { failed, told } from '../../ui/toast.tsx';
import { NoteField } from './dialogs.tsx';
import { refreshAfter } from './resolve.ts';

type Action = Review['action'];
export interface Reviewing {
  action: Action;
  of: Pick<Transaction, 'id' | 'userId' | 'amount' | 'currency' | 'type'>;
}

/** Release and cancel, for what is held: what happens to it, apart from what it was. */
export function ReviewButtons({
  onPick,
  small = false,
  of,
}: {
  onPick: (action: Action) => void;
  small?: boolean;
  /** Tells buttons of several payments apart. */
  of?: string;
}) {
  const name = (word: string) => (of === undefined ? undefined : `${word} the payment of ${of}`);
  return (
    <>
      <Button
        kind="approve"
        small={small}
        needs={['review']}
        icon={<CircleCheck className="size-3.5" />}
        aria-label={name('Release')}
        onClick={() => onPick('release')}
      >
        Release…
      </Button>
      <Button
        kind="decline"
        small={small}
        needs={['review']}
        icon={<CircleX className="size-3.5" />}
        aria-label={name('Cancel')}
        onClick={() => onPick('cancel')}
      >
        Cancel…
      </Button>
    </>
  );
}

/** Asks why, and does it. */
export function ReviewDialog({ reviewing, onClose }: { reviewing: Reviewing | undefined; onClose: () => void }) {
  const release = reviewing?.action === 'release';
  const what =
    reviewing &&
    (reviewing.of.amount === null ? `The ${reviewing.of.type}` : money(reviewing.of.amount, reviewing.of.currency));
  return (
    <Dialog
      open={reviewing !== undefined}
      onClose={onClose}
      title={release ? 'Release what is held' : 'Cancel what is held'}
      note={
        reviewing && (
          <>
            {what} of <span className="id">{reviewing.of.userId}</span>{' '}
            {release ? 'goes through.' : 'does not go through, and cannot be finalized.'} This is final, and says
            nothing of whether it was fraud.
          </>
        )
      }
    >
      {reviewing && <Asking reviewing={reviewing} onClose={onClose} />}
    </Dialog>
  );
}

function Asking({ reviewing: { action, of }, onClose }: { reviewing: Reviewing; onClose: () => void }) {
  const client = useQueryClient();
  const [reason, setReason] = useState('');
  const { mutate, isPending } = useMutation({
    mutationFn: () => reviewTransaction(of.id, { action, reason: reason.trim() }),
    onSuccess: () => told(action === 'release' ? 'Released' : 'Cancelled'),
    onError: (error) => failed('Nothing was changed', error),
    onSettled: () => {
      onClose();
      refreshAfter(client, of.id);
    },
  });
  const idle = !isPending && reason.trim() !== '';
  return (
    <Form
      onSubmit={mutate}
      action={action === 'release' ? 'Release it' : 'Cancel it'}
      danger={action === 'cancel'}
      disabled={!idle}
      beside={<span className="text-xs text-muted max-lg:hidden">Ctrl + Enter does it</span>}
    >
      <NoteField label="Reason" value={reason} onChange={setReason} onSubmit={() => idle && mutate()} required />
    </Form>
  );
}
