import { useMutation, useQueryClient } from '@tanstack/react-query';
import { MessageSquarePlus } from 'lucide-react';
import { useState } from 'react';
import { tellTransaction } from '../../api/queries.ts';
import type { Transaction } from '../../api/types.ts';
import { Segmented } from '../../ui/bits.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Choice, Field } from '../../ui/field.tsx';
import { Form } from '../../ui/form.tsx';
import { told } from '../../ui/toast.tsx';
import { refreshAfter } from './resolve.ts';

type What = 'events' | 'disputes';

interface Input {
  name: string;
  label: string;
  /** Value and word. */
  choices?: [value: string, word: string][];
  required?: boolean;
  number?: boolean;
}

const INPUTS: Record<What, Input[]> = {
  events: [
    {
      name: 'type',
      label: 'What happened',
      choices: [
        ['authorized', 'Authorized'],
        ['refused', 'Refused'],
        ['settled', 'Settled'],
        ['voided', 'Voided'],
        ['refunded', 'Refunded'],
      ],
    },
    { name: 'amount', label: 'Amount (all of it where empty)', number: true },
    { name: 'code', label: 'Code of the issuer' },
    { name: 'avs', label: 'Address check' },
    { name: 'cvc', label: 'Security code check' },
    { name: 'threeDS', label: '3-D Secure' },
  ],
  disputes: [
    {
      name: 'kind',
      label: 'Kind',
      choices: [
        ['dispute', 'Dispute'],
        ['early_warning', 'Early warning'],
      ],
    },
    { name: 'id', label: 'Its id; a known one is an update', required: true },
    {
      name: 'scheme',
      label: 'Scheme',
      choices: [
        ['visa', 'Visa'],
        ['mastercard', 'Mastercard'],
        ['amex', 'American Express'],
        ['sepa', 'SEPA'],
      ],
    },
    { name: 'reasonCode', label: 'Reason code', required: true },
    {
      name: 'status',
      label: 'Status',
      choices: [
        ['open', 'Open'],
        ['lost', 'Lost'],
        ['won', 'Won'],
        ['reversed', 'Taken back'],
      ],
    },
    { name: 'amount', label: 'Amount (all of it where empty)', number: true },
  ],
};

/** Tells by hand what a processor would tell: an event, or a dispute. */
export function Tell({ transaction }: { transaction: Transaction }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button
        small
        kind="quiet"
        needs={['review']}
        icon={<MessageSquarePlus className="size-3.5" />}
        onClick={() => setOpen(true)}
      >
        Tell…
      </Button>
      <Dialog
        open={open}
        onClose={() => setOpen(false)}
        title="Tell what became of it"
        note="As of now; what happened earlier is told over the API, with its time."
      >
        {open && <Telling transaction={transaction} onClose={() => setOpen(false)} />}
      </Dialog>
    </>
  );
}

function Telling({ transaction: { id }, onClose }: { transaction: Transaction; onClose: () => void }) {
  const client = useQueryClient();
  const [what, setWhat] = useState<What>('events');
  const [values, setValues] = useState<Record<string, string>>({});
  const { mutate, isPending, error, reset } = useMutation({
    mutationFn: () => tellTransaction(id, what, bodyOf(what, values, new Date())),
    onSuccess: ({ warnings }) => {
      told(warnings?.[0] ?? 'Recorded');
      onClose();
    },
    onSettled: () => refreshAfter(client, id),
  });
  return (
    <Form onSubmit={mutate} action="Record it" disabled={isPending} error={error}>
      {(at) => (
        <>
          <Segmented
            label="What is told"
            value={what}
            options={[
              { value: 'events', label: 'What happened' },
              { value: 'disputes', label: 'A dispute' },
            ]}
            onChange={(next) => {
              setWhat(next);
              reset();
            }}
          />
          <div className="grid grid-cols-2 items-end gap-3">
            {INPUTS[what].map(({ name, label, choices, required, number }) => {
              const onChange = (value: string) => setValues({ ...values, [name]: value });
              return choices ? (
                <Choice
                  key={name}
                  label={label}
                  value={values[name] ?? choices[0][0]}
                  onChange={(event) => onChange(event.target.value)}
                  className="w-full"
                >
                  {choices.map(([value, word]) => (
                    <option key={value} value={value}>
                      {word}
                    </option>
                  ))}
                </Choice>
              ) : (
                <Field
                  key={name}
                  label={label}
                  value={values[name] ?? ''}
                  required={required}
                  inputMode={number ? 'decimal' : undefined}
                  error={at(`/${name}`)}
                  onChange={(event) => onChange(event.target.value)}
                />
              );
            })}
          </div>
        </>
      )}
    </Form>
  );
}

function bodyOf(what: What, values: Record<string, string>, now: Date): Record<string, unknown> {
  const body: Record<string, unknown> = { [what === 'events' ? 'at' : 'reportedAt']: now.toISOString() };
  for (const { name, choices, number } of INPUTS[what]) {
    const text = (values[name] ?? choices?.[0][0] ?? '').trim();
    // A number that is none stays text, so that the server says what is wrong with it.
    if (text !== '') body[name] = number && !Number.isNaN(Number(text)) ? Number(text) : text;
  }
  return body;
}
