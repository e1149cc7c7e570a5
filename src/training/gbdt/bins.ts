/**
 * Bins: each feature's values cut into at most 255 ranges, so that a tree is grown on bytes.
 *
 * Four features share one 32-bit word a row, because a histogram then reads a row once for four features:
 *
 *   groups[g][row] = | feature 4g+3 | 4g+2 | 4g+1 | 4g |     one byte each, little end first
 *
 * Byte b < 255 means cuts[b − 1] < value ≤ cuts[b]; the last range has no upper cut; 255 is a missing value.
 */
import { sortNumbers } from './sort.ts';

export const MISSING_BIN = 255;

export interface BinOptions {
  /** Ranges a feature at most, 2..255. */
  maxBins: number;
  /** Give half of the ranges to the quantiles of the positives, which keeps apart the tails where the fraud is. */
  positiveBins: boolean;
}

export interface BinnedMatrix {
  rows: number;
  features: number;
  /** Ascending cuts per feature; one range more than cuts. */
  cuts: Float64Array[];
  groups: Int32Array[];
}

/** Quantiles are taken from at most this many rows, evenly spaced; positives are all used, up to as many. */
const SAMPLE_ROWS = 100_000;

/** The ascending cuts of one feature. Values are ranges (cuts[b − 1], cuts[b]]. */
export function findCuts(column: Float64Array, labels: Uint8Array, options: BinOptions): Float64Array {
  const all = sortedSample(column, () => true, column.length);
  const distinct = tally(all);
  if (distinct.values.length <= options.maxBins) return Float64Array.from(cutsBetween(distinct.values));
  let positives: Float64Array | undefined;
  if (options.positiveBins) {
    let count = 0;
    for (let row = 0; row < labels.length; row++) count += labels[row];
    positives = sortedSample(column, (row) => labels[row] === 1, count);
  }
  if (!positives || positives.length === 0) return Float64Array.from(quantileCuts(distinct, options.maxBins));
  // n cuts make n + 1 ranges: both halves together stay within maxBins.
  const fromAll = quantileCuts(distinct, Math.ceil(options.maxBins / 2));
  const fromPositives = quantileCuts(tally(positives), options.maxBins - fromAll.length);
  return Float64Array.from([...new Set([...fromAll, ...fromPositives])].sort((a, b) => a - b));
}

/** Where the words of a group are kept: plain memory, or that of a kernel. */
export type AllocateWords = (rows: number) => Int32Array;

/** Bins columns by cuts made before, as validation rows must be. */
export function applyCuts(
  columns: Float64Array[],
  cuts: Float64Array[],
  rows: number,
  allocate: AllocateWords = (length) => new Int32Array(length),
): BinnedMatrix {
  const groups: Int32Array[] = [];
  for (let feature = 0; feature < columns.length; feature++) {
    if ((feature & 3) === 0) groups.push(allocate(rows));
    fillBytes(columns[feature], cuts[feature], groups[feature >> 2], feature & 3);
  }
  return { rows, features: columns.length, cuts, groups };
}

export function binColumns(
  columns: Float64Array[],
  labels: Uint8Array,
  options: BinOptions,
  allocate?: AllocateWords,
): BinnedMatrix {
  if (!(options.maxBins >= 2 && options.maxBins <= 255)) throw new RangeError('maxBins must be 2..255');
  const cuts = columns.map((column) => findCuts(column, labels, options));
  return applyCuts(columns, cuts, labels.length, allocate);
}

