/** How members of an ensemble are weighed: by what they say of validation rows. */
import { fitPlatt } from '../calibration.ts';
import { solveLogistic } from '../logistic/newton.ts';
import { averagePrecision } from '../metrics.ts';

export type CombineKind = 'average' | 'stacked';

/** Log-odds = intercept + Σ weights[i] × raw score of member i. */
export interface Combination {
  kind: CombineKind;
  intercept: number;
  weights: number[];
}

/** Raw scores by member, and labels, of rows in time order. */
export interface MemberScores {
  scores: Float64Array[];
  labels: Uint8Array;
}

/** Below this many frauds in either half nothing can be chosen: members are averaged. */
const FRAUDS_LEAST = 20;
/** By how much, relative to it, stacking must beat the average: less is noise. */
const MARGIN = 0.005;

/**
 * Both ways are fitted on the earlier half of the rows and compared by average precision on the later one; the better
 * is fitted again on all.
 */
export function chooseCombination(rows: MemberScores, c: number, wanted: CombineKind | 'validation'): Combination {
  const middle = rows.labels.length >> 1;
  const early = part(rows, 0, middle);
  const late = part(rows, middle, rows.labels.length);
  if (wanted === 'average' || frauds(early) < FRAUDS_LEAST || frauds(late) < FRAUDS_LEAST) return average(rows);
  if (wanted === 'stacked') return stack(rows, c);
  const merit = (combination: Combination) => averagePrecision(combine(late.scores, combination), late.labels);
  return merit(stack(early, c)) > merit(average(early)) * (1 + MARGIN) ? stack(rows, c) : average(rows);
}

export function combine(scores: Float64Array[], { intercept, weights }: Combination): Float64Array {
  const sums = new Float64Array(scores[0]?.length ?? 0).fill(intercept);
  scores.forEach((own, member) => {
    for (let row = 0; row < sums.length; row++) sums[row] += weights[member] * own[row];
  });
  return sums;
}

/**
 * The mean of the members' log-odds, each brought to one scale by Platt's line. A member whose scores do not rise with
 * fraud has no say; if that is all of them, the scores are averaged as they are.
 */
export function average({ scores, labels }: MemberScores): Combination {
  const lines = scores.map((raw) => {
    const line = fitPlatt({ raw, labels, from: 0, to: labels.length, weightOfNegative: 1 });
    return line.kind === 'platt' ? line : { slope: 0, intercept: 0 };
  });
  const heard = lines.filter(({ slope }) => slope > 0);
  if (heard.length === 0) return { kind: 'average', intercept: 0, weights: scores.map(() => 1 / scores.length) };
  return {
    kind: 'average',
    intercept: heard.reduce((sum, line) => sum + line.intercept, 0) / heard.length,
    weights: lines.map(({ slope }) => (slope > 0 ? slope / heard.length : 0)),
  };
}

/** Logistic regression on the members' scores (Wolpert 1992), without negative weights: such a member is left out. */
export function stack({ scores, labels }: MemberScores, c: number): Combination {
  const scales = scores.map(momentsOf);
  let used = scores.map((_, member) => member).filter((member) => scales[member].deviation > 0);
  while (used.length > 0) {
    const width = used.length;
    const values = new Float64Array(labels.length * width);
    used.forEach((member, place) => {
      const { mean, deviation } = scales[member];
      for (let row = 0; row < labels.length; row++) {
        values[row * width + place] = (scores[member][row] - mean) / deviation;
      }
    });
    const weights = new Float64Array(labels.length).fill(1);
    const { intercept, coefficients } = solveLogistic({ rows: labels.length, width, values, labels, weights }, c);
    const least = coefficients.indexOf(Math.min(...coefficients));
    if (coefficients[least] > 0) {
      const result: Combination = { kind: 'stacked', intercept, weights: scores.map(() => 0) };
      used.forEach((member, place) => {
        const { mean, deviation } = scales[member];
        result.weights[member] = coefficients[place] / deviation;
        result.intercept -= (coefficients[place] * mean) / deviation;
      });
      return result;
    }
    used = used.filter((_, place) => place !== least);
  }
  return average({ scores, labels });
}

function momentsOf(values: Float64Array): { mean: number; deviation: number } {
  let sum = 0;
  for (const x of values) sum += x;
  const mean = sum / values.length;
  let squares = 0;
  for (const x of values) squares += (x - mean) ** 2;
  return { mean, deviation: Math.sqrt(squares / values.length) };
}

function part({ scores, labels }: MemberScores, from: number, to: number): MemberScores {
  return { scores: scores.map((own) => own.subarray(from, to)), labels: labels.subarray(from, to) };
}

function frauds({ labels }: MemberScores): number {
  let sum = 0;
  for (const label of labels) sum += label;
  return sum;
}
