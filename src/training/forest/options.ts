export interface ForestOptions {
  trees: number;
  /** Leaves of a tree at most; the leaf whose split gains most is split first. */
  maxLeaves: number;
  /** Splits on a path; 0 is no limit. */
  maxDepth: number;
  /** Rows of the bag that a leaf holds at least. */
  minRows: number;
  /** Features drawn for each split, as a share; 0 draws the square root of their number. */
  featureShare: number;
  /** Rows drawn for each tree with replacement, as a share of all; with `balanced` bags, as a share of both classes' size. */
  rowShare: number;
  /**
   * `plain` draws from all rows; `balanced` draws as many frauds as there are and `bagRatio` legitimate rows for each
   * (balanced bagging).
   */
  bags: 'plain' | 'balanced';
  bagRatio: number;
  /** Weight of a fraud row in splits and leaves; `balanced` gives both classes of a bag the same sum. */
  positiveWeight: number | 'balanced';
  /** Rows at the bag's share of frauds that each leaf is mixed with: tells large clean leaves from small ones. */
  priorRows: number;
  maxBins: number;
  /** Half of the bins from the positives' quantiles. */
  positiveBins: boolean;
  seed: number;
}

export const FOREST_DEFAULTS: ForestOptions = {
  trees: 200,
  maxLeaves: 64,
  maxDepth: 8,
  minRows: 5,
  featureShare: 0.4,
  rowShare: 1,
  bags: 'plain',
  bagRatio: 1,
  positiveWeight: 1,
  priorRows: 1,
  maxBins: 255,
  positiveBins: true,
  seed: 1,
};

/** Throws a RangeError that names the first option out of range. */
export function checkForestOptions(options: ForestOptions): void {
  const within = (name: keyof ForestOptions, low: number, high: number) => {
    const value = options[name];
    if (typeof value !== 'number' || !(value >= low && value <= high)) {
      throw new RangeError(`${name} must be within ${low}..${high}, got ${value}`);
    }
  };
  within('trees', 1, 10_000);
  within('maxLeaves', 2, 65_536);
  within('maxDepth', 0, 64);
  within('minRows', 1, 1e9);
  within('featureShare', 0, 1);
  within('rowShare', Number.MIN_VALUE, 10);
  if (options.bags !== 'plain' && options.bags !== 'balanced') {
    throw new RangeError(`bags must be plain or balanced, got ${options.bags}`);
  }
  within('bagRatio', Number.MIN_VALUE, 1e6);
  if (options.positiveWeight !== 'balanced') within('positiveWeight', Number.MIN_VALUE, 1e6);
  within('priorRows', 0, 1e6);
  within('maxBins', 2, 255);
  within('seed', -(2 ** 31), 2 ** 32);
}
