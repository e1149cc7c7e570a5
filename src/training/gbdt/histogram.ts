/**
 * Histograms: per feature and bin the sum of gradients, and in one more number the row count and the sum of hessians.
 *
 *   histogram = Float64Array(groups × 4 × 512)
 *   [ feature 0: Σg(0) Σp(0) Σg(1) Σp(1) … Σg(255) Σp(255) | feature 1: … ]      bin 255 holds the missing values
 *
 * Gradients are rounded to multiples of one power of two, and p = unit + h, where `unit` is a power of two above the
 * sum of all hessians and h is rounded likewise. Both are chosen so that every sum fits a double's 53 bits. So all sums
 * are exact: any order of adding gives the same bits, a child is exactly parent − sibling, and two additions a row do
 * the work of three.
 */
import { naiveGrowth } from '../../kernel/growth.naive.ts';
import { BLOCK, type GrowthKernel, growthKernel, type Rounders } from '../../kernel/growth.ts';
import { histogramKernel } from '../../kernel/histogram.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { BinnedMatrix } from './bins.ts';

export const FEATURE_STRIDE = 512;

export interface Packing {
  /** A power of two: p = unit × rows + Σh. */
  unit: number;
}

export function histogramLength(matrix: BinnedMatrix): number {
  return matrix.groups.length * 4 * FEATURE_STRIDE;
}

/** The row count in a packed sum. */
export function packedRows(packed: number, packing: Packing): number {
  return Math.floor(packed / packing.unit);
}

/** The sum of hessians in a packed sum. */
export function packedHessian(packed: number, packing: Packing): number {
  return packed - Math.floor(packed / packing.unit) * packing.unit;
}

/**
 * The rounders for gradients and hessians of these sums over `rows` rows: every sum of rounded numbers then fits 53 bits.
 * `gradientSum` is that of absolute values.
 */
export function roundersFor(gradientSum: number, hessianSum: number, rows: number): Rounders {
  const unit = powerAbove(hessianSum * 2);
  return { gradient: 1.5 * powerAbove(gradientSum * 2), hessian: 1.5 * unit * powerAbove(rows + 1), unit };
}

/**
 * Rounds gradients and packs hessians into `pairs` = [g(0), p(0), g(1), p(1), …]. The rounding error of a hessian is
 * carried to the next row, so that sums over many rows keep no bias however small the hessians are.
 */
export function packPairs(gradients: Float64Array, hessians: Float64Array, pairs: Float64Array): Packing {
  const rows = gradients.length;
  let gradientSum = 0;
  let hessianSum = 0;
  for (let row = 0; row < rows; row++) {
    gradientSum += Math.abs(gradients[row]);
    hessianSum += hessians[row];
    pairs[2 * row] = gradients[row];
    pairs[2 * row + 1] = hessians[row];
  }
  const rounders = roundersFor(gradientSum, hessianSum, rows);
  for (let chain = 0; chain < rows; chain += CHAIN) {
    plainHistograms.growth.pack(chain, Math.min(rows, chain + CHAIN), pairs, rounders);
  }
  return rounders;
}

/** Rows over which the error of a hessian is carried on; another chain of rows begins anew and may be another thread's. */
export const CHAIN = 128 * BLOCK;

/** The smallest power of two that is at least `value`, for finite values above 0; else the smallest one that works. */
function powerAbove(value: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(value, 1e-200)));
}

/** Copies the pairs of `rows[from..to)` next to one another: every group then reads them in order. */
export function gatherPairs(pairs: Float64Array, rows: Int32Array, from: number, to: number, out: Float64Array): void {
  let target = 0;
  for (let i = from; i < to; i++) {
    const source = rows[i] << 1;
    out[target] = pairs[source];
    out[target + 1] = pairs[source + 1];
    target += 2;
  }
}

/** Where arrays are made: plain memory, or that of a kernel. */
export interface Allocator {
  float64(length: number): Float64Array;
  int32(length: number): Int32Array;
  uint8(length: number): Uint8Array;
}

