import { parseArgs } from 'node:util';
import { compare, significantDistance } from '../src/engine/drift/compare.ts';
import { BLOCKS_A_WEEK, blockOf, createHistory, type History } from '../src/engine/drift/history.ts';
import { reportOf, SCORE } from '../src/engine/drift/report.ts';
import { createRandom } from '../src/training/generator/random.ts';

/**
 * How often drift rings where nothing changed, and how soon where something did: streams of five weeks with nights, weekends and a
 * sale, looked at every five minutes of their last day (`--minutes`; a server looks every minute), beside a test of each series alone at 1% (`npm run bench:drift -- --seeds 20`).
 */
const { values } = parseArgs({
  options: { seeds: { type: 'string', default: '20' }, minutes: { type: 'string', default: '5' } },
});
const SEEDS = Number(values.seeds);
const DAY = 86_400_000;
const LOOK_MS = Number(values.minutes) * 60_000;
const START = Date.UTC(2026, 0, 5);
const DAYS = 36;
const PER_DAY = 5_400;
/** The last day, from eight in the morning. */
const CHANGED = START + (DAYS - 1) * DAY + 8 * 3_600_000;

interface Payment {
  at: number;
  amount: number;
  device: number;
  category: number;
  hour: number;
  country: string;
  score: number;
}
interface Case {
  name: string;
  affects(payment: Payment, chance: number): boolean;
  change(payment: Payment): Payment;
  series: readonly string[];
}

const CASES: Case[] = [
  { name: 'unchanged', affects: () => false, change: (same) => same, series: [] },
  {
    name: 'amounts × 3 in FR',
    affects: ({ country }) => country === 'FR',
    change: (one) => ({ ...one, amount: one.amount * 3 }),
    series: ['@country:FR:amount'],
  },
  {
    name: 'device missing',
    affects: ({ device }) => !Number.isNaN(device),
    change: (one) => ({ ...one, device: Number.NaN }),
    series: ['device'],
  },
  {
    name: 'category renamed',
    affects: ({ category }) => category === 0.02,
    change: (one) => ({ ...one, category: Number.NaN }),
    series: ['category'],
  },
  {
    name: 'clocks an hour off',
    affects: () => true,
    change: (one) => ({ ...one, hour: (one.hour + 1) % 24 }),
    series: ['hour'],
  },
  {
    name: 'fraud × 4',
    affects: (_, chance) => chance < 0.09,
    change: (one) => ({ ...one, score: 90 }),
    series: [SCORE, '#flagged'],
  },
];

function* stream(seed: number): Generator<[Payment, chance: number]> {
  const random = createRandom(seed);
  const next = () => random.float();
  const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  for (let day = 0; day < DAYS; day++) {
    const isWeekend = day % 7 >= 5;
    const isSale = day === 17;
    const made: [Payment, number][] = Array.from({ length: PER_DAY * (isSale ? 3 : 1) }, () => {
      const hour = Math.floor(24 * Math.sqrt(next()));
      const payment: Payment = {
        at: START + day * DAY + hour * 3_600_000 + Math.floor(next() * 3_600_000),
        amount: Math.exp(3 + normal() + (isWeekend ? 0.5 : 0) - (isSale ? 0.5 : 0)),
        device: next() < 0.1 ? Number.NaN : Math.floor(next() * 50),
        category: [0.001, 0.005, 0.02, 0.05][Math.floor(next() * 4)],
        hour,
        country: next() < 0.3 ? 'FR' : 'DE',
        score: next() < 0.03 ? 90 : Math.min(100, Math.max(0, Math.round(10 + 5 * normal()))),
      };
      return [payment, next()];
    });
    yield* made.sort(([a], [b]) => a.at - b.at);
  }
}

function take(history: History, { at, country, score, ...features }: Payment): void {
  const flagged = score >= 50 ? 1 : 0;
  const own = [...Object.entries(features), [SCORE, score], ['#flagged', flagged]] as [string, number][];
  history.take(at, [...own, [`@country:${country}:amount`, features.amount], [`@country:${country}:score`, score]]);
}

/** What drift names, over a quarter of a day and over a day. */
function rung(history: History, now: number): Set<string> {
  const found = new Set<string>();
  for (const blocks of [1, 2, 3, 6, ...(now % 3_600_000 < LOOK_MS ? [24] : [])]) {
    const { score, features, others } = reportOf(history, now, blocks);
    for (const { name, state } of [...features, ...others, { name: SCORE, state: score.state }])
      if (state === 'drifted') found.add(name);
  }
  return found;
}

/** One test a series against the week before, neither corrected nor asked for an effect. */
function naive(history: History, now: number): Set<string> {
  const block = blockOf(now);
  const before = Array.from({ length: BLOCKS_A_WEEK }, (_, i) => block - 1 - i);
  const found = new Set<string>();
  for (const name of reportOf(history, now, 1).features.map(({ name }) => name)) {
    const [a, b] = [history.sum(name, [block]), history.sum(name, before)];
    if (a.count < 50) continue;
    if ((compare(a, b).distance ?? 0) > significantDistance(a, b, 0.01, 1)) found.add(name);
  }
  return found;
}

const median = (all: number[]) => all.toSorted((a, b) => a - b)[Math.floor((all.length - 1) / 2)];

for (const one of CASES) {
  const delays: number[] = [];
  let [rang, rangNaive, named] = [0, 0, 0];
  for (let seed = 1; seed <= SEEDS; seed++) {
    const history = createHistory();
    let affected = 0;
    let nextLook = START + (DAYS - 1) * DAY;
    let first: number | undefined;
    let [any, anyNaive] = [false, false];
    for (const [payment, chance] of stream(seed)) {
      if (payment.at >= nextLook) {
        nextLook += LOOK_MS;
        const found = rung(history, payment.at);
        any ||= found.size > 0;
        anyNaive ||= naive(history, payment.at).size > 0;
        if (first === undefined && one.series.some((series) => found.has(series))) first = affected;
        if (first !== undefined) break;
      }
      const isAffected = payment.at >= CHANGED && one.affects(payment, chance);
      if (isAffected) affected++;
      take(history, isAffected ? one.change(payment) : payment);
    }
    if (any) rang++;
    if (anyNaive) rangNaive++;
    if (first !== undefined) named++;
    delays.push(first ?? Number.POSITIVE_INFINITY);
  }
  console.log(
    one.series.length === 0
      ? `${one.name}: ${rang} of ${SEEDS} streams rang; tests of each series alone: ${rangNaive}`
      : `${one.name}: named in ${named} of ${SEEDS}; ${median(delays)} affected payments at the median`,
  );
}
