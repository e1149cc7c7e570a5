/** Splits: the best cut of one leaf, found on its histogram. */
import { type BinnedMatrix, MISSING_BIN } from './bins.ts';
import { FEATURE_STRIDE, type Packing, packedHessian, packedRows } from './histogram.ts';

export interface SplitLimits {
  /** Rows and hessian a child must hold at least. */
  minRows: number;
  minHessian: number;
  /** Added to a child's hessian: shrinks leaves that know little. */
  l2: number;
  /** Gain below which a leaf is left alone. */
  minGain: number;
}

export interface Totals {
  gradient: number;
  hessian: number;
  rows: number;
}

export interface Split {
  feature: number;
  /** Bins up to this one go left. */
  bin: number;
  missingLeft: boolean;
  /** What the loss falls by, times two: GL²/(HL + l2) + GR²/(HR + l2) − G²/(H + l2). */
  gain: number;
  left: Totals;
  right: Totals;
}

/** Σg and packed Σ(rows, h) of a leaf, read off any one feature of its histogram. */
export function leafTotals(histogram: Float64Array, feature: number, packing: Packing): Totals {
  let gradient = 0;
  let packed = 0;
  const base = feature * FEATURE_STRIDE;
  for (let i = base; i < base + FEATURE_STRIDE; i += 2) {
    gradient += histogram[i];
    packed += histogram[i + 1];
  }
  return { gradient, hessian: packedHessian(packed, packing), rows: packedRows(packed, packing) };
}

/** The best split over `features`, the first of equals; undefined where none is allowed. */
export function findSplit(
  histogram: Float64Array,
  matrix: BinnedMatrix,
  features: Int32Array,
  totals: Totals,
  packing: Packing,
  limits: SplitLimits,
): Split | undefined {
  const best: Candidate = { gain: limits.minGain, bin: -1, gradient: 0, hessian: 0, rows: 0 };
  let feature = -1;
  let missingLeft = false;
  for (let i = 0; i < features.length; i++) {
    const base = features[i] * FEATURE_STRIDE;
    const lastBin = matrix.cuts[features[i]].length;
    const missing = histogram[base + 2 * MISSING_BIN + 1] > 0;
    // Missing on the right: "all that is present" against "missing" is a split too, so the last bin counts.
    if (scan(histogram, base, missing ? lastBin : lastBin - 1, false, totals, packing, limits, best)) {
      feature = features[i];
      missingLeft = false;
    }
    if (missing && scan(histogram, base, lastBin - 1, true, totals, packing, limits, best)) {
      feature = features[i];
      missingLeft = true;
    }
  }
  if (feature < 0) return undefined;
  const left = { gradient: best.gradient, hessian: best.hessian, rows: best.rows };
  const right = {
    gradient: totals.gradient - left.gradient,
    hessian: totals.hessian - left.hessian,
    rows: totals.rows - left.rows,
  };
  // Where training saw no missing value, one that comes later follows the majority.
  const seen = histogram[feature * FEATURE_STRIDE + 2 * MISSING_BIN + 1] > 0;
  return {
    feature,
    bin: best.bin,
    missingLeft: seen ? missingLeft : left.rows >= right.rows,
    gain: best.gain,
    left,
    right,
  };
}

interface Candidate {
  gain: number;
  bin: number;
  gradient: number;
  hessian: number;
  rows: number;
}

/** One feature, left to right. Writes into `best` and says whether it was beaten. */
function scan(
  histogram: Float64Array,
  base: number,
  lastBin: number,
  missingLeft: boolean,
  totals: Totals,
  packing: Packing,
  limits: SplitLimits,
  best: Candidate,
): boolean {
  const { minRows, minHessian, l2 } = limits;
  const { unit } = packing;
  const inverseUnit = 1 / unit;
  const { gradient: total, hessian: totalHessian, rows: totalRows } = totals;
  const parentScore = (total * total) / (totalHessian + l2);
  const missing = base + 2 * MISSING_BIN;
  let gradient = missingLeft ? histogram[missing] : 0;
  let packed = missingLeft ? histogram[missing + 1] : 0;
  let bestGain = best.gain;
  let found = false;
  for (let bin = 0; bin <= lastBin; bin++) {
    const at = base + 2 * bin;
    const added = histogram[at + 1];
    // An empty bin makes the same two children as the bin before it.
    if (added === 0) continue;
    gradient += histogram[at];
    packed += added;
    const rows = Math.floor(packed * inverseUnit);
    if (rows < minRows) continue;
    if (totalRows - rows < minRows) break;
    const hessian = packed - rows * unit;
    if (hessian < minHessian) continue;
    const rightHessian = totalHessian - hessian;
    if (rightHessian < minHessian) break;
    const rightGradient = total - gradient;
    const gain =
      (gradient * gradient) / (hessian + l2) + (rightGradient * rightGradient) / (rightHessian + l2) - parentScore;
    if (gain > bestGain) {
      bestGain = gain;
      found = true;
      best.bin = bin;
      best.gradient = gradient;
      best.hessian = hessian;
      best.rows = rows;
    }
  }
  best.gain = bestGain;
  return found;
}
