import type { PositiveWeight } from '../inputs.ts';

export interface NetworkOptions {
  /** Sizes of the hidden layers. */
  hidden: number[];
  /** Share of hidden values that a training pass leaves out. */
  dropout: number;
  /** Adam's step size at the start; it falls along a half cosine to a hundredth in the last epoch. */
  rate: number;
  /** L2 penalty on weights, added to the gradient. */
  decay: number;
  /** Rows of a step. */
  batch: number;
  epochs: number;
  positiveWeight: PositiveWeight;
  /** Features whose tail is longer than this go through the logarithm; see training/inputs.ts. */
  logTail: number;
  /** Epochs without a better validation result after which training stops; 0 never stops early. */
  stopAfter: number;
  stopMetric: 'averagePrecision' | 'logLoss';
  seed: number;
}

export const NETWORK_DEFAULTS: NetworkOptions = {
  hidden: [64, 32],
  dropout: 0.1,
  rate: 0.003,
  decay: 1e-4,
  batch: 128,
  epochs: 30,
  positiveWeight: 1,
  logTail: 50,
  stopAfter: 8,
  stopMetric: 'averagePrecision',
  seed: 1,
};

/** Throws a RangeError that names the first option out of range. */
export function checkNetworkOptions(options: NetworkOptions): void {
  const check = (name: string, value: unknown, low: number, high: number, whole = false) => {
    const sound = typeof value === 'number' && value >= low && value <= high && (!whole || Number.isInteger(value));
    if (!sound) throw new RangeError(`${name} must be within ${low}..${high}, got ${value}`);
  };
  check('hidden.length', options.hidden.length, 0, 8, true);
  for (const size of options.hidden) check('hidden', size, 1, 4096, true);
  check('dropout', options.dropout, 0, 0.95);
  check('rate', options.rate, 1e-8, 1);
  check('decay', options.decay, 0, 10);
  check('batch', options.batch, 1, 65_536, true);
  check('epochs', options.epochs, 0, 10_000, true);
  if (options.positiveWeight !== 'balanced') check('positiveWeight', options.positiveWeight, 1e-6, 1e6);
  check('logTail', options.logTail, 0, Number.POSITIVE_INFINITY);
  check('stopAfter', options.stopAfter, 0, 10_000, true);
  check('seed', options.seed, -(2 ** 31), 2 ** 32, true);
}
