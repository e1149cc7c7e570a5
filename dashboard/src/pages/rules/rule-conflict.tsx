import { GitCompareArrows } from 'lucide-react';
import type { RuleContent, RuleVersion } from '../../api/policy.ts';
import { Time } from '../../ui/bits.tsx';
import { Button } from '../../ui/button.tsx';
import { Difference } from './difference.tsx';

interface Props {
  /** What the change was made from, what it is by now, and what was wanted. */
  seen: RuleVersion;
  now: RuleVersion;
  wanted: RuleContent;
  busy: boolean;
  onAgain: () => void;
  onTake: () => void;
}

/** Somebody was faster: what they did, what was wanted, and the ways on. What was typed stays in the form. */
export function RuleConflict({ seen, now, wanted, busy, onAgain, onTake }: Props) {
  return (
    <section
      role="alert"
      aria-label="Conflict"
      className="rounded-[10px] border border-review-fill bg-review-soft px-4 py-3"
    >
      <h2 className="flex items-center gap-2 font-semibold text-review">
        <GitCompareArrows className="size-4 shrink-0" />
        Somebody was faster. Nothing of yours was saved.
      </h2>
      <p className="mt-1.5">
        {now.updatedBy ? <span className="id">{now.updatedBy}</span> : 'Somebody'} made version {now.version}{' '}
        <span className="text-xs text-muted">
          <Time at={now.updatedAt} />
        </span>
      </p>
      <div className="mt-2 grid gap-4 lg:grid-cols-2">
        <div className="min-w-0">
          <h3 className="mb-1 text-xs font-medium">What they changed</h3>
          <Difference before={seen} after={now} />
        </div>
        <div className="min-w-0">
          <h3 className="mb-1 text-xs font-medium">What saving yours would change of it</h3>
          <Difference before={now} after={wanted} />
        </div>
      </div>
      <div className="mt-3 flex flex-wrap gap-2">
        <Button disabled={busy} onClick={onAgain}>
          Save mine all the same
        </Button>
        <Button kind="quiet" onClick={onTake}>
          Take theirs
        </Button>
      </div>
    </section>
  );
}
