/** Learns from training rows how models/inputs.ts is to scale each feature. */
import type { InputColumn, Inputs } from '../models/inputs.ts';
import type { Dataset } from './dataset.ts';

export interface InputOptions {
  /** Values are clipped to these quantiles of the training rows, such as [0.001, 0.999]; undefined clips none. */
  clip?: [number, number];
  /**
   * Features whose tail is longer than this go through the logarithm; Infinity for none. The length of a tail is the
   * 99.9% quantile of the sizes |x| over their median, zeros aside: 22 for a log-normal with σ = 1, 485 for σ = 2.
   */
  logTail: number;
}

export function fitInputs(train: Dataset, options: InputOptions): InputColumn[] {
  return train.columns.map((column) => fitColumn(column, options));
}

function fitColumn(column: Float64Array, { clip, logTail }: InputOptions): InputColumn {
  const present = presentOf(column);
  const result: InputColumn = {
    low: null,
    high: null,
    logScale: null,
    mean: 0,
    rate: 0,
    missing: column.length > 0 ? (column.length - present.length) / column.length : 0,
  };
  if (present.length === 0) return result;
  if (clip) {
    [result.low, result.high] = bounds(present, clip);
    for (let i = 0; i < present.length; i++) present[i] = Math.min(Math.max(present[i], result.low), result.high);
  }
  const typical = logTail < Number.POSITIVE_INFINITY ? longTailed(present, logTail) : undefined;
  if (typical !== undefined) {
    result.logScale = typical;
    for (let i = 0; i < present.length; i++) {
      const x = present[i] / typical;
      present[i] = x < 0 ? -Math.log1p(-x) : Math.log1p(x);
    }
  }
  const { mean, deviation } = moments(present);
  // Sums of absurd values overflow: such a feature counts for nothing.
  if (!Number.isFinite(deviation)) return result;
  result.mean = mean;
  // A deviation of rounding errors alone is none.
  if (deviation > 1e-12 * Math.abs(mean)) result.rate = 1 / deviation;
  return result;
}

function bounds(values: Float64Array, [low, high]: [number, number]): [number, number] {
  if (low > 0 || high < 1) {
    const sorted = values.slice().sort();
    return [quantile(sorted, low), quantile(sorted, high)];
  }
  let [least, most] = [values[0], values[0]];
  for (const x of values) {
    least = Math.min(least, x);
    most = Math.max(most, x);
  }
  return [least, most];
}

/** Rows among which a tail is measured at most, evenly spaced: sorting all would take longer than the rest. */
const TAIL_ROWS = 50_000;

/** The median size of a feature whose tail is longer than `limit`, else undefined. */
function longTailed(values: Float64Array, limit: number): number | undefined {
  const step = Math.ceil(values.length / TAIL_ROWS);
  const sizes = new Float64Array(Math.ceil(values.length / step));
  let count = 0;
  for (let i = 0; i < values.length; i += step) if (values[i] !== 0) sizes[count++] = Math.abs(values[i]);
  if (count === 0) return undefined;
  const sorted = sizes.subarray(0, count).sort();
  const typical = quantile(sorted, 0.5);
  return quantile(sorted, 0.999) > limit * typical ? typical : undefined;
}

function presentOf(column: Float64Array): Float64Array {
  const present = new Float64Array(column.length);
  let count = 0;
  for (let row = 0; row < column.length; row++) {
    const x = column[row];
    if (Number.isFinite(x)) present[count++] = x;
  }
  return present.subarray(0, count);
}

/** Mean and population deviation. */
function moments(values: Float64Array): { mean: number; deviation: number } {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  const mean = sum / values.length;
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += (values[i] - mean) * (values[i] - mean);
  return { mean, deviation: Math.sqrt(squares / values.length) };
}

/** Linear between order statistics; `sorted` is not empty. */
function quantile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
}

/** All rows through `inputs`, row after row; a row is `width` numbers long, of which the inputs fill the first. */
export function writeRows<T extends Float64Array | Float32Array>(
  data: Dataset,
  inputs: Inputs,
  width: number,
  out: T,
): T {
  const vector = new Float64Array(data.columns.length);
  const values = new Float64Array(inputs.length);
  for (let row = 0; row < data.rows; row++) {
    for (let i = 0; i < vector.length; i++) vector[i] = data.columns[i][row];
    inputs.write(vector, values);
    out.set(values, row * width);
  }
  return out;
}

/** Weight of a fraud row; `balanced` gives both classes the same sum. */
export type PositiveWeight = number | 'balanced';

/** One weight a row: its own × its class's. `balanced` is rows / (2 × rows of the class), as in scikit-learn. */
export function rowWeights(data: Dataset, positiveWeight: PositiveWeight): Float64Array {
  let positives = 0;
  for (const label of data.labels) positives += label;
  const negatives = data.rows - positives;
  const [fraud, clean] =
    positiveWeight === 'balanced' && positives > 0 && negatives > 0
      ? [data.rows / (2 * positives), data.rows / (2 * negatives)]
      : [positiveWeight === 'balanced' ? 1 : positiveWeight, 1];
  return Float64Array.from(data.labels, (label, row) => (label ? fraud : clean) * (data.weights?.[row] ?? 1));
}
