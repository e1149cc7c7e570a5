import { BLOCKS_A_DAY, BLOCKS_A_WEEK, type History } from './history.ts';
import { BINS, createSeries, type Series } from './series.ts';

/** What is taken where too little is known: payments of one customer come together. */
const USUAL = 4;
/** As independent as they may look, more than that they are not taken to be. */
const LEAST = 1.5;
const MOST = 20;
/** Comparisons that a measure rests on at least. */
const ENOUGH = 30;

export type Dispersion = (name: string) => number;

/** Pearson's χ² and its degrees of freedom. */
interface Chi {
  square: number;
  free: number;
}

/**
 * How many times more the same hours of the last weeks differ than those of independent payments would (χ² over its degrees of freedom,
 * with one of its deviations on top): payments come in runs of one customer or card, and say less than their number. By name; of a
 * day's hours before a block, in each of so many weeks, but for the week without which they differ least: one with a sale is no run.
 */
export function dispersionOf(history: History, block: number, weeks: number): Dispersion {
  const measures = new Map<string, { missing: Chi[]; half: Chi[] }>();
  const none = (): Chi[] => Array.from({ length: weeks }, () => ({ square: 0, free: 0 }));
  for (let hour = 0; hour < BLOCKS_A_DAY; hour++) {
    const series = Array.from({ length: weeks }, (_, i) => seriesOf(history, block - hour - (i + 1) * BLOCKS_A_WEEK));
    for (const name of new Set(series.flatMap((all) => [...all.keys()]))) {
      let measure = measures.get(name);
      if (!measure) measures.set(name, (measure = { missing: none(), half: none() }));
      const all = series.map((week) => week.get(name));
      const missing = all.map((one) => (one ? ([one.missing, one.missing + one.count] as const) : NOTHING));
      const half = name.startsWith('#')
        ? all.map((one) => (one ? ([one.sum, one.count] as const) : NOTHING))
        : halves(all);
      for (let left = 0; left < weeks; left++) {
        addTo(measure.missing[left], missing, left);
        addTo(measure.half[left], half, left);
      }
    }
  }
  return (name) => {
    const measure = measures.get(name);
    if (!measure) return USUAL;
    const known = [measure.missing, measure.half].map(least).filter((one) => one !== undefined);
    return known.length === 0 ? USUAL : Math.min(MOST, Math.max(LEAST, ...known));
  };
}

type Hits = readonly [hits: number, rows: number];
const NOTHING: Hits = [0, 0];

/** Of shares that should be one and the same, but for the one that is left out. */
function addTo(chi: Chi, parts: readonly Hits[], left: number): void {
  let [hits, rows, some] = [0, 0, 0];
  for (const [i, [a, n]] of parts.entries()) {
    if (i === left || n === 0) continue;
    hits += a;
    rows += n;
    some++;
  }
  const share = hits / rows;
  if (some < 2 || !(share > 0 && share < 1)) return;
  for (const [i, [a, n]] of parts.entries())
    if (i !== left && n > 0) chi.square += (a - n * share) ** 2 / (n * share * (1 - share));
  chi.free += some - 1;
}

function least(all: Chi[]): number | undefined {
  const known = all.filter(({ free }) => free >= ENOUGH);
  if (known.length === 0) return undefined;
  return Math.min(...known.map(({ square, free }) => (square / free) * (1 + Math.sqrt(2 / free))));
}

/** How many of each are below what half of all are below. */
function halves(all: readonly (Series | undefined)[]): Hits[] {
  const half = all.reduce((sum, one) => sum + (one?.count ?? 0), 0) / 2;
  const below = all.map(() => 0);
  for (let bin = 0, so = 0; bin < BINS && so < half; bin++)
    for (const [i, one] of all.entries())
      if (one) {
        below[i] += one.bins[bin];
        so += one.bins[bin];
      }
  return all.map((one, i) => [below[i], one?.count ?? 0]);
}

function seriesOf(history: History, block: number): Map<string, Series> {
  const found = new Map<string, Series>();
  history.addTo(block, (name) => {
    let series = found.get(name);
    if (!series) found.set(name, (series = createSeries()));
    return series;
  });
  return found;
}
