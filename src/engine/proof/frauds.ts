import { type DelayCurve, knownAt } from './delays.ts';
import { createDraws, type Draws } from './draws.ts';

/** Payments of one kind, such as those that a model alone would have flagged. */
export interface Group {
  /** Frauds that are known. */
  frauds: number;
  /** Known to be legitimate, or undisputed for so long that they count as that. */
  legitimate: number;
  /** Ages, in milliseconds, of those of which nothing is known yet. */
  ages: readonly number[];
}

/** So many draws: their 2.5% quantile rests on 25. */
export const DRAWS = 1_000;
const GRID = 160;
/** Log-odds of the least and greatest share of frauds that is thought of. */
const [LOWEST, HIGHEST] = [-14, 8];
/** Ages count by quarters of a day. */
const AGE_STEP = 21_600_000;

/** How many frauds a group will have turned out to hold, drawn by what the past's delays allow. */
export interface FraudDraws {
  of(group: Group): Float64Array;
}

/**
 * Each draw takes one curve of delays, then a share of frauds by what of them would be known by now (Jeffreys' prior; a payment that is
 * silent is no fraud, or one that is not reported yet), then how many of the silent are frauds. So the spread holds what chance
 * does, what is not known of the share, and what is not known of the delays; and groups of one set of draws share their curves.
 * Data augmentation in the sense of reporting delays: Lawless, Canadian Journal of Statistics 22, 1994.
 */
export function fraudDraws(curve: DelayCurve, seed: number, count = DRAWS): FraudDraws {
  const ofCurves = createDraws(seed);
  const curves = Array.from({ length: count }, () => curve.draw(ofCurves));
  const draws = createDraws(seed + 1);
  return {
    of(group) {
      const steps = byAge(group.ages);
      return Float64Array.from(curves, (knownBy) => drawOne(group, steps, knownBy, draws));
    },
  };
}

type Steps = readonly (readonly [age: number, count: number])[];

function byAge(ages: readonly number[]): Steps {
  const counts = new Map<number, number>();
  for (const age of ages) {
    const step = Math.floor(age / AGE_STEP);
    counts.set(step, (counts.get(step) ?? 0) + 1);
  }
  return [...counts].map(([step, count]) => [(step + 0.5) * AGE_STEP, count] as const);
}

const odds = Float64Array.from({ length: GRID }, (_, i) => LOWEST + ((HIGHEST - LOWEST) * i) / (GRID - 1));
const shares = odds.map((one) => 1 / (1 + Math.exp(-one)));

function drawOne({ frauds, legitimate }: Group, steps: Steps, knownBy: readonly number[], draws: Draws): number {
  const known = steps.map(([age, count]) => [knownAt(knownBy, age), count] as const);
  const share = drawShare(
    frauds,
    legitimate,
    known.filter(([by]) => by > 0),
    draws,
  );
  let all = frauds;
  for (const [by, count] of known) all += draws.binomial(count, (share * (1 - by)) / (1 - share * by));
  return all;
}

function drawShare(
  frauds: number,
  legitimate: number,
  known: readonly (readonly [by: number, count: number])[],
  draws: Draws,
): number {
  const weights = new Float64Array(GRID);
  let most = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < GRID; i++) {
    const share = shares[i];
    // On log-odds Jeffreys' prior is the root of share × (1 − share).
    let log = (frauds + 0.5) * Math.log(share) + (legitimate + 0.5) * Math.log1p(-share);
    for (const [by, count] of known) log += count * Math.log1p(-share * by);
    weights[i] = log;
    most = Math.max(most, log);
  }
  let total = 0;
  for (let i = 0; i < GRID; i++) total += weights[i] = Math.exp(weights[i] - most);
  let left = draws.uniform() * total;
  let at = 0;
  while (at < GRID - 1 && left >= weights[at]) left -= weights[at++];
  // Anywhere between its neighbours: a grid makes no steps.
  const step = (HIGHEST - LOWEST) / (GRID - 1);
  return 1 / (1 + Math.exp(-(odds[at] + (draws.uniform() - 0.5) * step)));
}

/** 95%: from the 2.5% quantile to the 97.5%. */
export function intervalOf(values: Float64Array): [low: number, high: number] {
  const sorted = values.toSorted();
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  return [at(0.025), at(0.975)];
}

export function medianOf(values: Float64Array): number {
  return values.toSorted()[Math.floor(values.length / 2)];
}
