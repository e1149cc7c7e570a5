/** Scoring tree ensembles in WASM: one row at a time, or many. See assembly/trees.ts for the layout of a node. */
import { createKernel, type Kernel } from './kernel.ts';

/**
 * Trees as arrays, node n: x ≤ threshold[n] goes to left[n], x > threshold[n] to right[n], NaN to the left one where
 * missingLeft[n] is 1. A child c ≥ 0 is node c, c < 0 is leaf ~c with value[~c]; tree t begins at child roots[t].
 */
export interface TreeArrays {
  base: number;
  features: number;
  roots: Int32Array;
  feature: Int32Array;
  threshold: Float64Array;
  missingLeft: Uint8Array;
  left: Int32Array;
  right: Int32Array;
  value: Float64Array;
}

export interface TreeScorer {
  /** base + the leaf values, added one after another in the order of trees. */
  score(vector: Float64Array): number;
  /** The same for every row of `columns[feature][row]`, into `out`; the bits are those of `score`. */
  scoreColumns(columns: Float64Array[], rows: number, out: Float64Array): void;
}

/** Trees side by side in one row's traversal, and rows in a batch's. */
const LANES = 8;
const NODE_BYTES = 16;
/** Rows of a batch that are laid out at once, so that they stay in a near cache. */
const BLOCK = 128;

/**
 * The numbers of a row that nodes read: a feature, or minus a feature. A node whose missing values go right is turned
 * round (its first child is the right one), and "x ≤ t" then reads "−x > the double below −t".
 */
interface Slots {
  feature: Int32Array;
  negative: Uint8Array;
}

export function treeScorer(trees: TreeArrays, kernel: Kernel = createKernel()): TreeScorer {
  const slots = slotsOf(trees);
  const size = slots.feature.length;
  const missing = size;
  const { roots, depths } = layNodes(trees, slots, missing, kernel);
  const groups = Math.ceil(trees.roots.length / LANES);
  const groupDepths = kernel.uint32(groups);
  for (let tree = 0; tree < trees.roots.length; tree++) {
    const group = Math.floor(tree / LANES);
    groupDepths[group] = Math.max(groupDepths[group], depths[tree]);
  }
  const row = kernel.float64(size + 1);
  row[missing] = Number.NaN;
  const { base } = trees;
  const { scoreRow, scoreRows } = kernel.run;
  const [rootsAt, groupDepthsAt, rowAt] = [roots.byteOffset, groupDepths.byteOffset, row.byteOffset];
  const { feature, negative } = slots;

  let block: { rows: Float64Array; sums: Float64Array } | undefined;
  return {
    score(vector) {
      for (let slot = 0; slot < size; slot++) {
        const x = vector[feature[slot]];
        row[slot] = negative[slot] === 1 ? turned(x) : x;
      }
      return scoreRow(rootsAt, groupDepthsAt, groups, rowAt, base);
    },
    scoreColumns(columns, rows, out) {
      const width = size + 1;
      block ??= { rows: kernel.float64(BLOCK * width).fill(Number.NaN), sums: kernel.float64(BLOCK) };
      for (let from = 0; from < rows; from += BLOCK) {
        const count = Math.min(BLOCK, rows - from);
        layRows(columns, from, count, slots, block.rows);
        const padded = Math.ceil(count / LANES) * LANES;
        const { byteOffset } = block.rows;
        scoreRows(
          rootsAt,
          depths.byteOffset,
          trees.roots.length,
          byteOffset,
          width * LANES * 8,
          padded,
          block.sums.byteOffset,
          base,
        );
        for (let i = 0; i < count; i++) out[from + i] = block.sums[i];
      }
    },
  };
}

/** −x, kept finite so that it is above the double below −∞; NaN stays. */
function turned(x: number): number {
  return x === Number.POSITIVE_INFINITY ? -Number.MAX_VALUE : -x;
}

/** Eight rows interleaved, slot by slot, and then the next eight; the last slot stays NaN. */
function layRows(columns: Float64Array[], from: number, count: number, slots: Slots, out: Float64Array): void {
  const step = (slots.feature.length + 1) * LANES;
  for (let slot = 0; slot < slots.feature.length; slot++) {
    const column = columns[slots.feature[slot]];
    const negative = slots.negative[slot] === 1;
    for (let row = 0, at = slot * LANES; row < count; row += LANES, at += step) {
      const lanes = Math.min(LANES, count - row);
      for (let lane = 0; lane < lanes; lane++) {
        const x = column[from + row + lane];
        out[at + lane] = negative ? turned(x) : x;
      }
    }
  }
}

function slotsOf(trees: TreeArrays): Slots {
  const used = new Uint8Array(2 * trees.features);
  for (let node = 0; node < trees.feature.length; node++) {
    used[2 * trees.feature[node] + 1 - trees.missingLeft[node]] = 1;
  }
  const both: number[] = [];
  for (let i = 0; i < used.length; i++) if (used[i]) both.push(i);
  return { feature: Int32Array.from(both, (i) => i >> 1), negative: Uint8Array.from(both, (i) => i & 1) };
}

/** Writes all nodes into the kernel's memory; returns the trees' addresses, padded with empty trees, and depths. */
function layNodes(trees: TreeArrays, slots: Slots, missing: number, kernel: Kernel) {
  const count = trees.roots.length;
  const padded = Math.ceil(count / LANES) * LANES;
  const nodes = 2 * trees.feature.length + count + 1;
  const numbers = kernel.float64(nodes * 2);
  const words = new Uint32Array(numbers.buffer, numbers.byteOffset, nodes * 4);
  const slotOf = new Int32Array(2 * trees.features);
  slots.feature.forEach((feature, slot) => {
    slotOf[2 * feature + slots.negative[slot]] = slot;
  });
  let free = 0;
  const address = (place: number) => numbers.byteOffset + place * NODE_BYTES;
  const leaf = (place: number, value: number) => {
    numbers[2 * place] = value;
    words[4 * place + 2] = missing * 8;
    words[4 * place + 3] = address(place);
  };
  /** Lays `child` at `place` and its descendants behind; returns how deep it goes. */
  const lay = (child: number, place: number): number => {
    if (child < 0) {
      leaf(place, trees.value[~child]);
      return 0;
    }
    const first = free;
    free += 2;
    const toLeft = trees.missingLeft[child] === 1;
    const threshold = trees.threshold[child];
    numbers[2 * place] = toLeft ? threshold : doubleBelow(-threshold);
    words[4 * place + 2] = slotOf[2 * trees.feature[child] + (toLeft ? 0 : 1)] * 8;
    words[4 * place + 3] = address(first);
    const left = lay(trees.left[child], toLeft ? first : first + 1);
    const right = lay(trees.right[child], toLeft ? first + 1 : first);
    return 1 + Math.max(left, right);
  };
  const roots = kernel.uint32(padded);
  const depths = kernel.uint32(padded);
  for (let tree = 0; tree < count; tree++) {
    const place = free++;
    roots[tree] = address(place);
    depths[tree] = lay(trees.roots[tree], place);
  }
  const empty = free++;
  // Minus zero: adding it changes no sum, whatever its sign.
  leaf(empty, -0);
  roots.fill(address(empty), count);
  return { roots, depths };
}

/** The greatest double below `x`; −∞ stays. */
function doubleBelow(x: number): number {
  if (x === Number.NEGATIVE_INFINITY) return x;
  if (x === 0) return -Number.MIN_VALUE;
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, x);
  view.setBigInt64(0, view.getBigInt64(0) + (x > 0 ? -1n : 1n));
  return view.getFloat64(0);
}
