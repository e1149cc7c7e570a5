/**
 * An ONNX model, ready to serve. Its head says how a vector becomes the model's inputs, and which number of its outputs
 * is the probability or the log-odds; its body is the file. Computed by ONNX Runtime (onnx-runtime.ts).
 */
import type { Model } from '../model.ts';
import { refusal } from './foreign.ts';
import { logOdds } from './log-odds.ts';
import { ELEMENT } from './onnx-graph.ts';
import { type OnnxSession, openSession, type RuntimeTensor, type TensorData } from './onnx-runtime.ts';
import { permutationAttribution } from './permutations.ts';

export interface OnnxInput {
  name: string;
  type: 'float32' | 'float64' | 'int32' | 'int64';
  /** Places in the vector, in the order of the input's columns. */
  columns: number[];
  /** Whether a row is a list, or one number without a list around it. */
  rank: 1 | 2;
  /** Values are rounded to float32 first, as the library does before its trees compare. */
  rounded?: boolean;
}

export interface OnnxHead {
  format: 1;
  /** Length of a vector. */
  features: number;
  inputs: OnnxInput[];
  /** `column` counts from the end of a row where negative. */
  output: {
    name: string;
    column: number;
    form: 'probability' | 'log-odds';
    /** The number speaks for the other class: 1 − probability, −log-odds. */
    negate?: boolean;
  };
  /** Whether the file takes any number of rows at once, or one. */
  batches: boolean;
  /** Instead of a missing value; null hands NaN over. By feature. */
  fill: (number | null)[];
  /** (x − mean) / scale, by feature, where the file expects scaled numbers. */
  scaling: { mean: number[]; scale: number[] } | null;
  /** What explanations compare with, by feature; null is a missing value. */
  reference: (number | null)[];
}

export const ELEMENT_TYPES: Record<number, OnnxInput['type']> = {
  [ELEMENT.float]: 'float32',
  [ELEMENT.double]: 'float64',
  [ELEMENT.int32]: 'int32',
  [ELEMENT.int64]: 'int64',
};

/**
 * No input is larger: in float32 sums of products of larger numbers overflow, and infinity less infinity is no score.
 */
const LARGEST = 1e18;

/** Rows of a batch at most. */
const BATCH_MOST = 512;

/**
 * `score` and `explain` (see models/model.ts). Contributions are Shapley values against the reference by sampled orders
 * of features (permutations.ts), which sum exactly.
 */
export function onnxScorer(head: OnnxHead, body: Uint8Array): Pick<Model, 'score' | 'explain'> {
  const session = openSession(body);
  const single = createBatch(session, head, 1);
  const many = head.batches ? createBatch(session, head, BATCH_MOST) : single;
  const scores = (rows: Float64Array, count: number, out: Float64Array): void => {
    const most = head.batches ? BATCH_MOST : 1;
    for (let from = 0; from < count; from += most) {
      many(rows.subarray(from * head.features), Math.min(most, count - from), out.subarray(from));
    }
  };
  const one = new Float64Array(1);
  const score = (vector: Float64Array): number => {
    single(vector, 1, one);
    return one[0];
  };
  const reference = Float64Array.from(head.reference, (value) => value ?? Number.NaN);
  let attribute: ReturnType<typeof permutationAttribution> | undefined;
  return {
    score,
    explain(vector, out) {
      attribute ??= permutationAttribution(reference, scores, score(reference));
      return attribute(vector, score(vector), out);
    },
  };
}

/** Whatever output of rows of features, one after another; for imports, which look before they decide. */
export function onnxRunner(head: Omit<OnnxHead, 'output'>, body: Uint8Array) {
  const session = openSession(body);
  const feed = createFeeds(session, head, 1);
  return (rows: Float64Array, count: number, output: string): RuntimeTensor => session.run(feed(rows, count), output);
}

