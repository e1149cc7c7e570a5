import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Pencil, Trash2 } from 'lucide-react';
import { deleteTransaction } from '../../api/queries.ts';
import type { Transaction } from '../../api/types.ts';
import { money } from '../../lib/format.ts';
import { IconButton } from '../../ui/button.tsx';
import { Confirm } from '../../ui/dialog.tsx';
import { failed, told } from '../../ui/toast.tsx';
import { refreshAfter } from '../decision/resolve.ts';
import { EditDialog } from './edit.tsx';

/** Edit and delete, as two icons. */
export function Changes({ of, onChange }: { of: Transaction; onChange: (change: Change) => void }) {
  return (
    <>
      <IconButton
        needs={['review']}
        label={`Edit the ${of.type} of ${of.userId}`}
        className="size-7"
        onClick={() => onChange({ kind: 'edit', of })}
      >
        <Pencil className="size-3.5" />
      </IconButton>
      <IconButton
        needs={['review']}
        label={`Delete the ${of.type} of ${of.userId}`}
        className="size-7"
        onClick={() => onChange({ kind: 'delete', of })}
      >
        <Trash2 className="size-3.5" />
      </IconButton>
    </>
  );
}

export interface Change {
  kind: 'edit' | 'delete';
  of: Transaction;
}

/** The dialogs that `Changes` asks for. */
export function ChangeDialogs({
  change,
  onClose,
  onDeleted,
}: {
  change: Change | undefined;
  onClose: () => void;
  onDeleted?: () => Promise<void>;
}) {
  const client = useQueryClient();
  const edited = change?.kind === 'edit' ? change.of : undefined;
  const doomed = change?.kind === 'delete' ? change.of : undefined;
  const removal = useMutation({
    mutationFn: ({ id }: Transaction) => deleteTransaction(id),
    onSuccess: () => {
      told('Deleted');
      // Waited for: a page of what is gone would ask for it once more.
      return onDeleted?.();
    },
    onError: (error) => failed('Not deleted', error),
    onSettled: (_answer, _error, { id }) => {
      onClose();
      refreshAfter(client, id);
      void client.invalidateQueries({ queryKey: ['transaction or nothing'] });
    },
  });
  return (
    <>
      <EditDialog transaction={edited} onClose={onClose} />
      <Confirm
        open={doomed !== undefined}
        onClose={onClose}
        title="Delete this transaction?"
        note={
          doomed && (
            <>
              {doomed.amount === null ? `The ${doomed.type}` : money(doomed.amount, doomed.currency)} by{' '}
              <span className="id">{doomed.userId}</span> disappears from every list and figure. Its id stays taken, and
              what profiles learnt from it stays. This cannot be undone.
            </>
          )
        }
        action="Delete"
        busy={removal.isPending}
        onConfirm={() => doomed && removal.mutate(doomed)}
      />
    </>
  );
}
