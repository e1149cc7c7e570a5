import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { actOnCase, type Case, type CaseAct, type CaseResolution, readCase, type WholeCase } from '../../api/cases.ts';
import { reasonsQuery } from '../../api/desk.ts';
import { lacking, useSession } from '../../api/session.ts';
import { useHotkeys } from '../../lib/hotkeys.ts';
import type { useMe } from '../../lib/who.ts';
import { Failed, LoadingRows } from '../../ui/states.tsx';
import { failed, told } from '../../ui/toast.tsx';
import { AssignDialog } from './assign-dialog.tsx';
import { Detail } from './detail.tsx';
import { MergeDialog } from './merge-dialog.tsx';
import { ResolveDialog } from './resolve-dialog.tsx';
import { useCase } from './use-case.ts';
import { wish } from './work.ts';

interface Props {
  id: string;
  me: ReturnType<typeof useMe>;
  className: string;
  /** Brings the list up to date. */
  onLoad: () => void;
  onFinished: () => void;
  /** It is to be worked again. */
  onReopened: () => void;
  /** It goes on as that case. */
  onMerged: (into: string) => void;
}

/** The selected case: what can be done to it, by hand and by key. */
export function CaseView({ id, me, className, onLoad, onFinished, onReopened, onMerged }: Props) {
  const work = useCase(id);
  // Before it is asked for: the dialog is whole at once.
  useQuery(reasonsQuery());
  const session = useSession();
  const client = useQueryClient();
  const [resolving, setResolving] = useState<{ seen: WholeCase; preset: CaseResolution }>();
  const [assigning, setAssigning] = useState<'name' | 'other'>();
  const box = useRef<HTMLTextAreaElement>(null);
  /** Payments that a resolution leaves out. */
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [merging, setMerging] = useState(false);
  const { shown } = work;
  const may = lacking(session, ['review']).length === 0;
  const open = may && shown?.status === 'open' && !work.busy;

  const resolve = (preset: CaseResolution) => open && shown && setResolving({ seen: shown, preset });
  async function act(wanted: CaseAct, as = shown): Promise<void> {
    if (!as) return;
    const { assignee, resolution, reason, note } = as;
    const done = await work.act(wanted, as);
    setResolving(undefined);
    setAssigning(undefined);
    if (!done) return;
    const undo = (back: CaseAct) => () => void takeBack(back, done);
    switch (wanted.kind) {
      case 'comment':
        box.current?.blur();
        return told('Comment added');
      case 'assign':
        return told(said(wanted), undefined, undo({ kind: 'assign', assignee }));
      case 'reopen': {
        if (as.status === 'open') return told('Taken back', 'Nothing waits for a second person any more.');
        onReopened();
        const why = { reason: reason ?? undefined, note: note ?? '' };
        const again = { kind: 'resolve', resolution: resolution as CaseResolution, ...why } as const;
        return told('Reopened', 'Its labels are taken back.', undo(again));
      }
      case 'resolve': {
        if (done.status === 'open')
          return told(
            'Waits for a second person',
            `Nothing is labelled before somebody else confirms it.`,
            undo({ kind: 'reopen' }),
          );
        const left = wanted.except?.length ?? 0;
        told(`Resolved as ${wanted.resolution}`, left > 0 ? leftWords(left) : undefined, undo({ kind: 'reopen' }));
        setLeft(new Set());
        return onFinished();
      }
    }
  }
  /** As long as nobody has done anything to it since. */
  async function takeBack(back: CaseAct, done: Case): Promise<void> {
    try {
      const now = await actOnCase(back, done);
      if (back.kind === 'reopen') onReopened();
      // What was left out is a case by now: it comes back too.
      const apart = done.exceptCaseId;
      if (apart) await readCase(apart).then((other) => actOnCase({ kind: 'merge', into: now.id }, other));
      const hadLabels = back.kind === 'reopen' && done.status === 'resolved';
      told('Taken back', hadLabels ? 'The case is open again, and its labels are taken back.' : undefined);
    } catch (error) {
      failed('Not taken back', error);
    }
    for (const key of ['case', 'cases', 'case-stats']) void client.invalidateQueries({ queryKey: [key] });
  }
  const toggle = (payment: string) =>
    setLeft((before) => {
      const next = new Set(before);
      if (!next.delete(payment)) next.add(payment);
      return next;
    });
  const assignToMe = () => {
    if (!open || !shown) return;
    if (me.name === undefined) return setAssigning('name');
    void act({ kind: 'assign', assignee: shown.assignee === me.name ? null : me.name });
  };

  useHotkeys({
    a: () => resolve('legitimate'),
    d: () => resolve('fraud'),
    l: () => resolve('unsure'),
    s: assignToMe,
    m: () => open && setMerging(true),
    c: () => may && box.current?.focus(),
    r: () => {
      work.takeIn();
      onLoad();
    },
  });

  const { error, refetch } = work.query;
  return (
    <section
      aria-label="Selected case"
      data-details
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and Enter in the list leads here
      tabIndex={0}
      className={`relative min-h-0 min-w-0 overflow-y-auto overscroll-contain rounded-[10px] outline-offset-[-2px] max-lg:overflow-visible ${className}`}
    >
      {error && !shown ? (
        <div className="panel">
          <Failed error={error} retry={() => void refetch()} />
        </div>
      ) : !shown ? (
        <div className="panel">
          <LoadingRows />
        </div>
      ) : (
        <>
          <Detail
            of={shown}
            work={work}
            box={box}
            me={me.name}
            onAct={(wanted) => void act(wanted)}
            onResolve={resolve}
            onAssign={assignToMe}
            onAssignOther={() => setAssigning('other')}
            onMerge={() => setMerging(true)}
            left={left}
            onLeave={may && shown.status === 'open' ? toggle : undefined}
          />
          <MergeDialog open={merging} of={shown} onClose={() => setMerging(false)} onMerged={onMerged} />
          <AssignDialog
            kind={assigning}
            seen={shown}
            busy={work.busy}
            onClose={() => setAssigning(undefined)}
            onAssign={(assignee) => {
              if (assigning === 'name' && assignee) me.choose(assignee);
              void act({ kind: 'assign', assignee });
            }}
          />
        </>
      )}
      <ResolveDialog
        seen={resolving?.seen}
        left={left}
        onAll={() => setLeft(new Set())}
        preset={resolving?.preset ?? 'fraud'}
        busy={work.busy}
        onClose={() => setResolving(undefined)}
        onResolve={(wanted) => void act(wanted, resolving?.seen)}
      />
    </section>
  );
}

const leftWords = (left: number) =>
  left === 1 ? 'The one left out is an open case of its own.' : `The ${left} left out are an open case of their own.`;

/** "Assigned to Ann" */
const said = (act: CaseAct): string => wish(act).replace('assign it', 'Assigned');
