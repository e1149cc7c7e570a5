/** The logistic learner: standardised inputs, L2, Newton's method; how heavy tails are treated is chosen on validation. */
import { inputsOf } from '../../models/inputs.ts';
import { encodeLogistic, type LogisticModel, logisticScorer } from '../../models/logistic.ts';
import type { Dataset } from '../dataset.ts';
import { fitInputs, type InputOptions, type PositiveWeight, rowWeights, writeRows } from '../inputs.ts';
import type { Learner } from '../learner.ts';
import { averagePrecision, logLossOfRaw } from '../metrics.ts';
import { solveLogistic } from './newton.ts';

export type Tails = 'keep' | 'clip' | 'log';

export interface LogisticOptions {
  /** Inverse strength of the L2 penalty, scikit-learn's C. */
  c: number;
  positiveWeight: PositiveWeight;
  /**
   * `keep` standardises only, `clip` first clips to the 0.1% and 99.9% quantiles, `log` takes the logarithm of features
   * with long tails; `validation` tries all three, and is `keep` where there is no validation part.
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

export const logisticLearner: Learner<LogisticOptions> = {
  name: 'logistic',
  defaults: LOGISTIC_DEFAULTS,
  fit(train, validation, options, progress) {
    const model = chooseModel(train, validation, options, progress);
    return { ...logisticScorer(model), toArtifact: () => ({ kind: 'logistic', ...encodeLogistic(model) }) };
  },
};

function chooseModel(
  train: Dataset,
  validation: Dataset | undefined,
  options: LogisticOptions,
  progress: (share: number) => void = () => {},
): LogisticModel {
  if (options.tails !== 'validation') return fitModel(train, options.tails, options, progress);
  if (!validation) return fitModel(train, 'keep', options, progress);
  const kinds = Object.keys(TAILS) as Tails[];
  let best: { model: LogisticModel; merit: number } | undefined;
  kinds.forEach((tails, i) => {
    const model = fitModel(train, tails, options, (share) => progress((i + share) / kinds.length));
    const merit = meritOf(model, validation, options.choice);
    if (!best || merit > best.merit) best = { model, merit };
  });
  return best!.model;
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
