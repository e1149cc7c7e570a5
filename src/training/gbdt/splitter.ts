/** Splits: the best cut of one leaf, found on its histogram. */
import type { BestCut, GrowthKernel } from '../../kernel/growth.ts';
import { type BinnedMatrix, MISSING_BIN } from './bins.ts';
import { FEATURE_STRIDE, type Packing, packedHessian, packedRows, plainHistograms } from './histogram.ts';

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
  growth: GrowthKernel = plainHistograms.growth,
): Split | undefined {
  const best: BestCut = { gain: limits.minGain, bin: -1, gradient: 0, hessian: 0, rows: 0 };
  const { unit } = packing;
  let feature = -1;
  let missingLeft = false;
  for (let i = 0; i < features.length; i++) {
    const base = features[i] * FEATURE_STRIDE;
    const lastBin = matrix.cuts[features[i]].length;
    const missing = histogram[base + 2 * MISSING_BIN + 1] > 0;
    // Missing on the right: "all that is present" against "missing" is a split too, so the last bin counts.
    const last = missing ? lastBin : lastBin - 1;
    if (growth.scan(histogram, features[i], last, false, unit, totals, limits, best)) {
      feature = features[i];
      missingLeft = false;
    }
    if (missing && growth.scan(histogram, features[i], lastBin - 1, true, unit, totals, limits, best)) {
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
