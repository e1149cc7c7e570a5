import type { Event } from '../domain/event.ts';
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

/** An open-addressing set of at most 513 hashes; a cell is taken if it bears the stamp of this scan, so none is cleared. */
const CELLS = 2048;
const keys = new Float64Array(CELLS);
const stamps = new Uint32Array(CELLS);
let stamp = 0;

function nextStamp(): void {
  stamp = (stamp + 1) >>> 0;
  if (stamp !== 0) return;
  stamps.fill(0);
  stamp = 1;
}

/** 1 if the key was not in the set, 0 if it was. */
function insert(key: number): number {
  let cell = (key ^ (key / 0x10000)) & (CELLS - 1);
  while (stamps[cell] === stamp) {
    if (keys[cell] === key) return 0;
    cell = (cell + 1) & (CELLS - 1);
  }
  stamps[cell] = stamp;
  keys[cell] = key;
  return 1;
}

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
  nextStamp();
  let distinct = 0;
  if (scan.self) {
    const own = scan.valueOf(event);
    if (own !== 0) distinct = insert(own);
  }
  let row = end - 1;
  let previous = 0;
  for (let k = 0; k < into.length; k++) {
    if (into[k] < 0) continue;
    for (const first = starts[k]; row >= first; row--) {
      const key = columns[base + row];
      if (key === 0 || key === previous) continue;
      previous = key;
      distinct += insert(key);
    }
    slots[into[k]] = distinct;
  }
}
