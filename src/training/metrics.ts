/** Measures of a ranking or of probabilities against labels (1 is fraud). Scores may be raw or calibrated. */
import { softplus } from '../models/calibrator.ts';

/** Mean logistic loss of raw log-odds. NaN without rows. */
export function logLossOfRaw(raw: ArrayLike<number>, labels: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < labels.length; i++) sum += softplus(labels[i] ? -raw[i] : raw[i]);
  return sum / labels.length;
}

/** Mean logistic loss of probabilities, clipped to [1e-15, 1 − 1e-15]. NaN without rows. */
export function logLoss(probabilities: ArrayLike<number>, labels: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < labels.length; i++) {
    const p = Math.min(Math.max(probabilities[i], 1e-15), 1 - 1e-15);
    sum -= Math.log(labels[i] ? p : 1 - p);
  }
  return sum / labels.length;
}

/** Mean squared error of probabilities. NaN without rows. */
export function brier(probabilities: ArrayLike<number>, labels: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < labels.length; i++) sum += (probabilities[i] - labels[i]) ** 2;
  return sum / labels.length;
}

/**
 * At each distinct score of a positive, from the highest: how many positives and negatives score at least as much.
 * Only there can precision or recall of a ranking turn, so this is enough for the measures below, and quick where
 * positives are rare: only they are sorted.
 */
export interface Steps {
  scores: Float64Array;
  truePositives: Float64Array;
  falsePositives: Float64Array;
  positives: number;
  negatives: number;
  /** Negatives of exactly the score, by step. */
  tiedNegatives: Float64Array;
}

export function positiveSteps(scores: ArrayLike<number>, labels: ArrayLike<number>): Steps {
  const rows = labels.length;
  let positives = 0;
  for (let i = 0; i < rows; i++) positives += labels[i] ? 1 : 0;
  const sorted = new Float64Array(positives);
  for (let i = 0, at = 0; i < rows; i++) if (labels[i]) sorted[at++] = -scores[i];
  sorted.sort();
  const distinct: number[] = [];
  const truePositives: number[] = [];
  for (let i = 0; i < positives; i++) {
    if (i + 1 < positives && sorted[i + 1] === sorted[i]) continue;
    distinct.push(-sorted[i]);
    truePositives.push(i + 1);
  }
  const steps = distinct.length;
  const falsePositives = new Float64Array(steps + 1);
  const tiedNegatives = new Float64Array(steps);
  const ladder = Float64Array.from(distinct);
  for (let i = 0; i < rows; i++) {
    if (labels[i]) continue;
    const score = scores[i];
    // The first step whose score is not above this one counts it, and so do all after it.
    let low = 0;
    let high = steps;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (ladder[middle] <= score) high = middle;
      else low = middle + 1;
    }
    falsePositives[low]++;
    if (low < steps && ladder[low] === score) tiedNegatives[low]++;
  }
  for (let step = 1; step < steps; step++) falsePositives[step] += falsePositives[step - 1];
  return {
    scores: ladder,
    truePositives: Float64Array.from(truePositives),
    falsePositives: falsePositives.subarray(0, steps),
    positives,
    negatives: rows - positives,
    tiedNegatives,
  };
}

/**
 * Average precision: the sum over distinct scores, from the highest, of (recall − previous recall) × precision, rows of
 * equal score taken together (the definition that scikit-learn uses). NaN without positives.
 */
export function averagePrecision(scores: ArrayLike<number>, labels: ArrayLike<number>): number {
  const { truePositives, falsePositives, positives } = positiveSteps(scores, labels);
  if (positives === 0) return Number.NaN;
  let sum = 0;
  for (let step = 0; step < truePositives.length; step++) {
    const found = truePositives[step];
    const added = found - (step > 0 ? truePositives[step - 1] : 0);
    sum += (added * found) / (found + falsePositives[step]);
  }
  return sum / positives;
}

/** Share of pairs (fraud, not fraud) in which the fraud scores higher, ties counted half. NaN where a class is absent. */
export function rocAuc(scores: ArrayLike<number>, labels: ArrayLike<number>): number {
  const { truePositives, falsePositives, tiedNegatives, positives, negatives } = positiveSteps(scores, labels);
  if (positives === 0 || negatives === 0) return Number.NaN;
  let below = 0;
  for (let step = 0; step < truePositives.length; step++) {
    const added = truePositives[step] - (step > 0 ? truePositives[step - 1] : 0);
    below += added * (negatives - falsePositives[step] + tiedNegatives[step] / 2);
  }
  return below / (positives * negatives);
}

/** The largest recall at a threshold whose precision is at least `precision`; 0 where none is. NaN without positives. */
export function recallAtPrecision(scores: ArrayLike<number>, labels: ArrayLike<number>, precision: number): number {
  const { truePositives, falsePositives, positives } = positiveSteps(scores, labels);
  if (positives === 0) return Number.NaN;
  let best = 0;
  for (let step = 0; step < truePositives.length; step++) {
    const found = truePositives[step];
    if (found >= precision * (found + falsePositives[step])) best = found;
  }
  return best / positives;
}

