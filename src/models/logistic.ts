/** Logistic regression, ready to serve: log-odds are a weighted sum of the inputs that models/inputs.ts describes. */
import { AssayError } from '../domain/errors.ts';
import { type InputColumn, inputsOf, readInputColumns } from './inputs.ts';

export interface LogisticModel {
  /** Log-odds at the mean of every input. */
  intercept: number;
  /** One for each input. */
  coefficients: Float64Array;
  columns: InputColumn[];
}

/**
 * `score` and `explain` (see models/model.ts). A feature contributes its coefficient × (value − mean), and its missing
 * indicator likewise; the base value is the intercept. Exact by construction, and the Shapley values where features are
 * independent (Štrumbelj and Kononenko 2014).
 */
export function logisticScorer({ intercept, coefficients, columns }: LogisticModel) {
  const inputs = inputsOf(columns);
  const { featureOf, length } = inputs;
  const values = new Float64Array(length);
  return {
    score(vector: Float64Array): number {
      inputs.write(vector, values);
      let sum = intercept;
      for (let i = 0; i < length; i++) sum += coefficients[i] * values[i];
      return sum;
    },
    explain(vector: Float64Array, out: Float64Array): number {
      inputs.write(vector, values);
      out.fill(0);
      for (let i = 0; i < length; i++) out[featureOf[i]] += coefficients[i] * values[i];
      return intercept;
    },
  };
}

const FORMAT = 1;

export function encodeLogistic(model: LogisticModel): { head: Record<string, unknown>; body: Uint8Array } {
  const { intercept, coefficients, columns } = model;
  return { head: { format: FORMAT, intercept, coefficients: [...coefficients], columns }, body: new Uint8Array(0) };
}

/** The model of a head. Throws `invalid_request` where it is malformed. */
export function decodeLogistic(head: Record<string, unknown>): LogisticModel {
  const bad = (what: string) => new AssayError('invalid_request', `logistic: ${what}`);
  if (head.format !== FORMAT) throw bad(`unknown format ${String(head.format)}`);
  const columns = readInputColumns(head.columns);
  if (!Array.isArray(head.coefficients)) throw bad('coefficients are missing');
  const coefficients = Float64Array.from(head.coefficients as number[]);
  if (coefficients.length !== inputsOf(columns).length) throw bad('as many coefficients as inputs are needed');
  const intercept = head.intercept as number;
  if (!Number.isFinite(intercept) || !coefficients.every(Number.isFinite)) throw bad('a coefficient is not a number');
  return { intercept, coefficients, columns };
}