/** The range of one value: the first whose upper cut is not below it. */
export function binOf(value: number, cuts: Float64Array): number {
  if (Number.isNaN(value)) return MISSING_BIN;
  let low = 0;
  let high = cuts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (value <= cuts[middle]) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Equal cells between the first and the last cut that narrow the search for a value's range. */
const CELLS = 1024;

/** Writes a feature's bins into byte `lane` of each row's word. */
export function fillBytes(column: Float64Array, cuts: Float64Array, words: Int32Array, lane: number): void {
  const rows = words.length;
  const bytes = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
  const first = cuts[0];
  const scale = CELLS / (cuts[cuts.length - 1] - first);
  if (!(scale > 0) || !Number.isFinite(scale)) {
    for (let row = 0; row < rows; row++) bytes[row * 4 + lane] = binOf(column[row], cuts);
    return;
  }
  // A lower cell means a lower value, whatever is rounded; so only the cuts of a value's own cell are in question:
  // those from cutsBelow[cell] to cutsBelow[cell + 1] − 1.
  const cellOf = (value: number) => {
    const place = (value - first) * scale;
    return place > 0 ? (place < CELLS ? place | 0 : CELLS) : 0;
  };
  const cutsBelow = new Uint8Array(CELLS + 2);
  for (let cell = 0, cut = 0; cell <= CELLS + 1; cell++) {
    while (cut < cuts.length && cellOf(cuts[cut]) < cell) cut++;
    cutsBelow[cell] = cut;
  }
  for (let row = 0, at = lane; row < rows; row++, at += 4) {
    const value = column[row];
    if (Number.isNaN(value)) {
      bytes[at] = MISSING_BIN;
      continue;
    }
    const cell = cellOf(value);
    let low = cutsBelow[cell];
    let high = cutsBelow[cell + 1];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (value <= cuts[middle]) high = middle;
      else low = middle + 1;
    }
    bytes[at] = low;
  }
}

function sortedSample(column: Float64Array, keep: (row: number) => boolean, count: number): Float64Array {
  const step = Math.max(1, count / SAMPLE_ROWS);
  const sample = new Float64Array(Math.min(count, SAMPLE_ROWS));
  let size = 0;
  let seen = 0;
  let next = 0;
  for (let row = 0; row < column.length; row++) {
    if (!keep(row)) continue;
    if (seen++ < next) continue;
    next += step;
    const value = column[row];
    // Minus zero and zero are one value; NaN is left out.
    if (!Number.isNaN(value) && size < sample.length) sample[size++] = value + 0;
  }
  return sortNumbers(sample.subarray(0, size));
}

interface Tally {
  /** Distinct values, ascending, and how often each occurs. */
  values: Float64Array;
  counts: Int32Array;
  total: number;
}

function tally(sorted: Float64Array): Tally {
  const values = new Float64Array(sorted.length);
  const counts = new Int32Array(sorted.length);
  let size = 0;
  for (let i = 0; i < sorted.length; i++) {
    if (size === 0 || sorted[i] !== values[size - 1]) values[size++] = sorted[i];
    counts[size - 1]++;
  }
  return { values: values.subarray(0, size), counts: counts.subarray(0, size), total: sorted.length };
}

/** About equally many rows a range; a value that fills a range by itself gets one of its own. */
function quantileCuts({ values, counts, total }: Tally, ranges: number): number[] {
  if (values.length <= ranges) return cutsBetween(values);
  const cuts: number[] = [];
  let rowsLeft = total;
  let rangesLeft = ranges;
  let inRange = 0;
  for (let i = 0; i + 1 < values.length && rangesLeft > 1; i++) {
    inRange += counts[i];
    const target = rowsLeft / rangesLeft;
    const nextFillsARange = counts[i + 1] >= target;
    if (inRange >= target || (nextFillsARange && inRange >= target / 2)) {
      cuts.push(between(values[i], values[i + 1]));
      rowsLeft -= inRange;
      rangesLeft--;
      inRange = 0;
    }
  }
  return cuts;
}

function cutsBetween(values: Float64Array): number[] {
  const cuts: number[] = [];
  for (let i = 0; i + 1 < values.length; i++) cuts.push(between(values[i], values[i + 1]));
  return cuts;
}

/** A number that parts low from high: low ≤ cut < high. */
function between(low: number, high: number): number {
  const middle = low / 2 + high / 2;
  return middle >= low && middle < high ? middle : low;
}
