import type { Event } from '../domain/event.ts';
import { type BucketTotals, readBuckets } from '../profiles/buckets.ts';
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
  /** How many of the events have an amount: what a mean divides by. */
  amounts: number[];
  frauds: number[];
  distinct: DistinctScan[];
  /** Scratch: first row of each window. */
  starts: Int32Array;
}

const outside: BucketTotals = { events: 0, amount: 0, frauds: 0 };

/** First row in [low, high) whose time is > limit, else high. */
export function firstAfter(view: View, limit: number, from: number, to: number): number {
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
  total(view, group.sums, starts, end, slots);
  countAmounts(view, group.amounts, starts, end, slots);
  countFrauds(view, group.frauds, starts, end, slots);
  for (const scan of group.distinct) countDistinct(scan, view, event, starts, end, slots);
  return view.profile.buckets === undefined ? 0 : addOutside(group, view, until, slots, approximate);
}

/** Sums of the amounts that there are: one without a rate is left out, and spreads no NaN. */
function total(view: View, into: number[], starts: Int32Array, end: number, slots: Float64Array): void {
  const { columns } = view;
  const base = view.offset + AMOUNT * view.capacity;
  let row = end - 1;
  let sum = 0;
  for (let k = 0; k < into.length; k++) {
    if (into[k] < 0) continue;
    for (const first = starts[k]; row >= first; row--) {
      const amount = columns[base + row];
      if (!Number.isNaN(amount)) sum += amount;
    }
    slots[into[k]] = sum;
  }
}

function countAmounts(view: View, into: number[], starts: Int32Array, end: number, slots: Float64Array): void {
  const { columns } = view;
  const base = view.offset + AMOUNT * view.capacity;
  let row = end - 1;
  let known = 0;
  for (let k = 0; k < into.length; k++) {
    if (into[k] < 0) continue;
    for (const first = starts[k]; row >= first; row--) if (!Number.isNaN(columns[base + row])) known++;
    slots[into[k]] = known;
  }
}

function countFrauds(view: View, into: number[], starts: Int32Array, end: number, slots: Float64Array): void {
  const { columns } = view;
  const base = view.offset + LABEL * view.capacity;
  let row = end - 1;
  let frauds = 0;
  if (view.profile.frauds === 0) row = -1;
  for (let k = 0; k < into.length; k++) {
    if (into[k] < 0) continue;
    // LABEL_FRAUD is 1: the code's lower bit.
    for (const first = starts[k]; row >= first; row--) frauds += (columns[base + row] & 3) === 1 ? 1 : 0;
    slots[into[k]] = frauds;
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
    marked += add(group.counts[k], outside.events, slots, approximate);
    marked += add(group.sums[k], outside.amount, slots, approximate);
    // Buckets do not tell how many had an amount.
    marked += add(group.amounts[k], outside.events, slots, approximate);
    marked += add(group.frauds[k], outside.frauds, slots, approximate);
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
