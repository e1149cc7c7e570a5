import { Check, Undo2, Users } from 'lucide-react';
import type { CaseAct, WholeCase } from '../../api/cases.ts';
import { plural } from '../../lib/format.ts';
import { Time } from '../../ui/bits.tsx';
import { Button } from '../../ui/button.tsx';
import { useWho } from './conflict.tsx';

/** A resolution that waits for a second person: who asked, and what the reader can do about it. */
export function SecondNotice({ of, busy, onAct }: { of: WholeCase; busy: boolean; onAct: (act: CaseAct) => void }) {
  const who = useWho('Somebody');
  const { asked } = of;
  if (!asked || of.status !== 'open') return null;
  const { resolution, except, at } = asked;
  const name = who(asked);
  return (
    <section
      aria-label="Waits for a second person"
      className="flex flex-wrap items-center gap-x-4 gap-y-2 rounded-[10px] border border-review-fill bg-review-soft px-4 py-3"
    >
      <div className="min-w-0 flex-1 basis-72">
        <h3 className="flex items-center gap-2 font-semibold text-review">
          <Users className="size-4 shrink-0" />
          Waits for a second person to confirm: {resolution}
        </h3>
        <p className="mt-1">
          {name} asked for it <Time at={at} />
          {except.length > 0 && `, leaving out ${plural(except.length, 'payment')}`}. Nothing is labelled before
          {name === 'You' ? ' somebody else confirms it.' : ' it is confirmed.'}
        </p>
        {of.note && <p className="mt-1 border-l-2 border-review-fill pl-2.5 whitespace-pre-wrap">{of.note}</p>}
      </div>
      <div className="flex flex-wrap gap-2">
        {name !== 'You' && (
          <Button
            needs={['review']}
            disabled={busy}
            icon={<Check className="size-4" />}
            onClick={() => onAct({ kind: 'resolve', resolution, except })}
          >
            Confirm as {resolution}
          </Button>
        )}
        <Button
          kind="quiet"
          needs={['review']}
          disabled={busy}
          icon={<Undo2 className="size-3.5" />}
          onClick={() => onAct({ kind: 'reopen' })}
        >
          Take it back
        </Button>
      </div>
    </section>
  );
}
