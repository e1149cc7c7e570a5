import { AMOUNT, KEPT } from '../profiles/layout.ts';
import type { Planner, View } from './plan.ts';

/** Results of the habit probe: slots from the first one on. */
export const HABIT_COUNT = 0;
export const HABIT_MEAN = 1;
export const HABIT_DEVIATION = 2;
export const HABIT_MAX = 3;
const HABIT_SIZE = 4;

/** Amounts are floored at this much where they divide: a ratio to a habit of nothing says nothing. */
export const FLOOR = 1;

const scratch = new Float64Array(KEPT);

/**
 * Amounts of the entity's newest `newest` events before this one: how many, mean, deviation (of the sample, n − 1) and
 * the largest. Those without an amount are left out. Missing where there are none; the deviation needs two.
 */
export function habit(planner: Planner, entity: string, newest: number): number {
  return planner.probe(entity, `habit:${newest}`, HABIT_SIZE, (at) => ({
    columnNames: [],
    columns: [],
    run: (view, _event, slots) => measure(view, newest, at, slots),
  }));
}

function measure(view: View, newest: number, at: number, slots: Float64Array): void {
  const { columns, end } = view;
  const base = view.offset + AMOUNT * view.capacity;
  const first = Math.max(view.first, end - newest);
  let count = 0;
  let sum = 0;
  let max = Number.NEGATIVE_INFINITY;
  for (let i = end - 1; i >= first; i--) {
    const amount = columns[base + i];
    if (Number.isNaN(amount)) continue;
    count++;
    sum += amount;
    if (amount > max) max = amount;
  }
  const mean = sum / count;
  let squares = 0;
  for (let i = end - 1; i >= first; i--) {
    const off = columns[base + i] - mean;
    if (!Number.isNaN(off)) squares += off * off;
  }
  slots[at + HABIT_COUNT] = count;
  slots[at + HABIT_MEAN] = mean;
  slots[at + HABIT_DEVIATION] = count > 1 ? Math.sqrt(squares / (count - 1)) : Number.NaN;
  slots[at + HABIT_MAX] = count > 0 ? max : Number.NaN;
}

/** The median (the lower middle) of the same amounts. */
export function habitMedian(planner: Planner, entity: string, newest: number): number {
  return planner.probe(entity, `median:${newest}`, 1, (at) => ({
    columnNames: [],
    columns: [],
    run: (view, _event, slots) => {
      slots[at] = medianAmount(view, Math.max(view.first, view.end - newest), view.end);
    },
  }));
}

/** The lower middle of the amounts of rows `first` to `end` (not included), at most `KEPT`; NaN where none has one. */
export function medianAmount(
  { columns, offset, capacity }: Pick<View, 'columns' | 'offset' | 'capacity'>,
  first: number,
  end: number,
): number {
  const base = offset + AMOUNT * capacity;
  let count = 0;
  for (let i = first; i < end; i++) {
    const amount = columns[base + i];
    if (!Number.isNaN(amount)) scratch[count++] = amount;
  }
  return count > 0 ? select(count, (count - 1) >> 1) : Number.NaN;
}

/** The k-th smallest of the first n scratch cells (Hoare's quickselect); reorders them. */
function select(n: number, k: number): number {
  let low = 0;
  let high = n - 1;
  while (low < high) {
    const pivot = scratch[(low + high) >>> 1];
    let i = low;
    let j = high;
    while (i <= j) {
      while (scratch[i] < pivot) i++;
      while (scratch[j] > pivot) j--;
      if (i > j) break;
      const swapped = scratch[i];
      scratch[i++] = scratch[j];
      scratch[j--] = swapped;
    }
    if (k <= j) high = j;
    else if (k >= i) low = i;
    else return scratch[k];
  }
  return scratch[k];
}
