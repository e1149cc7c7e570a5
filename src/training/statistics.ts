import type { FeatureStatistics } from '../models/model.ts';
import type { Dataset } from './dataset.ts';

/** Mean, deviation and quantiles of each feature over the rows in which it is present; NaN where it never is. */
export function featureStatistics(data: Dataset): FeatureStatistics[] {
  return data.columns.map((column) => {
    const present = column.filter((value) => !Number.isNaN(value)).sort();
    const count = present.length;
    const missing = data.rows === 0 ? 0 : (data.rows - count) / data.rows;
    if (count === 0)
      return { mean: Number.NaN, deviation: Number.NaN, p01: Number.NaN, p50: Number.NaN, p99: Number.NaN, missing };
    let sum = 0;
    for (const value of present) sum += value;
    const mean = sum / count;
    let squares = 0;
    for (const value of present) squares += (value - mean) ** 2;
    const quantile = (share: number) => present[Math.round(share * (count - 1))];
    const deviation = Math.sqrt(squares / count);
    return { mean, deviation, p01: quantile(0.01), p50: quantile(0.5), p99: quantile(0.99), missing };
  });
}
