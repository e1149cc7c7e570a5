/**
 * From a vector to the inputs of a linear model or a network. Each feature becomes one number with mean 0 and deviation
 * 1 over the training rows, and a second one, "is it missing", where it was missing in some of them:
 *
 *   x → clip to [low, high] → sign(x) ln(1 + |x| / logScale) → (x − mean) × rate; NaN → 0, which is the mean
 *   missing → (1 or 0 − share) / deviation; an infinite value counts as missing
 *
 *   inputs = | feature 0 … feature n−1 | indicators, in the order of their features |
 */
import { AssayError } from '../domain/errors.ts';

export interface InputColumn {
  low: number | null;
  high: number | null;
  /** Size of a typical value, above 0; null takes no logarithm. */
  logScale: number | null;
  mean: number;
  /** 1 / deviation; 0 for a feature that never changed, which so counts for nothing. */
  rate: number;
  /** Share of training rows that lacked the value. */
  missing: number;
}

export interface Inputs {
  /** Numbers written by `write`. */
  length: number;
  /** The feature whose number or indicator input i is. */
  featureOf: Int32Array;
  write(vector: Float64Array, out: Float64Array | Float32Array): void;
}

/** No input is farther from the mean, in deviations: scores stay finite whatever is sent. */
export const FARTHEST = 1e6;

export function inputsOf(columns: InputColumn[]): Inputs {
  const features = columns.length;
  const low = Float64Array.from(columns, (column) => column.low ?? Number.NEGATIVE_INFINITY);
  const high = Float64Array.from(columns, (column) => column.high ?? Number.POSITIVE_INFINITY);
  // 0 stands for "no logarithm".
  const perLog = Float64Array.from(columns, ({ logScale }) => (logScale === null ? 0 : 1 / logScale));
  const mean = Float64Array.from(columns, (column) => column.mean);
  const rate = Float64Array.from(columns, (column) => column.rate);
  const indicated = Int32Array.from(columns.keys()).filter((feature) => indicates(columns[feature]));
  const share = Float64Array.from(indicated, (feature) => columns[feature].missing);
  const indicatorRate = share.map((p) => 1 / Math.sqrt(p * (1 - p)));
  return {
    length: features + indicated.length,
    featureOf: Int32Array.of(...columns.keys(), ...indicated),
    write(vector, out) {
      for (let i = 0; i < features; i++) {
        if (!Number.isFinite(vector[i])) {
          out[i] = 0;
          continue;
        }
        let x = Math.min(Math.max(vector[i], low[i]), high[i]);
        if (perLog[i] > 0) x = x < 0 ? -Math.log1p(-x * perLog[i]) : Math.log1p(x * perLog[i]);
        out[i] = Math.min(Math.max((x - mean[i]) * rate[i], -FARTHEST), FARTHEST);
      }
      for (let i = 0; i < indicated.length; i++) {
        const absent = Number.isFinite(vector[indicated[i]]) ? 0 : 1;
        out[features + i] = (absent - share[i]) * indicatorRate[i];
      }
    },
  };
}

/** Whether a feature has an indicator: it was missing in some training rows, and not in all. */
export function indicates(column: InputColumn): boolean {
  return column.missing > 0 && column.missing < 1;
}

/** Reads columns from an artifact's head. Throws `invalid_request` where a number is not one. */
export function readInputColumns(value: unknown): InputColumn[] {
  const bad = () => new AssayError('invalid_request', 'model head: inputs are malformed');
  if (!Array.isArray(value)) throw bad();
  return value.map((column: Record<string, unknown>) => {
    const number = (name: string, orNull = false): number | null => {
      const x = column[name];
      if (orNull && x === null) return null;
      if (typeof x !== 'number' || !Number.isFinite(x)) throw bad();
      return x;
    };
    const logScale = number('logScale', true);
    if (logScale !== null && !(logScale > 0)) throw bad();
    return {
      low: number('low', true),
      high: number('high', true),
      logScale,
      mean: number('mean')!,
      rate: number('rate')!,
      missing: number('missing')!,
    };
  });
}
