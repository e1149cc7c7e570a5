/**
 * A dense network, ready to serve: inputs as models/inputs.ts makes them, hidden layers with max(0, ·), one output that
 * is the log-odds. Scores are computed in f32 by a kernel, attributions in f64.
 */
import { AssayError } from '../domain/errors.ts';
import { type DenseLayout, denseLayout, denseScorer } from '../kernel/dense.ts';
import { createKernel } from '../kernel/kernel.ts';
import { type ArrayPlace, packArrays, unpackArray } from './arrays.ts';
import { type InputColumn, inputsOf, readInputColumns } from './inputs.ts';
import { rescaleAttribution } from './rescale.ts';

export interface NetworkModel {
  columns: InputColumn[];
  /** Sizes of the hidden layers. */
  hidden: number[];
  /** All weights and biases, laid out as kernel/dense.ts says for [inputs, …hidden, 1]. */
  parameters: Float32Array;
}

export function networkLayout(columns: InputColumn[], hidden: number[]): DenseLayout {
  return denseLayout([inputsOf(columns).length, ...hidden, 1]);
}

/**
 * `score` and `explain` (see models/model.ts). Contributions follow models/rescale.ts against the mean of every input;
 * what rounding to f32 leaves between their sum and the score is spread over them in proportion to their sizes.
 */
export function networkScorer({ columns, hidden, parameters }: NetworkModel) {
  const layout = networkLayout(columns, hidden);
  const inputs = inputsOf(columns);
  const { featureOf, length } = inputs;
  const scorer = denseScorer(layout, parameters, createKernel());
  const base = scorer.score();
  const attribute = rescaleAttribution(layout, parameters);
  const parts = new Float64Array(layout.widths[0]);
  const score = (vector: Float64Array): number => {
    inputs.write(vector, scorer.input);
    return scorer.score();
  };
  return {
    score,
    explain(vector: Float64Array, out: Float64Array): number {
      const reached = score(vector);
      attribute(scorer.input, parts);
      out.fill(0);
      for (let i = 0; i < length; i++) out[featureOf[i]] += parts[i];
      spread(out, reached - base);
      return base;
    },
  };
}

/** Makes `out` sum to `total`, which it nearly does. */
function spread(out: Float64Array, total: number): void {
  let sum = 0;
  let size = 0;
  for (const part of out) {
    sum += part;
    size += Math.abs(part);
  }
  if (size === 0) return;
  const share = (total - sum) / size;
  for (let i = 0; i < out.length; i++) out[i] += share * Math.abs(out[i]);
}

const FORMAT = 1;
const LAYERS_MOST = 8;
const WIDTH_MOST = 4096;

export function encodeNetwork(model: NetworkModel): { head: Record<string, unknown>; body: Uint8Array } {
  const { layout, body } = packArrays({ parameters: model.parameters });
  return { head: { format: FORMAT, columns: model.columns, hidden: model.hidden, layout }, body };
}

/** The model of a head and a body. Throws `invalid_request` where they are malformed. */
export function decodeNetwork(head: Record<string, unknown>, body: Uint8Array): NetworkModel {
  const bad = (what: string) => new AssayError('invalid_request', `network: ${what}`);
  if (head.format !== FORMAT) throw bad(`unknown format ${String(head.format)}`);
  const columns = readInputColumns(head.columns);
  const hidden = head.hidden as number[];
  const sound = (size: unknown) => Number.isInteger(size) && (size as number) > 0 && (size as number) <= WIDTH_MOST;
  if (!Array.isArray(hidden) || hidden.length > LAYERS_MOST || !hidden.every(sound)) throw bad('hidden sizes');
  if (!Array.isArray(head.layout)) throw bad('the layout is missing');
  const parameters = unpackArray(head.layout as ArrayPlace[], body, 'parameters', 'f32');
  if (parameters.length !== networkLayout(columns, hidden).length) throw bad('as many parameters as sizes say');
  if (!parameters.every(Number.isFinite)) throw bad('a parameter is not a number');
  return { columns, hidden, parameters };
}
