import { Link } from '@tanstack/react-router';
import { ArrowLeft, Check, Merge, ShieldX, Tag, Undo2, UserPlus } from 'lucide-react';
import type { RefObject } from 'react';
import type { CaseAct, CaseResolution, WholeCase } from '../../api/cases.ts';
import { useBaseCurrency } from '../../api/session.ts';
import { count, moneyShort, plural } from '../../lib/format.ts';
import { oneOf } from '../../lib/life-words.ts';
import { useNarrow } from '../../lib/use-narrow.ts';
import { Kbd, Time } from '../../ui/bits.tsx';
import { Button } from '../../ui/button.tsx';
import { KindIcon } from '../../ui/kind.tsx';
import { CaseNarrative } from '../decision/narrative.tsx';
import { Entities, Similar } from './around.tsx';
import { Beside } from './beside.tsx';
import { ConflictNotice, WaitingNotice } from './conflict.tsx';
import { Due } from './due.tsx';
import { EntityName, Outcomes, ResolutionBadge } from './parts.tsx';
import { Payments } from './payments.tsx';
import { SecondNotice } from './second.tsx';
import { Talk } from './talk.tsx';
import type { Work } from './use-case.ts';
import { AT_RISK, ENTITY_NAMES } from './work.ts';

interface Props {
  of: WholeCase;
  work: Work;
  box: RefObject<HTMLTextAreaElement | null>;
  me: string | undefined;
  onAct: (act: CaseAct) => void;
  onResolve: (preset: CaseResolution) => void;
  onAssign: () => void;
  onAssignOther: () => void;
  onMerge: () => void;
  /** Payments that a resolution leaves out; `onLeave` takes one out or in. */
  left: ReadonlySet<string>;
  onLeave: ((payment: string) => void) | undefined;
}

/** All that it takes to decide on a case, with the actions always in sight. */
export function Detail(props: Props) {
  const { of, work, box, me, left, onAct, onResolve, onAssign, onAssignOther, onMerge } = props;
  const narrow = useNarrow();
  return (
    <div className="grid gap-4">
      <Head
        {...{ of, me, left, onResolve, onAssign, onAssignOther, onMerge }}
        busy={work.busy}
        onReopen={() => onAct({ kind: 'reopen' })}
      />
      {work.conflict && (
        <ConflictNotice conflict={work.conflict} now={of} busy={work.busy} onAgain={onAct} onDismiss={work.dismiss} />
      )}
      {work.waiting && !work.conflict && <WaitingNotice changes={work.waiting} onShow={work.takeIn} />}
      <SecondNotice of={of} busy={work.busy} onAct={onAct} />
      {of.mergedInto && (
        <p className="panel px-4 py-3">
          This case was merged:{' '}
          <Link to="/queue" search={{ case: of.mergedInto }} className="font-medium underline underline-offset-3">
            its payments are another’s now
          </Link>
          .
        </p>
      )}
      {of.note && of.status === 'resolved' && (
        <p className="panel px-4 py-3 whitespace-pre-wrap">
          <span className="block text-xs font-medium text-muted">Note of the resolution</span>
          {of.note}
        </p>
      )}
      <div className="grid items-start gap-4 2xl:grid-cols-[minmax(0,1.7fr)_minmax(20rem,1fr)]">
        <div className="grid min-w-0 gap-4">
          <CaseNarrative id={of.id} size={of.transactionCount} />
          <Payments of={of} left={left} onLeave={props.onLeave} />
        </div>
        <div className="grid min-w-0 gap-4 max-2xl:xl:grid-cols-2 max-2xl:xl:items-start">
          <Entities of={of} />
          <Beside of={of} onMerge={onMerge} />
          <Similar of={of} />
          <div className="min-w-0 max-2xl:xl:col-span-2">
            <Talk
              of={of}
              busy={work.busy}
              box={box}
              onComment={(text, awaits) => onAct({ kind: 'comment', text, awaits })}
            />
          </div>
        </div>
      </div>
      {narrow && of.status === 'open' && (
        // Where the thumb is, however far down the reader is.
        <div className="sticky bottom-(--bar) z-10 -mx-4 flex gap-2 border-t border-line bg-canvas/95 px-4 py-2 backdrop-blur">
          <Decide busy={work.busy} onResolve={onResolve} className="flex-1" />
        </div>
      )}
    </div>
  );
}

