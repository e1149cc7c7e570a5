/**
 * Scaling of inputs, linear models, networks and calibration as operators of ONNX; see models/inputs.ts and so on for
 * what they do.
 */
import { denseLayout } from '../../kernel/dense.ts';
import { type Calibration, PROBABILITY_FLOOR } from '../calibrator.ts';
import { FARTHEST, type InputColumn, indicates } from '../inputs.ts';
import type { LogisticModel } from '../logistic.ts';
import type { NetworkModel } from '../network.ts';
import { ELEMENT, type Graph } from './onnx-graph.ts';

const TO_DOUBLE = { to: { int: ELEMENT.double } };
const TO_FLOAT = { to: { int: ELEMENT.float } };

/** From `x`, float32 [rows, features], to inputs, float64 [rows, inputs]. In float64, where a mean may be large. */
export function addInputs(graph: Graph, columns: InputColumn[], x: string): string {
  const row = (of: (column: InputColumn) => number) =>
    graph.constant(Float64Array.from(columns, of), [1, columns.length]);
  const scalar = (value: number) => graph.constant(Float64Array.of(value), [1, 1]);
  const exact = graph.op('Cast', [x], TO_DOUBLE);
  const absent = graph.op('Or', [graph.op('IsNaN', [exact]), graph.op('IsInf', [exact])]);
  const atLeast = graph.op('Max', [exact, row(({ low }) => low ?? Number.NEGATIVE_INFINITY)]);
  const clipped = graph.op('Min', [atLeast, row(({ high }) => high ?? Number.POSITIVE_INFINITY)]);
  const scaled = graph.op('Mul', [
    graph.op('Sub', [addLogarithm(graph, columns, clipped), row(({ mean }) => mean)]),
    row(({ rate }) => rate),
  ]);
  const near = graph.op('Min', [graph.op('Max', [scaled, scalar(-FARTHEST)]), scalar(FARTHEST)]);
  const values = graph.op('Where', [absent, scalar(0), near]);
  const indicated = [...columns.keys()].filter((i) => indicates(columns[i]));
  if (indicated.length === 0) return values;
  const places = graph.constant(BigInt64Array.from(indicated, BigInt), [indicated.length]);
  const shares = Float64Array.from(indicated, (i) => columns[i].missing);
  const rates = shares.map((p) => 1 / Math.sqrt(p * (1 - p)));
  const ones = graph.op('Cast', [graph.op('Gather', [absent, places], { axis: { int: 1 } })], TO_DOUBLE);
  const centred = graph.op('Sub', [ones, graph.constant(shares, [1, shares.length])]);
  const indicators = graph.op('Mul', [centred, graph.constant(rates, [1, rates.length])]);
  return graph.op('Concat', [values, indicators], { axis: { int: 1 } });
}

/** sign(x) ln(1 + |x| / logScale) where a column has a logScale. */
function addLogarithm(graph: Graph, columns: InputColumn[], x: string): string {
  if (columns.every(({ logScale }) => logScale === null)) return x;
  const dims = [1, columns.length];
  const perLog = Float64Array.from(columns, ({ logScale }) => (logScale === null ? 0 : 1 / logScale));
  const ratio = graph.op('Mul', [graph.op('Abs', [x]), graph.constant(perLog, dims)]);
  const size = graph.op('Log', [graph.op('Add', [ratio, graph.constant(Float64Array.of(1), [1, 1])])]);
  const logarithm = graph.op('Mul', [graph.op('Sign', [x]), size]);
  const chosen = graph.op('Greater', [graph.constant(perLog, dims), graph.constant(Float64Array.of(0), [1, 1])]);
  return graph.op('Where', [chosen, logarithm, x]);
}

/** Raw score, float64 [rows, 1]. */
export function addLogistic(graph: Graph, model: LogisticModel, x: string): string {
  const weights = graph.constant(model.coefficients, [model.coefficients.length, 1]);
  const sum = graph.op('MatMul', [addInputs(graph, model.columns, x), weights]);
  return graph.op('Add', [sum, graph.constant(Float64Array.of(model.intercept), [1, 1])]);
}

/**
 * Raw score, float64 [rows, 1]; the layers are computed in float32, as our own are. Runtimes add products in an order
 * of their own, which moves a score by some 1e-6; with `exact` they are added one after another, as ours are, and every
 * bit is the same, but a runtime needs memory for each product.
 */
export function addNetwork(
  graph: Graph,
  { columns, hidden, parameters }: NetworkModel,
  x: string,
  exact: boolean,
): string {
  const inputs = addInputs(graph, columns, x);
  const width = columns.length + columns.filter(indicates).length;
  const { sizes, widths, weights, biases } = denseLayout([width, ...hidden, 1]);
  let values = graph.op('Cast', [inputs], TO_FLOAT);
  for (let layer = 0; layer + 1 < sizes.length; layer++) {
    const [k, n] = [sizes[layer], sizes[layer + 1]];
    // Rows are padded in memory; the padding stays behind.
    const matrix = new Float32Array(k * n);
    for (let i = 0; i < k; i++) {
      const from = weights[layer] + i * widths[layer + 1];
      matrix.set(parameters.subarray(from, from + n), i * n);
    }
    const bias = parameters.slice(biases[layer], biases[layer] + n);
    values = exact
      ? addOrderedLayer(graph, values, matrix, bias, k)
      : graph.op('Gemm', [values, graph.constant(matrix, [k, n]), graph.constant(bias, [n])]);
    if (layer + 2 < sizes.length) values = graph.op('Relu', [values]);
  }
  return graph.op('Cast', [values], TO_DOUBLE);
}

