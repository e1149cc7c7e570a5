import type { Event } from '../domain/event.ts';
import { createKeySet } from './key-set.ts';
import type { View } from './plan.ts';

/** Distinct values of one column over the windows of a group; slots are -1 where a window does not want it. */
export interface DistinctScan {
  columnName: string;
  column: number;
  /** Whether this transaction's own value counts too. */
  self: boolean;
  valueOf: (event: Event) => number;
  slots: number[];
}

/** A profile keeps 512 events, and there is this one. */
const values = createKeySet(2048);

/** Absent values (0) are not counted. */
export function countDistinct(
  scan: DistinctScan,
  view: View,
  event: Event,
  starts: Int32Array,
  end: number,
  slots: Float64Array,
): void {
  const { columns } = view;
  const into = scan.slots;
  const base = view.offset + scan.column * view.capacity;
  values.clear();
  if (scan.self) {
    const own = scan.valueOf(event);
    if (own !== 0) values.add(own);
  }
  let row = end - 1;
  let previous = 0;
  for (let k = 0; k < into.length; k++) {
    if (into[k] < 0) continue;
    for (const first = starts[k]; row >= first; row--) {
      const key = columns[base + row];
      if (key === 0 || key === previous) continue;
      previous = key;
      values.add(key);
    }
    slots[into[k]] = values.size;
  }
}
