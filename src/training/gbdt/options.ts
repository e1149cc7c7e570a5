export interface TreesOptions {
  /** Trees at most; early stopping may keep fewer. */
  rounds: number;
  learningRate: number;
  maxLeaves: number;
  /** Splits on a path; 0 is no limit. The exact attribution of a decision costs in proportion to the distinct features on it. */
  maxDepth: number;
  minRows: number;
  minHessian: number;
  l2: number;
  minGain: number;
  maxBins: number;
  /** Half of the bins from the positives' quantiles. */
  positiveBins: boolean;
  /** Shares of rows and of features that each tree sees, above 0 and at most 1. */
  rowShare: number;
  featureShare: number;
  /** Weight of a fraud row; `balanced` gives both classes the same sum. Calibration undoes its effect on probabilities. */
  positiveWeight: number | 'balanced';
  /** Rounds without a better validation result after which training stops; 0 never stops early. */
  stopAfter: number;
  stopMetric: 'averagePrecision' | 'logLoss';
  seed: number;
  /**
   * Threads that share the work; absent: up to four where there are more than 100,000 rows and as many idle cores. The model
   * is the same, so it has no default that would be part of a model's lineage.
   */
  threads?: number;
}

export const TREES_DEFAULTS: TreesOptions = {
  rounds: 300,
  learningRate: 0.05,
  maxLeaves: 15,
  maxDepth: 8,
  minRows: 20,
  minHessian: 1,
  l2: 1,
  minGain: 0,
  maxBins: 255,
  positiveBins: true,
  rowShare: 1,
  featureShare: 1,
  positiveWeight: 1,
  stopAfter: 50,
  stopMetric: 'averagePrecision',
  seed: 1,
};

/** Throws a RangeError that names the first option out of range. */
export function checkTreesOptions(options: TreesOptions): void {
  const within = (name: keyof TreesOptions, low: number, high: number) => {
    const value = options[name];
    if (typeof value !== 'number' || !(value >= low && value <= high)) {
      throw new RangeError(`${name} must be within ${low}..${high}, got ${value}`);
    }
  };
  within('rounds', 0, 100_000);
  within('learningRate', Number.MIN_VALUE, 1);
  within('maxLeaves', 2, 4096);
  within('maxDepth', 0, 64);
  within('minRows', 0, 1e9);
  within('minHessian', 0, 1e9);
  within('l2', 0, 1e9);
  within('minGain', 0, 1e9);
  within('maxBins', 2, 255);
  within('rowShare', Number.MIN_VALUE, 1);
  within('featureShare', Number.MIN_VALUE, 1);
  if (options.positiveWeight !== 'balanced') within('positiveWeight', Number.MIN_VALUE, 1e6);
  within('stopAfter', 0, 100_000);
  if (options.threads !== undefined) within('threads', 1, 64);
  within('seed', -(2 ** 31), 2 ** 32);
}
