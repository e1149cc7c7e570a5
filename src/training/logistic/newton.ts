/**
 * Logistic regression by Newton's method (iteratively reweighted least squares): minimises
 *
 *   ½ Σ w² + c × Σ over rows of weight × logistic loss        the intercept is not penalised
 *
 * which is the objective of scikit-learn's LogisticRegression with C = c.
 */

import { type Gram, gram } from '../../kernel/gram.ts';
import { createKernel } from '../../kernel/kernel.ts';

export interface Design {
  rows: number;
  /** Numbers a row. */
  width: number;
  /** Row after row. */
  values: Float64Array;
  /** 1 or 0. */
  labels: Uint8Array;
  weights: Float64Array;
}

export interface Solution {
  intercept: number;
  coefficients: Float64Array;
  iterations: number;
}

const ITERATIONS = 100;
/** The minimum counts as reached when no parameter would move by more than this, relative to the largest. */
const TOLERANCE = 1e-12;
/** How far a loss may seem to rise by rounding alone, relative to it. */
const ROUNDING = 1e-12;

/** Throws RangeError where c is not above 0. With one class only, all coefficients are 0. */
export function solveLogistic(design: Design, c: number, progress?: (share: number) => void): Solution {
  if (!(c > 0 && Number.isFinite(c))) throw new RangeError(`c must be above 0, got ${c}`);
  const { rows, width, labels, weights } = design;
  const size = width + 1;
  let total = 0;
  let frauds = 0;
  for (let row = 0; row < rows; row++) {
    total += weights[row];
    frauds += labels[row] * weights[row];
  }
  // The last parameter is the intercept; begin at the share of frauds, half a row kept back against infinities.
  let parameters = new Float64Array(size);
  parameters[width] = Math.log((frauds + 0.5) / (total - frauds + 0.5));
  if (frauds === 0 || frauds === total) {
    return { intercept: parameters[width], coefficients: parameters.slice(0, width), iterations: 0 };
  }
  const gradient = new Float64Array(size);
  const products = gram(size, BLOCK, createKernel());
  let loss = lossOf(design, c, parameters);
  let iteration = 0;
  for (; iteration < ITERATIONS; iteration++) {
    derivatives(design, c, parameters, gradient, products);
    const direction = solvePositive(products.out, gradient, products.width);
    if (largest(direction) <= TOLERANCE * (1 + largest(parameters))) break;
    const next = descend(design, c, parameters, direction, loss);
    if (!next) break;
    ({ parameters, loss } = next);
    progress?.(Math.min(0.99, (iteration + 1) / 10));
  }
  progress?.(1);
  return { intercept: parameters[width], coefficients: parameters.slice(0, width), iterations: iteration };
}

function largest(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

function logOdds({ width, values }: Design, row: number, parameters: Float64Array): number {
  let sum = parameters[width];
  for (let i = 0, at = row * width; i < width; i++) sum += parameters[i] * values[at + i];
  return sum;
}

function lossOf(design: Design, c: number, parameters: Float64Array): number {
  let penalty = 0;
  for (let i = 0; i < design.width; i++) penalty += parameters[i] ** 2;
  let sum = 0;
  for (let row = 0; row < design.rows; row++) {
    const z = logOdds(design, row, parameters);
    const margin = design.labels[row] ? -z : z;
    sum += design.weights[row] * (Math.max(margin, 0) + Math.log1p(Math.exp(-Math.abs(margin))));
  }
  return 0.5 * penalty + c * sum;
}

/** Rows whose products are summed at a time. */
const BLOCK = 256;

/** Fills the gradient, and the upper triangle of the hessian, of which a row is products.width long. */
function derivatives(
  design: Design,
  c: number,
  parameters: Float64Array,
  gradient: Float64Array,
  products: Gram,
): void {
  const { rows, width, values, labels, weights } = design;
  const hessian = products.out.fill(0);
  gradient.fill(0);
  for (let from = 0; from < rows; from += BLOCK) {
    const count = Math.min(BLOCK, rows - from);
    for (let i = 0; i < count; i++) {
      const row = from + i;
      const p = 1 / (1 + Math.exp(-logOdds(design, row, parameters)));
      const slope = c * weights[row] * (p - labels[row]);
      products.weights[i] = c * weights[row] * p * (1 - p);
      const target = i * products.width;
      for (let j = 0, at = row * width; j < width; j++) {
        const x = values[at + j];
        products.values[target + j] = x;
        gradient[j] += slope * x;
      }
      products.values[target + width] = 1;
      gradient[width] += slope;
    }
    products.add(count);
  }
  for (let i = 0; i < width; i++) {
    gradient[i] += parameters[i];
    hessian[i * products.width + i] += 1;
  }
}

/**
 * x of A x = b for a symmetric positive matrix by its Cholesky factor UᵀU; `a` holds the upper triangle, rows `stride`
 * apart, and is overwritten.
 */
function solvePositive(a: Float64Array, b: Float64Array, stride: number): Float64Array {
  const size = b.length;
  for (let j = 0; j < size; j++) {
    for (let i = 0; i <= j; i++) {
      let sum = a[i * stride + j];
      for (let k = 0; k < i; k++) sum -= a[k * stride + i] * a[k * stride + j];
      if (i !== j) a[i * stride + j] = sum / a[i * stride + i];
      // Rounding can leave nothing of a curvature that is nearly none.
      else a[i * stride + i] = Math.sqrt(Math.max(sum, 1e-12));
    }
  }
  const x = Float64Array.from(b);
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < i; k++) x[i] -= a[k * stride + i] * x[k];
    x[i] /= a[i * stride + i];
  }
  for (let i = size - 1; i >= 0; i--) {
    for (let k = i + 1; k < size; k++) x[i] -= a[i * stride + k] * x[k];
    x[i] /= a[i * stride + i];
  }
  return x;
}

/** The full step, or a half, a quarter, … of it until the loss does not rise; undefined where none helps. */
function descend(design: Design, c: number, from: Float64Array, direction: Float64Array, loss: number) {
  for (let share = 1; share > 1e-6; share /= 2) {
    const parameters = from.map((value, i) => value - share * direction[i]);
    const reached = lossOf(design, c, parameters);
    if (reached <= loss + ROUNDING * (1 + loss)) return { parameters, loss: reached };
  }
  return undefined;
}
