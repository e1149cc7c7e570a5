/**
 * What one number was like over a stretch of time, in constant memory: counts in half octaves of its size, either side of zero. A
 * quantile read of it is wrong by less than a factor of √2, its counts, mean and deviation are exact, and two of them add up.
 */
export interface Series {
  /** Values that were present. */
  count: number;
  missing: number;
  sum: number;
  squares: number;
  bins: Uint32Array;
}

const OCTAVES_BELOW = 10;
const OCTAVES_ABOVE = 22;
const SIDE = 2 * (OCTAVES_BELOW + OCTAVES_ABOVE);
const ZERO = SIDE;
export const BINS = 2 * SIDE + 1;

export function createSeries(): Series {
  return { count: 0, missing: 0, sum: 0, squares: 0, bins: new Uint32Array(BINS) };
}

/** Sizes below 2^-10 count as the least there is, above 2^22 as the greatest. */
export function binOf(value: number): number {
  if (value === 0) return ZERO;
  const step = Math.floor(2 * (Math.log2(Math.abs(value)) + OCTAVES_BELOW));
  const place = Math.min(SIDE - 1, Math.max(0, step));
  return value > 0 ? ZERO + 1 + place : ZERO - 1 - place;
}

/** The least size that falls into a bin, with its sign. */
export function edgeOf(bin: number): number {
  if (bin === ZERO) return 0;
  const place = bin > ZERO ? bin - ZERO - 1 : ZERO - 1 - bin;
  return Math.sign(bin - ZERO) * 2 ** (place / 2 - OCTAVES_BELOW);
}

export function add(series: Series, value: number): void {
  if (!Number.isFinite(value)) {
    series.missing++;
    return;
  }
  series.count++;
  series.sum += value;
  series.squares += value * value;
  series.bins[binOf(value)]++;
}

export function merge(into: Series, part: Series): void {
  into.count += part.count;
  into.missing += part.missing;
  into.sum += part.sum;
  into.squares += part.squares;
  for (let bin = 0; bin < BINS; bin++) into.bins[bin] += part.bins[bin];
}

export const meanOf = ({ count, sum }: Series): number | null => (count > 0 ? sum / count : null);
export const missingOf = ({ count, missing }: Series): number | null =>
  count + missing > 0 ? missing / (count + missing) : null;
