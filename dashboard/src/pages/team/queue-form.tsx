import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { deleteQueue, type Queue, saveQueue } from '../../api/desk.ts';
import { rulesQuery } from '../../api/policy.ts';
import { useBaseCurrency } from '../../api/session.ts';
import { Segmented } from '../../ui/bits.tsx';
import { Button } from '../../ui/button.tsx';
import { Field, Labelled } from '../../ui/field.tsx';
import { Form } from '../../ui/form.tsx';
import { failed, told } from '../../ui/toast.tsx';

const number = (text: string): number | null => (text.trim() === '' ? null : Number(text));
const shown = (value: number | null | undefined): string =>
  value === null || value === undefined ? '' : String(value);

/** What a queue asks for, and who works it. */
export function QueueForm({ known, onClose }: { known: Queue | undefined; onClose: () => void }) {
  const client = useQueryClient();
  const base = useBaseCurrency();
  const { data: rules } = useQuery(rulesQuery());
  const [name, setName] = useState(known?.name ?? '');
  const [members, setMembers] = useState(known?.members.join(', ') ?? '');
  const [mode, setMode] = useState<Queue['mode']>(known?.mode ?? 'pull');
  const [hit, setHit] = useState<readonly string[]>(known?.rules ?? []);
  const [from, setFrom] = useState(shown(known?.minAmount));
  const [below, setBelow] = useState(shown(known?.maxAmount));
  const [score, setScore] = useState(shown(known?.minScore));
  const [capacity, setCapacity] = useState(shown(known?.capacity));
  const people = [...new Set(members.split(',').map((one) => one.trim()))].filter(Boolean);
  const { mutate, isPending, error } = useMutation({
    mutationFn: () =>
      saveQueue(
        {
          ...{ name: name.trim(), members: people, mode, rules: hit.length > 0 ? [...hit] : null },
          ...{ minAmount: number(from), maxAmount: number(below), minScore: number(score), capacity: number(capacity) },
        },
        known,
      ),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['case-stats'] });
      told(known ? 'Queue changed' : 'Queue made', name.trim());
      onClose();
    },
  });
  // A rule that is gone is still what the queue asks for.
  const offered = [...new Set([...(rules?.data ?? []).map(({ id }) => id), ...hit])];
  return (
    <Form
      onSubmit={() => mutate()}
      action={known ? 'Save' : 'Make the queue'}
      needs={['review']}
      disabled={isPending || name.trim() === '' || people.length === 0}
      error={error}
      onClose={onClose}
      beside={known && <Delete queue={known} onDone={onClose} />}
    >
      {(at) => (
        <>
          <Field
            label="Name"
            required
            maxLength={100}
            autoComplete="off"
            value={name}
            error={at('/name')}
            onChange={(event) => setName(event.target.value)}
          />
          <Field
            label="Members, with commas"
            required
            autoComplete="off"
            hint="By the names that cases are assigned to: those of their keys."
            placeholder="Ada, Ben"
            value={members}
            error={at('/members')}
            onChange={(event) => setMembers(event.target.value)}
          />
          <Labelled
            label="How they get cases"
            hint={
              mode === 'pull'
                ? 'Whoever is free takes the next one, by a button or n.'
                : 'Each new case is given to the member whose turn it is; who is away is passed over.'
            }
          >
            <Segmented
              label="How they get cases"
              value={mode}
              options={[
                { value: 'pull', label: 'They take the next' },
                { value: 'round-robin', label: 'Given in turn' },
              ]}
              onChange={setMode}
            />
          </Labelled>
          <div className="grid gap-4 sm:grid-cols-2">
            <Field
              label={`Amount of the case from, ${base}`}
              type="number"
              min={0}
              step="any"
              value={from}
              error={at('/minAmount')}
              onChange={(event) => setFrom(event.target.value)}
            />
            <Field
              label={`and below, ${base}`}
              type="number"
              min={0}
              step="any"
              value={below}
              error={at('/maxAmount')}
              onChange={(event) => setBelow(event.target.value)}
            />
            <Field
              label="Score from"
              type="number"
              min={0}
              max={100}
              step={1}
              value={score}
              error={at('/minScore')}
              onChange={(event) => setScore(event.target.value)}
            />
            <Field
              label="Open cases of a member, at most"
              type="number"
              min={1}
              max={10_000}
              step={1}
              value={capacity}
              error={at('/capacity')}
              onChange={(event) => setCapacity(event.target.value)}
            />
          </div>
          {offered.length > 0 && (
            <fieldset>
              <legend className="mb-1 text-xs font-medium text-muted">
                A payment of it hit one of these rules, live
              </legend>
              <div className="flex max-h-36 flex-wrap gap-x-4 gap-y-1 overflow-y-auto">
                {offered.map((id) => (
                  <label key={id} className="flex min-h-7 items-center gap-2">
                    <input
                      type="checkbox"
                      className="size-4 accent-(--accent)"
                      checked={hit.includes(id)}
                      onChange={() =>
                        setHit((before) => (before.includes(id) ? before.filter((one) => one !== id) : [...before, id]))
                      }
                    />
                    <span className="id">{id}</span>
                  </label>
                ))}
              </div>
            </fieldset>
          )}
        </>
      )}
    </Form>
  );
}

/** Its cases stay as they are; Undo makes it anew. */
function Delete({ queue, onDone }: { queue: Queue; onDone: () => void }) {
  const client = useQueryClient();
  const refresh = () => client.invalidateQueries({ queryKey: ['case-stats'] });
  const { mutate, isPending } = useMutation({
    mutationFn: () => deleteQueue(queue.id),
    onSuccess: async () => {
      await refresh();
      const { name, rules, minAmount, maxAmount, minScore, members, mode, capacity } = queue;
      const again = { name, rules, minAmount, maxAmount, minScore, members, mode, capacity };
      told('Queue deleted', name, () => void saveQueue(again).then(refresh, (error) => failed('Not undone', error)));
      onDone();
    },
    onError: (error) => failed('Not deleted', error),
  });
  return (
    <Button kind="decline" needs={['review']} disabled={isPending} onClick={() => mutate()}>
      Delete
    </Button>
  );
}
