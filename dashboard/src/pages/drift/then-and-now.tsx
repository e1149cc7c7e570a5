import type { DriftSeries } from '../../api/drift.ts';
import { percent } from '../../lib/format.ts';

const short = new Intl.NumberFormat('en', { maximumSignificantDigits: 3, notation: 'compact' });
export const figure = (value: number | null | undefined): string =>
  value === null || value === undefined ? '–' : short.format(value);

const HEIGHT = 96;

/** Shares of payments by group of values, each as it was and as it is; the last group is of what is missing. */
export function ThenAndNow({ groups, name }: { groups: DriftSeries['groups']; name: string }) {
  const shown = groups.filter(({ from, now, then }) => from !== null || now > 0 || then > 0);
  if (shown.length === 0) return <p className="text-xs text-muted">Nothing is known to compare.</p>;
  const most = Math.max(...shown.flatMap(({ now, then }) => [now, then]), 0.01);
  const told = shown.map(({ from, now, then }) => `${label(from)}: ${percent(then)} then, ${percent(now)} now`);
  return (
    <figure className="max-w-xl">
      <div role="img" aria-label={`${name}. ${told.join('; ')}`} className="flex items-end gap-1 sm:gap-2">
        {shown.map(({ from, now, then }, i) => (
          <div key={from ?? 'missing'} className="min-w-0 flex-1" title={told[i]}>
            <div className="flex items-end justify-center gap-px border-b border-faint" style={{ height: HEIGHT }}>
              <Bar share={then / most} className="bg-faint" />
              <Bar share={now / most} className="bg-info" />
            </div>
            <p className="num truncate pt-1 text-center text-2xs text-muted">{label(from)}</p>
          </div>
        ))}
      </div>
      <figcaption className="mt-1 flex flex-wrap gap-x-4 text-2xs text-muted">
        <Key className="bg-faint">then: the same hours of the weeks before</Key>
        <Key className="bg-info">now</Key>
        <span>from the value below each pair; tallest {percent(most)}</span>
      </figcaption>
    </figure>
  );
}

const label = (from: number | null) => (from === null ? 'none' : figure(from));

function Bar({ share, className }: { share: number; className: string }) {
  return (
    <div
      className={`w-1/2 max-w-5 rounded-t-[2px] ${className}`}
      style={{ height: share > 0 ? Math.max(1, share * HEIGHT) : 0 }}
    />
  );
}

function Key({ className, children }: { className: string; children: string }) {
  return (
    <span className="inline-flex items-center gap-1.5">
      <span className={`size-2 rounded-[2px] ${className}`} />
      {children}
    </span>
  );
}
