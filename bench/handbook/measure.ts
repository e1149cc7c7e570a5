import type { Dataset } from '../../src/training/dataset.ts';
import { averagePrecision, cardPrecisionAt, rocAuc } from '../../src/training/metrics.ts';
import type { Figures } from './candidates.ts';

export function measure(raw: Float64Array, test: Dataset): Omit<Figures, 'seconds'> {
  return {
    ap: averagePrecision(raw, test.labels),
    auc: rocAuc(raw, test.labels),
    cards: cardPrecisionAt(100, raw, test).mean,
  };
}
