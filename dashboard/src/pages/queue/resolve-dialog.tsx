import { useState } from 'react';
import type { Case, CaseAct, CaseResolution } from '../../api/cases.ts';
import { Segmented } from '../../ui/bits.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Form } from '../../ui/form.tsx';
import { NoteField } from '../decision/dialogs.tsx';
import { useDraft } from './drafts.ts';
import { caseName } from './parts.tsx';
import { ReasonChoice, useReason } from './reason-choice.tsx';
import { effect, RESOLUTION_NAMES } from './work.ts';

interface Props {
  /** The case as it was when this was opened: what joins meanwhile is not resolved unseen. */
  seen: Case | undefined;
  preset: CaseResolution;
  /** Payments that it leaves out. */
  left: ReadonlySet<string>;
  onAll: () => void;
  busy: boolean;
  onClose: () => void;
  onResolve: (act: CaseAct) => void;
}

/** Says what a case turned out to be. The choice has the focus: arrows change it, Enter does it. */
export function ResolveDialog({ seen, onClose, ...form }: Props) {
  return (
    <Dialog
      open={seen !== undefined}
      onClose={onClose}
      title="What did it turn out to be?"
      note={seen && <span className="break-all">{caseName(seen)}</span>}
    >
      {seen && <Resolving seen={seen} {...form} />}
    </Dialog>
  );
}

function Resolving({ seen, preset, left, onAll, busy, onResolve }: { seen: Case } & Omit<Props, 'seen' | 'onClose'>) {
  const [resolution, setResolution] = useState(preset);
  const [note, setNote] = useDraft(seen.id, 'note');
  const [chosen, setReason] = useState<string>();
  const reason = useReason()(resolution, chosen);
  const except = [...left];
  const nothing = except.length >= seen.transactionCount;
  const idle = !busy && !nothing;
  const resolve = () => onResolve({ kind: 'resolve', resolution, reason, except, ...(note.trim() ? { note } : {}) });
  return (
    <Form
      onSubmit={resolve}
      action={`Resolve as ${resolution}`}
      danger={resolution === 'fraud'}
      needs={['review']}
      disabled={!idle}
      beside={<span className="text-xs text-muted max-lg:hidden">Enter does it; in the note, Ctrl + Enter</span>}
    >
      <div>
        <Segmented
          label="It is"
          value={resolution}
          options={(['fraud', 'legitimate', 'unsure'] as const).map((value) => ({
            value,
            label: RESOLUTION_NAMES[value],
          }))}
          onChange={setResolution}
        />
        <p className="mt-2" aria-live="polite">
          {nothing
            ? 'Nothing of the case is left to resolve: all of it is left out.'
            : effect(resolution, seen.transactionCount, except.length)}{' '}
          <span className="text-muted">Undo takes it back at once, Reopen later.</span>
        </p>
        {except.length > 0 && (
          <Button small className="mt-2" onClick={onAll}>
            Leave out nothing
          </Button>
        )}
      </div>
      <NoteField label="Note (optional)" value={note} onChange={setNote} onSubmit={() => idle && resolve()} />
      <ReasonChoice resolution={resolution} value={reason} onChange={setReason} />
    </Form>
  );
}
