/** What gram.ts computes, in the plainest way: the tests hold one against the other. */
import type { Gram } from './gram.ts';

export function naiveGram(columns: number, block: number): Gram {
  const width = columns + (columns & 1);
  const values = new Float64Array(block * width);
  const weights = new Float64Array(block);
  const out = new Float64Array(width * width);
  return {
    width,
    values,
    weights,
    out,
    add(rows) {
      for (let row = 0; row < rows; row++) {
        const x = values.subarray(row * width, (row + 1) * width);
        for (let i = 0; i < width; i++) {
          for (let j = i; j < width; j++) out[i * width + j] += weights[row] * x[i] * x[j];
        }
      }
    },
  };
}
