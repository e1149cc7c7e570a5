/**
 * What one number was like over a stretch of time, in constant memory: counts by size in half octaves, either side of zero, and from 1
 * to 32 in steps of 1 above it, so that hours, days and counts are told apart. A quantile read of it is wrong by less than a factor of
 * √2, or by 1 there; its counts, mean and deviation are exact, and two of them add up.
 */
export interface Series {
  /** Values that were present. */
  count: number;
  missing: number;
  sum: number;
  squares: number;
  bins: Uint32Array | Float64Array;
}

const OCTAVES_BELOW = 10;
const OCTAVES_ABOVE = 22;
/** Steps of 1 take the place of half octaves from 1 to 2 ** LINEAR. */
const LINEAR = 5;
const HALVES = 2 * (OCTAVES_BELOW + OCTAVES_ABOVE);
const ZERO = HALVES;
const ONE = ZERO + 1 + 2 * OCTAVES_BELOW;
const BEYOND = ONE + 2 ** LINEAR - 1;
export const BINS = BEYOND + 2 * (OCTAVES_ABOVE - LINEAR);

export function createSeries(bins: Series['bins'] = new Uint32Array(BINS)): Series {
  return { count: 0, missing: 0, sum: 0, squares: 0, bins };
}

/** One that parts of other series may be added to. */
export const createWeighed = (): Series => createSeries(new Float64Array(BINS));

/** Sizes below 2^-10 count as the least there is, above 2^22 as the greatest. */
export function binOf(value: number): number {
  if (value === 0) return ZERO;
  if (value >= 1 && value < 2 ** LINEAR) return ONE + Math.floor(value) - 1;
  const half = Math.min(HALVES - 1, Math.max(0, Math.floor(2 * (Math.log2(Math.abs(value)) + OCTAVES_BELOW))));
  if (value < 0) return ZERO - 1 - half;
  return value < 1 ? ZERO + 1 + half : BEYOND + half - 2 * (OCTAVES_BELOW + LINEAR);
}

/** The least size that falls into a bin, with its sign. */
export function edgeOf(bin: number): number {
  if (bin === ZERO) return 0;
  if (bin < ZERO) return -(2 ** ((ZERO - 1 - bin) / 2 - OCTAVES_BELOW));
  if (bin < ONE) return 2 ** ((bin - ZERO - 1) / 2 - OCTAVES_BELOW);
  return bin < BEYOND ? bin - ONE + 1 : 2 ** ((bin - BEYOND) / 2 + LINEAR);
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

export function merge(into: Series, part: Series, times = 1): void {
  into.count += part.count * times;
  into.missing += part.missing * times;
  into.sum += part.sum * times;
  into.squares += part.squares * times;
  for (let bin = 0; bin < BINS; bin++) into.bins[bin] += part.bins[bin] * times;
}

export const meanOf = ({ count, sum }: Series): number | null => (count > 0 ? sum / count : null);
export const missingOf = ({ count, missing }: Series): number | null =>
  count + missing > 0 ? missing / (count + missing) : null;
