import { useState } from 'react';
import { type BulkAct, type Case, type CaseResolution, MOST_IN_BULK } from '../../api/cases.ts';
import { count, plural } from '../../lib/format.ts';
import { useMe } from '../../lib/who.ts';
import { Segmented } from '../../ui/bits.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Choice, Field } from '../../ui/field.tsx';
import { Form } from '../../ui/form.tsx';
import { KindIcon } from '../../ui/kind.tsx';
import { NoteField } from '../decision/dialogs.tsx';
import { caseName, EntityName } from './parts.tsx';
import { ReasonChoice, useReason } from './reason-choice.tsx';
import { RESOLUTION_NAMES } from './work.ts';

export type BulkKind = BulkAct['action'];

interface Props {
  kind: BulkKind | undefined;
  chosen: Case[];
  elsewhere: (one: Case) => string | undefined;
  busy: boolean;
  onClose: () => void;
  onAct: (act: BulkAct, ids: string[]) => void;
}

const TITLES: Record<BulkKind, string> = {
  resolve: 'What did they turn out to be?',
  assign: 'Who works on them?',
  merge: 'Make one case of them',
  reopen: 'Take these resolutions back',
};

/** Says of every chosen case what will come of it, before anything does. */
export function BulkDialog({ kind, ...props }: Props) {
  return (
    <Dialog open={kind !== undefined} onClose={props.onClose} title={kind ? TITLES[kind] : ''} wide>
      {kind && <Acting kind={kind} {...props} />}
    </Dialog>
  );
}

function Acting({ kind, chosen, elsewhere, busy, onClose, onAct }: Props & { kind: BulkKind }) {
  const me = useMe();
  const [resolution, setResolution] = useState<CaseResolution>('fraud');
  const [chosenReason, setReason] = useState<string>();
  const reason = useReason()(resolution, chosenReason);
  const [note, setNote] = useState('');
  const [name, setName] = useState(me.name ?? '');
  const fits = chosen.filter(({ status }) => status === (kind === 'reopen' ? 'resolved' : 'open'));
  const [into, setInto] = useState(fits[0]?.id ?? '');
  const taken = fits.slice(0, MOST_IN_BULK);
  const payments = taken.reduce((sum, { transactionCount }) => sum + transactionCount, 0);
  const act = (): BulkAct => {
    switch (kind) {
      case 'resolve':
        return { action: 'resolve', resolution, reason, ...(note.trim() ? { note: note.trim() } : {}) };
      case 'assign':
        return { action: 'assign', assignee: name.trim() || null };
      case 'merge':
        return { action: 'merge', into };
      case 'reopen':
        return { action: 'reopen' };
    }
  };
  const ids = taken.map(({ id }) => id).filter((id) => kind !== 'merge' || id !== into);
  /** What comes of one. */
  const fate = (one: Case): string => {
    const its = plural(one.transactionCount, 'payment');
    if (kind === 'resolve') return resolution === 'unsure' ? `${its}, not labelled` : `${its} labelled ${resolution}`;
    if (kind === 'reopen') return `open again, ${one.resolution === 'unsure' ? 'no labels' : `${its} as before`}`;
    if (kind === 'merge') return one.id === into ? 'goes on, with all of it' : `${its} go to it`;
    return `${one.assignee ?? 'nobody'} → ${name.trim() || 'nobody'}`;
  };
  return (
    <Form
      onSubmit={() => onAct(act(), ids)}
      action={buttonWord(kind, resolution, taken.length)}
      needs={['review']}
      disabled={busy || taken.length === 0}
      onClose={onClose}
    >
      {kind === 'resolve' && (
        <>
          <Segmented
            label="They are"
            value={resolution}
            options={(['fraud', 'legitimate', 'unsure'] as const).map((value) => ({
              value,
              label: RESOLUTION_NAMES[value],
            }))}
            onChange={setResolution}
          />
          <NoteField label="Note of each (optional)" value={note} onChange={setNote} />
          <ReasonChoice resolution={resolution} value={reason} onChange={setReason} />
        </>
      )}
      {kind === 'assign' && (
        <Field
          label="Name (empty for nobody)"
          maxLength={255}
          autoComplete="off"
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      )}
      {kind === 'merge' && (
        <Choice
          label="The one that goes on"
          className="w-full"
          value={into}
          onChange={(event) => setInto(event.target.value)}
        >
          {taken.map((one) => (
            <option key={one.id} value={one.id}>
              {caseName(one)}
            </option>
          ))}
        </Choice>
      )}
      <section aria-label="What comes of each">
        <ul className="max-h-56 overflow-y-auto rounded-[7px] border border-line">
          {taken.map((one) => (
            <li
              key={one.id}
              className="flex min-h-9 flex-wrap items-center gap-x-3 border-b border-line px-3 py-1 last:border-b-0"
            >
              <KindIcon kind={one.entity.type} className="size-3.5" />
              <span className="flex min-w-0 flex-1">
                <EntityName entity={one.entity} />
              </span>
              <span className="num text-xs text-muted">{fate(one)}</span>
              {elsewhere(one) && <span className="w-full text-xs text-review">Now {elsewhere(one)}</span>}
            </li>
          ))}
        </ul>
        <p className="mt-2" aria-live="polite">
          {plural(taken.length, 'case')} with {plural(payments, 'payment')}.{' '}
          <span className="text-muted">
            {kind === 'merge'
              ? 'A merge is not taken back as a whole.'
              : 'Payments that join until then are taken along. Undo takes it back.'}
            {chosen.length > taken.length && ` ${count(chosen.length - taken.length)} of the chosen do not fit.`}
          </span>
        </p>
      </section>
    </Form>
  );
}

function buttonWord(kind: BulkKind, resolution: CaseResolution, n: number): string {
  const cases = plural(n, 'case');
  if (kind === 'resolve') return `Resolve ${cases} as ${resolution}`;
  return { assign: `Assign ${cases}`, merge: `Merge ${cases}`, reopen: `Reopen ${cases}` }[kind];
}