/** bias + x₀ w₀ + x₁ w₁ + …, added in this order: running sums, of which the last is the layer's. */
function addOrderedLayer(graph: Graph, x: string, matrix: Float32Array, bias: Float32Array, k: number): string {
  const index = (value: number, dims: number[]) => graph.constant(BigInt64Array.of(BigInt(value)), dims);
  const scalar = (value: number) => graph.constant(Float32Array.of(value), [1, 1]);
  const first = graph.op('Gather', [x, index(0, [1])], { axis: { int: 1 } });
  const one = graph.op('Add', [graph.op('Mul', [first, scalar(0)]), scalar(1)]);
  const factors = graph.op('Unsqueeze', [graph.op('Concat', [one, x], { axis: { int: 1 } }), index(2, [1])]);
  const weights = new Float32Array(bias.length + matrix.length);
  weights.set(bias);
  weights.set(matrix, bias.length);
  const products = graph.op('Mul', [factors, graph.constant(weights, [1, k + 1, bias.length])]);
  const sums = graph.op('CumSum', [products, index(1, [])]);
  return graph.op('Gather', [sums, index(k, [])], { axis: { int: 1 } });
}

/** ln(p / (1 − p)) of a probability that is kept `floor` away from 0 and 1; both float64 [rows, 1]. */
export function addLogOdds(graph: Graph, probability: string, floor: number): string {
  const scalar = (value: number) => graph.constant(Float64Array.of(value), [1, 1]);
  const kept = graph.op('Min', [graph.op('Max', [probability, scalar(floor)]), scalar(1 - floor)]);
  return graph.op('Log', [graph.op('Div', [kept, graph.op('Sub', [scalar(1), kept])])]);
}

/** Calibrated probability of a raw score, both float64 [rows, 1]. */
export function addCalibration(graph: Graph, calibration: Calibration, raw: string): string {
  const scalar = (value: number) => graph.constant(Float64Array.of(value), [1, 1]);
  if (calibration.kind === 'isotonic') return addIsotonic(graph, calibration, raw);
  const odds = calibratedOdds(graph, calibration, raw);
  const probability = graph.op('Sigmoid', [odds]);
  return graph.op('Min', [graph.op('Max', [probability, scalar(PROBABILITY_FLOOR)]), scalar(1 - PROBABILITY_FLOOR)]);
}

function calibratedOdds(graph: Graph, calibration: Exclude<Calibration, { kind: 'isotonic' }>, raw: string): string {
  const scalar = (value: number) => graph.constant(Float64Array.of(value), [1, 1]);
  const line = (x: string, slope: number, intercept: string) =>
    graph.op('Add', [graph.op('Mul', [x, scalar(slope)]), intercept]);
  if (calibration.kind === 'none') return raw;
  if (calibration.kind === 'platt') return line(raw, calibration.slope, scalar(calibration.intercept));
  // ln(1 + e^±raw) = max(±raw, 0) + rest: Softplus is for float32 only.
  const minus = graph.op('Neg', [raw]);
  const shrunk = graph.op('Exp', [graph.op('Min', [raw, minus])]);
  const rest = graph.op('Log', [graph.op('Add', [shrunk, scalar(1)])]);
  const softplus = (x: string) => graph.op('Add', [graph.op('Max', [x, scalar(0)]), rest]);
  return line(
    softplus(raw),
    calibration.above,
    line(softplus(minus), -calibration.below, scalar(calibration.intercept)),
  );
}

/**
 * Lines between points: the first probability, and of each line that begins below the score its rise, in part or whole.
 */
function addIsotonic(
  graph: Graph,
  { raw: xs, probability: ys }: Extract<Calibration, { kind: 'isotonic' }>,
  raw: string,
): string {
  const lines = xs.length - 1;
  const scalar = (value: number) => graph.constant(Float64Array.of(value), [1, 1]);
  // Of a single point nothing depends on the score, but the number of rows does.
  if (lines === 0) return graph.op('Add', [graph.op('Mul', [raw, scalar(0)]), scalar(ys[0])]);
  const starts = graph.constant(Float64Array.from(xs.slice(0, lines)), [1, lines]);
  const widths = graph.constant(
    Float64Array.from({ length: lines }, (_, i) => xs[i + 1] - xs[i]),
    [1, lines],
  );
  const rises = graph.constant(
    Float64Array.from({ length: lines }, (_, i) => ys[i + 1] - ys[i]),
    [lines, 1],
  );
  const share = graph.op('Div', [graph.op('Sub', [raw, starts]), widths]);
  const part = graph.op('Min', [graph.op('Max', [share, scalar(0)]), scalar(1)]);
  return graph.op('Add', [graph.op('MatMul', [part, rises]), scalar(ys[0])]);
}
