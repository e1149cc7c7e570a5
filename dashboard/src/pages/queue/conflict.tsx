import { GitCompareArrows } from 'lucide-react';
import type { CaseAct, WholeCase } from '../../api/cases.ts';
import { useSession } from '../../api/session.ts';
import type { Happening } from '../../api/types.ts';
import { capital, plural } from '../../lib/format.ts';
import { Kbd, Time } from '../../ui/bits.tsx';
import { Button } from '../../ui/button.tsx';
import type { Conflict } from './use-case.ts';
import { type Act, type Changes, deed, isNobodys, typed, wish, wordsOf } from './work.ts';

interface Props {
  conflict: Conflict;
  now: WholeCase;
  busy: boolean;
  /** Once more, against what is in sight by now. */
  onAgain: (act: CaseAct) => void;
  onDismiss: () => void;
}

/** Somebody was faster: what they did, what was wanted, and the ways on. What was typed is here too. */
export function ConflictNotice({ conflict: { wanted, changes }, now, busy, onAgain, onDismiss }: Props) {
  const text = typed(wanted);
  const over =
    wanted.kind === 'reopen' ? now.status === 'open' : now.status === 'resolved' && wanted.kind !== 'comment';
  const who = useWho('Somebody');
  const isMine = (act: Act) => act.own || who(act) === YOU;
  return (
    <section
      role="alert"
      aria-label="Conflict"
      className="rounded-[10px] border border-review-fill bg-review-soft px-4 py-3"
    >
      <h3 className="flex items-center gap-2 font-semibold text-review">
        <GitCompareArrows className="size-4 shrink-0" />
        {changes.acts.length === 0
          ? 'Nothing was changed yet.'
          : changes.acts.every(isMine)
            ? 'You have done something to it meanwhile. Nothing was changed now.'
            : changes.acts.every((act) => isMine(act) || isNobodys(act))
              ? 'It has changed meanwhile. Nothing was changed now.'
              : 'Somebody was faster. Nothing of yours was changed.'}
      </h3>
      <Done changes={changes} />
      <p className="mt-2">You wanted to {wish(wanted)}.</p>
      {text && <p className="mt-1 border-l-2 border-review-fill pl-2.5 whitespace-pre-wrap">{text}</p>}
      <div className="mt-3 flex flex-wrap gap-2">
        {over
          ? text && (
              <Button
                needs={['review']}
                disabled={busy}
                onClick={() => onAgain({ kind: 'comment', text })}
                title="A resolved case takes comments"
              >
                Add what I wrote as a comment
              </Button>
            )
          : same(wanted, now) || (
              <Button needs={['review']} disabled={busy} onClick={() => onAgain(wanted)}>
                {capital(wish(wanted))} all the same
              </Button>
            )}
        <Button kind="quiet" onClick={onDismiss}>
          {text ? 'Leave it; keep what I wrote' : 'Leave it as it is'}
        </Button>
      </div>
    </section>
  );
}

/** What others have done is there to be shown, and nothing moves until then. */
export function WaitingNotice({ changes, onShow }: { changes: Changes; onShow: () => void }) {
  return (
    <section role="status" className="flex flex-wrap items-start gap-x-4 gap-y-2 rounded-[10px] bg-info-soft px-4 py-3">
      <div className="min-w-0 flex-1">
        <h3 className="font-semibold">This case has changed since you opened it</h3>
        <Done changes={changes} />
      </div>
      <Button onClick={onShow}>
        Show <Kbd>r</Kbd>
      </Button>
    </section>
  );
}

function Done({ changes: { acts, joined } }: { changes: Changes }) {
  const who = useWho('Somebody');
  return (
    <ul className="mt-1.5 grid gap-1">
      {acts.map((act) => (
        <li key={`${act.at} ${act.type}`}>
          <Deed act={act} who={act.own ? YOU : who(act)} />{' '}
          <span className="text-xs text-muted">
            <Time at={act.at} />
          </span>
          {wordsOf(act) && <p className="mt-0.5 border-l-2 border-edge pl-2.5 whitespace-pre-wrap">{wordsOf(act)}</p>}
        </li>
      ))}
      {joined > 0 && <li>{plural(joined, 'more payment')} joined.</li>}
    </ul>
  );
}

/** "Ben resolved it as fraud", "Given to Ben in turn" */
export function Deed({ act, who }: { act: Happening; who: string }) {
  if (isNobodys(act)) return capital(deed(act));
  return (
    <>
      <span className="font-medium">{who}</span> {deed(act)}
    </>
  );
}

const YOU = 'You';

/** Who did something: the reader is "You", others go by the name of their key; without keys, where nobody has a name, `unnamed`. */
export function useWho(unnamed: string): (act: Pick<Happening, 'byName' | 'by'>) => string {
  const session = useSession();
  return ({ byName, by }) =>
    byName !== null && byName === session?.keyName
      ? YOU
      : (byName ?? by ?? (session?.keyless ? unnamed : 'The server'));
}

const same = (wanted: CaseAct, now: WholeCase): boolean => wanted.kind === 'assign' && wanted.assignee === now.assignee;
