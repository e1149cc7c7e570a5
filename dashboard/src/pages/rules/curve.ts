import type { CurvePoint } from '../../api/backtests.ts';

/** What a threshold flags: all from the next probability on that a decision had. Undefined where none is as high. */
export const pointAt = (points: readonly CurvePoint[], threshold: number): CurvePoint | undefined =>
  points.find((point) => point.threshold >= threshold);

/** Powers of ten around the values, two at least; those that are 0 do not count. */
export function decades(values: readonly number[]): number[] {
  const positive = values.filter((value) => value > 0);
  const low = Math.floor(Math.log10(Math.min(...positive, 1e9)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...positive, 1e-9))));
  return Array.from({ length: high - low + 1 }, (_, i) => 10 ** (low + i));
}
