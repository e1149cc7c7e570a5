/**
 * Histograms of gradients in WASM. Bins are two doubles, whatever the caller packs into them; where these are integer
 * multiples of a quantum and sums stay within 53 bits, any order of adding, and so any split over threads, gives the
 * same bits.
 *
 *   words[group][row]   the bins of features 4·group … 4·group + 3, one byte each, lowest first
 *   pairs               [a(i) b(i)] of rows[from + i], gathered
 *   histogram           [group][feature of 4][bin of 256][a b]
 *
 * Every array must lie in the kernel's memory: allocate it by the kernel.
 */
import type { Kernel } from './kernel.ts';

/** Doubles of one group's histogram: four features × 256 bins × two. */
export const GROUP_LENGTH = 2048;

const PAIR_BYTES = 16;

export interface HistogramKernel {
  /** Copies the pairs of `rows[from..to)` next to one another into `out`, as `build` reads them. */
  gather(pairs: Float64Array, rows: Int32Array, from: number, to: number, out: Float64Array): void;
  /** Fills the histograms of the groups that `mask` marks with the rows `rows[from..to)`; others keep what they hold. */
  build(
    words: Int32Array[],
    mask: Uint8Array,
    rows: Int32Array,
    from: number,
    to: number,
    pairs: Float64Array,
    out: Float64Array,
  ): void;
  /** `build` for the rows from..to themselves; `pairs` is by row here. */
  buildRange(
    words: Int32Array[],
    mask: Uint8Array,
    from: number,
    to: number,
    pairs: Float64Array,
    out: Float64Array,
  ): void;
  /** out = the sum of two or more parts, those of several threads. */
  merge(parts: Float64Array[], mask: Uint8Array, out: Float64Array): void;
  /** target −= source: a parent becomes the sibling of the child `source`. */
  subtract(target: Float64Array, source: Float64Array, mask: Uint8Array): void;
}

export function histogramKernel(kernel: Kernel): HistogramKernel {
  const { addPairs, addRange, addTwoRanges, addTwoWords, addWords, gatherRows, subtractPairs, sumPairs } = kernel.run;
  const { address } = kernel;
  return {
    gather: (pairs, rows, from, to, out) =>
      gatherRows(address(pairs), address(rows) + 4 * from, to - from, PAIR_BYTES, address(out)),
    build(words, mask, rows, from, to, pairs, out) {
      const [rowsAt, pairsAt, outAt] = [address(rows), address(pairs), address(out)];
      eachPair(words, mask, out, (group, first, second) => {
        const target = outAt + group * GROUP_BYTES;
        if (second) addTwoWords(address(first), address(second), rowsAt, from, to, pairsAt, target);
        else addWords(address(first), rowsAt, from, to, pairsAt, target);
      });
    },
    buildRange(words, mask, from, to, pairs, out) {
      const [pairsAt, outAt] = [address(pairs), address(out)];
      eachPair(words, mask, out, (group, first, second) => {
        const target = outAt + group * GROUP_BYTES;
        if (second) addTwoRanges(address(first), address(second), from, to, pairsAt, target);
        else addRange(address(first), from, to, pairsAt, target);
      });
    },
    merge([first, second, ...others], mask, out) {
      const [outAt, firstAt, secondAt] = [address(out), address(first), address(second)];
      eachGroup(mask, (at) => {
        sumPairs(outAt + at, firstAt + at, secondAt + at, GROUP_LENGTH / 2);
        for (const other of others) addPairs(outAt + at, address(other) + at, GROUP_LENGTH / 2);
      });
    },
    subtract(target, source, mask) {
      const [targetAt, sourceAt] = [address(target), address(source)];
      eachGroup(mask, (at) => subtractPairs(targetAt + at, sourceAt + at, GROUP_LENGTH / 2));
    },
  };
}

const GROUP_BYTES = GROUP_LENGTH * 8;

function eachGroup(mask: Uint8Array, visit: (at: number) => void): void {
  for (let group = 0; group < mask.length; group++) if (mask[group]) visit(group * GROUP_BYTES);
}

/** Clears the marked groups and visits them two at a time where they lie side by side: a row is then read once for both. */
function eachPair(
  words: Int32Array[],
  mask: Uint8Array,
  out: Float64Array,
  visit: (group: number, first: Int32Array, second: Int32Array | undefined) => void,
): void {
  for (let group = 0; group < mask.length; group++) {
    if (!mask[group]) continue;
    const both = mask[group + 1] === 1;
    out.fill(0, group * GROUP_LENGTH, (group + (both ? 2 : 1)) * GROUP_LENGTH);
    visit(group, words[group], both ? words[group + 1] : undefined);
    if (both) group++;
  }
}
