import { parseArgs } from 'node:util';
import { compare } from '../src/engine/drift/compare.ts';
import { BLOCKS_A_WEEK, blockOf, createHistory, type History } from '../src/engine/drift/history.ts';
import { reportOf, SCORE } from '../src/engine/drift/report.ts';
import { CASES, type Case, CHANGED, LAST_DAY, type Payment, stream } from './drift/streams.ts';

/**
 * How often drift rings where nothing changed, and how soon where something did: streams of five weeks with nights, weekends and a
 * sale, looked at every minute of their last day, as a server does (`--minutes`). In the same run: a test of each series alone at 1%; the
 * same test told which series breaks; and one who is told series, segment and effect and adds up exact likelihoods payment by payment
 * (Page), at a threshold that one in fifty unchanged streams reaches. `npm run bench:drift -- --seeds 40 --first 1 --only "fraud × 4"`.
 */
const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '20' },
    first: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '1' },
    only: { type: 'string' },
  },
});
const [FIRST, SEEDS] = [Number(values.first), Number(values.seeds)];
const LOOK_MS = Number(values.minutes) * 60_000;
const cases = CASES.filter(({ name }) => values.only === undefined || name === values.only);
if (cases.length === 0)
  throw new Error(`--only: ${values.only} is none of ${CASES.map(({ name }) => name).join(', ')}`);
const seeds = Array.from({ length: SEEDS }, (_, i) => FIRST + i);

function seriesOf({ at: _, country, score, ...features }: Payment): [string, number][] {
  const own = [...Object.entries(features), [SCORE, score], ['#flagged', score >= 50 ? 1 : 0]] as [string, number][];
  return [...own, [`@country:${country}:amount`, features.amount], [`@country:${country}:score`, score]];
}

/** What drift names, as the server looks: at one, two, three and six hours, and once an hour at a day. */
function rung(history: History, now: number): Set<string> {
  const found = new Set<string>();
  for (const blocks of [1, 2, 3, 6, ...(now % 3_600_000 < LOOK_MS ? [24] : [])]) {
    const { score, features, others } = reportOf(history, now, blocks);
    for (const { name, state } of [...features, ...others, { name: SCORE, state: score.state }])
      if (state === 'drifted') found.add(name);
  }
  return found;
}

/** One test a series against the same hour of the weeks before, neither corrected nor asked for an effect. */
function naive(history: History, now: number): Set<string> {
  const block = blockOf(now);
  const before = Array.from({ length: 4 }, (_, i) => block - (i + 1) * BLOCKS_A_WEEK);
  const found = new Set<string>();
  for (const name of reportOf(history, now, 1).features.map(({ name }) => name)) {
    const [a, b] = [history.sum(name, [block]), history.sum(name, before)];
    if (a.count < 50) continue;
    const limit = Math.sqrt((-Math.log(0.01 / 2) / 2) * (1 / a.count + 1 / b.count));
    if ((compare(a, b).distance ?? 0) > limit) found.add(name);
  }
  return found;
}

interface Run {
  rang: string[];
  rangNaive: boolean;
  /** Affected payments until it was named. */
  ours?: number;
  told?: number;
}

function run(one: Case, seed: number): Run {
  const [history, only] = [createHistory(), createHistory()];
  const result: Run = { rang: [], rangNaive: false };
  const isUnchanged = one.series.length === 0;
  let [affected, nextLook] = [0, LAST_DAY];
  for (const [payment, chance] of stream(seed, one.inRuns)) {
    // A change is looked for from an hour before it.
    if (payment.at >= nextLook) {
      nextLook = Math.floor(payment.at / LOOK_MS) * LOOK_MS + LOOK_MS;
      if (isUnchanged || payment.at >= CHANGED - 3_600_000) {
        const found = rung(history, payment.at);
        if (isUnchanged) for (const name of found) if (!result.rang.includes(name)) result.rang.push(name);
        if (isUnchanged && !result.rangNaive) result.rangNaive = naive(history, payment.at).size > 0;
        const isNamed = (names: Set<string>) => one.series.some((name) => names.has(name));
        if (result.ours === undefined && isNamed(found)) result.ours = affected;
        if (result.told === undefined && !isUnchanged && isNamed(rung(only, payment.at))) result.told = affected;
        if (result.ours !== undefined && result.told !== undefined) return result;
      }
    }
    const isAffected = payment.at >= CHANGED && one.affects(payment, chance);
    if (isAffected) affected++;
    const all = seriesOf(isAffected ? one.change(payment) : payment);
    history.take(payment.at, all);
    only.take(
      payment.at,
      all.filter(([name]) => one.series.includes(name)),
    );
  }
  return result;
}

/** Page's sum of exact likelihoods over the last day: what it reaches at most, or after how many affected payments it passes a threshold. */
function page(one: Case, seed: number, isChanged: boolean, threshold: number): { most: number; affected: number } {
  let [sum, most, affected] = [0, 0, 0];
  for (const [payment, chance] of stream(seed)) {
    if (payment.at < LAST_DAY) continue;
    const isAffected = isChanged && payment.at >= CHANGED && one.affects(payment, chance);
    if (isAffected) affected++;
    sum = Math.max(0, sum + one.likelier(isAffected ? one.change(payment) : payment));
    most = Math.max(most, sum);
    // Before the change it may ring falsely; then it goes on.
    if (isChanged && sum > threshold && payment.at >= CHANGED) return { most, affected };
  }
  return { most, affected: Number.POSITIVE_INFINITY };
}

const median = (all: number[]) => all.toSorted((a, b) => a - b)[Math.floor((all.length - 1) / 2)];
const ORACLE_SEEDS = Math.max(50, SEEDS);

for (const one of cases) {
  const runs = seeds.map((seed) => run(one, seed));
  if (one.series.length === 0) {
    const rang = runs.filter(({ rang }) => rang.length > 0);
    const alone = runs.filter(({ rangNaive }) => rangNaive).length;
    const which = [...new Set(rang.flatMap(({ rang }) => rang))].join(', ');
    console.log(
      `${one.name}: ${rang.length} of ${SEEDS} streams rang ${which && `(${which})`}; tests of each series alone: ${alone}`,
    );
    continue;
  }
  const peaks = Array.from({ length: ORACLE_SEEDS }, (_, i) => page(one, 10_000 + FIRST + i, false, 0).most);
  const threshold = peaks.toSorted((a, b) => b - a)[Math.floor(ORACLE_SEEDS / 50)];
  const exact = median(seeds.map((seed) => page(one, seed, true, threshold).affected));
  const of = (name: 'ours' | 'told') => median(runs.map((run) => run[name] ?? Number.POSITIVE_INFINITY));
  const named = runs.filter(({ ours }) => ours !== undefined).length;
  const [ours, told] = [of('ours'), of('told')];
  console.log(
    `${one.name}: named in ${named} of ${SEEDS}; ${ours} affected payments at the median; the same test told which: ${told} ` +
      `(${(ours / told).toFixed(2)}×); exact likelihoods of the change: ${exact} (${(ours / exact).toFixed(2)}×)`,
  );
}
