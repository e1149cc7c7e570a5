import { type Dataset, slice } from './dataset.ts';

/** First row whose time is at least `time`; rows are in time order. */
export function rowAt(data: Dataset, time: number): number {
  let low = 0;
  let high = data.rows;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (data.times[middle] < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Rows with from ≤ time < to, milliseconds, sharing memory. */
export function between(data: Dataset, from: number, to: number): Dataset {
  return slice(data, rowAt(data, from), rowAt(data, to));
}

/** The first and the last part of the rows, cut by time so that rows of one moment stay together. */
export function splitByTime(data: Dataset, lastShare: number): { first: Dataset; last: Dataset } {
  const cut =
    data.rows === 0 ? 0 : rowAt(data, data.times[Math.min(data.rows - 1, Math.floor(data.rows * (1 - lastShare)))]);
  return { first: slice(data, 0, cut), last: slice(data, cut, data.rows) };
}
