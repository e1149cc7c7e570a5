import { delayCurve, type Reported } from '../../src/engine/proof/delays.ts';
import { fraudDraws, type Group, intervalOf } from '../../src/engine/proof/frauds.ts';
import { type Look, PLAN_FRAUDS, sequentialTest, type Verdict } from '../../src/engine/proof/sequential.ts';
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

/** Frauds become known over sixty days or more, some a day, and each day's are looked at. The champion catches 70 of 100. */
export function recallRun(seed: number, more: number, correlation: number): Verdict & { alone: number } {
  const random = createRandom(seed * 1_000 + Math.round(correlation * 100));
  const [champion, challenger] = [quantiles(0.7), quantiles(0.7 + more)];
  const looks: Look[] = [];
  const so: Look = { frauds: 0, challengerOnly: 0, championOnly: 0 };
  while (so.frauds < PLAN_FRAUDS) {
    for (let today = random.int(2, 12); today > 0 && so.frauds < PLAN_FRAUDS; today--) {
      const common = random.normal();
      const other = correlation * common + Math.sqrt(1 - correlation ** 2) * random.normal();
      const [a, b] = [common < champion, other < challenger];
      so.frauds++;
      if (a && !b) so.championOnly++;
      if (b && !a) so.challengerOnly++;
    }
    looks.push({ ...so });
  }
  return { ...sequentialTest(looks), alone: so.championOnly + so.challengerOnly };
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
