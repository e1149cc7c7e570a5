/** What dense.ts computes, in the plainest way, with every operation rounded to f32: the tests hold one to the other. */
import {
  type AdamRates,
  correctedRate,
  type DenseLayout,
  type DenseScorer,
  type DenseTrainer,
  dropoutLimit,
  type TrainerOptions,
} from './dense.ts';

const f = Math.fround;

/** All values of one row, layer by layer; `drop` may change a hidden layer. */
function rowValues(
  { widths, weights, biases }: DenseLayout,
  parameters: Float32Array,
  input: Float32Array,
): Float32Array[] {
  const values = [input];
  for (let layer = 0; layer + 1 < widths.length; layer++) {
    values.push(layerRow(layer, { widths, weights, biases }, parameters, values[layer]));
  }
  return values;
}

function layerRow(
  layer: number,
  { widths, weights, biases }: Pick<DenseLayout, 'widths' | 'weights' | 'biases'>,
  parameters: Float32Array,
  x: Float32Array,
): Float32Array {
  const [k, n] = [widths[layer], widths[layer + 1]];
  const out = new Float32Array(n);
  for (let j = 0; j < n; j++) {
    let sum = parameters[biases[layer] + j];
    for (let i = 0; i < k; i++) sum = f(sum + f(x[i] * parameters[weights[layer] + i * n + j]));
    out[j] = layer + 2 < widths.length && !(sum > 0) ? 0 : sum;
  }
  return out;
}

export function naiveDenseScorer(layout: DenseLayout, parameters: Float32Array): DenseScorer {
  const input = new Float32Array(layout.widths[0]);
  return { input, score: () => rowValues(layout, parameters, input).at(-1)![0] };
}

export function naiveDenseTrainer(layout: DenseLayout, options: TrainerOptions): DenseTrainer {
  const { widths, weights, biases } = layout;
  const last = widths.length - 1;
  const parameters = new Float32Array(layout.length);
  const mean = new Float32Array(layout.length);
  const spread = new Float32Array(layout.length);
  const outputs = new Float32Array(options.batch * widths[last]);
  const derivatives = new Float32Array(options.batch * widths[last]);
  const state = Uint32Array.from(options.state);
  const limit = dropoutLimit(options.dropout);
  const scale = f(1 / (1 - options.dropout));
  let batch: Float32Array[][] = [];
  let steps = 0;
  const drop = (y: Float32Array) => {
    for (let i = 0; i < y.length; i++) {
      let word = state[i & 3];
      word ^= word << 13;
      word ^= word >>> 17;
      word ^= word << 5;
      state[i & 3] = word;
      y[i] = state[i & 3] < limit ? f(y[i] * scale) : 0;
    }
  };
  const gradientOf = (count: number): Float32Array => {
    const gradient = new Float32Array(layout.length);
    for (let row = 0; row < count; row++) {
      let d = derivatives.subarray(row * widths[last], (row + 1) * widths[last]);
      for (let layer = last - 1; layer >= 0; layer--) {
        const [k, n] = [widths[layer], widths[layer + 1]];
        const x = batch[row][layer];
        const below = new Float32Array(k);
        for (let j = 0; j < n; j++) {
          gradient[biases[layer] + j] = f(gradient[biases[layer] + j] + d[j]);
          for (let i = 0; i < k; i++) {
            const at = weights[layer] + i * n + j;
            gradient[at] = f(gradient[at] + f(x[i] * d[j]));
            below[i] = f(below[i] + f(d[j] * parameters[at]));
          }
        }
        d = below.map((slope, i) => (x[i] > 0 ? f(slope * scale) : 0));
      }
    }
    return gradient;
  };
  return {
    parameters,
    outputs,
    derivatives,
    matrix: (rows) => new Float32Array(rows * widths[0]),
    order: (rows) => new Uint32Array(rows),
    forward(matrix, order, from, count, training) {
      batch = Array.from({ length: count }, (_, i) => {
        const start = order[from + i] * widths[0];
        return [matrix.slice(start, start + widths[0])];
      });
      for (let layer = 0; layer < last; layer++) {
        for (const row of batch) {
          row.push(layerRow(layer, layout, parameters, row[layer]));
          if (layer + 1 < last && training && options.dropout > 0) drop(row[layer + 1]);
        }
      }
      batch.forEach((row, i) => {
        outputs.set(row[last], i * widths[last]);
      });
    },
    step(count, rates) {
      const gradient = gradientOf(count);
      adam(layout, parameters, gradient, mean, spread, rates, ++steps);
    },
  };
}

function adam(
  layout: DenseLayout,
  w: Float32Array,
  g: Float32Array,
  m: Float32Array,
  v: Float32Array,
  rates: AdamRates,
  step: number,
): void {
  const [beta1, beta2, epsilon] = [f(rates.beta1), f(rates.beta2), f(rates.epsilon)];
  const rate = f(correctedRate(rates, step));
  const flush = (x: number) => (Math.abs(x) > f(1e-30) ? x : 0);
  for (let i = 0; i < w.length; i++) {
    const decay = i < layout.weightLength ? f(rates.decay) : 0;
    const slope = f(g[i] + f(decay * w[i]));
    const first = f(f(beta1 * m[i]) + f(f(1 - beta1) * slope));
    const second = f(f(beta2 * v[i]) + f(f(1 - beta2) * f(slope * slope)));
    m[i] = flush(first);
    v[i] = flush(second);
    w[i] = flush(f(w[i] - f(f(rate * first) / f(f(Math.sqrt(second)) + epsilon))));
  }
}
