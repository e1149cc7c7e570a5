/** Serving side of calibration: from a raw score (log-odds) to a probability. `training/calibration.ts` fits these. */
import { AssayError } from '../domain/errors.ts';

/** All are monotone and never give exactly 0 or 1. */
export type Calibration =
  /** The raw score is the log-odds already. */
  | { kind: 'none' }
  /** p = 1 / (1 + e^−(slope × raw + intercept)), slope > 0. */
  | { kind: 'platt'; slope: number; intercept: number }
  /**
   * Log-odds rise by `below` with the raw score where it is far below 0, by `above` far above, both at least 0:
   * ln(p / (1 − p)) = intercept − below × ln(1 + e^−raw) + above × ln(1 + e^raw). Beta calibration (Kull et al. 2017).
   */
  | { kind: 'beta'; below: number; above: number; intercept: number }
  /** Straight lines between (raw[i], probability[i]), both ascending; flat beyond the ends. */
  | { kind: 'isotonic'; raw: number[]; probability: number[] };

/** The nearest to 0 and to 1 that a probability may come. */
export const PROBABILITY_FLOOR = 1e-6;

const clip = (p: number) => Math.min(Math.max(p, PROBABILITY_FLOOR), 1 - PROBABILITY_FLOOR);

/** 1 / (1 + e^−x), kept within [1e-6, 1 − 1e-6]. */
export function probabilityOf(logOdds: number): number {
  return clip(1 / (1 + Math.exp(-logOdds)));
}

/** ln(1 + e^x) without overflow. */
export function softplus(x: number): number {
  return x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x));
}

/** Throws `invalid_request` for a calibration that is not monotone or not of a known kind. */
export function calibrator(calibration: Calibration): (raw: number) => number {
  const bad = (what: string) => new AssayError('invalid_request', `calibration: ${what}`);
  switch (calibration.kind) {
    case 'none':
      return probabilityOf;
    case 'platt': {
      const { slope, intercept } = calibration;
      if (!(slope >= 0) || !Number.isFinite(slope + intercept)) throw bad('the slope must be finite and not negative');
      return (raw) => probabilityOf(slope * raw + intercept);
    }
    case 'beta': {
      const { below, above, intercept } = calibration;
      if (!(below >= 0 && above >= 0) || !Number.isFinite(below + above + intercept))
        throw bad('the slopes must be finite and not negative');
      return (raw) => probabilityOf(intercept - below * softplus(-raw) + above * softplus(raw));
    }
    case 'isotonic': {
      const raw = Float64Array.from(calibration.raw);
      const probability = Float64Array.from(calibration.probability);
      if (raw.length === 0 || raw.length !== probability.length)
        throw bad('as many scores as probabilities, at least one');
      for (let i = 0; i < raw.length; i++) {
        if (!(probability[i] > 0 && probability[i] < 1) || !Number.isFinite(raw[i]))
          throw bad('a point is out of range');
        if (i > 0 && !(raw[i] > raw[i - 1] && probability[i] >= probability[i - 1])) throw bad('points must ascend');
      }
      return (score) => interpolate(raw, probability, score);
    }
    default:
      throw bad(`unknown kind "${String((calibration as { kind: unknown }).kind)}"`);
  }
}

function interpolate(xs: Float64Array, ys: Float64Array, x: number): number {
  const last = xs.length - 1;
  if (!(x > xs[0])) return ys[0];
  if (x >= xs[last]) return ys[last];
  let low = 0;
  let high = last;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (xs[middle] <= x) low = middle;
    else high = middle;
  }
  const share = (x - xs[low]) / (xs[high] - xs[low]);
  // Written so that rounding can never leave [ys[low], ys[high]].
  return Math.min(ys[high], ys[low] + share * (ys[high] - ys[low]));
}
