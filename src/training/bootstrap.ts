/** How sure measures of a ranking are: bootstrap intervals, quick because frauds are few. */
import { seededRandom } from './gbdt/random.ts';
import { positiveSteps, type Steps } from './metrics.ts';

/** 95% of the replicates lie within. */
export type Interval = [low: number, high: number];

export interface RankingIntervals {
  averagePrecision: Interval;
  rocAuc: Interval;
}

/** Replicates, fewer where there are so many frauds that they would take long. */
const REPLICATES = 400;
const REPLICATES_LEAST = 60;
const DRAWS_MOST = 20_000_000;

/**
 * Percentile intervals (Efron 1979). Frauds are drawn anew among themselves, one by one; legitimate rows matter only by
 * how many lie between two frauds, so these counts are drawn (Poisson, the limit of drawing rows). Rows count as
 * independent: where one card has several frauds, the truth is somewhat wider. Undefined where a class is absent.
 */
export function rankingIntervals(
  scores: ArrayLike<number>,
  labels: ArrayLike<number>,
  seed = 1,
): RankingIntervals | undefined {
  const steps = positiveSteps(scores, labels);
  if (steps.positives === 0 || steps.negatives === 0) return undefined;
  const random = seededRandom(seed);
  const replicates = Math.max(REPLICATES_LEAST, Math.min(REPLICATES, Math.floor(DRAWS_MOST / steps.positives)));
  const precisions = new Float64Array(replicates);
  const areas = new Float64Array(replicates);
  const stepOf = stepsOfPositives(steps);
  const drawn = new Int32Array(steps.scores.length);
  for (let i = 0; i < replicates; i++) {
    drawn.fill(0);
    for (let k = 0; k < stepOf.length; k++) drawn[stepOf[Math.floor(random() * stepOf.length)]]++;
    [precisions[i], areas[i]] = replicate(steps, drawn, random);
  }
  return { averagePrecision: middle(precisions), rocAuc: middle(areas) };
}

/** The step of each positive. */
function stepsOfPositives({ truePositives, positives }: Steps): Int32Array {
  const stepOf = new Int32Array(positives);
  for (let step = 0, at = 0; step < truePositives.length; step++) while (at < truePositives[step]) stepOf[at++] = step;
  return stepOf;
}

/** Average precision and AUC where step k has drawn[k] frauds and the legitimate counts are drawn. */
function replicate(steps: Steps, drawn: Int32Array, random: () => number): [number, number] {
  const { falsePositives, tiedNegatives, positives, negatives } = steps;
  let found = 0;
  let alarms = 0;
  let precision = 0;
  let above = 0;
  for (let step = 0; step < drawn.length; step++) {
    const before = step > 0 ? falsePositives[step - 1] : 0;
    const tied = poisson(tiedNegatives[step], random);
    alarms += poisson(falsePositives[step] - before - tiedNegatives[step], random) + tied;
    if (drawn[step] === 0) continue;
    found += drawn[step];
    precision += (drawn[step] * found) / (found + alarms);
    above += drawn[step] * (alarms - tied / 2);
  }
  const all = alarms + poisson(negatives - (falsePositives[drawn.length - 1] ?? 0), random);
  return [precision / positives, all > 0 ? 1 - above / (positives * all) : Number.NaN];
}

/** Replicates of a comparison, and the share of them that must agree. */
const PAIRS = 200;
const SURE = 0.95;

/**
 * Whether one ranking of rows has a higher average precision than another by more than chance: in 95% of replicates, in each of which the rows
 * are drawn anew, the same for both.
 */
export function isClearlyBetter(one: Float64Array, other: Float64Array, labels: Uint8Array, seed = 1): boolean {
  const random = seededRandom(seed);
  const orders = [one, other].map((scores) => descending(scores));
  const drawn = new Uint8Array(labels.length);
  let better = 0;
  for (let i = 0; i < PAIRS; i++) {
    for (let row = 0; row < drawn.length; row++) drawn[row] = poisson(1, random);
    const [a, b] = orders.map((order, which) => weightedPrecision([one, other][which], order, labels, drawn));
    if (a > b) better++;
  }
  return better >= SURE * PAIRS;
}

function descending(scores: Float64Array): Uint32Array {
  return Uint32Array.from(scores.keys()).sort((a, b) => scores[b] - scores[a]);
}

/** Average precision of rows that stand for several each; those of one score are one step. */
function weightedPrecision(scores: Float64Array, order: Uint32Array, labels: Uint8Array, weights: Uint8Array): number {
  let [found, all, precision] = [0, 0, 0];
  for (let i = 0; i < order.length; ) {
    const score = scores[order[i]];
    let frauds = 0;
    for (; i < order.length && scores[order[i]] === score; i++) {
      all += weights[order[i]];
      frauds += weights[order[i]] * labels[order[i]];
    }
    found += frauds;
    if (frauds > 0) precision += (frauds * found) / all;
  }
  return found === 0 ? 0 : precision / found;
}

/** Beyond this mean a normal number is near enough. */
const POISSON_MOST = 30;

function poisson(mean: number, random: () => number): number {
  if (mean <= 0) return 0;
  if (mean > POISSON_MOST) {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal));
  }
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random(); product > limit; product *= random()) count++;
  return count;
}

function middle(values: Float64Array): Interval {
  const sorted = values.filter(Number.isFinite).sort();
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.round(share * (sorted.length - 1)))];
  return [at(0.025), at(0.975)];
}
