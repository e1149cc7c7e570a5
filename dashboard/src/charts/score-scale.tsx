import type { Outcome, Thresholds } from '../api/types.ts';
import { percent } from '../lib/format.ts';

/** Ends of the scale: beyond them a marker stands at the end. */
const LOW = 0.001;
const HIGH = 0.999;
const MARKS = [0.001, 0.01, 0.1, 0.5, 0.9, 0.99];

const logit = (p: number) => Math.log(p / (1 - p));
/** Place in percent of the width. */
function place(probability: number): number {
  const p = Math.max(LOW, Math.min(HIGH, probability));
  return ((logit(p) - logit(LOW)) / (logit(HIGH) - logit(LOW))) * 100;
}

/**
 * The calibrated probability against the thresholds, where they are known. The scale is in log-odds: the difference
 * between 1% and 2% matters as much as that between 30% and 46%, and a linear scale would not show it.
 */
export function ScoreScale({
  probability,
  outcome,
  thresholds,
}: {
  probability: number;
  outcome: Outcome;
  thresholds?: Thresholds;
}) {
  const at = place(probability);
  const fill = { approve: 'bg-approve-fill', review: 'bg-review-fill', decline: 'bg-decline-fill' }[outcome];
  return (
    <div
      role="img"
      aria-label={`Probability of fraud ${percent(probability)}${thresholds ? `; review from ${percent(thresholds.review)}, decline from ${percent(thresholds.decline)}` : ''}`}
    >
      <div className="relative h-8">
        {thresholds ? (
          <>
            <Zone from={0} to={place(thresholds.review)} name="approve" className="bg-approve-soft text-approve" />
            <Zone
              from={place(thresholds.review)}
              to={place(thresholds.decline)}
              name="review"
              className="bg-review-soft text-review"
            />
            <Zone from={place(thresholds.decline)} to={100} name="decline" className="bg-decline-soft text-decline" />
          </>
        ) : (
          <div className="absolute inset-x-0 top-2.5 h-3 overflow-hidden rounded-full bg-sunken">
            <div className={`h-full ${fill}`} style={{ width: `${Math.max(at, 0.8)}%` }} />
          </div>
        )}
        <div
          className="absolute top-0 h-8 w-1 -translate-x-1/2 rounded-full bg-ink ring-2 ring-surface"
          style={{ left: `${Math.max(0.3, Math.min(99.7, at))}%` }}
        />
      </div>
      <div className="num relative mt-1 h-4 text-2xs text-muted">
        {MARKS.map((mark) => (
          <span
            key={mark}
            className={`absolute ${mark === LOW ? '' : '-translate-x-1/2'}`}
            style={{ left: `${place(mark)}%` }}
          >
            {mark * 100}%
          </span>
        ))}
      </div>
    </div>
  );
}

function Zone({ from, to, name, className }: { from: number; to: number; name: string; className: string }) {
  return (
    <div
      className={`absolute top-1.5 flex h-5 items-center justify-center overflow-hidden rounded-[3px] px-1.5 text-2xs font-medium ${className}`}
      style={{ left: `calc(${from}% + 1px)`, width: `calc(${to - from}% - 2px)` }}
    >
      {name}
    </div>
  );
}
