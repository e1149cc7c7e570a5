/** Curves for the report: few points, enough to draw. */
import type { Thresholds } from '../models/model.ts';
import { confusionAt, positiveSteps, type ReliabilityBin, reliability } from './metrics.ts';
import { type CostMatrix, type JudgedRows, NEVER, totalCost } from './thresholds.ts';

/** Pairs [x, y], from left to right. */
export type Curve = [number, number][];

export interface Curves {
  /** Recall → precision, and false positive rate → recall. */
  pr: Curve;
  roc: Curve;
  reliability: ReliabilityBin[];
  /** Rows by score 0–4, 5–9, …, 95–100. */
  histogram: { legitimate: number[]; fraud: number[] };
  /** Review threshold → total cost, the decline threshold staying where it is (or rising with it). */
  cost: Curve;
  /** Cost where everything is approved. */
  costOfApproval: number;
}

const POINTS = 200;

export function curvesOf(rows: JudgedRows, raw: ArrayLike<number>, thresholds: Thresholds, costs: CostMatrix): Curves {
  const { truePositives, falsePositives, positives, negatives } = positiveSteps(raw, rows.labels);
  const pr: Curve = [];
  const roc: Curve = [[0, 0]];
  for (const step of evenly(truePositives.length)) {
    const found = truePositives[step];
    pr.push([found / positives, found / (found + falsePositives[step])]);
    if (negatives > 0) roc.push([falsePositives[step] / negatives, found / positives]);
  }
  roc.push([1, 1]);
  return {
    pr,
    roc,
    reliability: reliability(rows.probabilities, rows.labels, 20),
    histogram: scoreHistogram(rows),
    cost: costCurve(rows, thresholds, costs),
    costOfApproval: totalCost(rows, costs, { review: NEVER, decline: NEVER }),
  };
}

/** At most `POINTS` indices of 0..length − 1, the ends included. */
function evenly(length: number): number[] {
  const count = Math.min(length, POINTS);
  return Array.from({ length: count }, (_, i) => (count < 2 ? i : Math.round((i * (length - 1)) / (count - 1))));
}

function scoreHistogram({ probabilities, labels }: JudgedRows): Curves['histogram'] {
  const legitimate = new Array<number>(20).fill(0);
  const fraud = new Array<number>(20).fill(0);
  for (let i = 0; i < labels.length; i++) {
    const bin = Math.min(19, Math.floor(Math.round(100 * probabilities[i]) / 5));
    (labels[i] ? fraud : legitimate)[bin]++;
  }
  return { legitimate, fraud };
}

/** Costs at thresholds from 0.001 to 1, evenly on a logarithmic scale. */
function costCurve(rows: JudgedRows, { decline }: Thresholds, costs: CostMatrix): Curve {
  return Array.from({ length: 41 }, (_, i) => {
    const review = 10 ** ((i - 40) * (3 / 40));
    return [review, totalCost(rows, costs, { review, decline: Math.max(review, decline) })];
  });
}

export interface WeekReport {
  /** First day, as YYYY-MM-DD. */
  from: string;
  rows: number;
  frauds: number;
  rocAuc: number;
  averagePrecision: number;
  /** At the review threshold: share of rows flagged, of frauds among them, and of frauds found. */
  flagged: number;
  precision: number;
  recall: number;
}

/** The confusion at a threshold, as shares. */
export function flaggedShares(probabilities: ArrayLike<number>, labels: ArrayLike<number>, threshold: number) {
  const { truePositives, falsePositives, falseNegatives } = confusionAt(probabilities, labels, threshold);
  const flagged = truePositives + falsePositives;
  return {
    flagged: flagged / labels.length,
    precision: truePositives / flagged,
    recall: truePositives / (truePositives + falseNegatives),
  };
}