/** What it was. */
function Decide({ busy, onResolve, className }: Pick<Props, 'onResolve'> & { busy: boolean; className?: string }) {
  const common = { needs: ['review'] as const, disabled: busy, className };
  return (
    <>
      <Button {...common} kind="approve" icon={<Check className="size-4" />} onClick={() => onResolve('legitimate')}>
        Legitimate <Key>a</Key>
      </Button>
      <Button {...common} kind="decline" icon={<ShieldX className="size-4" />} onClick={() => onResolve('fraud')}>
        Fraud <Key>d</Key>
      </Button>
      <Button {...common} icon={<Tag className="size-3.5" />} onClick={() => onResolve('unsure')}>
        Label… <Key>l</Key>
      </Button>
    </>
  );
}

/** Of no use to whoever has no keyboard at hand. */
function Key({ children }: { children: string }) {
  return (
    <span className="max-lg:hidden">
      <Kbd>{children}</Kbd>
    </span>
  );
}

function Head({
  of,
  busy,
  me,
  onResolve,
  onAssign,
  onAssignOther,
  onReopen,
  onMerge,
  left,
}: Pick<Props, 'of' | 'me' | 'left' | 'onResolve' | 'onAssign' | 'onAssignOther' | 'onMerge'> & {
  busy: boolean;
  onReopen: () => void;
}) {
  const base = useBaseCurrency();
  const open = of.status === 'open';
  const own = me !== undefined && of.assignee === me;
  const narrow = useNarrow();
  return (
    <header className="panel top-0 z-10 flex flex-wrap items-center gap-x-4 gap-y-2.5 px-4 py-3 lg:sticky">
      <div className="min-w-0 basis-64 grow">
        <Link
          to="/queue"
          search={(before) => ({ ...before, case: undefined })}
          className="mb-1 inline-flex items-center gap-1.5 text-xs font-medium text-muted hover:text-ink lg:hidden"
        >
          <ArrowLeft className="size-3.5" /> All cases
        </Link>
        <div className="flex flex-wrap items-center gap-x-3">
          <h2 className="flex min-w-0 flex-1 items-center gap-2 text-lg font-semibold tracking-tight">
            <KindIcon kind={of.entity.type} />
            <span className="whitespace-nowrap">{ENTITY_NAMES[of.entity.type]}</span>
            <span className="flex min-w-0 font-normal">
              <EntityName entity={of.entity} link />
            </span>
            {of.status === 'resolved' && <ResolutionBadge resolution={of.resolution} />}
          </h2>
          {open ? (
            <Button
              small
              kind="quiet"
              needs={['review']}
              disabled={busy}
              title="Assign to somebody"
              onClick={onAssignOther}
            >
              {own ? 'With you' : `With ${of.assignee ?? 'nobody'}`}
            </Button>
          ) : (
            of.assignee && <span className="text-xs text-muted">worked by {of.assignee}</span>
          )}
        </div>
        <p className="mt-0.5 flex flex-wrap items-baseline gap-x-3 text-xs text-muted">
          {of.amount > 0 && (
            <span className="num" title={AT_RISK}>
              <span className="font-medium text-ink">{moneyShort(of.amountAtRisk, base)}</span> at risk of{' '}
              {moneyShort(of.amount, base)}
            </span>
          )}
          <span>{plural(of.transactionCount, oneOf(of.transactions))}</span>
          <Outcomes {...of} />
          {left.size > 0 && open && <span className="font-medium text-review">{count(left.size)} left out</span>}
          {of.disputes > 0 && <span>{plural(of.disputes, 'dispute')}</span>}
          <span className="num">score {of.score}</span>
          <Due of={of} />
          <span>
            {of.status === 'resolved' ? 'resolved' : 'since'} <Time at={of.resolvedAt ?? of.openedAt} />
            {of.status === 'resolved' && of.resolvedByName && ` by ${of.resolvedByName}`}
            {of.status === 'resolved' && of.asked && `, as ${of.asked.byName ?? of.asked.by} had asked`}
          </span>
        </p>
      </div>
      <div className="flex flex-wrap items-center gap-2">
        {open && !narrow && <Decide busy={busy} onResolve={onResolve} />}
        {open && (
          <Button needs={['review']} disabled={busy} icon={<UserPlus className="size-3.5" />} onClick={onAssign}>
            {own ? 'Give it back' : 'Take it'} <Key>s</Key>
          </Button>
        )}
        {open && (
          <Button
            kind="quiet"
            needs={['review']}
            disabled={busy}
            title="Merge with cases that share something"
            icon={<Merge className="size-3.5" />}
            onClick={onMerge}
          >
            Merge… <Key>m</Key>
          </Button>
        )}
        {of.status === 'resolved' && (
          <Button needs={['review']} disabled={busy} icon={<Undo2 className="size-3.5" />} onClick={onReopen}>
            Reopen
          </Button>
        )}
      </div>
    </header>
  );
}
