/** The logistic learner: standardised inputs, L2, Newton's method; how heavy tails are treated is chosen on validation. */
import { inputsOf } from '../../models/inputs.ts';
import { encodeLogistic, type LogisticModel, logisticScorer } from '../../models/logistic.ts';
import type { Dataset } from '../dataset.ts';
import { fitInputs, type InputOptions, type PositiveWeight, rowWeights, writeRows } from '../inputs.ts';
import type { Fitted, Learner } from '../learner.ts';
import { averagePrecision, logLossOfRaw } from '../metrics.ts';
import { solveLogistic } from './newton.ts';

export type Tails = 'keep' | 'clip' | 'log';

export interface LogisticOptions {
  /** Inverse strength of the L2 penalty, scikit-learn's C. */
  c: number;
  positiveWeight: PositiveWeight;
  /**
   * `keep` standardises only, `clip` first clips to the 0.1% and 99.9% quantiles, `log` takes the logarithm of features
   * with long tails; `validation` takes the one of the three that is clearly best on the
   * validation part, and `keep` without one.
   */
  tails: Tails | 'validation';
  choice: 'averagePrecision' | 'logLoss';
}

const TAILS: Record<Tails, InputOptions> = {
  keep: { logTail: Number.POSITIVE_INFINITY },
  clip: { clip: [0.001, 0.999], logTail: Number.POSITIVE_INFINITY },
  log: { logTail: 50 },
};

export const LOGISTIC_DEFAULTS: LogisticOptions = {
  c: 1,
  positiveWeight: 1,
  tails: 'validation',
  choice: 'averagePrecision',
};

export interface FittedLogistic extends Fitted {
  /** How tails are treated: what `validation` chose. */
  tails: Tails;
}

/** Fits the model; `validation`, which must be later in time, chooses the treatment of tails where the options ask so. */
export function fitLogistic(
  train: Dataset,
  validation: Dataset | undefined,
  options: Partial<LogisticOptions> = {},
  progress?: (share: number) => void,
): FittedLogistic {
  const { model, tails } = chooseModel(train, validation, { ...LOGISTIC_DEFAULTS, ...options }, progress);
  return {
    ...logisticScorer(model),
    tails,
    settled: { tails },
    toArtifact: () => ({ kind: 'logistic', ...encodeLogistic(model) }),
  };
}

export const logisticLearner: Learner<LogisticOptions> = {
  name: 'logistic',
  defaults: LOGISTIC_DEFAULTS,
  fit: fitLogistic,
};

interface Candidate {
  model: LogisticModel;
  tails: Tails;
}

/** By how much, relative to it, a treatment must beat the plain one: less is noise. */
const MARGIN = 0.01;

function chooseModel(
  train: Dataset,
  validation: Dataset | undefined,
  options: LogisticOptions,
  progress: (share: number) => void = () => {},
): Candidate {
  const single = (tails: Tails) => ({ model: fitModel(train, tails, options, progress), tails });
  if (options.tails !== 'validation') return single(options.tails);
  if (!validation) return single('keep');
  const kinds = Object.keys(TAILS) as Tails[];
  const candidates = kinds.map((tails, i): Candidate => {
    const model = fitModel(train, tails, options, (share) => progress((i + share) / kinds.length));
    return { model, tails };
  });
  const merits = candidates.map(({ model }) => meritOf(model, validation, options.choice));
  let best = 0;
  let bar = merits[0] + MARGIN * Math.abs(merits[0]);
  for (let i = 1; i < candidates.length; i++) {
    // Not a number where the validation part has no fraud: then nothing beats the plain one.
    if (!(merits[i] > bar)) continue;
    best = i;
    bar = merits[i];
  }
  return candidates[best];
}

function fitModel(
  train: Dataset,
  tails: Tails,
  options: LogisticOptions,
  progress: (share: number) => void,
): LogisticModel {
  const columns = fitInputs(train, TAILS[tails]);
  const inputs = inputsOf(columns);
  const width = inputs.length;
  const { intercept, coefficients } = solveLogistic(
    {
      rows: train.rows,
      width,
      values: writeRows(train, inputs, width, new Float64Array(train.rows * width)),
      labels: train.labels,
      weights: rowWeights(train, options.positiveWeight),
    },
    options.c,
    progress,
  );
  return { intercept, coefficients, columns };
}

/** Higher is better. */
function meritOf(model: LogisticModel, data: Dataset, choice: LogisticOptions['choice']): number {
  const { score } = logisticScorer(model);
  const vector = new Float64Array(data.columns.length);
  const scores = new Float64Array(data.rows);
  for (let row = 0; row < data.rows; row++) {
    for (let i = 0; i < vector.length; i++) vector[i] = data.columns[i][row];
    scores[row] = score(vector);
  }
  return choice === 'logLoss' ? -logLossOfRaw(scores, data.labels) : averagePrecision(scores, data.labels);
}
