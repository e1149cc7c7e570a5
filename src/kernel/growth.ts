/**
 * The steps of growing and boosting trees around the histograms (see histogram.ts), in WASM: gradients of the logistic
 * loss, packing, parting a leaf's rows, the best cut of a feature, adding leaf values to scores.
 *
 *   pairs   [g h] by row; packed: g rounded, h rounded and a unit added, so that sums are exact in any order
 *   sums    [Σ|g| Σh] by block of BLOCK rows
 *
 * Every array must lie in the kernel's memory. Every number is the same bits as that of the twin.
 */
import type { Kernel } from './kernel.ts';

/** Rows whose sums are taken together, whatever the number of threads. */
export const BLOCK = 4096;

/** A rounder is 1.5 times a power of two: its last bit is the quantum. The unit is a power of two above every Σh. */
export interface Rounders {
  gradient: number;
  hessian: number;
  unit: number;
}

/** What a cut must keep on both sides, and what its gain must beat. */
export interface ScanLimits {
  minRows: number;
  minHessian: number;
  l2: number;
}

/** Σg, Σh and the rows of a leaf. */
export interface LeafSums {
  gradient: number;
  hessian: number;
  rows: number;
}

/** The best cut so far: bins up to `bin` go left, and the sums are those of the left side. */
export interface BestCut extends LeafSums {
  gain: number;
  bin: number;
}

export interface GrowthKernel {
  /** g = w (p − y) and h = w p (1 − p), p = 1 / (1 + e^−score), for the rows from..to; `from` is a multiple of BLOCK. */
  gradients(
    from: number,
    to: number,
    scores: Float64Array,
    labels: Uint8Array,
    weights: Float64Array | undefined,
    pairs: Float64Array,
    sums: Float64Array,
  ): void;
  /**
   * Rounds g and h of the rows from..to by adding and taking away the rounders, each error of an h carried to the next
   * row, and adds `unit` to each h.
   */
  pack(from: number, to: number, pairs: Float64Array, rounders: Rounders): void;
  /**
   * Moves the rows whose byte `lane` of words[row] has 1 in `goesLeft` to the front of rows[from..to), order kept on both
   * sides; `spare` has room for to − from. Returns where the others begin.
   */
  partition(
    words: Int32Array,
    lane: number,
    goesLeft: Uint8Array,
    rows: Int32Array,
    from: number,
    to: number,
    spare: Int32Array,
  ): number;
  /** scores[row] += value for rows[from..to). */
  addToRows(rows: Int32Array, from: number, to: number, value: number, scores: Float64Array): void;
  /**
   * Scans the bins 0..lastBin of `feature`, missing values (bin 255) on the left or not, and writes the first cut whose
   * gain GL²/(HL + l2) + GR²/(HR + l2) − G²/(H + l2) beats best.gain and all before it into `best`. Says whether it did.
   */
  scan(
    histogram: Float64Array,
    feature: number,
    lastBin: number,
    missingLeft: boolean,
    unit: number,
    totals: LeafSums,
    limits: ScanLimits,
    best: BestCut,
  ): boolean;
}

const FEATURE_BYTES = 4096;
const MISSING_BYTES = 255 * 16;

/** Numbers of the kernel's memory that a thread needs for itself. */
export const SCRATCH_LENGTH = 8;

export function growthKernel(kernel: Kernel, scratch: Float64Array = kernel.float64(SCRATCH_LENGTH)): GrowthKernel {
  const { run, address } = kernel;
  // Sums of the leaf in, the cut's out.
  const [totals, cut] = [scratch.subarray(0, 4), scratch.subarray(4, 8)];
  const [totalsAt, cutAt] = [address(totals), address(cut)];
  return {
    gradients(from, to, scores, labels, weights, pairs, sums) {
      const [scoresAt, labelsAt, pairsAt] = [address(scores), address(labels), address(pairs)];
      const weightsAt = weights ? address(weights) : 0;
      const sumsAt = address(sums);
      for (let block = from; block < to; block += BLOCK) {
        const end = Math.min(to, block + BLOCK);
        const target = sumsAt + (block / BLOCK) * 16;
        if (run.logisticBlock(block, end, scoresAt, labelsAt, weightsAt, pairsAt, target)) continue;
        blockGradients(block, end, scores, labels, weights, pairs, sums);
      }
    },
    pack: (from, to, pairs, { gradient, hessian, unit }) =>
      run.packPairs(from, to, address(pairs), gradient, hessian, unit),
    partition: (words, lane, goesLeft, rows, from, to, spare) =>
      run.partitionRows(address(words) + lane, address(goesLeft), address(rows), from, to, address(spare)),
    addToRows: (rows, from, to, value, scores) => run.addToRows(address(rows), from, to, value, address(scores)),
    scan(histogram, feature, lastBin, missingLeft, unit, { gradient, hessian, rows }, limits, best) {
      const at = address(histogram) + feature * FEATURE_BYTES;
      totals[0] = gradient;
      totals[1] = hessian;
      totals[2] = rows;
      const { minRows, minHessian, l2 } = limits;
      const parent = (gradient * gradient) / (hessian + l2);
      const first = missingLeft ? at + MISSING_BYTES : 0;
      const floor = best.gain;
      const bin = run.scanBins(at, lastBin, first, unit, totalsAt, minRows, minHessian, l2, parent, floor, cutAt);
      if (bin < 0) return false;
      best.bin = bin;
      best.gain = cut[0];
      best.gradient = cut[1];
      best.hessian = cut[2];
      best.rows = cut[3];
      return true;
    },
  };
}

/** One block by the engine's own exponential: the twin, and what a block with scores beyond ±700 takes. */
export function blockGradients(
  from: number,
  to: number,
  scores: Float64Array,
  labels: Uint8Array,
  weights: Float64Array | undefined,
  pairs: Float64Array,
  sums: Float64Array,
): void {
  // Even and odd rows apart, as two lanes sum them.
  const gradientSum = [0, 0];
  const hessianSum = [0, 0];
  for (let row = from; row < to; row++) {
    const p = 1 / (1 + Math.exp(-scores[row]));
    const weight = weights ? weights[row] : 1;
    const gradient = weight * (p - labels[row]);
    const hessian = weight * p * (1 - p);
    pairs[2 * row] = gradient;
    pairs[2 * row + 1] = hessian;
    gradientSum[row & 1] += Math.abs(gradient);
    hessianSum[row & 1] += hessian;
  }
  sums[2 * (from / BLOCK)] = gradientSum[0] + gradientSum[1];
  sums[2 * (from / BLOCK) + 1] = hessianSum[0] + hessianSum[1];
}
