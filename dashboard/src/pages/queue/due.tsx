import { AlarmClock, Hourglass } from 'lucide-react';
import type { Case } from '../../api/cases.ts';
import { duration, fullTime } from '../../lib/format.ts';

/** Less than this is left: it is said louder. */
const SOON_MS = 30 * 60_000;

/** It stands on the line of the words around it, not on its icon. */
const CLOCK = 'inline-flex items-baseline gap-1 whitespace-nowrap [&>svg]:self-center';

/** When a case is to be worked. Nothing where nothing is due. `now` in milliseconds. */
export function Due({ of, now = Date.now() }: { of: Pick<Case, 'dueAt' | 'awaitingSince' | 'status'>; now?: number }) {
  if (of.status !== 'open') return null;
  if (of.awaitingSince !== null)
    return (
      <span className={CLOCK} title={since(of.awaitingSince)}>
        <Hourglass className="size-3" aria-hidden="true" /> customer awaited
      </span>
    );
  if (of.dueAt === null) return null;
  const left = Date.parse(of.dueAt) - now;
  const tone = left <= 0 ? 'font-medium text-decline' : left < SOON_MS ? 'font-medium text-review' : '';
  return (
    <span className={`num ${CLOCK} ${tone}`} title={fullTime(new Date(of.dueAt))}>
      <AlarmClock className="size-3" aria-hidden="true" />
      {left <= 0 ? `overdue by ${duration(-left)}` : `due in ${duration(left)}`}
    </span>
  );
}

const since = (at: string): string => `Since ${fullTime(new Date(at))}; its time stands still`;
