import { BINS, type Series } from './series.ts';

/**
 * How little chance explains what two samples differ by: the negative logarithm (nats) of a bound on its probability, by Chernoff and
 * Hoeffding, so that it holds for ten payments as for ten thousand. Divided by the dispersion where payments come in runs.
 */
export function evidenceOfShare(a: number, rows: number, b: number, known: number): number {
  if (rows <= 0 || known <= 0) return 0;
  // Half of one more of what was, so that what never was is rare and not impossible.
  const [p, q] = [a / rows, (b + 0.5) / (known + 1)];
  const both = (a + b + 0.5) / (rows + known + 1);
  return rows * divergence(p, both) + known * divergence(q, both);
}

/** Of the greatest distance between two distributions of values (Dvoretzky, Kiefer and Wolfowitz), and of how the new ones rank among the old. */
export function evidenceOfValues(now: Series, then: Series, distance: number): number {
  if (now.count <= 0 || then.count <= 0) return 0;
  const both = 1 / (1 / now.count + 1 / then.count);
  return both * Math.max(2 * distance ** 2, rankRate(meanRank(now, then)));
}

/** Kullback–Leibler divergence of two shares. */
function divergence(p: number, q: number): number {
  const term = (x: number, y: number) => (x > 0 ? x * Math.log(x / y) : 0);
  return term(p, q) + term(1 - p, 1 - q);
}

/** The mean place, 0 to 1, of the new values among the old ones; 0.5 where nothing differs. */
function meanRank(now: Series, then: Series): number {
  let [below, sum] = [0, 0];
  for (let bin = 0; bin < BINS; bin++) {
    const share = then.bins[bin] / then.count;
    sum += now.bins[bin] * (below + share / 2);
    below += share;
  }
  return sum / now.count;
}

/**
 * Cramér's rate of a mean of uniform numbers: sup θm − ln((e^θ − 1)/θ). Ties make ranks less spread than uniform ones, so that it
 * says too little then and not too much.
 */
function rankRate(mean: number): number {
  const m = Math.min(0.999, Math.max(mean, 1 - mean));
  let [low, high] = [0, 2_000];
  const slope = (t: number) => (t < 1e-4 ? 0.5 + t / 12 : 1 / (1 - Math.exp(-t)) - 1 / t);
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2;
    if (slope(middle) < m) low = middle;
    else high = middle;
  }
  const t = low;
  // ln((e^t - 1)/t), for large t too.
  return t < 1e-3 ? 0 : t * m - (t + Math.log(-Math.expm1(-t)) - Math.log(t));
}
