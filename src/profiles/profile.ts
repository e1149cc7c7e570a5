import { type Event, LABEL_FRAUD } from '../domain/event.ts';
import { addToBuckets, type Buckets, createBuckets, relabelInBuckets } from './buckets.ts';
import { AMOUNT, ID, KEPT, LABEL, type Layout, SLACK, TIME } from './layout.ts';
import type { Pool } from './pool.ts';

/** A profile as its owner changes it; others see it as the read-only `Profile`. */
export interface MutableProfile {
  start: number;
  count: number;
  total: number;
  capacity: number;
  columns: Float64Array;
  offset: number;
  firstTime: number;
  frauds: number;
  buckets: Buckets | undefined;
  hash: number;
  /** Newest sequence of an event, and of a label, that was applied: what fell out is applied once by these. */
  lastSequence: number;
  lastLabelSequence: number;
}

const FIRST_CAPACITY = 4;

export function createProfile(layout: Layout, pool: Pool, capacity = FIRST_CAPACITY): MutableProfile {
  const { columns, offset } = pool.take(layout.width * capacity);
  return {
    start: 0,
    count: 0,
    total: 0,
    capacity,
    columns,
    offset,
    firstTime: Number.POSITIVE_INFINITY,
    frauds: 0,
    buckets: undefined,
    hash: 0,
    lastSequence: 0,
    lastLabelSequence: 0,
  };
}

/** 32 bits of two safe integers; multipliers are those of MurmurHash3's finaliser. */
export function mix(a: number, b: number): number {
  let h = Math.imul((a | 0) ^ Math.imul((a / 0x100000000) | 0, 0x9e3779b1), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13) ^ (b | 0), 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 16) ^ ((b / 0x100000000) | 0), 0x85ebca6b);
  return h ^ (h >>> 15);
}

