import { curvesOf } from '../../src/engine/proof/curves.ts';
import { delayCurve, type Reported } from '../../src/engine/proof/delays.ts';
import { fraudDraws, type Group, intervalOf } from '../../src/engine/proof/frauds.ts';
import { looksOf } from '../../src/engine/proof/looks.ts';
import { createProofRows, type ProofRows } from '../../src/engine/proof/rows.ts';
import { atSameReviews } from '../../src/engine/proof/same-reviews.ts';
import { PLAN_FRAUDS, sequentialTest } from '../../src/engine/proof/sequential.ts';
import { createRandom, type Random } from '../../src/training/generator/random.ts';

const DAY = 86_400_000;
const [SOONEST, LATEST] = [5, 60];
/** Days that were decided before, and whose frauds the delays are read of. */
const PAST_DAYS = 150;
const FLAGGED_A_DAY = 60;
const LOOKED_AT = 10;

export type Shape = 'even' | 'early';

/** Milliseconds; `early`: most of them in the first weeks. */
function delayOf(random: Random, shape: Shape): number {
  const u = random.float();
  return (SOONEST + (LATEST - SOONEST) * (shape === 'even' ? u : u ** 2)) * DAY;
}

const knownOf = (shape: Shape, age: number) => {
  const u = Math.min(1, Math.max(0, (age / DAY - SOONEST) / (LATEST - SOONEST)));
  return shape === 'even' ? u : Math.sqrt(u);
};

/** Flagged payments of ten days, of which some are frauds and few are known to be. */
export function precisionRun(seed: number, shape: Shape) {
  const random = createRandom(seed);
  const precision = random.between(0.3, 0.9);
  const reported: Reported[] = [];
  for (let i = 0; i < PAST_DAYS * FLAGGED_A_DAY; i++) {
    const age = random.between(LOOKED_AT, LOOKED_AT + PAST_DAYS) * DAY;
    if (!random.chance(0.6)) continue;
    const delay = delayOf(random, shape);
    if (delay <= age) reported.push({ delay, age });
  }
  const ages: number[] = [];
  let [frauds, truth] = [0, 0];
  const flagged = LOOKED_AT * FLAGGED_A_DAY;
  for (let i = 0; i < flagged; i++) {
    const age = random.between(0, LOOKED_AT) * DAY;
    const isFraud = random.chance(precision);
    const delay = delayOf(random, shape);
    if (isFraud) truth++;
    if (isFraud && delay <= age) {
      frauds++;
      reported.push({ delay, age });
    } else ages.push(age);
  }
  const group: Group = { frauds, legitimate: 0, ages };
  const own = intervalOf(fraudDraws(delayCurve(reported, 90), seed).of(group));
  const steps = Array.from({ length: 92 }, (_, day) => knownOf(shape, day * DAY));
  const told = intervalOf(fraudDraws({ knownBy: steps, draw: () => steps, frauds: 0 }, seed).of(group));
  const holds = ([low, high]: [number, number]) => low <= truth && truth <= high;
  const width = ([low, high]: [number, number]) => (high - low) / flagged;
  return { covers: holds(own), oracleCovers: holds(told), width: width(own), oracleWidth: width(told) };
}

export interface Rivals {
  /** Points of recall that the challenger has more; the champion has 0.7. */
  more: number;
  /** Of both scores, among frauds and among others. */
  correlation: number;
  /** Of the champion. */
  precision: number;
  /** Whether a person holds what the champion flags, and mostly says within two days what it is. */
  isHeld: boolean;
}
const RECALL = 0.7;
const FRAUD_SHARE = 0.02;
const FRAUDS_A_DAY = 7;
/** Deviations beyond its threshold. */
const FAR = 0.5;

/** Payments day by day, their frauds told 5 to 60 days late, and each day's looked at until so many are known as a plan has. */
export function recallRun(seed: number, { more, correlation, precision, isHeld }: Rivals) {
  const random = createRandom(seed * 1_000 + Math.round(correlation * 100));
  const others = (FRAUD_SHARE * RECALL * (1 / precision - 1)) / (1 - FRAUD_SHARE);
  const fewer = (FRAUD_SHARE * more) / (1 - FRAUD_SHARE);
  const champion = { fraud: quantiles(RECALL), other: quantiles(others) };
  const challenger = { fraud: quantiles(RECALL + more), other: quantiles(others - fewer) };
  const rows = createProofRows();
  const isFraud: boolean[] = [];
  const tellsOn: number[] = [];
  let [day, told] = [0, 0];
  for (; told < PLAN_FRAUDS; told += tellsOn[day++] ?? 0)
    for (let today = Math.round((random.between(0.3, 1.7) * FRAUDS_A_DAY) / FRAUD_SHARE); today > 0; today--) {
      const kind = random.chance(FRAUD_SHARE) ? 'fraud' : 'other';
      const mine = random.normal();
      const its = correlation * mine + Math.sqrt(1 - correlation ** 2) * random.normal();
      const [a, b] = [mine < champion[kind], its < challenger[kind]];
      // Of those that neither would flag, whatever its threshold: they cost time and change nothing.
      if (kind === 'other' && !a && its > challenger[kind] + FAR) continue;
      const at = (day + random.float()) * DAY;
      isFraud[rows.length] = kind === 'fraud';
      const row = rows.add({
        ...{ at, amount: random.float(), share: Number.NaN, acted: a && isHeld ? 'review' : 'approve' },
        ...{ against: a ? 'review' : 'approve', challenger: b ? 'review' : 'approve' },
        // How far it is from being flagged.
        probability: challenger[kind] - its,
      });
      if (kind === 'other') continue;
      const late = delayOf(random, 'even');
      rows.tell(row, at + (a && isHeld && random.chance(0.95) ? random.between(0, 2) * DAY : late));
      const tellsOnDay = Math.ceil((at + late) / DAY);
      tellsOn[tellsOnDay] = (tellsOn[tellsOnDay] ?? 0) + 1;
    }
  const now = day * DAY;
  const stateOf = (row: number) => (isFraud[row] && rows.toldAt(row) <= now ? 'fraud' : 'immature');
  const curves = curvesOf(rowsBefore(rows, now), now, 90);
  const { looks: all } = looksOf(rows, atSameReviews(rows), { stateOf, share: 0, curves, now });
  const looks = all.filter(({ frauds }) => frauds <= PLAN_FRAUDS);
  const coins = looks.map(({ alone: _, ...look }) => look);
  return { verdict: sequentialTest(looks), coins: sequentialTest(coins), last: looks.at(-1)! };
}

/** As they stood then: what is told later is not known. */
function rowsBefore(rows: ProofRows, now: number): ProofRows {
  return {
    ...rows,
    length: rows.length,
    toldAt: (row) => (rows.toldAt(row) <= now ? rows.toldAt(row) : Number.NaN),
  };
}

const known = new Map<number, number>();
const quantiles = (share: number): number => {
  if (!known.has(share)) known.set(share, quantile(share));
  return known.get(share)!;
};

/** Of the normal distribution, by bisection of its integral. */
function quantile(share: number): number {
  let [low, high] = [-5, 5];
  for (let i = 0; i < 50; i++) {
    const middle = (low + high) / 2;
    if (integral(middle) < share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

function integral(to: number): number {
  const steps = 2_000;
  const width = (to + 8) / steps;
  let sum = 0;
  for (let i = 0; i < steps; i++) sum += Math.exp(-((-8 + (i + 0.5) * width) ** 2) / 2) * width;
  return sum / Math.sqrt(2 * Math.PI);
}
