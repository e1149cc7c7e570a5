import { useQueryClient } from '@tanstack/react-query';
import { X } from 'lucide-react';
import { useState } from 'react';
import { actOnCases, type BulkAct, type BulkAnswer, type Case, type CaseResolution } from '../../api/cases.ts';
import { useBaseCurrency } from '../../api/session.ts';
import { count, moneyShort, plural } from '../../lib/format.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { failed, told } from '../../ui/toast.tsx';
import { BulkDialog, type BulkKind } from './bulk-dialog.tsx';
import { undoOf } from './bulk-undo.ts';

interface Props {
  chosen: Case[];
  /** What the feed says somebody did to one since it was read. */
  elsewhere: (one: Case) => string | undefined;
  onClear: () => void;
  onDone: (act: BulkAct, done: string[]) => void;
  onUndone: (ids: string[]) => void;
}

/** What can be done to several cases at once, each with a look at what it will do. */
export function BulkBar({ chosen, elsewhere, onClear, onDone, onUndone }: Props) {
  const client = useQueryClient();
  const base = useBaseCurrency();
  const [kind, setKind] = useState<BulkKind>();
  const [busy, setBusy] = useState(false);
  const open = chosen.filter(({ status }) => status === 'open').length;
  const resolved = chosen.filter(({ status }) => status === 'resolved').length;
  const risk = chosen.reduce((sum, { amountAtRisk }) => sum + amountAtRisk, 0);
  const refresh = () => {
    for (const key of ['case', 'cases', 'case-stats']) void client.invalidateQueries({ queryKey: [key] });
  };

  async function act(wanted: BulkAct, ids: string[]): Promise<void> {
    setBusy(true);
    try {
      const answer = await actOnCases(ids, wanted);
      const done = answer.data.filter(({ status }) => status < 400).map(({ id }) => id);
      const back = undoOf(wanted, chosen, done);
      say(wanted, answer, back && (() => void takeBack(back, done)));
      setKind(undefined);
      onDone(wanted, done);
    } catch (error) {
      failed('Nothing was changed', error);
    }
    setBusy(false);
    refresh();
  }
  async function takeBack(back: { ids: string[]; act: BulkAct }[], done: string[]): Promise<void> {
    try {
      const answers = await Promise.all(back.map(({ ids, act }) => actOnCases(ids, act)));
      const refused = answers.reduce((sum, answer) => sum + answer.refused, 0);
      if (refused > 0) failed(`${plural(refused, 'case')} could not be taken back`, firstRefusal(answers));
      else told('Taken back', plural(done.length, 'case'));
      onUndone(done);
    } catch (error) {
      failed('Not taken back', error);
    }
    refresh();
  }

  return (
    <section
      aria-label="What to do with the chosen cases"
      className="panel mb-3 flex flex-wrap items-center gap-2 px-3 py-2"
    >
      <IconButton label="Choose none" className="-ml-1 size-7 max-sm:size-7" onClick={onClear}>
        <X className="size-3.5" />
      </IconButton>
      <p role="status" className="mr-auto max-sm:basis-3/4">
        <span className="font-medium">{plural(chosen.length, 'case')} chosen</span>
        <span className="num text-muted max-sm:hidden">, {moneyShort(risk, base)} at risk</span>
      </p>
      {open > 0 && (
        <>
          <Button small needs={['review']} onClick={() => setKind('resolve')}>
            Resolve…
          </Button>
          <Button small needs={['review']} onClick={() => setKind('assign')}>
            Assign…
          </Button>
        </>
      )}
      {open > 1 && (
        <Button small needs={['review']} onClick={() => setKind('merge')}>
          Merge…
        </Button>
      )}
      {resolved > 0 && (
        <Button small needs={['review']} onClick={() => setKind('reopen')}>
          Reopen…
        </Button>
      )}
      <BulkDialog
        kind={kind}
        chosen={chosen}
        elsewhere={elsewhere}
        busy={busy}
        onClose={() => setKind(undefined)}
        onAct={(wanted, ids) => void act(wanted, ids)}
      />
    </section>
  );
}

function say(wanted: BulkAct, answer: BulkAnswer, undo: (() => void) | undefined): void {
  const { data, done, refused } = answer;
  const why = firstRefusal([answer]);
  const waiting = wanted.action === 'resolve' ? data.filter((one) => one.case?.status === 'open').length : 0;
  const rest = [
    ...(refused > 0 ? [`${plural(refused, 'case')} not: ${why.message}`] : []),
    ...(waiting > 0
      ? [`${count(waiting)} of them ${waiting === 1 ? 'waits' : 'wait'} for a second person to confirm it.`]
      : []),
  ].join(' ');
  if (done === 0) failed('Nothing was changed', why);
  else told(`${doneWord(wanted)} ${plural(done, 'case')}`, rest || undefined, undo);
}

const firstRefusal = (answers: BulkAnswer[]): Error =>
  new Error(answers.flatMap(({ data }) => data).find(({ detail }) => detail)?.detail ?? 'The server refused it.');

function doneWord(act: BulkAct): string {
  switch (act.action) {
    case 'assign':
      return act.assignee === null ? 'Given back' : `Assigned to ${act.assignee}:`;
    case 'resolve':
      return `Resolved as ${act.resolution satisfies CaseResolution}:`;
    case 'reopen':
      return 'Reopened';
    case 'merge':
      return 'Merged';
  }
}