/** Builds and subtracts histograms of one matrix, and the steps of growth around them. */
export interface HistogramBuilder extends Allocator {
  growth: GrowthKernel;
  /** `gatherPairs`, by the kernel where all lies in its memory. */
  gather(pairs: Float64Array, rows: Int32Array, from: number, to: number, out: Float64Array): void;
  /**
   * Fills `out` for the rows `rows[from..to)`, whose gathered pairs begin at `ordered[0]`. Only groups in `groupMask`
   * are touched. All arrays must come from this builder. This is the one hot loop of training.
   */
  build(
    matrix: BinnedMatrix,
    groupMask: Uint8Array,
    rows: Int32Array,
    from: number,
    to: number,
    ordered: Float64Array,
    out: Float64Array,
  ): void;
  /** The same for the rows from..to themselves, in order; `pairs` is by row here. */
  buildRange(
    matrix: BinnedMatrix,
    groupMask: Uint8Array,
    from: number,
    to: number,
    pairs: Float64Array,
    out: Float64Array,
  ): void;
  /** The sum of two or more threads' parts into `out`. */
  merge(parts: Float64Array[], groupMask: Uint8Array, out: Float64Array): void;
  /** parent − child into `parent`: the sibling's histogram, exact because every sum is. */
  subtract(parent: Float64Array, child: Float64Array, groupMask: Uint8Array): void;
}

/** Numbers of one group's histogram: four features. */
const GROUP_STRIDE = 4 * FEATURE_STRIDE;

/** The plain twin of the kernel: same bits, no WASM. */
export const plainHistograms: HistogramBuilder = {
  float64: (length) => new Float64Array(length),
  int32: (length) => new Int32Array(length),
  uint8: (length) => new Uint8Array(length),
  growth: naiveGrowth(),
  gather: gatherPairs,
  build(matrix, groupMask, rows, from, to, ordered, out) {
    eachGroup(groupMask, (group, at) => {
      const target = out.subarray(at, at + GROUP_STRIDE).fill(0);
      accumulate(matrix.groups[group], rows, from, to, ordered, target);
    });
  },
  buildRange(matrix, groupMask, from, to, pairs, out) {
    const rows = Int32Array.from({ length: to - from }, (_, i) => from + i);
    plainHistograms.build(matrix, groupMask, rows, 0, to - from, pairs.subarray(2 * from), out);
  },
  merge(parts, groupMask, out) {
    eachGroup(groupMask, (_, at) => {
      for (let i = at; i < at + GROUP_STRIDE; i++) out[i] = parts.reduce((sum, part) => sum + part[i], 0);
    });
  },
  subtract(parent, child, groupMask) {
    eachGroup(groupMask, (_, at) => {
      for (let i = at; i < at + GROUP_STRIDE; i++) parent[i] -= child[i];
    });
  },
};

function eachGroup(groupMask: Uint8Array, visit: (group: number, at: number) => void): void {
  for (let group = 0; group < groupMask.length; group++) if (groupMask[group]) visit(group, group * GROUP_STRIDE);
}

/**
 * Histograms by a kernel, in its memory: the matrix's words must lie there as well. `scratch` is the thread's own; see
 * growthKernel.
 */
export function kernelHistograms(kernel: Kernel, scratch?: Float64Array): HistogramBuilder {
  const { build, buildRange, gather, merge, subtract } = histogramKernel(kernel);
  return {
    float64: kernel.float64,
    int32: kernel.int32,
    uint8: kernel.uint8,
    growth: growthKernel(kernel, scratch),
    gather(pairs, rows, from, to, out) {
      if (kernel.owns(pairs)) gather(pairs, rows, from, to, out);
      else gatherPairs(pairs, rows, from, to, out);
    },
    build: ({ groups }, mask, rows, from, to, ordered, out) => build(groups, mask, rows, from, to, ordered, out),
    buildRange: ({ groups }, mask, from, to, pairs, out) => buildRange(groups, mask, from, to, pairs, out),
    merge,
    subtract,
  };
}

function accumulate(
  words: Int32Array,
  rows: Int32Array,
  from: number,
  to: number,
  ordered: Float64Array,
  out: Float64Array,
): void {
  let pair = 0;
  for (let i = from; i < to; i++) {
    const word = words[rows[i]];
    const gradient = ordered[pair];
    const packed = ordered[pair + 1];
    pair += 2;
    const a = (word << 1) & 510;
    out[a] += gradient;
    out[a + 1] += packed;
    const b = 512 + ((word >>> 7) & 510);
    out[b] += gradient;
    out[b + 1] += packed;
    const c = 1024 + ((word >>> 15) & 510);
    out[c] += gradient;
    out[c + 1] += packed;
    const d = 1536 + ((word >>> 23) & 510);
    out[d] += gradient;
    out[d + 1] += packed;
  }
}
