/** A PMML file, ready to serve: its head says which field lies where and which class is fraud; its body is the file. */
import { AssayError } from '../../../domain/errors.ts';
import type { Model } from '../../model.ts';
import { logOdds } from '../log-odds.ts';
import { permutationAttribution } from '../permutations.ts';
import { readPmml } from './model.ts';
import { pmmlRefusal } from './xml.ts';

export interface PmmlHead {
  format: 1;
  /** Length of a vector. */
  features: number;
  /** Where each input field of the file lies in the vector. */
  places: number[];
  /** Place of fraud among the classes; 0 for a score without classes. */
  fraud: number;
  form: 'probability' | 'log-odds';
  /** Low scores are fraud. */
  negate: boolean;
  /** Instead of a missing value; null hands it over as missing. By feature. */
  fill: (number | null)[];
  /** What explanations compare with, by feature; null is a missing value. */
  reference: (number | null)[];
}

/** Log-odds, or the score, of a vector; null where the file gives none. Throws `invalid_request` at invalid values. */
export function pmmlFunction(
  head: Omit<PmmlHead, 'reference'>,
  body: Uint8Array,
): (vector: Float64Array) => number | null {
  const model = readPmml(new TextDecoder().decode(body));
  if (model.names.length !== head.places.length) throw pmmlRefusal('the head does not fit its fields');
  const values = new Float64Array(head.places.length);
  return (vector) => {
    head.places.forEach((place, i) => {
      const x = vector[place];
      values[i] = Number.isNaN(x) ? (head.fill[place] ?? x) : x;
    });
    const found = model.evaluate(values, head.fraud);
    if (found === null || Number.isNaN(found)) return null;
    const score = head.form === 'probability' ? logOdds(found) : found;
    return head.negate ? -score : score;
  };
}

/** `score` and `explain` (see models/model.ts). Contributions are sampled as for ONNX models, and sum exactly. */
export function pmmlScorer(head: PmmlHead, body: Uint8Array): Pick<Model, 'score' | 'explain'> {
  const evaluate = pmmlFunction(head, body);
  const score = (vector: Float64Array): number => {
    const found = evaluate(vector);
    if (found === null) throw pmmlRefusal('it gives no score for this row');
    return found;
  };
  const reference = Float64Array.from(head.reference, (value) => value ?? Number.NaN);
  let attribute: ReturnType<typeof permutationAttribution> | undefined;
  return {
    score,
    explain(vector, out) {
      const base = score(reference);
      // A mixture of two rows may be one that the file refuses: it then tells nothing.
      const scores = (rows: Float64Array, count: number, to: Float64Array): void => {
        for (let row = 0; row < count; row++) {
          to[row] = tried(evaluate, rows.subarray(row * head.features, (row + 1) * head.features)) ?? base;
        }
      };
      attribute ??= permutationAttribution(reference, scores, base);
      return attribute(vector, score(vector), out);
    },
  };
}

/** null where the file refuses the row, too. */
export function tried(evaluate: (vector: Float64Array) => number | null, vector: Float64Array): number | null {
  try {
    return evaluate(vector);
  } catch (error) {
    if (error instanceof AssayError) return null;
    throw error;
  }
}

/** Throws `invalid_request` where the head is malformed. */
export function decodePmml(head: Record<string, unknown>): PmmlHead {
  const { format, features, places, fraud, fill, reference } = head as unknown as PmmlHead;
  if (format !== 1) throw pmmlRefusal(`unknown format ${String(format)}`);
  const sound =
    Number.isInteger(features) &&
    Number.isInteger(fraud) &&
    Array.isArray(places) &&
    places.every((place) => Number.isInteger(place) && place >= 0 && place < features) &&
    [fill, reference].every((list) => Array.isArray(list) && list.length === features);
  if (!sound) throw pmmlRefusal('the head does not fit its features');
  return head as unknown as PmmlHead;
}
