import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { nextCase, queuesQuery } from '../../api/desk.ts';
import { ownAct } from '../../lib/own-acts.ts';
import { useMe } from '../../lib/who.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { Choice, Field } from '../../ui/field.tsx';
import { Form } from '../../ui/form.tsx';
import { failed, told } from '../../ui/toast.tsx';

/** Only the cases of a queue. Nothing where there are none. */
export function QueueChoice({
  value,
  onChange,
}: {
  value: string | undefined;
  onChange: (queue: string | undefined) => void;
}) {
  const { data } = useQuery(queuesQuery());
  if (!data || data.data.length === 0) return null;
  return (
    <Choice
      label="Queue"
      hidden
      className="max-w-48 max-sm:max-w-32"
      value={value ?? ''}
      onChange={(event) => onChange(event.target.value || undefined)}
    >
      <option value="">All queues</option>
      {data.data.map(({ id, name, load }) => (
        <option key={id} value={id}>
          {name} ({load.open})
        </option>
      ))}
    </Choice>
  );
}

/** Takes the next case; where the server knows no names, asks for the reader's first. */
export function useNext(
  queue: string | undefined,
  onTaken: (caseId: string) => void,
): { take: () => void; busy: boolean; dialog: ReactNode } {
  const me = useMe();
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const { mutate, isPending } = useMutation({
    mutationFn: (name: string) =>
      ownAct(
        () => nextCase(name, queue),
        ({ case: taken }) => (taken ? [taken] : []),
      ),
    onSuccess: ({ case: taken, queue: from }) => {
      for (const key of ['cases', 'case-stats']) void client.invalidateQueries({ queryKey: [key] });
      if (!taken) return told('Nothing waits for anybody', 'Every open case is with somebody, or awaits its customer.');
      told('It is yours', from ? `Next of the queue ${from.name}.` : undefined);
      onTaken(taken.id);
    },
    onError: (error) => failed('No case was taken', error),
  });
  const take = () => {
    if (isPending) return;
    if (me.name === undefined) setAsking(true);
    else mutate(me.name);
  };
  const dialog = (
    <Dialog
      open={asking}
      onClose={() => setAsking(false)}
      title="What are you called?"
      note="This server has no keys, so it knows no names. Yours is kept in this browser."
    >
      {asking && (
        <Naming
          onName={(name) => {
            me.choose(name);
            setAsking(false);
            mutate(name);
          }}
        />
      )}
    </Dialog>
  );
  return { take, busy: isPending, dialog };
}

function Naming({ onName }: { onName: (name: string) => void }) {
  const [name, setName] = useState('');
  return (
    <Form
      onSubmit={() => onName(name.trim())}
      action="Take the next case"
      needs={['review']}
      disabled={name.trim() === ''}
    >
      <Field
        label="Name"
        autoComplete="off"
        maxLength={255}
        required
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
    </Form>
  );
}
