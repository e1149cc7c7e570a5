import { TRUTHS, truthBit } from './cell.ts';

/**
 * What fell out of the newest 512 events, as integers by hour and by day: exact whatever the order they came in.
 *
 *   cells[WIDTH * i + …] = key (hours or days since the epoch), events, amount in hundredths, events with an amount, and how
 *                          many of them are known as each of `TRUTHS`; keys ascend
 *
 * Only the newest keys are kept. A key that is among the newest at the end was so all along, so this too is free of order.
 */
export interface Buckets {
  readonly hours: Series;
  readonly days: Series;
  /** The same of all that ever fell out, whatever was given up since; its key says nothing. */
  readonly ever: Float64Array;
}

export interface Series {
  size: number;
  readonly unitMs: number;
  readonly cells: Float64Array;
  /** Whether an older bucket was given up: windows that reach further back are not answered from this series. */
  evicted: boolean;
}

export const EVENTS = 1;
export const MINOR = 2;
export const PRICED = 3;
/** The first of the truths' columns. */
export const TRUTH = 4;
export const WIDTH = TRUTH + TRUTHS.length;

export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;
export const HOURS_KEPT = 72;
export const DAYS_KEPT = 64;
/** Larger amounts count as this much, so that sums stay safe integers. */
export const MAX_MINOR = 1e11;

export function createBuckets(): Buckets {
  return { hours: series(HOUR_MS, HOURS_KEPT), days: series(DAY_MS, DAYS_KEPT), ever: new Float64Array(WIDTH) };
}

function series(unitMs: number, limit: number): Series {
  return { size: 0, unitMs, cells: new Float64Array(WIDTH * limit), evicted: false };
}

/** What one event adds to a bucket: scratch. */
const change = new Float64Array(WIDTH);

/** Counts an event that fell out; `cell` is what is known of it. */
export function addToBuckets(buckets: Buckets, time: number, amount: number, cell: number): void {
  change[EVENTS] = 1;
  change[MINOR] = Math.max(-MAX_MINOR, Math.min(MAX_MINOR, Math.round(amount * 100))) || 0;
  change[PRICED] = Number.isNaN(amount) ? 0 : 1;
  turn(0, cell);
  addAll(buckets, time);
}

/** Changes what is known of an event that fell out. */
export function turnInBuckets(buckets: Buckets, time: number, before: number, after: number): void {
  change.fill(0, EVENTS, TRUTH);
  turn(before, after);
  addAll(buckets, time);
}

function turn(before: number, after: number): void {
  for (let t = 0; t < TRUTHS.length; t++) {
    const bit = truthBit(t);
    change[TRUTH + t] = (after & bit ? 1 : 0) - (before & bit ? 1 : 0);
  }
}

function addAll(buckets: Buckets, time: number): void {
  add(buckets.hours, Math.floor(time / HOUR_MS));
  add(buckets.days, Math.floor(time / DAY_MS));
  for (let c = EVENTS; c < WIDTH; c++) buckets.ever[c] += change[c];
}

function add(series: Series, key: number): void {
  const { cells } = series;
  let i = series.size - 1;
  while (i >= 0 && cells[WIDTH * i] > key) i--;
  if (i < 0 || cells[WIDTH * i] !== key) {
    i = insertKey(series, i + 1, key);
    if (i < 0) return;
  }
  for (let c = EVENTS; c < WIDTH; c++) cells[WIDTH * i + c] += change[c];
}

/** Makes room for a key at a position; gives up the oldest where full. Returns where it is now, -1 if it is too old. */
function insertKey(series: Series, position: number, key: number): number {
  const { cells } = series;
  let at = position;
  if (WIDTH * series.size === cells.length) {
    series.evicted = true;
    if (at === 0) return -1;
    at--;
    cells.copyWithin(0, WIDTH, WIDTH * (at + 1));
  } else {
    cells.copyWithin(WIDTH * (at + 1), WIDTH * at, WIDTH * series.size);
    series.size++;
  }
  cells[WIDTH * at] = key;
  cells.fill(0, WIDTH * at + 1, WIDTH * (at + 1));
  return at;
}

/**
 * Totals of what fell out with a time in (fromMs, toMs], a bucket counting whole where its middle lies inside: `out` has the
 * columns of a bucket, amounts still in hundredths.
 */
export function readBuckets(buckets: Buckets, fromMs: number, toMs: number, out: Float64Array): void {
  const { hours, days } = buckets;
  const reach = hours.evicted ? hours.cells[0] * HOUR_MS : Number.NEGATIVE_INFINITY;
  const { size, cells, unitMs } = fromMs >= reach ? hours : days;
  out.fill(0);
  for (let i = size - 1; i >= 0; i--) {
    const middle = (cells[WIDTH * i] + 0.5) * unitMs;
    if (middle <= fromMs) break;
    if (middle > toMs) continue;
    for (let c = EVENTS; c < WIDTH; c++) out[c] += cells[WIDTH * i + c];
  }
}
