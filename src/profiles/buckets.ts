/**
 * What fell out of the newest 512 events, as integers by hour and by day: exact whatever the order they came in.
 *
 *   cells[4 * i + 0..3] = key (hours or days since the epoch), events, amount in hundredths, frauds; keys ascend
 *
 * Only the newest keys are kept. A key that is among the newest at the end was so all along, so this too is free of order.
 */
export interface Buckets {
  readonly hours: Series;
  readonly days: Series;
}

export interface Series {
  size: number;
  readonly unitMs: number;
  readonly cells: Float64Array;
  /** Whether an older bucket was given up: windows that reach further back are not answered from this series. */
  evicted: boolean;
}

export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;
const HOURS_KEPT = 72;
const DAYS_KEPT = 64;
/** Larger amounts count as this much, so that sums stay safe integers. */
const MAX_MINOR = 1e11;

export function createBuckets(): Buckets {
  return { hours: series(HOUR_MS, HOURS_KEPT), days: series(DAY_MS, DAYS_KEPT) };
}

function series(unitMs: number, limit: number): Series {
  return { size: 0, unitMs, cells: new Float64Array(4 * limit), evicted: false };
}

/** Counts an event that fell out. */
export function addToBuckets(buckets: Buckets, time: number, amount: number, frauds: number): void {
  const minor = Math.max(-MAX_MINOR, Math.min(MAX_MINOR, Math.round(amount * 100))) || 0;
  add(buckets.hours, Math.floor(time / HOUR_MS), 1, minor, frauds);
  add(buckets.days, Math.floor(time / DAY_MS), 1, minor, frauds);
}

/** Changes the frauds of an event that fell out before its label came. */
export function relabelInBuckets(buckets: Buckets, time: number, frauds: number): void {
  add(buckets.hours, Math.floor(time / HOUR_MS), 0, 0, frauds);
  add(buckets.days, Math.floor(time / DAY_MS), 0, 0, frauds);
}

function add(series: Series, key: number, events: number, minor: number, frauds: number): void {
  const { cells } = series;
  let i = series.size - 1;
  while (i >= 0 && cells[4 * i] > key) i--;
  if (i < 0 || cells[4 * i] !== key) {
    i = insertKey(series, i + 1, key);
    if (i < 0) return;
  }
  cells[4 * i + 1] += events;
  cells[4 * i + 2] += minor;
  cells[4 * i + 3] += frauds;
}

/** Makes room for a key at a position; gives up the oldest where full. Returns where it is now, -1 if it is too old. */
function insertKey(series: Series, position: number, key: number): number {
  const { cells } = series;
  let at = position;
  if (4 * series.size === cells.length) {
    series.evicted = true;
    if (at === 0) return -1;
    at--;
    cells.copyWithin(0, 4, 4 * (at + 1));
  } else {
    cells.copyWithin(4 * (at + 1), 4 * at, 4 * series.size);
    series.size++;
  }
  cells[4 * at] = key;
  cells.fill(0, 4 * at + 1, 4 * at + 4);
  return at;
}

/** Totals of what fell out with a time in (fromMs, toMs], a bucket counting whole where its middle lies inside. */
export interface BucketTotals {
  events: number;
  amount: number;
  frauds: number;
}

export function readBuckets(buckets: Buckets, fromMs: number, toMs: number, out: BucketTotals): void {
  const { hours, days } = buckets;
  const reach = hours.evicted ? hours.cells[0] * HOUR_MS : Number.NEGATIVE_INFINITY;
  const { size, cells, unitMs } = fromMs >= reach ? hours : days;
  let events = 0;
  let minor = 0;
  let frauds = 0;
  for (let i = size - 1; i >= 0; i--) {
    const middle = (cells[4 * i] + 0.5) * unitMs;
    if (middle <= fromMs) break;
    if (middle > toMs) continue;
    events += cells[4 * i + 1];
    minor += cells[4 * i + 2];
    frauds += cells[4 * i + 3];
  }
  out.events = events;
  out.amount = minor / 100;
  out.frauds = frauds;
}
