import { stabilityIndex } from '../../models/stability.ts';
import { BINS, edgeOf, meanOf, missingOf, type Series } from './series.ts';

/** How a number is now against how it was. */
export interface Difference {
  /** Population stability index over groups of about a tenth of what it was (see `groupEnds`), sizes that it never had, and what is missing. Null where either is empty. */
  psi: number | null;
  /** Greatest distance between the two distributions of values that are there (Kolmogorov–Smirnov), by half octaves. */
  distance: number | null;
  mean: { now: number | null; then: number | null };
  missing: { now: number | null; then: number | null };
  /** Shares by group, with the least value of each: the picture. */
  groups: { from: number | null; now: number; then: number }[];
}

/** `learning`: less than four weeks are known before the window. `few`: too few decisions to say anything. */
export type DriftState = 'stable' | 'drifted' | 'learning' | 'few';

export interface SeriesReport extends Difference {
  name: string;
  state: DriftState;
  /** Milliseconds: the start of the first of the hours in a row that are unlike what was. */
  since?: number;
}

const GROUPS = 10;
/** A group holds a hundredth at least, but where it is all that there is. */
const SMALLEST = 100;
type Bins = Series['bins'];

export function compare(now: Series, then: Series): Difference {
  const ends = groupEnds(then);
  const counted = (series: Series) => {
    const counts = ends.map((end, i) => sum(series.bins, i === 0 ? 0 : ends[i - 1], end));
    return [...counts, series.missing];
  };
  const [a, b] = [counted(now), counted(then)];
  const [rows, known] = [now.count + now.missing, then.count + then.missing];
  const isKnown = rows > 0 && known > 0;
  // Else what never was would count to the group beside it, and hide there.
  const seen = (bins: Bins) => {
    const known = bins.map((count, bin) => (then.bins[bin] > 0 ? count : 0));
    return ends.map((end, i) => sum(known, i === 0 ? 0 : ends[i - 1], end));
  };
  let strange = 0;
  for (let bin = 0; bin < BINS; bin++) if (!(then.bins[bin] > 0)) strange += now.bins[bin];
  return {
    psi: isKnown
      ? (stabilityIndex([...seen(now.bins), strange, now.missing], [...b.slice(0, -1), 0, then.missing]) ?? null)
      : null,
    distance: now.count > 0 && then.count > 0 ? distanceOf(now, then) : null,
    mean: { now: meanOf(now), then: meanOf(then) },
    missing: { now: missingOf(now), then: missingOf(then) },
    groups: isKnown
      ? a.map((count, i) => ({
          from: i === ends.length ? null : i === 0 ? firstOf(now, then) : edgeOf(ends[i - 1]),
          now: count / rows,
          then: b[i] / known,
        }))
      : [],
  };
}

/**
 * Where groups of about a tenth of what it was end, as numbers of bins. A bin of a tenth begins a group of its own, unless less than a
 * hundredth lies before it: with one value of 5% and one of 95%, that these change places is not lost in a group of both.
 */
function groupEnds({ bins, count }: Series): number[] {
  const ends: number[] = [];
  let so = 0;
  let since = 0;
  for (let bin = 0; bin < BINS; bin++) {
    if (bins[bin] >= count / GROUPS && since >= count / SMALLEST && since > 0) {
      ends.push(bin);
      since = 0;
    }
    so += bins[bin];
    since += bins[bin];
    if (since > 0 && since >= count / GROUPS && so < count) {
      ends.push(bin + 1);
      since = 0;
    }
  }
  return [...ends, BINS];
}

function distanceOf(now: Series, then: Series): number {
  let greatest = 0;
  let [a, b] = [0, 0];
  for (let bin = 0; bin < BINS; bin++) {
    a += now.bins[bin] / now.count;
    b += then.bins[bin] / then.count;
    greatest = Math.max(greatest, Math.abs(a - b));
  }
  return greatest;
}

function firstOf(now: Series, then: Series): number | null {
  const first = now.bins.findIndex((count, bin) => count > 0 || then.bins[bin] > 0);
  return first < 0 ? null : edgeOf(first);
}

function sum(bins: Bins, from: number, to: number): number {
  let total = 0;
  for (let bin = from; bin < to; bin++) total += bins[bin];
  return total;
}
