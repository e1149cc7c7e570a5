import { type Event, LABEL_FRAUD, type LabelCode } from '../domain/event.ts';
import { addToBuckets, type Buckets, createBuckets, turnInBuckets } from './buckets.ts';
import { LABEL_BITS, mixCell } from './cell.ts';
import { mix } from './hash.ts';
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
  seen: number;
  buckets: Buckets | undefined;
  /** Signed: so it lies in the profile itself, not in an object of its own that each event would have to go to. */
  hash: number;
  /** Newest sequence of an event, and of a label or an outcome, that was applied: what fell out is applied once by these. */
  lastSequence: number;
  lastLabelSequence: number;
  /** Where memory is bounded: see `heat.ts`. */
  heat: number;
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
    seen: 0,
    buckets: undefined,
    hash: 0,
    lastSequence: 0,
    lastLabelSequence: 0,
    heat: 0,
  };
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
 * Adds an event, unless it is there. `cell` is what is known of it, `fresh` the part that what fell out does not count yet.
 * Pure over sets: the outcome depends on which events were learnt, not on their order.
 */
export function learnEvent(
  profile: MutableProfile,
  layout: Layout,
  pool: Pool,
  event: Event,
  sequence: number,
  cell: number,
  fresh: number,
): void {
  const { time, id } = event;
  let row = profile.start + profile.count;
  const isNewest = profile.count > 0 && isAfter(profile, row - 1, time, id);
  if (profile.count > 0 && !isNewest) {
    row = findRow(profile, time, id);
    if (rowIs(profile, row, time, id)) return;
    if (profile.count === KEPT && row === profile.start) {
      learnOutside(profile, event, sequence, fresh);
      return;
    }
  }
  profile.total++;
  if (profile.count === KEPT) dropOldest(profile, layout, pool);
  makeRow(profile, layout, pool, time, id, row);
  profile.hash = (profile.hash + mix(id, time) + (cell === 0 ? 0 : mixCell(id, cell))) | 0;
  profile.seen |= cell;
  profile.frauds += cell & LABEL_FRAUD;
  if (!isNewest && time < profile.firstTime) profile.firstTime = time;
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
function learnOutside(profile: MutableProfile, event: Event, sequence: number, fresh: number): void {
  if (sequence <= profile.lastSequence) return;
  profile.lastSequence = sequence;
  profile.total++;
  profile.buckets ??= createBuckets();
  addToBuckets(profile.buckets, event.time, event.amount, fresh);
  profile.hash = (profile.hash + mix(event.id, event.time) + mixCell(event.id, fresh)) | 0;
  if (event.time < profile.firstTime) profile.firstTime = event.time;
}

function dropOldest(profile: MutableProfile, layout: Layout, pool: Pool): void {
  if (profile.capacity === KEPT) resize(profile, layout, pool, KEPT + SLACK);
  const { columns, capacity } = profile;
  const oldest = profile.offset + profile.start;
  profile.buckets ??= createBuckets();
  const cell = columns[LABEL * capacity + oldest];
  addToBuckets(profile.buckets, columns[TIME * capacity + oldest], columns[AMOUNT * capacity + oldest], cell);
  profile.frauds -= cell & LABEL_FRAUD;
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
  const { own } = layout;
  for (let o = 0; o < own.length; o++) columns[own[o].column * capacity + row] = own[o].read(event);
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
  const { start, count, columns: source } = profile;
  for (let c = 0; c < layout.width; c++) {
    const from = profile.offset + c * profile.capacity + start;
    const to = offset + c * capacity;
    for (let i = 0; i < count; i++) columns[to + i] = source[from + i];
  }
  pool.give(source, profile.offset, layout.width * profile.capacity);
  profile.columns = columns;
  profile.offset = offset;
  profile.capacity = capacity;
  profile.start = 0;
}

/** Sets the label of a row that is kept. */
export function labelRow(profile: MutableProfile, row: number, id: number, code: LabelCode): void {
  const cell = profile.columns[profile.offset + LABEL * profile.capacity + row];
  turnRow(profile, row, id, cell, (cell & ~LABEL_BITS) | code);
}

/** Adds an outcome to a row that is kept. */
export function tellRow(profile: MutableProfile, row: number, id: number, bit: number): void {
  const cell = profile.columns[profile.offset + LABEL * profile.capacity + row];
  turnRow(profile, row, id, cell, cell | bit);
}

function turnRow(profile: MutableProfile, row: number, id: number, before: number, after: number): void {
  if (after === before) return;
  profile.columns[profile.offset + LABEL * profile.capacity + row] = after;
  profile.frauds += (after & LABEL_FRAUD) - (before & LABEL_FRAUD);
  profile.seen |= after;
  rehash(profile, id, before, after);
}

/** What is known of an event that fell out: `before` is what the buckets count of it. */
export function turnOutside(
  profile: MutableProfile,
  event: Event,
  before: number,
  after: number,
  sequence: number,
): void {
  if (before === after || sequence <= profile.lastLabelSequence || profile.buckets === undefined) return;
  turnInBuckets(profile.buckets, event.time, before, after);
  rehash(profile, event.id, before, after);
}

function rehash(profile: MutableProfile, id: number, before: number, after: number): void {
  profile.hash = (profile.hash - mixCell(id, before) + mixCell(id, after)) | 0;
}
