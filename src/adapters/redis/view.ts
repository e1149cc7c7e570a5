import type { Event } from '../../domain/event.ts';
import { LABEL_FRAUD } from '../../domain/event.ts';
import { addToBuckets, type Buckets, createBuckets, type Series } from '../../profiles/buckets.ts';
import { AMOUNT, KEPT, LABEL, type Layout, SLACK, TIME } from '../../profiles/layout.ts';
import type { Pool } from '../../profiles/pool.ts';
import { createProfile, learnEvent, type MutableProfile } from '../../profiles/profile.ts';
import { cellOf, turnIds, unpackRows } from './rows.ts';

/** A profile as it was read, and what tells whether it still is. */
export interface Known {
  profile: MutableProfile;
  /** As Redis wrote them. */
  total: string;
  changes: string;
  hash: string;
}

/** What the script `READ` answers where a profile has changed: total, label changes, hash, first time, rows, and buckets if whole. */
export type Reply = [total: Buffer, changes: Buffer, hash: Buffer, first: Buffer, rows: Buffer, buckets?: Buffer];

/** Arrays of their own: a view may be read after its profile has left the cache. */
const OWN_ARRAYS: Pool = {
  take: (cells) => ({ columns: new Float64Array(cells), offset: 0 }),
  give() {},
};

/** A profile from all of its rows. The oldest beyond 512 wait in Redis to be counted in the buckets: they are, here. */
export function wholeProfile(layout: Layout, [total, changes, hash, first, rows, buckets]: Reply): Known {
  const { width } = layout;
  const cells = readRows(rows, width);
  const all = cells.length / width;
  const count = Math.min(all, KEPT);
  const profile = createProfile(layout, OWN_ARRAYS, capacityFor(count));
  profile.count = count;
  profile.total = number(total);
  profile.hash = number(hash);
  profile.firstTime = number(first);
  if (buckets && buckets.length > 0) profile.buckets = readBuckets(buckets);
  const [time, amount, label] = [TIME, AMOUNT, LABEL].map((column) => cellOf(column, width));
  for (let row = 0; row < all - count; row++) {
    const at = row * width;
    profile.buckets ??= createBuckets();
    addToBuckets(profile.buckets, cells[at + time], cells[at + amount], isFraud(cells[at + label]));
  }
  const from = (all - count) * width;
  for (let column = 0; column < width; column++) {
    const cell = from + cellOf(column, width);
    const to = profile.offset + column * profile.capacity;
    for (let row = 0; row < count; row++) profile.columns[to + row] = cells[cell + row * width];
  }
  for (let row = 0; row < count; row++) profile.frauds += isFraud(cells[from + row * width + label]);
  return { profile, total: text(total), changes: text(changes), hash: text(hash) };
}

/**
 * Learns the rows of a reply that are new. Whether the profile is now what Redis has: as every event raises the total by one, and
 * learning is set union, that holds if the totals agree.
 */
export function addNewest(known: Known, layout: Layout, [total, changes, hash, , rows]: Reply): boolean {
  const { profile } = known;
  const { width } = layout;
  const cells = readRows(rows, width);
  const label = cellOf(LABEL, width);
  for (let at = 0; at < cells.length; at += width) {
    // What fell out is not among the newest rows: a sequence that rises is all that is asked for.
    const sequence = profile.lastSequence + 1;
    if (isOlderThanKept(profile, cells[at + 1], cells[at])) continue;
    learnEvent(profile, layout, OWN_ARRAYS, eventOf(cells, at, layout), sequence, cells[at + label], false);
  }
  if (profile.total !== number(total) || profile.hash !== number(hash)) return false;
  known.total = text(total);
  known.changes = text(changes);
  known.hash = text(hash);
  return true;
}

function isOlderThanKept(profile: MutableProfile, time: number, id: number): boolean {
  if (profile.count < KEPT) return false;
  const { columns, offset, start, capacity } = profile;
  const oldest = columns[offset + start];
  return time < oldest || (time === oldest && id < columns[offset + capacity + start]);
}

function eventOf(cells: Float64Array, at: number, layout: Layout): Event {
  const cell = (column: number) => (column < 0 ? 0 : cells[at + column - 1]);
  return {
    id: cells[at],
    time: cells[at + 1],
    amount: cells[at + 2],
    ...{ offsetMinutes: 0, accountAgeDays: Number.NaN },
    country: cell(layout.country),
    category: cell(layout.category),
    channel: cell(layout.channel),
    location: cell(layout.location),
    latitude: cell(layout.latitude),
    longitude: cell(layout.longitude),
    entities: Float64Array.from(layout.entities, cell),
  };
}

function readRows(rows: Buffer, width: number): Float64Array {
  const cells = unpackRows(rows);
  turnIds(rows, cells, width);
  return cells;
}

/** Hours and days, each: size u16, whether older ones were given up u8, then four doubles a bucket. */
function readBuckets(packed: Buffer): Buckets {
  const buckets = createBuckets();
  let at = 0;
  for (const series of [buckets.hours, buckets.days] as Series[]) {
    series.size = packed.readUInt16LE(at);
    series.evicted = packed[at + 2] === 1;
    at += 3;
    for (let i = 0; i < 4 * series.size; i++, at += 8) series.cells[i] = packed.readDoubleLE(at);
  }
  return buckets;
}

const isFraud = (cell: number) => ((cell & 3) === LABEL_FRAUD ? 1 : 0);
const text = (value: Buffer) => value.toString('latin1');
const number = (value: Buffer) => Number(text(value));

function capacityFor(count: number): number {
  if (count === KEPT) return KEPT + SLACK;
  let capacity = 4;
  while (capacity < count) capacity *= 2;
  return capacity;
}
