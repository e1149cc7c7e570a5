/** Whether probabilities are what they say, beyond their mean error. */
import { fitSigmoid } from './sigmoid.ts';

/**
 * The logistic regression of labels on the log-odds of probabilities (Cox 1958): slope 1 and intercept 0 where they are
 * right, a slope below 1 where they are too sure. NaN where a class is absent.
 */
export function calibrationLine(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
): { slope: number; intercept: number } {
  const rows = labels.length;
  let frauds = 0;
  for (let i = 0; i < rows; i++) frauds += labels[i] ? 1 : 0;
  if (frauds === 0 || frauds === rows) return { slope: Number.NaN, intercept: Number.NaN };
  const raw = Float64Array.from(probabilities, (p) => Math.log(p / (1 - p)));
  const targets = { high: 1, low: 0, intercept: Math.log(frauds / (rows - frauds)) };
  return fitSigmoid({ raw, labels, from: 0, to: rows, weightOfNegative: 1 }, targets);
}

export interface TopFrauds {
  /** Rows with the highest scores; those that tie with the last of them belong to them. */
  rows: number;
  /** Frauds among them, and the sum of their probabilities. */
  observed: number;
  expected: number;
  /** observed / expected. */
  ratio: number;
}

/** Of the rows with the highest scores, a share of all: as many frauds as promised? */
export function topFrauds(
  scores: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  share: number,
): TopFrauds {
  const ascending = Float64Array.from(scores).sort();
  const wanted = Math.max(1, Math.round(share * labels.length));
  const least = ascending[labels.length - wanted];
  const top = { rows: 0, observed: 0, expected: 0 };
  for (let i = 0; i < labels.length; i++) {
    if (!(scores[i] >= least)) continue;
    top.rows++;
    top.observed += labels[i] ? 1 : 0;
    top.expected += probabilities[i];
  }
  return { ...top, ratio: top.observed / top.expected };
}
