/** Measures of a ranking or of probabilities against labels (1 is fraud). Scores may be raw or calibrated. */

/** ln(1 + e^x) without overflow. */
function softplus(x: number): number {
  return x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x));
}

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
interface Steps {
  scores: Float64Array;
  truePositives: Float64Array;
  falsePositives: Float64Array;
  positives: number;
  negatives: number;
  /** Negatives of exactly the score, by step. */
  tiedNegatives: Float64Array;
}

function positiveSteps(scores: ArrayLike<number>, labels: ArrayLike<number>): Steps {
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
