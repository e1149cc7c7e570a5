import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { addEntries, type EntryInput, type List } from '../../api/lists.ts';
import { Choice, Field } from '../../ui/field.tsx';
import { Form } from '../../ui/form.tsx';
import { told } from '../../ui/toast.tsx';
import { timeOf } from '../rules/draft.ts';
import { LIST_WORDS } from './words.ts';

type Expiry = 'told' | 'never' | '30' | '90' | 'at';
const DAY_MS = 86_400_000;

interface Props {
  list: List;
  /** The value where it is settled by where it comes from. */
  given?: string;
  /** What to begin the note with. */
  note?: string;
  onClose: () => void;
}

/** One value: its expiry, and why it is there. */
export function EntryForm({ list, given, note: begun = '', onClose }: Props) {
  const client = useQueryClient();
  const [value, setValue] = useState(given ?? '');
  const [expiry, setExpiry] = useState<Expiry>('told');
  const [at, setAt] = useState('');
  const [note, setNote] = useState(begun);
  const [refused, setRefused] = useState<string>();
  const { mutate, isPending, error } = useMutation({
    mutationFn: () =>
      addEntries(list.name, [
        { value: value.trim(), ...expiresAt(expiry, at), ...(note.trim() ? { note: note.trim() } : {}) },
      ]),
    onSuccess: ({ added, refused: [no] }) => {
      for (const key of ['list-entries', 'lists']) void client.invalidateQueries({ queryKey: [key] });
      if (no) return setRefused(no.message);
      told(added > 0 ? `Added to ${list.name}` : `It was on ${list.name}: expiry and note are the new ones`);
      onClose();
    },
  });
  return (
    <Form
      onSubmit={() => {
        setRefused(undefined);
        mutate();
      }}
      action="Add"
      disabled={isPending}
      error={error}
      onClose={onClose}
    >
      <Field
        label="Value"
        required
        className="id"
        readOnly={given !== undefined}
        placeholder={LIST_WORDS[list.type]?.example}
        value={value}
        error={refused}
        onChange={(event) => setValue(event.target.value)}
      />
      <div className={`grid gap-2 ${expiry === 'at' ? 'sm:grid-cols-2' : ''}`}>
        <Choice
          label="Expires"
          className="w-full"
          value={expiry}
          onChange={(event) => setExpiry(event.target.value as Expiry)}
        >
          <option value="told">As the list has it</option>
          <option value="30">In 30 days</option>
          <option value="90">In 90 days</option>
          <option value="at">At…</option>
          <option value="never">Never</option>
        </Choice>
        {expiry === 'at' && (
          <Field
            label="At, your time"
            type="datetime-local"
            required
            value={at}
            onChange={(event) => setAt(event.target.value)}
          />
        )}
      </div>
      {expiry === 'told' && (
        <p className="-mt-2 text-xs text-muted">In 90 days where a rule that approves asks this list, else never.</p>
      )}
      <Field label="Note (optional)" maxLength={500} value={note} onChange={(event) => setNote(event.target.value)} />
    </Form>
  );
}

function expiresAt(expiry: Expiry, at: string): Pick<EntryInput, 'expiresAt'> {
  if (expiry === 'told') return {};
  if (expiry === 'never') return { expiresAt: null };
  if (expiry === 'at') return { expiresAt: timeOf(at) };
  return { expiresAt: new Date(Date.now() + Number(expiry) * DAY_MS).toISOString() };
}
