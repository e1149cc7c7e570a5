import type { Event } from '../domain/event.ts';
import { EVENTS, MINOR, PRICED, readBuckets, TRUTH, WIDTH } from '../profiles/buckets.ts';
import { truthBit } from '../profiles/cell.ts';
import { AMOUNT, LABEL } from '../profiles/layout.ts';
import { countDistinct, type DistinctScan } from './distinct.ts';
import type { View } from './plan.ts';

/**
 * All windows of one entity with one delay: (T − delay − windowMs[k], T − delay], windows ascending. Each starts where a
 * longer one contains it, so one walk from the newest row backwards passes every boundary in turn, and each column that
 * is needed is read once. Slots are -1 where a result is not wanted.
 */
export interface WindowGroup {
  delayMs: number;
  windowMs: number[];
  counts: number[];
  sums: number[];
  /** Events with an amount. */
  amounts: number[];
  truths: TruthScan[];
  distinct: DistinctScan[];
  /** Scratch: first row of each window. */
  starts: Int32Array;
}

/** Events that are known as something, over the windows of a group. */
export interface TruthScan {
  /** Index among `TRUTHS`. */
  truth: number;
  slots: number[];
}

const outside = new Float64Array(WIDTH);

/** First row in [low, high) whose time is > limit, else high. */
export function firstAfter(view: Pick<View, 'columns' | 'offset'>, limit: number, from: number, to: number): number {
  const { columns, offset } = view;
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (columns[offset + middle] > limit) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Fills the group's slots; marks in `approximate` those that had to use buckets or whose past is cut. Returns how many. */
export function scanWindows(
  group: WindowGroup,
  view: View,
  event: Event,
  slots: Float64Array,
  approximate: Uint8Array,
): number {
  const { windowMs, counts, starts } = group;
  const until = event.time - group.delayMs;
  const end = group.delayMs === 0 ? view.end : firstAfter(view, until, view.first, view.end);
  let start = end;
  for (let k = 0; k < windowMs.length; k++) {
    start = firstAfter(view, until - windowMs[k], view.first, start);
    starts[k] = start;
    if (counts[k] >= 0) slots[counts[k]] = end - start;
  }
  total(view, group.sums, group.amounts, starts, end, slots);
  for (let t = 0; t < group.truths.length; t++) countTruth(view, group.truths[t], starts, end, slots);
  for (const scan of group.distinct) countDistinct(scan, view, event, starts, end, slots);
  return view.profile.buckets === undefined ? 0 : addOutside(group, view, until, slots, approximate);
}

/** Sums of amounts, and how many there are: an event without one is in neither. */
function total(view: View, sums: number[], amounts: number[], starts: Int32Array, end: number, slots: Float64Array) {
  const { columns } = view;
  const base = view.offset + AMOUNT * view.capacity;
  let row = end - 1;
  let sum = 0;
  let count = 0;
  for (let k = 0; k < sums.length; k++) {
    if (sums[k] < 0 && amounts[k] < 0) continue;
    for (const first = starts[k]; row >= first; row--) {
      const amount = columns[base + row];
      if (Number.isNaN(amount)) continue;
      sum += amount;
      count++;
    }
    if (sums[k] >= 0) slots[sums[k]] = sum;
    if (amounts[k] >= 0) slots[amounts[k]] = count;
  }
}

function countTruth(
  view: View,
  { truth, slots: into }: TruthScan,
  starts: Int32Array,
  end: number,
  slots: Float64Array,
) {
  const { columns } = view;
  const base = view.offset + LABEL * view.capacity;
  const bit = truthBit(truth);
  let row = (view.profile.seen & bit) === 0 ? -1 : end - 1;
  let count = 0;
  for (let k = 0; k < into.length; k++) {
    if (into[k] < 0) continue;
    for (const first = starts[k]; row >= first; row--) if ((columns[base + row] & bit) !== 0) count++;
    slots[into[k]] = count;
  }
}

/** Windows that reach past the oldest kept event: what fell out is added from the buckets. Distinct counts stay as they are. */
function addOutside(
  group: WindowGroup,
  view: View,
  until: number,
  slots: Float64Array,
  approximate: Uint8Array,
): number {
  const oldest = view.columns[view.offset + view.first];
  let marked = 0;
  for (let k = group.windowMs.length - 1; k >= 0; k--) {
    const from = until - group.windowMs[k];
    if (from >= oldest) break;
    readBuckets(view.profile.buckets!, from, until, outside);
    marked += add(group.counts[k], outside[EVENTS], slots, approximate);
    marked += add(group.sums[k], outside[MINOR] / 100, slots, approximate);
    marked += add(group.amounts[k], outside[PRICED], slots, approximate);
    for (const scan of group.truths) marked += add(scan.slots[k], outside[TRUTH + scan.truth], slots, approximate);
    for (const scan of group.distinct) marked += add(scan.slots[k], 0, slots, approximate);
  }
  return marked;
}

function add(slot: number, value: number, slots: Float64Array, approximate: Uint8Array): number {
  if (slot < 0) return 0;
  slots[slot] += value;
  approximate[slot] = 1;
  return 1;
}
