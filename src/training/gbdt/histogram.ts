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
  }
  // Adding and taking away 1.5 × 2^52 quanta rounds to the quantum.
  const gradientRounder = 1.5 * powerAbove(gradientSum * 2);
  const unit = powerAbove(hessianSum * 2);
  const hessianRounder = 1.5 * unit * powerAbove(rows + 1);
  let carry = 0;
  for (let row = 0; row < rows; row++) {
    pairs[2 * row] = gradients[row] + gradientRounder - gradientRounder;
    carry += hessians[row];
    const rounded = carry + hessianRounder - hessianRounder;
    carry -= rounded;
    pairs[2 * row + 1] = unit + rounded;
  }
  return { unit };
}

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

/** Builds and subtracts histograms of one matrix. */
export interface HistogramBuilder {
  float64(length: number): Float64Array;
  int32(length: number): Int32Array;
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
  /** parent − child into `parent`: the sibling's histogram, exact because every sum is. */
  subtract(parent: Float64Array, child: Float64Array, groupMask: Uint8Array): void;
}

/** Numbers of one group's histogram: four features. */
const GROUP_STRIDE = 4 * FEATURE_STRIDE;

/** The plain twin of the kernel: same bits, no WASM. */
export const plainHistograms: HistogramBuilder = {
  float64: (length) => new Float64Array(length),
  int32: (length) => new Int32Array(length),
  build(matrix, groupMask, rows, from, to, ordered, out) {
    for (let group = 0; group < matrix.groups.length; group++) {
      if (!groupMask[group]) continue;
      const target = out.subarray(group * GROUP_STRIDE, (group + 1) * GROUP_STRIDE).fill(0);
      accumulate(matrix.groups[group], rows, from, to, ordered, target);
    }
  },
  subtract(parent, child, groupMask) {
    for (let group = 0; group < groupMask.length; group++) {
      if (!groupMask[group]) continue;
      const end = (group + 1) * GROUP_STRIDE;
      for (let i = group * GROUP_STRIDE; i < end; i++) parent[i] -= child[i];
    }
  },
};

/** Histograms by a kernel, in its memory: the matrix's words must lie there as well. */
export function kernelHistograms(kernel: Kernel): HistogramBuilder {
  const { addWords, subtractPairs } = kernel.run;
  return {
    float64: kernel.float64,
    int32: kernel.int32,
    build(matrix, groupMask, rows, from, to, ordered, out) {
      const [rowsAt, pairsAt, outAt] = [kernel.address(rows), kernel.address(ordered), kernel.address(out)];
      for (let group = 0; group < matrix.groups.length; group++) {
        if (!groupMask[group]) continue;
        out.fill(0, group * GROUP_STRIDE, (group + 1) * GROUP_STRIDE);
        const target = outAt + group * GROUP_STRIDE * 8;
        addWords(kernel.address(matrix.groups[group]), rowsAt, from, to, pairsAt, target);
      }
    },
    subtract(parent, child, groupMask) {
      const [parentAt, childAt] = [kernel.address(parent), kernel.address(child)];
      for (let group = 0; group < groupMask.length; group++) {
        if (!groupMask[group]) continue;
        const at = group * GROUP_STRIDE * 8;
        subtractPairs(parentAt + at, childAt + at, GROUP_STRIDE / 2);
      }
    },
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