/** Inputs of up to `most` rows of features, one after another in `rows`. */
function createFeeds(session: OnnxSession, head: Omit<OnnxHead, 'output'>, most: number) {
  const { inputs, fill, scaling, features } = head;
  const arrays = inputs.map(({ type, columns }) => arrayOf(type, most * columns.length));
  const feedsOf = (count: number): Record<string, RuntimeTensor> =>
    Object.fromEntries(
      inputs.map(({ name, type, columns, rank }, i) => {
        const data = count === most ? arrays[i] : arrays[i].subarray(0, count * columns.length);
        return [name, session.tensor(type, data, rank === 1 ? [count] : [count, columns.length])];
      }),
    );
  // The arrays of a full batch are written again and again.
  const full = feedsOf(most);
  const numberAt = (rows: Float64Array, row: number, feature: number): number => {
    const x = rows[row * features + feature];
    const present = Number.isNaN(x) ? (fill[feature] ?? x) : x;
    const scaled = scaling ? (present - scaling.mean[feature]) / scaling.scale[feature] : present;
    return Math.min(Math.max(scaled, -LARGEST), LARGEST);
  };
  return (rows: Float64Array, count: number): Record<string, RuntimeTensor> => {
    inputs.forEach(({ columns, rounded }, i) => {
      const array = arrays[i];
      for (let row = 0; row < count; row++) {
        for (let k = 0; k < columns.length; k++) {
          const x = numberAt(rows, row, columns[k]);
          if (array instanceof BigInt64Array) array[row * columns.length + k] = BigInt(Math.round(x));
          else array[row * columns.length + k] = rounded ? Math.fround(x) : x;
        }
      }
    });
    return count === most ? full : feedsOf(count);
  };
}

/** Scores of up to `most` rows of features, one after another in `rows`. */
function createBatch(session: OnnxSession, head: OnnxHead, most: number) {
  const { output } = head;
  const feed = createFeeds(session, head, most);
  return (rows: Float64Array, count: number, out: Float64Array): void => {
    const { data } = session.run(feed(rows, count), output.name);
    const width = data.length / count;
    if (!(width === 1 || width === 2))
      throw refusal('ONNX model', `output "${output.name}" has ${width} numbers a row; two classes have 1 or 2`);
    const column = output.column < 0 ? width + output.column : output.column;
    for (let row = 0; row < count; row++) {
      const value = Number(data[row * width + column]);
      if (Number.isNaN(value)) throw refusal('ONNX model', 'it gives no score for this row');
      const score = output.form === 'probability' ? logOdds(value) : value;
      out[row] = output.negate ? -score : score;
    }
  };
}

function arrayOf(type: OnnxInput['type'], length: number): TensorData {
  switch (type) {
    case 'float32':
      return new Float32Array(length);
    case 'float64':
      return new Float64Array(length);
    case 'int32':
      return new Int32Array(length);
    case 'int64':
      return new BigInt64Array(length);
  }
}

/** Throws `invalid_request` where the head is malformed. */
export function decodeOnnx(head: Record<string, unknown>): OnnxHead {
  const { format, features, inputs, output, fill, scaling, reference } = head as unknown as OnnxHead;
  const bad = (what: string) => refusal('ONNX model', what);
  if (format !== 1) throw bad(`unknown format ${String(format)}`);
  const place = (value: unknown) => Number.isInteger(value) && (value as number) >= 0 && (value as number) < features;
  const sound =
    Number.isInteger(features) &&
    Array.isArray(inputs) &&
    inputs.every(({ columns, type }) => columns.every(place) && Object.values(ELEMENT_TYPES).includes(type)) &&
    Number.isInteger(output?.column) &&
    [fill, reference].every((list) => Array.isArray(list) && list.length === features) &&
    (scaling === null || (scaling?.mean.length === features && scaling.scale.length === features));
  if (!sound) throw bad('the head does not fit its features');
  return head as unknown as OnnxHead;
}