/** The largest recall at a threshold that flags at most the share `rate` of the negatives. NaN where a class is absent. */
export function recallAtFalsePositiveRate(scores: ArrayLike<number>, labels: ArrayLike<number>, rate: number): number {
  const { truePositives, falsePositives, positives, negatives } = positiveSteps(scores, labels);
  if (positives === 0 || negatives === 0) return Number.NaN;
  let best = 0;
  for (let step = 0; step < truePositives.length; step++) {
    if (falsePositives[step] <= rate * negatives) best = truePositives[step];
  }
  return best / positives;
}

export interface Confusion {
  truePositives: number;
  falsePositives: number;
  falseNegatives: number;
  trueNegatives: number;
}

/** Rows at or above the threshold are flagged. */
export function confusionAt(scores: ArrayLike<number>, labels: ArrayLike<number>, threshold: number): Confusion {
  const confusion = { truePositives: 0, falsePositives: 0, falseNegatives: 0, trueNegatives: 0 };
  for (let i = 0; i < labels.length; i++) {
    const flagged = scores[i] >= threshold;
    if (labels[i]) confusion[flagged ? 'truePositives' : 'falseNegatives']++;
    else confusion[flagged ? 'falsePositives' : 'trueNegatives']++;
  }
  return confusion;
}

export interface ReliabilityBin {
  rows: number;
  /** Mean probability and share of frauds of the bin's rows. */
  predicted: number;
  observed: number;
}

/** Bins of about equally many rows, by ascending probability; rows of equal probability are never parted. */
export function reliability(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  bins: number,
): ReliabilityBin[] {
  const rows = labels.length;
  const order = Uint32Array.from({ length: rows }, (_, i) => i).sort((a, b) => probabilities[a] - probabilities[b]);
  const result: ReliabilityBin[] = [];
  let from = 0;
  for (let bin = 1; bin <= bins && from < rows; bin++) {
    let to = Math.max(from, Math.round((rows * bin) / bins));
    while (to > from && to < rows && probabilities[order[to]] === probabilities[order[to - 1]]) to++;
    if (to === from) continue;
    let predicted = 0;
    let frauds = 0;
    for (let i = from; i < to; i++) {
      predicted += probabilities[order[i]];
      frauds += labels[order[i]];
    }
    result.push({ rows: to - from, predicted: predicted / (to - from), observed: frauds / (to - from) });
    from = to;
  }
  return result;
}

/**
 * Expected calibration error: the mean of |predicted − observed| over bins of equal mass (not of equal width: nearly all
 * payments score near zero), weighted by their rows. NaN without rows.
 */
export function expectedCalibrationError(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  bins = 20,
): number {
  let sum = 0;
  for (const bin of reliability(probabilities, labels, bins)) sum += bin.rows * Math.abs(bin.predicted - bin.observed);
  return sum / labels.length;
}

const DAY_MS = 86_400_000;

export interface CardPrecision {
  /** Mean over the days. NaN without rows. */
  mean: number;
  byDay: { day: number; precision: number; compromised: number }[];
}

/**
 * Card Precision@k as the Fraud Detection Handbook computes it: each UTC day, cards are ranked by their highest score;
 * the precision is the number of the first k with a fraud that day, divided by k; cards detected so (fraud, and among
 * the first k) are left out of later days. Equal scores are ranked by the card's hash.
 */
export function cardPrecisionAt(
  k: number,
  scores: ArrayLike<number>,
  data: { labels: ArrayLike<number>; times: ArrayLike<number>; cards: ArrayLike<number> },
): CardPrecision {
  const days = new Map<number, Map<number, { card: number; score: number; fraud: boolean }>>();
  for (let i = 0; i < data.labels.length; i++) {
    const day = Math.floor(data.times[i] / DAY_MS);
    let cards = days.get(day);
    if (!cards) days.set(day, (cards = new Map()));
    const card = data.cards[i];
    const seen = cards.get(card);
    if (!seen) cards.set(card, { card, score: scores[i], fraud: data.labels[i] === 1 });
    else {
      seen.score = Math.max(seen.score, scores[i]);
      seen.fraud ||= data.labels[i] === 1;
    }
  }
  const detected = new Set<number>();
  const byDay = [...days]
    .sort(([a], [b]) => a - b)
    .map(([day, cards]) => {
      const left = [...cards.values()].filter(({ card }) => !detected.has(card));
      const compromised = left.filter(({ fraud }) => fraud).length;
      left.sort((a, b) => b.score - a.score || a.card - b.card);
      const hits = left.slice(0, k).filter(({ fraud }) => fraud);
      for (const { card } of hits) detected.add(card);
      return { day, precision: hits.length / k, compromised };
    });
  return { mean: byDay.reduce((sum, { precision }) => sum + precision, 0) / byDay.length, byDay };
}
