import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { amendTransaction } from '../../api/queries.ts';
import type { Transaction } from '../../api/types.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { Form } from '../../ui/form.tsx';
import { told } from '../../ui/toast.tsx';
import { refreshAfter } from '../decision/resolve.ts';

const FIELDS = [
  ['amount', 'Amount'],
  ['currency', 'Currency'],
  ['merchantId', 'Merchant'],
  ['productCategory', 'Category'],
  ['customerLocation', 'Place'],
  ['country', 'Country'],
  ['channel', 'Channel'],
  ['email', 'E-mail'],
] as const;

export function EditDialog({ transaction, onClose }: { transaction: Transaction | undefined; onClose: () => void }) {
  return (
    <Dialog
      open={transaction !== undefined}
      onClose={onClose}
      title="Edit transaction"
      note="Corrects what is read. It is not decided again, and profiles do not learn from it again."
    >
      {transaction && <EditForm transaction={transaction} onClose={onClose} />}
    </Dialog>
  );
}

function EditForm({ transaction, onClose }: { transaction: Transaction; onClose: () => void }) {
  const client = useQueryClient();
  // Logins and registrations pay nothing.
  const fields = FIELDS.filter(([name]) => transaction.amount !== null || (name !== 'amount' && name !== 'currency'));
  const before = Object.fromEntries(fields.map(([name]) => [name, String(transaction[name] ?? '')]));
  const [values, setValues] = useState<Record<string, string>>(before);
  const changes = Object.fromEntries(
    fields
      .filter(([name]) => values[name] !== before[name])
      .map(([name]) => [name, name === 'amount' ? Number(values[name]) : values[name] === '' ? null : values[name]]),
  );
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => amendTransaction(transaction.id, changes),
    onSuccess: () => {
      told('Saved');
      refreshAfter(client, transaction.id);
      onClose();
    },
  });
  return (
    <Form
      onSubmit={mutate}
      action="Save"
      disabled={isPending || Object.keys(changes).length === 0}
      error={error}
      onClose={onClose}
    >
      {(at) => (
        <div className="grid grid-cols-2 gap-3">
          {fields.map(([name, label]) => (
            <Field
              key={name}
              label={label}
              value={values[name]}
              inputMode={name === 'amount' ? 'decimal' : undefined}
              required={name === 'amount' || name === 'currency'}
              error={at(`/${name}`)}
              onChange={(event) => setValues({ ...values, [name]: event.target.value })}
            />
          ))}
        </div>
      )}
    </Form>
  );
}
