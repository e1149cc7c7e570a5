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
  /** target += source, for partial histograms of several threads. */
  add(target: Float64Array, source: Float64Array, mask: Uint8Array): void;
  /** target −= source: a parent becomes the sibling of the child `source`. */
  subtract(target: Float64Array, source: Float64Array, mask: Uint8Array): void;
}

export function histogramKernel(kernel: Kernel): HistogramKernel {
  const { addWords, addPairs, gatherRows, subtractPairs } = kernel.run;
  const { address } = kernel;
  const eachGroup = (mask: Uint8Array, visit: (group: number, offset: number) => void) => {
    for (let group = 0; group < mask.length; group++) if (mask[group]) visit(group, group * GROUP_LENGTH * 8);
  };
  return {
    gather: (pairs, rows, from, to, out) =>
      gatherRows(address(pairs), address(rows) + 4 * from, to - from, PAIR_BYTES, address(out)),
    build(words, mask, rows, from, to, pairs, out) {
      const [rowsAt, pairsAt, outAt] = [address(rows), address(pairs), address(out)];
      eachGroup(mask, (group, offset) => {
        out.fill(0, group * GROUP_LENGTH, (group + 1) * GROUP_LENGTH);
        addWords(address(words[group]), rowsAt, from, to, pairsAt, outAt + offset);
      });
    },
    add(target, source, mask) {
      const [targetAt, sourceAt] = [address(target), address(source)];
      eachGroup(mask, (_, offset) => addPairs(targetAt + offset, sourceAt + offset, GROUP_LENGTH / 2));
    },
    subtract(target, source, mask) {
      const [targetAt, sourceAt] = [address(target), address(source)];
      eachGroup(mask, (_, offset) => subtractPairs(targetAt + offset, sourceAt + offset, GROUP_LENGTH / 2));
    },
  };
}
