import { type Dataset, slice } from './dataset.ts';
import { rowAt, splitByTime } from './split.ts';

/**
 * The rows that fit and the later ones that settle the fit, its calibration and its thresholds. Where the later ones would hold one class
 * alone, they begin earlier, as late as both have both: with one class there is neither a probability nor a threshold to be had.
 * Throws an Error that names rows and span where that cannot be. `anyClass`: the learner does not look at labels.
 */
export function settlingParts(train: Dataset, share: number, anyClass: boolean): { first: Dataset; last: Dataset } {
  const { first, last } = splitByTime(train, share);
  if (anyClass) {
    if (first.rows === 0 || last.rows === 0) throw tooFew(train);
    return { first, last };
  }
  refuseOneClass(train, 'training');
  if (hasBothClasses(first) && hasBothClasses(last)) return { first, last };
  const rarest = Math.min(train.labels.lastIndexOf(1), train.labels.lastIndexOf(0));
  // Rows of one moment stay together.
  const cut = rowAt(train, train.times[Math.min(rarest, first.rows)]);
  const moved = { first: slice(train, 0, cut), last: slice(train, cut, train.rows) };
  if (hasBothClasses(moved.first) && hasBothClasses(moved.last)) return moved;
  throw tooFew(train);
}

/** Whether `settlingParts` would find both classes on both sides. */
export function canSettle(train: Dataset, share: number): boolean {
  try {
    settlingParts(train, share, false);
    return true;
  } catch {
    return false;
  }
}

/** Throws an Error where a part has rows of one class alone: nothing can be learnt from it, or measured on it. */
export function refuseOneClass(part: Dataset, name: string): void {
  if (hasBothClasses(part)) return;
  const what = part.labels.includes(1) ? 'frauds alone' : 'no fraud';
  throw new Error(
    `The ${name} part (${span(part)}) has ${what}: give another period, or see that the column of the truth is the right one.`,
  );
}

export const hasBothClasses = ({ labels }: Dataset) => labels.includes(1) && labels.includes(0);

function tooFew(train: Dataset): Error {
  const frauds = train.labels.reduce((sum, label) => sum + label, 0);
  return new Error(
    `There are too few training rows to set some aside for validation with both classes: ${span(train)}, ${frauds} of them frauds.`,
  );
}

function span({ rows, times }: Dataset): string {
  const day = (time: number) => new Date(time).toISOString().slice(0, 10);
  return rows === 0 ? 'no rows' : `${rows} rows from ${day(times[0])} to ${day(times[rows - 1])}`;
}
