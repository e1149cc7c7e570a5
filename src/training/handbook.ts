import { type Dataset, take } from './dataset.ts';
import { between, rowAt } from './split.ts';

const DAY_MS = 86_400_000;

/** Midnights (UTC) in milliseconds; `…To` is the first day that no longer belongs. */
export interface HandbookPeriod {
  trainFrom: number;
  trainTo: number;
  testFrom: number;
  testTo: number;
  delayDays: number;
}

/**
 * The Fraud Detection Handbook's test protocol. Training rows are those of its days, whole. Each test day loses every row
 * of a customer who is known to be defrauded: by a fraud from the first training day up to (delayDays + 1) days before
 * that day. `data` holds at least the days from `trainFrom` to `testTo`; its `cards` are the customers.
 */
export function handbookSplit(data: Dataset, period: HandbookPeriod): { train: Dataset; test: Dataset } {
  const { trainFrom, trainTo, testFrom, testTo, delayDays } = period;
  const known = new Set<number>();
  const kept: number[] = [];
  let learnt = rowAt(data, trainFrom);
  for (let day = testFrom; day < testTo; day += DAY_MS) {
    const until = rowAt(data, day - delayDays * DAY_MS);
    for (; learnt < until; learnt++) if (data.labels[learnt] === 1) known.add(data.cards[learnt]);
    const end = rowAt(data, day + DAY_MS);
    for (let row = rowAt(data, day); row < end; row++) if (!known.has(data.cards[row])) kept.push(row);
  }
  return { train: between(data, trainFrom, trainTo), test: take(data, kept) };
}
