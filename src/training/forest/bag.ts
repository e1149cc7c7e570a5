/** The rows that one tree of a forest is grown on. */
import type { Dataset } from '../dataset.ts';
import type { Random } from '../gbdt/random.ts';
import type { ForestOptions } from './options.ts';

/** Draws bags: `draw` fills `counts[row]` with how often each row was drawn. */
export interface Bagger {
  counts: Uint16Array;
  draw(random: Random): void;
}

/** Rows with a weight are drawn in proportion to it. */
export function createBagger(train: Dataset, options: ForestOptions): Bagger {
  const counts = new Uint16Array(train.rows);
  const { rowShare } = options;
  const pools =
    options.bags === 'balanced'
      ? balancedPools(train, options)
      : [{ pool: poolOf(train, () => true), size: Math.max(1, Math.round(rowShare * train.rows)) }];
  return {
    counts,
    draw(random) {
      counts.fill(0);
      for (const { pool, size } of pools) {
        for (let i = 0; i < size; i++) counts[pool(random)]++;
      }
    },
  };
}

interface SizedPool {
  pool: (random: Random) => number;
  size: number;
}

function balancedPools(train: Dataset, { rowShare, bagRatio }: ForestOptions): SizedPool[] {
  let frauds = 0;
  for (const label of train.labels) frauds += label;
  const clean = train.rows - frauds;
  const pools: SizedPool[] = [];
  const add = (label: number, size: number) => {
    const pool = poolOf(train, (row) => train.labels[row] === label);
    pools.push({ pool, size: Math.max(1, Math.round(rowShare * size)) });
  };
  if (frauds > 0) add(1, frauds);
  // Without frauds there is nothing to balance against.
  if (clean > 0) add(0, frauds > 0 ? Math.min(clean, frauds * bagRatio) : clean);
  return pools;
}

/** A function that draws one of the rows that are kept. */
function poolOf(train: Dataset, keep: (row: number) => boolean): (random: Random) => number {
  const rows = Int32Array.from(train.labels.keys()).filter(keep);
  const { weights } = train;
  if (!weights) return (random) => rows[Math.floor(random() * rows.length)];
  const upTo = new Float64Array(rows.length);
  let total = 0;
  for (let i = 0; i < rows.length; i++) upTo[i] = total += weights[rows[i]];
  return (random) => {
    const wanted = random() * total;
    let low = 0;
    let high = rows.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (upTo[middle] > wanted) high = middle;
      else low = middle + 1;
    }
    return rows[low];
  };
}
