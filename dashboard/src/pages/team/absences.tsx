import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { queuesQuery, setAway, setBack } from '../../api/desk.ts';
import { useMe } from '../../lib/who.ts';
import { Panel, Time } from '../../ui/bits.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { Form } from '../../ui/form.tsx';
import { failed, told } from '../../ui/toast.tsx';
import { timeOf } from '../rules/draft.ts';

/** Who is given nothing for now. What they have stays with them until somebody takes it over. */
export function Absences() {
  const client = useQueryClient();
  const { data } = useQuery(queuesQuery());
  const [asking, setAsking] = useState(false);
  const refresh = () => client.invalidateQueries({ queryKey: ['case-stats'] });
  const back = useMutation({
    mutationFn: setBack,
    onSuccess: async (_, member) => {
      await refresh();
      told(`${member} is back`);
    },
    onError: (error) => failed('Not changed', error),
  });
  const away = data?.absences ?? [];
  return (
    <Panel
      title="Away"
      aside={
        <Button small needs={['review']} onClick={() => setAsking(true)}>
          Somebody is away
        </Button>
      }
    >
      {away.length === 0 ? (
        <p className="text-muted">Nobody is away. Who is, is given no case in turn.</p>
      ) : (
        <ul className="grid gap-1.5">
          {away.map(({ name, until }) => (
            <li key={name} className="flex min-h-8 flex-wrap items-center gap-x-3">
              <span className="min-w-0 truncate font-medium">{name}</span>
              <span className="text-xs text-muted">
                {until === null ? (
                  'until they are back'
                ) : (
                  <>
                    until <Time at={until} long />
                  </>
                )}
              </span>
              <Button
                small
                kind="quiet"
                className="ml-auto"
                needs={['review']}
                disabled={back.isPending}
                onClick={() => back.mutate(name)}
              >
                Is back
              </Button>
            </li>
          ))}
        </ul>
      )}
      <Dialog
        open={asking}
        onClose={() => setAsking(false)}
        title="Who is away?"
        note="Given no case in turn until then. Open cases of theirs stay with them: assign those to others where they cannot wait."
      >
        {asking && (
          <Leaving
            onDone={() => {
              void refresh();
              setAsking(false);
            }}
            onClose={() => setAsking(false)}
          />
        )}
      </Dialog>
    </Panel>
  );
}

function Leaving({ onDone, onClose }: { onDone: () => void; onClose: () => void }) {
  const me = useMe();
  const [name, setName] = useState(me.name ?? '');
  const [until, setUntil] = useState('');
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => setAway(name.trim(), until === '' ? null : (timeOf(until) ?? null)),
    onSuccess: () => {
      told(`${name.trim()} is away`);
      onDone();
    },
  });
  return (
    <Form
      onSubmit={() => mutate()}
      action="Away from now on"
      needs={['review']}
      disabled={isPending || name.trim() === ''}
      error={error}
      onClose={onClose}
    >
      {(at) => (
        <>
          <Field
            label="Name"
            required
            maxLength={255}
            autoComplete="off"
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
          <Field
            label="Until, your time (empty: until they are back)"
            type="datetime-local"
            value={until}
            error={at('/until')}
            onChange={(event) => setUntil(event.target.value)}
          />
        </>
      )}
    </Form>
  );
}
