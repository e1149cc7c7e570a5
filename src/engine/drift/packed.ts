import { BINS, type Series } from './series.ts';

/**
 * An hour that is over, in a few bytes a series:
 *
 *   names, sorted | where each ends | sums and squares, two doubles a series | of each series as varints: missing, then runs of
 *   (bins skipped, bins of the run, a count for each), then 0 0
 *
 * Counts of one hour mostly fit a byte or two, and most bins have none.
 */
export interface Packed {
  names: readonly string[];
  /** Of the series that has most. */
  rows: number;
  ends: Uint32Array;
  sums: Float64Array;
  bytes: Uint8Array;
}

/** `like`: an hour that probably had the same names, so that they are kept once. */
export function packed(series: ReadonlyMap<string, Series>, like: Packed | undefined): Packed {
  const sorted = [...series.keys()].sort();
  const isSame = like?.names.length === sorted.length && like.names.every((name, i) => name === sorted[i]);
  const names = isSame ? like.names : sorted;
  const sums = new Float64Array(2 * names.length);
  const ends = new Uint32Array(names.length);
  const numbers: number[] = [];
  for (const [i, name] of names.entries()) {
    const { sum, squares, missing, bins } = series.get(name)!;
    sums[2 * i] = sum;
    sums[2 * i + 1] = squares;
    varint(numbers, missing);
    for (let bin = 0; bin < BINS; ) {
      const begin = startOf(bins, bin, true);
      const end = startOf(bins, begin, false);
      if (begin === end) break;
      varint(numbers, begin - bin);
      varint(numbers, end - begin);
      for (let at = begin; at < end; at++) varint(numbers, bins[at]);
      bin = end;
    }
    numbers.push(0, 0);
    ends[i] = numbers.length;
  }
  return { names, rows: rowsIn(series), ends, sums, bytes: Uint8Array.from(numbers) };
}

/** The first bin from one on that has some, or none. */
function startOf(bins: Series['bins'], from: number, some: boolean): number {
  let bin = from;
  while (bin < BINS && bins[bin] > 0 !== some) bin++;
  return bin;
}

export function rowsIn(series: ReadonlyMap<string, Series>): number {
  let most = 0;
  for (const { count, missing } of series.values()) most = Math.max(most, count + missing);
  return most;
}

/** Adds each series, so many times, to what is asked for by its name; undefined: to nothing. */
export function unpackInto(from: Packed, into: (name: string) => Series | undefined, times = 1): void {
  for (let i = 0; i < from.names.length; i++) {
    const series = into(from.names[i]);
    if (series) unpackAt(from, i, series, times);
  }
}

/** The same of one name. */
export function unpackOne(from: Packed, name: string, into: Series): void {
  const { names } = from;
  let [low, high] = [0, names.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (names[middle] < name) low = middle + 1;
    else high = middle;
  }
  if (names[low] === name) unpackAt(from, low, into, 1);
}

function unpackAt({ ends, sums, bytes }: Packed, place: number, series: Series, times: number): void {
  let at = place === 0 ? 0 : ends[place - 1];
  const next = (): number => {
    let [value, scale] = [0, 1];
    for (;;) {
      const byte = bytes[at++];
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      scale *= 128;
    }
  };
  series.missing += next() * times;
  let count = 0;
  let bin = 0;
  for (;;) {
    bin += next();
    const run = next();
    if (run === 0) break;
    for (const end = bin + run; bin < end; bin++) {
      const here = next();
      count += here;
      series.bins[bin] += here * times;
    }
  }
  series.count += count * times;
  series.sum += sums[2 * place] * times;
  series.squares += sums[2 * place + 1] * times;
}

function varint(into: number[], value: number): void {
  let left = value;
  while (left >= 128) {
    into.push((left % 128) | 128);
    left = Math.floor(left / 128);
  }
  into.push(left);
}
