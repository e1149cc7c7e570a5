import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Canary, ModelList } from '../../api/model-types.ts';
import { type CanaryPlan, promoteModel } from '../../api/models.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { Form } from '../../ui/form.tsx';
import { failed, told } from '../../ui/toast.tsx';
import { modelName } from './metrics.ts';
import { nextOf } from './role.tsx';

export interface CanaryChange {
  kind: 'raise' | 'stop';
  canary: Canary;
}

const MOST_REASON = 2_000;

/** What comes after a share, as a plan that begins with the next one. */
function planFrom({ steps, minutes, by }: Canary, percent: number): CanaryPlan {
  return { steps: [percent, ...steps.filter((step) => step > percent)], minutes, by };
}

/** Raises the share at once or ends it, with why; each can be taken back. */
export function CanaryDialog(props: { change: CanaryChange | undefined; list: ModelList; onClose: () => void }) {
  const { change } = props;
  return change && <Asked key={`${change.kind} ${change.canary.startedAt}`} {...props} change={change} />;
}

function Asked({ change, list, onClose }: { change: CanaryChange; list: ModelList; onClose: () => void }) {
  const { kind, canary } = change;
  const client = useQueryClient();
  const [reason, setReason] = useState('');
  const next = nextOf(canary);
  const champion = list.data.find(({ version }) => version === list.champion);
  const name = modelName(list.data.find(({ version }) => version === canary.version) ?? canary);
  const refresh = () => client.invalidateQueries({ queryKey: ['models'] });
  const why = reason.trim() ? { reason: reason.trim() } : {};
  const isForAll = kind === 'raise' && next === 100;
  const act = () => {
    if (kind === 'stop') return promoteModel(list.champion ?? '', why);
    return isForAll
      ? promoteModel(canary.version, why)
      : promoteModel(canary.version, { ...why, canary: planFrom(canary, next) });
  };
  /** For as many as before; of all, what decided until then. */
  const takeBack = async () => {
    try {
      if (isForAll && list.champion) await promoteModel(list.champion, { reason: 'taken back' });
      await promoteModel(canary.version, { reason: 'taken back', canary: planFrom(canary, canary.percent) });
      told(`${name} decides for ${canary.percent}% again`);
    } catch (error) {
      failed('It was not taken back', error);
    }
    await refresh();
  };
  const { mutate, isPending, error } = useMutation({
    mutationFn: act,
    onSuccess: () => {
      const done =
        kind === 'stop'
          ? `${name} decides for no share any more`
          : isForAll
            ? `${name} decides from now on`
            : `${name} decides for ${next}%`;
      told(done, undefined, () => void takeBack());
      onClose();
    },
    onSettled: refresh,
  });
  return (
    <Dialog
      open
      onClose={onClose}
      title={kind === 'stop' ? `Stop ${name}?` : isForAll ? `Promote ${name} for all?` : `Raise ${name} to ${next}%?`}
      note={
        kind === 'stop'
          ? `${champion ? modelName(champion) : 'The champion'} decides for all again. Decisions that were made stay as they are.`
          : `It decides for ${canary.percent}% now. Whoever is in stays in; the guard goes on watching it.`
      }
    >
      <Form
        action={kind === 'stop' ? 'Stop it' : isForAll ? 'Promote for all' : `Raise to ${next}%`}
        onSubmit={mutate}
        disabled={isPending}
        error={error}
        onClose={onClose}
        needs={['admin']}
      >
        {(at) => (
          <Field
            label="Why (kept with the promotion)"
            value={reason}
            maxLength={MOST_REASON}
            error={at('/reason')}
            onChange={({ target }) => setReason(target.value)}
            hint={kind === 'stop' ? 'What you saw' : 'Such as the verdict of the page Proof'}
          />
        )}
      </Form>
    </Dialog>
  );
}
