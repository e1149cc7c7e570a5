/** Trains a dense network: mini-batches, Adam, dropout, and the epoch that did best on the later validation part. */
import { type DenseLayout, type DenseTrainer, denseTrainer } from '../../kernel/dense.ts';
import { createKernel } from '../../kernel/kernel.ts';
import { type InputColumn, inputsOf } from '../../models/inputs.ts';
import { type NetworkModel, networkLayout } from '../../models/network.ts';
import type { Dataset } from '../dataset.ts';
import { type Random, seededRandom } from '../gbdt/random.ts';
import { fitInputs, rowWeights, writeRows } from '../inputs.ts';
import { averagePrecision, logLossOfRaw } from '../metrics.ts';
import { checkNetworkOptions, type NetworkOptions } from './options.ts';

export interface NetworkFit {
  model: NetworkModel;
  /** Validation metric after each epoch that was run; higher is better. */
  history: number[];
  /** Epochs after which the parameters were kept. */
  epochs: number;
}

/** Inputs are clipped to what training saw: outside of it a network's lines lead anywhere. */
const WHOLE_RANGE: [number, number] = [0, 1];

/** A validation part without a fraud cannot judge; then all epochs are run and the last is kept. */
export function fitNetwork(
  train: Dataset,
  validation: Dataset | undefined,
  options: NetworkOptions,
  progress: (share: number) => void = () => {},
): NetworkFit {
  checkNetworkOptions(options);
  const random = seededRandom(options.seed);
  const columns = fitInputs(train, { clip: WHOLE_RANGE, logTail: options.logTail });
  const layout = networkLayout(columns, options.hidden);
  const state = Uint32Array.from({ length: 4 }, () => 1 + Math.floor(random() * 0xfffffffe));
  const trainer = denseTrainer(layout, { batch: options.batch, dropout: options.dropout, state }, createKernel());
  const weights = rowWeights(train, options.positiveWeight);
  initialise(layout, trainer.parameters, shareOfFrauds(train, weights), random);
  const matrix = load(train, columns, trainer);
  const order = rowNumbers(train.rows, trainer);
  const judge = validation?.labels.includes(1) ? judgeOf(validation, columns, trainer, options) : undefined;

  const history: number[] = [];
  let best = trainer.parameters.slice();
  let bestEpoch = -1;
  for (let epoch = 0; epoch < options.epochs && train.rows > 0; epoch++) {
    shuffle(order, random);
    runEpoch(train, weights, trainer, matrix, order, options, epoch);
    progress((epoch + 1) / options.epochs);
    if (!judge) continue;
    history.push(judge());
    if (bestEpoch < 0 || history[epoch] > history[bestEpoch]) {
      bestEpoch = epoch;
      best = trainer.parameters.slice();
    } else if (options.stopAfter > 0 && epoch - bestEpoch >= options.stopAfter) break;
  }
  progress(1);
  const parameters = judge ? best : trainer.parameters;
  const epochs = judge ? bestEpoch + 1 : options.epochs;
  return { model: { columns, hidden: options.hidden, parameters: Float32Array.from(parameters) }, history, epochs };
}

function shareOfFrauds(data: Dataset, weights: Float64Array): number {
  let [frauds, total] = [0.5, 1];
  for (let row = 0; row < data.rows; row++) {
    frauds += weights[row] * data.labels[row];
    total += weights[row];
  }
  return frauds / total;
}

/** Weights of He et al. (2015): normal with variance 2 / inputs. The output begins at the log-odds of a fraud. */
function initialise(layout: DenseLayout, parameters: Float32Array, share: number, random: Random): void {
  const { sizes, widths, weights, biases } = layout;
  const last = sizes.length - 2;
  for (let layer = 0; layer <= last; layer++) {
    const deviation = Math.sqrt((layer < last ? 2 : 1) / sizes[layer]);
    for (let i = 0; i < sizes[layer]; i++) {
      for (let j = 0; j < sizes[layer + 1]; j++) {
        parameters[weights[layer] + i * widths[layer + 1] + j] = deviation * normal(random);
      }
    }
  }
  parameters[biases[last]] = Math.log(share / (1 - share));
}

/** Box and Muller's transform. */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

function load(data: Dataset, columns: InputColumn[], trainer: DenseTrainer): Float32Array {
  const inputs = inputsOf(columns);
  const width = Math.ceil(inputs.length / 4) * 4;
  return writeRows(data, inputs, width, trainer.matrix(data.rows));
}

function rowNumbers(rows: number, trainer: DenseTrainer): Uint32Array {
  const order = trainer.order(rows);
  for (let row = 0; row < rows; row++) order[row] = row;
  return order;
}

/** Fisher and Yates. */
function shuffle(order: Uint32Array, random: Random): void {
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    const kept = order[i];
    order[i] = order[j];
    order[j] = kept;
  }
}

/** Padded length of the one output. */
const OUTPUT = 4;

function runEpoch(
  train: Dataset,
  weights: Float64Array,
  trainer: DenseTrainer,
  matrix: Float32Array,
  order: Uint32Array,
  options: NetworkOptions,
  epoch: number,
): void {
  const { batch } = options;
  const adam = { rate: 0, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, decay: options.decay };
  for (let from = 0; from < train.rows; from += batch) {
    const count = Math.min(batch, train.rows - from);
    const done = (epoch + from / train.rows) / options.epochs;
    adam.rate = options.rate * (0.505 + 0.495 * Math.cos(Math.PI * done));
    trainer.forward(matrix, order, from, count, true);
    for (let i = 0; i < count; i++) {
      const row = order[from + i];
      const p = 1 / (1 + Math.exp(-trainer.outputs[OUTPUT * i]));
      trainer.derivatives[OUTPUT * i] = (weights[row] * (p - train.labels[row])) / count;
    }
    trainer.step(count, adam);
  }
}

/** A function that measures the present parameters on the validation part; higher is better. */
function judgeOf(validation: Dataset, columns: InputColumn[], trainer: DenseTrainer, options: NetworkOptions) {
  const matrix = load(validation, columns, trainer);
  const order = rowNumbers(validation.rows, trainer);
  const scores = new Float64Array(validation.rows);
  return (): number => {
    for (let from = 0; from < validation.rows; from += options.batch) {
      const count = Math.min(options.batch, validation.rows - from);
      trainer.forward(matrix, order, from, count, false);
      for (let i = 0; i < count; i++) scores[from + i] = trainer.outputs[OUTPUT * i];
    }
    const { labels } = validation;
    return options.stopMetric === 'logLoss' ? -logLossOfRaw(scores, labels) : averagePrecision(scores, labels);
  };
}
