/**
 * Dense networks in f32 on WASM: max(0, ·) between layers, none after the last one. A layer's outputs are padded with
 * zeros to a multiple of four, so that every row of a matrix is whole vectors of four lanes.
 *
 *   parameters   | weights 0 [in × out] | weights 1 | … | bias 0 [out] | bias 1 | … |     padded sizes, f32
 */
import type { Kernel } from './kernel.ts';

/** Where each layer's weights and bias begin in the parameters, in elements. */
export interface DenseLayout {
  /** True sizes: inputs, hidden layers, outputs. */
  sizes: readonly number[];
  /** Row length of each layer's values; the inputs' too. */
  widths: number[];
  weights: number[];
  biases: number[];
  /** Elements of all weights, and of all parameters. */
  weightLength: number;
  length: number;
}

export function denseLayout(sizes: readonly number[]): DenseLayout {
  const widths = sizes.map((size) => Math.ceil(size / 4) * 4);
  const weights: number[] = [];
  const biases: number[] = [];
  let length = 0;
  for (let layer = 0; layer + 1 < sizes.length; layer++) {
    weights.push(length);
    length += widths[layer] * widths[layer + 1];
  }
  const weightLength = length;
  for (let layer = 0; layer + 1 < sizes.length; layer++) {
    biases.push(length);
    length += widths[layer + 1];
  }
  return { sizes, widths, weights, biases, weightLength, length };
}

export interface DenseScorer {
  /** The next row to score, padded with zeros. */
  input: Float32Array;
  /** First output for `input`. */
  score(): number;
}

/** Scores one row at a time; `parameters` are copied. */
export function denseScorer(layout: DenseLayout, parameters: Float32Array, kernel: Kernel): DenseScorer {
  const { widths } = layout;
  const last = widths.length - 1;
  const all = kernel.float32(layout.length);
  all.set(parameters);
  const values = widths.map((width) => kernel.float32(width));
  const at = values.map((value) => value.byteOffset);
  const weightsAt = layout.weights.map((start) => all.byteOffset + 4 * start);
  const biasesAt = layout.biases.map((start) => all.byteOffset + 4 * start);
  const { denseRow } = kernel.run;
  return {
    input: values[0],
    score() {
      for (let layer = 0; layer < last; layer++) {
        const rectify = layer + 1 < last ? 1 : 0;
        const [n, k] = [widths[layer + 1], widths[layer]];
        denseRow(n, k, at[layer], weightsAt[layer], at[layer + 1], biasesAt[layer], rectify);
      }
      return values[last][0];
    },
  };
}

/** Rates of Adam (Kingma and Ba 2015); `decay` is the L2 penalty on weights, not on biases. */
export interface AdamRates {
  rate: number;
  beta1: number;
  beta2: number;
  epsilon: number;
  decay: number;
}

export interface DenseTrainer {
  parameters: Float32Array;
  /** Of the last batch: [row × padded outputs]. The caller fills `derivatives` between `forward` and `backward`. */
  outputs: Float32Array;
  derivatives: Float32Array;
  /** A matrix for `forward`: [rows × padded inputs]. */
  matrix(rows: number): Float32Array;
  order(rows: number): Uint32Array;
  /** The outputs of `count` rows, order[from], order[from + 1], …; with dropout where `training`. */
  forward(matrix: Float32Array, order: Uint32Array, from: number, count: number, training: boolean): void;
  /** One step of Adam down the gradient of the last `forward`. */
  step(count: number, rates: AdamRates): void;
}

export interface TrainerOptions {
  /** Rows of a batch at most. */
  batch: number;
  /** Share of hidden values that a training pass sets to zero, from 0 to below 1. */
  dropout: number;
  /** Four words, none zero. */
  state: Uint32Array;
}

export function denseTrainer(layout: DenseLayout, options: TrainerOptions, kernel: Kernel): DenseTrainer {
  const { widths } = layout;
  const last = widths.length - 1;
  const { batch } = options;
  const [parameters, gradient, mean, spread] = Array.from({ length: 4 }, () => kernel.float32(layout.length));
  const values = widths.map((width) => kernel.float32(batch * width));
  const slopes = widths.map((width) => kernel.float32(batch * width));
  const turned = kernel.float32(Math.max(...widths.slice(1).map((width, layer) => width * widths[layer])));
  const state = kernel.uint32(4);
  state.set(options.state);
  const limit = dropoutLimit(options.dropout);
  const scale = Math.fround(1 / (1 - options.dropout));
  const { run } = kernel;
  const place = (array: Float32Array, start: number) => array.byteOffset + 4 * start;
  let steps = 0;

  const backward = (count: number) => {
    for (let layer = last - 1; layer >= 0; layer--) {
      const [k, n] = [widths[layer], widths[layer + 1]];
      const [x, d] = [values[layer].byteOffset, slopes[layer + 1].byteOffset];
      run.matrixProduct(k, n, count, x, 4, 4 * k, d, place(gradient, layout.weights[layer]), 0, 0);
      run.columnSums(count, n, d, place(gradient, layout.biases[layer]));
      if (layer === 0) break;
      run.transpose(k, n, place(parameters, layout.weights[layer]), turned.byteOffset);
      run.matrixProduct(count, k, n, d, 4 * n, 4, turned.byteOffset, slopes[layer].byteOffset, 0, 0);
      run.rectifyBack((count * k) / 4, slopes[layer].byteOffset, x, scale);
    }
  };

  return {
    parameters,
    outputs: values[last],
    derivatives: slopes[last],
    matrix: (rows) => kernel.float32(rows * widths[0]),
    order: (rows) => kernel.uint32(rows),
    forward(matrix, order, from, count, training) {
      run.gatherRows(
        kernel.address(matrix),
        kernel.address(order) + 4 * from,
        count,
        4 * widths[0],
        values[0].byteOffset,
      );
      for (let layer = 0; layer < last; layer++) {
        const [k, n] = [widths[layer], widths[layer + 1]];
        const [w, bias] = [place(parameters, layout.weights[layer]), place(parameters, layout.biases[layer])];
        const out = values[layer + 1].byteOffset;
        const hidden = layer + 1 < last;
        run.matrixProduct(count, n, k, values[layer].byteOffset, 4 * k, 4, w, out, bias, hidden ? 1 : 0);
        if (hidden && training && options.dropout > 0) {
          run.dropout((count * n) / 4, out, state.byteOffset, limit, scale);
        }
      }
    },
    step(count, rates) {
      backward(count);
      steps++;
      const rate = correctedRate(rates, steps);
      const adam = (start: number, end: number, decay: number) =>
        run.adamStep(
          (end - start) / 4,
          place(parameters, start),
          place(gradient, start),
          place(mean, start),
          place(spread, start),
          rate,
          rates.beta1,
          rates.beta2,
          rates.epsilon,
          decay,
        );
      adam(0, layout.weightLength, rates.decay);
      adam(layout.weightLength, layout.length, 0);
    },
  };
}

/** An element is kept if its random u32 is below this. */
export function dropoutLimit(share: number): number {
  return Math.min(0xffffffff, Math.round((1 - share) * 4294967296));
}

/** Adam's rate with both bias corrections, of step 1, 2, … */
export function correctedRate(rates: AdamRates, step: number): number {
  return (rates.rate * Math.sqrt(1 - rates.beta2 ** step)) / (1 - rates.beta1 ** step);
}
