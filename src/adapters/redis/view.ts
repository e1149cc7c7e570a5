import type { Event } from '../../domain/event.ts';
import { LABEL_FRAUD } from '../../domain/event.ts';
import { addToBuckets, type Buckets, createBuckets, EVENTS, type Series, WIDTH } from '../../profiles/buckets.ts';
import { mix } from '../../profiles/hash.ts';
import { AMOUNT, KEPT, LABEL, type Layout, SLACK, TIME } from '../../profiles/layout.ts';
import type { Pool } from '../../profiles/pool.ts';
import { createProfile, learnEvent, type MutableProfile } from '../../profiles/profile.ts';
import { KNOWN_BYTES } from './learn.ts';
import { cellOf, turnIds, unpackRows } from './rows.ts';

/** A profile as it was read, and what Redis knows it by: the beginning of its state. */
export interface Known {
  profile: MutableProfile;
  version: Buffer;
}

/** What the script `READ` answers where a profile has changed; buckets if it is whole. */
export type Reply = [state: Buffer, rows: Buffer, buckets?: Buffer];

/** Where numbers lie in a state: see `learn.ts`. */
const CHANGES_AT = 8;
const HASH_AT = 16;
const FIRST_AT = 24;

/** Arrays of their own: a view may be read after its profile has left the cache. */
const OWN_ARRAYS: Pool = {
  take: (cells) => ({ columns: new Float64Array(cells), offset: 0 }),
  give() {},
};

/** A profile from all of its rows. The oldest beyond 512 wait in Redis to be counted in the buckets: they are, here. */
export function wholeProfile(layout: Layout, [state, rows, buckets]: Reply): Known {
  const { width } = layout;
  const cells = readRows(rows, width);
  const all = cells.length / width;
  const count = Math.min(all, KEPT);
  const profile = createProfile(layout, OWN_ARRAYS, capacityFor(count));
  profile.count = count;
  profile.total = state.readDoubleLE(0);
  profile.hash = state.readDoubleLE(HASH_AT) | 0;
  profile.firstTime = state.readDoubleLE(FIRST_AT);
  if (buckets && buckets.length > 0) profile.buckets = readBuckets(buckets);
  const [time, amount, label] = [TIME, AMOUNT, LABEL].map((column) => cellOf(column, width));
  for (let row = 0; row < all - count; row++) {
    const at = row * width;
    profile.buckets ??= createBuckets();
    addToBuckets(profile.buckets, cells[at + time], cells[at + amount], cells[at + label]);
  }
  const from = (all - count) * width;
  for (let column = 0; column < width; column++) {
    const cell = from + cellOf(column, width);
    const to = profile.offset + column * profile.capacity;
    for (let row = 0; row < count; row++) profile.columns[to + row] = cells[cell + row * width];
  }
  for (let row = 0; row < count; row++) {
    const cell = cells[from + row * width + label];
    profile.frauds += cell & LABEL_FRAUD;
    profile.seen |= cell;
  }
  return { profile, version: versionOf(state) };
}

/**
 * Learns the rows of a reply that are new. Whether the profile is now what Redis has: as every event raises the total by one, and
 * learning is set union, that holds if the totals agree.
 */
export function addNewest(known: Known, layout: Layout, [state, rows]: Reply): boolean {
  const { profile } = known;
  const { width } = layout;
  const cells = readRows(rows, width);
  const label = cellOf(LABEL, width);
  for (let at = 0; at < cells.length; at += width) {
    // What fell out is not among the newest rows: a sequence that rises is all that is asked for.
    const sequence = profile.lastSequence + 1;
    if (isOlderThanKept(profile, cells[at + 1], cells[at])) continue;
    learnEvent(profile, layout, OWN_ARRAYS, eventOf(cells, at, layout), sequence, cells[at + label], 0);
  }
  if (!isAt(profile, state)) return false;
  known.version = versionOf(state);
  return true;
}

/**
 * Learns an event that this process has inserted, where that is all that has changed: else the next read brings it with the rest.
 */
export function addOwn(known: Known, layout: Layout, event: Event, version: Buffer): void {
  const { profile } = known;
  const hash = (profile.hash + mix(event.id, event.time)) >>> 0;
  const isNext = profile.total + 1 === version.readDoubleLE(0) && hash === version.readDoubleLE(HASH_AT);
  const isSame = version.readDoubleLE(CHANGES_AT) === known.version.readDoubleLE(CHANGES_AT);
  if (!isNext || !isSame) return;
  learnEvent(profile, layout, OWN_ARRAYS, event, profile.lastSequence + 1, 0, 0);
  if (isAt(profile, version)) known.version = versionOf(version);
}

const isAt = (profile: MutableProfile, state: Buffer) =>
  profile.total === state.readDoubleLE(0) && profile.hash >>> 0 === state.readDoubleLE(HASH_AT);

/** Bytes of its own: an answer may be a part of something large. */
const versionOf = (state: Buffer) => Buffer.from(state.subarray(0, KNOWN_BYTES));

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
    // Its keys are settled: the profile is known.
    type: 0,
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
    cells:
      layout.own.length === 0
        ? undefined
        : Object.fromEntries(layout.own.map(({ name, column }) => [name, cell(column)])),
  };
}

function readRows(rows: Buffer, width: number): Float64Array {
  const cells = unpackRows(rows);
  turnIds(rows, cells, width);
  return cells;
}

/** Hours and days, each: size u16, whether older ones were given up u8, the doubles of each bucket; then what ever fell out. */
function readBuckets(packed: Buffer): Buckets {
  const buckets = createBuckets();
  let at = 0;
  for (const series of [buckets.hours, buckets.days] as Series[]) {
    series.size = packed.readUInt16LE(at);
    series.evicted = packed[at + 2] === 1;
    at += 3;
    for (let i = 0; i < WIDTH * series.size; i++, at += 8) series.cells[i] = packed.readDoubleLE(at);
  }
  for (let c = EVENTS; c < WIDTH; c++, at += 8) buckets.ever[c] = packed.readDoubleLE(at);
  return buckets;
}

function capacityFor(count: number): number {
  if (count === KEPT) return KEPT + SLACK;
  let capacity = 4;
  while (capacity < count) capacity *= 2;
  return capacity;
}
