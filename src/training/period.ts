import type { Dataset } from './dataset.ts';
import { handbookSplit } from './handbook.ts';
import { between, rowAt } from './split.ts';

const DAY_MS = 86_400_000;

/** Which rows train and which test. Milliseconds; `…To` is the first moment that no longer belongs. */
export interface Period {
  trainFrom?: number;
  trainTo?: number;
  testFrom?: number;
  testTo?: number;
  delayDays: number;
}

export type SetPeriod = Required<Period>;

/** Share of the rows, the latest, that test where no dates are given. */
const TEST_SHARE = 0.2;

/** The period with what is not said set by the rows. */
export function setPeriod(data: Dataset, period: Period): SetPeriod {
  if (data.rows === 0) throw new Error('No row of the file lies between the first training and the last test day.');
  const end = data.times[data.rows - 1] + 1;
  const { trainFrom = data.times[0], testTo = end, delayDays } = period;
  const first = Math.min(rowAt(data, trainFrom), data.rows - 1);
  const testFrom = period.testFrom ?? data.times[first + Math.floor((data.rows - first) * (1 - TEST_SHARE))];
  return { trainFrom, trainTo: period.trainTo ?? testFrom - delayDays * DAY_MS, testFrom, testTo, delayDays };
}

/**
 * Splits in time. The last training row lies the label delay before the first test row, since labels younger than that
 * are not known when a model is trained. With `handbook`, the test part follows the handbook's protocol.
 */
export function splitPeriod(data: Dataset, period: Period, handbook: boolean): { train: Dataset; test: Dataset } {
  const { trainFrom, trainTo, testFrom, testTo, delayDays } = setPeriod(data, period);
  if (!(trainFrom < trainTo))
    throw new Error('The training period is empty: give --train-from and --train-to, or fewer --delay-days.');
  if (trainTo > testFrom) throw new Error('The test period begins before the training period ends.');
  const { train, test } = handbook
    ? handbookSplit(data, { trainFrom, trainTo, testFrom, testTo, delayDays })
    : { train: between(data, trainFrom, trainTo), test: between(data, testFrom, testTo) };
  if (train.rows === 0) throw new Error('There are no rows in the training period.');
  if (rowAt(data, testTo) === 0) throw new Error('The test period ends before the first row.');
  return { train, test };
}
