/** What growth.ts computes, in the plainest way: the tests hold one against the other. */
import { BLOCK, blockGradients, type GrowthKernel } from './growth.ts';

export function naiveGrowth(): GrowthKernel {
  return {
    gradients(from, to, scores, labels, weights, pairs, sums) {
      for (let block = from; block < to; block += BLOCK) {
        blockGradients(block, Math.min(to, block + BLOCK), scores, labels, weights, pairs, sums);
      }
    },
    pack(from, to, pairs, { gradient, hessian, unit }) {
      let carry = 0;
      for (let row = from; row < to; row++) {
        pairs[2 * row] = pairs[2 * row] + gradient - gradient;
        carry += pairs[2 * row + 1];
        const rounded = carry + hessian - hessian;
        carry -= rounded;
        pairs[2 * row + 1] = unit + rounded;
      }
    },
    partition(words, lane, goesLeft, rows, from, to) {
      const isLeft = (row: number) => goesLeft[(words[row] >>> (8 * lane)) & 255] === 1;
      const all = rows.slice(from, to);
      const left = all.filter(isLeft);
      rows.set(left, from);
      rows.set(
        all.filter((row) => !isLeft(row)),
        from + left.length,
      );
      return from + left.length;
    },
    addToRows(rows, from, to, value, scores) {
      for (let i = from; i < to; i++) scores[rows[i]] += value;
    },
    scan(histogram, feature, lastBin, missingLeft, unit, totals, { minRows, minHessian, l2 }, best) {
      const base = feature * 512;
      const parent = (totals.gradient * totals.gradient) / (totals.hessian + l2);
      let gradient = missingLeft ? histogram[base + 510] : 0;
      let packed = missingLeft ? histogram[base + 511] : 0;
      let found = false;
      for (let bin = 0; bin <= lastBin; bin++) {
        gradient += histogram[base + 2 * bin];
        packed += histogram[base + 2 * bin + 1];
        // An empty bin makes the same two children as the bin before it.
        if (histogram[base + 2 * bin + 1] === 0) continue;
        const rows = Math.floor(packed / unit);
        const hessian = packed - rows * unit;
        if (rows < minRows || totals.rows - rows < minRows) continue;
        if (hessian < minHessian || totals.hessian - hessian < minHessian) continue;
        const other = totals.gradient - gradient;
        const gain =
          (gradient * gradient) / (hessian + l2) + (other * other) / (totals.hessian - hessian + l2) - parent;
        if (!(gain > best.gain)) continue;
        Object.assign(best, { gain, bin, gradient, hessian, rows });
        found = true;
      }
      return found;
    },
  };
}