/** The first row that is not before (time, id). */
export function findRow(profile: MutableProfile, time: number, id: number): number {
  const { columns, offset } = profile;
  const ids = offset + ID * profile.capacity;
  let low = profile.start;
  let high = low + profile.count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const at = columns[offset + middle];
    if (at < time || (at === time && columns[ids + middle] < id)) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function rowIs(profile: MutableProfile, row: number, time: number, id: number): boolean {
  const { columns, offset, capacity } = profile;
  if (row >= profile.start + profile.count) return false;
  return columns[offset + row] === time && columns[offset + ID * capacity + row] === id;
}

/**
 * Adds an event, unless it is there. `cell` is its label cell; `counted` says that what fell out already counts it.
 * Pure over sets: the outcome depends on which events were learnt, not on their order.
 */
export function learnEvent(
  profile: MutableProfile,
  layout: Layout,
  pool: Pool,
  event: Event,
  sequence: number,
  cell: number,
  counted: boolean,
): void {
  const { time, id } = event;
  let row = profile.start + profile.count;
  if (profile.count > 0 && !isAfter(profile, row - 1, time, id)) {
    row = findRow(profile, time, id);
    if (rowIs(profile, row, time, id)) return;
    if (profile.count === KEPT && row === profile.start) {
      learnOutside(profile, event, sequence, cell, counted);
      return;
    }
  }
  profile.total++;
  if (profile.count === KEPT) dropOldest(profile, layout, pool);
  makeRow(profile, layout, pool, time, id, row);
  profile.hash = (profile.hash + mix(id, time) + (cell === 0 ? 0 : mix(id, cell & 3))) >>> 0;
  if ((cell & 3) === LABEL_FRAUD) profile.frauds++;
  if (time < profile.firstTime) profile.firstTime = time;
  if (sequence > profile.lastSequence) profile.lastSequence = sequence;
  writeRow(profile, layout, event, cell);
}

let madeRow = 0;

function isAfter(profile: MutableProfile, row: number, time: number, id: number): boolean {
  const { columns, offset, capacity } = profile;
  const last = columns[offset + row];
  return time > last || (time === last && id > columns[offset + ID * capacity + row]);
}

/** An event older than all that is kept goes to the buckets at once; its sequence tells whether it has been there. */
function learnOutside(profile: MutableProfile, event: Event, sequence: number, cell: number, counted: boolean): void {
  if (sequence <= profile.lastSequence) return;
  profile.lastSequence = sequence;
  profile.total++;
  profile.buckets ??= createBuckets();
  const labelled = cell !== 0 && !counted;
  addToBuckets(profile.buckets, event.time, event.amount, labelled && (cell & 3) === LABEL_FRAUD ? 1 : 0);
  profile.hash = (profile.hash + mix(event.id, event.time) + (labelled ? mix(event.id, cell & 3) : 0)) >>> 0;
  if (event.time < profile.firstTime) profile.firstTime = event.time;
}

function dropOldest(profile: MutableProfile, layout: Layout, pool: Pool): void {
  if (profile.capacity === KEPT) resize(profile, layout, pool, KEPT + SLACK);
  const { columns, capacity } = profile;
  const oldest = profile.offset + profile.start;
  profile.buckets ??= createBuckets();
  const fraud = (columns[LABEL * capacity + oldest] & 3) === LABEL_FRAUD ? 1 : 0;
  addToBuckets(profile.buckets, columns[TIME * capacity + oldest], columns[AMOUNT * capacity + oldest], fraud);
  profile.frauds -= fraud;
  profile.start++;
  profile.count--;
}

/** Opens a row for (time, id); `row` is right unless rows have to move. */
function makeRow(profile: MutableProfile, layout: Layout, pool: Pool, time: number, id: number, row: number): void {
  let at = row;
  if (profile.start + profile.count === profile.capacity) {
    if (profile.start > 0) compact(profile, layout);
    else resize(profile, layout, pool, profile.capacity * 2);
    at = findRow(profile, time, id);
  }
  const end = profile.start + profile.count;
  if (at < end) {
    for (let c = 0; c < layout.width; c++) {
      const base = profile.offset + c * profile.capacity;
      profile.columns.copyWithin(base + at + 1, base + at, base + end);
    }
  }
  profile.count++;
  madeRow = at;
}

function writeRow(profile: MutableProfile, layout: Layout, event: Event, cell: number): void {
  const { columns, capacity } = profile;
  const row = profile.offset + madeRow;
  columns[TIME * capacity + row] = event.time;
  columns[ID * capacity + row] = event.id;
  columns[AMOUNT * capacity + row] = event.amount;
  columns[LABEL * capacity + row] = cell;
  if (layout.country >= 0) columns[layout.country * capacity + row] = event.country;
  if (layout.category >= 0) columns[layout.category * capacity + row] = event.category;
  if (layout.channel >= 0) columns[layout.channel * capacity + row] = event.channel;
  if (layout.location >= 0) columns[layout.location * capacity + row] = event.location;
  if (layout.latitude >= 0) columns[layout.latitude * capacity + row] = event.latitude;
  if (layout.longitude >= 0) columns[layout.longitude * capacity + row] = event.longitude;
  const { entities } = layout;
  for (let t = 0; t < entities.length; t++) {
    if (entities[t] >= 0) columns[entities[t] * capacity + row] = event.entities[t];
  }
}

function compact(profile: MutableProfile, layout: Layout): void {
  const { columns, capacity, start, count } = profile;
  for (let c = 0; c < layout.width; c++) {
    const base = profile.offset + c * capacity;
    columns.copyWithin(base, base + start, base + start + count);
  }
  profile.start = 0;
}

function resize(profile: MutableProfile, layout: Layout, pool: Pool, capacity: number): void {
  const { columns, offset } = pool.take(layout.width * capacity);
  const { start, count } = profile;
  for (let c = 0; c < layout.width; c++) {
    const from = profile.offset + c * profile.capacity + start;
    const to = offset + c * capacity;
    for (let i = 0; i < count; i++) columns[to + i] = profile.columns[from + i];
  }
  pool.give(profile.columns, profile.offset, layout.width * profile.capacity);
  profile.columns = columns;
  profile.offset = offset;
  profile.capacity = capacity;
  profile.start = 0;
}

/** Sets the label of a row that is kept; the newer of two labels stays. */
export function labelRow(profile: MutableProfile, row: number, id: number, cell: number): void {
  const at = profile.offset + LABEL * profile.capacity + row;
  const before = profile.columns[at];
  if (cell <= before) return;
  profile.columns[at] = cell;
  profile.frauds += ((cell & 3) === LABEL_FRAUD ? 1 : 0) - ((before & 3) === LABEL_FRAUD ? 1 : 0);
  rehashLabel(profile, id, before & 3, cell & 3);
}

/** Sets the label of an event that fell out. `before` is the code that the buckets hold of it. */
export function labelOutside(
  profile: MutableProfile,
  event: Event,
  before: number,
  code: number,
  sequence: number,
): void {
  if (sequence <= profile.lastLabelSequence || profile.buckets === undefined) return;
  const frauds = (code === LABEL_FRAUD ? 1 : 0) - (before === LABEL_FRAUD ? 1 : 0);
  if (frauds !== 0) relabelInBuckets(profile.buckets, event.time, frauds);
  rehashLabel(profile, event.id, before, code);
}

function rehashLabel(profile: MutableProfile, id: number, before: number, after: number): void {
  const removed = before === 0 ? 0 : mix(id, before);
  profile.hash = (profile.hash - removed + mix(id, after)) >>> 0;
}
