/** Sums of weighted products of columns in WASM: the matrix of a least-squares or Newton step. */
import type { Kernel } from './kernel.ts';

export interface Gram {
  /** Row length, even: the columns, and a zero where their number is odd. */
  width: number;
  /** The next rows and their weights; the caller fills them. */
  values: Float64Array;
  weights: Float64Array;
  /** out[i × width + j], j ≥ i, is the sum so far of weight × x[i] × x[j]. */
  out: Float64Array;
  /** Adds the first `rows` rows of `values`, in their order. */
  add(rows: number): void;
}

/** For blocks of at most `block` rows. */
export function gram(columns: number, block: number, kernel: Kernel): Gram {
  const width = columns + (columns & 1);
  const values = kernel.float64(block * width);
  const weights = kernel.float64(block);
  const out = kernel.float64(width * width);
  const { addGram } = kernel.run;
  return {
    width,
    values,
    weights,
    out,
    add(rows) {
      if (rows > block) throw new RangeError(`${rows} rows are more than a block of ${block}`);
      addGram(rows, width, values.byteOffset, weights.byteOffset, out.byteOffset);
    },
  };
}
