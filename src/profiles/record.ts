import { LABEL_FRAUD } from '../domain/event.ts';
import { type Buckets, createBuckets, type Series, WIDTH } from './buckets.ts';
import { KEPT, LABEL, type Layout, SLACK } from './layout.ts';
import type { Pool } from './pool.ts';
import { createProfile, type MutableProfile } from './profile.ts';

/** A profile as numbers, in a snapshot and in the cold store: see `snapshot.ts` for how they lie. */

/** The stream is torn, damaged, or of another format: start from an empty state and replay the journal instead. */
export class SnapshotError extends Error {
  override name = 'SnapshotError';
}

const RECORD_HEAD = 8;

export function recordCells(profile: MutableProfile, width: number): number {
  const { buckets } = profile;
  const outside = buckets === undefined ? 1 : 4 + WIDTH * (buckets.hours.size + buckets.days.size + 1);
  return RECORD_HEAD + outside + profile.count * width;
}

export function writeRecord(
  cells: Float64Array,
  from: number,
  type: number,
  key: number,
  profile: MutableProfile,
  width: number,
): number {
  const { count, total, firstTime, hash, lastSequence, lastLabelSequence, buckets } = profile;
  cells.set([type, key, count, total, firstTime, hash >>> 0, lastSequence, lastLabelSequence], from);
  let at = from + RECORD_HEAD;
  if (buckets === undefined) cells[at++] = -1;
  else {
    for (const { size, evicted, cells: source } of [buckets.hours, buckets.days]) {
      cells[at++] = size;
      cells[at++] = evicted ? 1 : 0;
      cells.set(source.subarray(0, WIDTH * size), at);
      at += WIDTH * size;
    }
    cells.set(buckets.ever, at);
    at += WIDTH;
  }
  for (let c = 0; c < width; c++) {
    const base = profile.offset + c * profile.capacity + profile.start;
    cells.set(profile.columns.subarray(base, base + count), at);
    at += count;
  }
  return at;
}

interface ReadRecord {
  type: number;
  key: number;
  profile: MutableProfile;
  /** Behind it. */
  end: number;
}

/** A profile as `writeRecord` wrote it. */
export function readRecord(
  { layouts, pool }: { layouts: readonly Layout[]; pool: Pool },
  cells: Float64Array,
  from: number,
): ReadRecord {
  const type = cells[from];
  const key = cells[from + 1];
  const count = cells[from + 2];
  const layout = layouts[type];
  if (layout === undefined || !(count <= KEPT)) throw new SnapshotError('A profile of the snapshot is damaged.');
  const profile = createProfile(layout, pool, capacityFor(count));
  profile.count = count;
  profile.total = cells[from + 3];
  profile.firstTime = cells[from + 4];
  profile.hash = cells[from + 5] | 0;
  profile.lastSequence = cells[from + 6];
  profile.lastLabelSequence = cells[from + 7];
  let at = from + RECORD_HEAD;
  if (cells[at] === -1) at++;
  else {
    profile.buckets = createBuckets();
    at = readSeries(profile.buckets, 'hours', cells, at);
    at = readSeries(profile.buckets, 'days', cells, at);
    profile.buckets.ever.set(cells.subarray(at, at + WIDTH));
    at += WIDTH;
  }
  for (let c = 0; c < layout.width; c++) {
    profile.columns.set(cells.subarray(at, at + count), profile.offset + c * profile.capacity);
    at += count;
  }
  for (let i = 0; i < count; i++) {
    const cell = profile.columns[profile.offset + LABEL * profile.capacity + i];
    profile.frauds += cell & LABEL_FRAUD;
    profile.seen |= cell;
  }
  return { type, key, profile, end: at };
}

function readSeries(buckets: Buckets, name: 'hours' | 'days', cells: Float64Array, from: number): number {
  const series: Series = buckets[name];
  series.size = cells[from];
  series.evicted = cells[from + 1] === 1;
  series.cells.set(cells.subarray(from + 2, from + 2 + WIDTH * series.size));
  return from + 2 + WIDTH * series.size;
}

function capacityFor(count: number): number {
  if (count === KEPT) return KEPT + SLACK;
  let capacity = 4;
  while (capacity < count) capacity *= 2;
  return capacity;
}
