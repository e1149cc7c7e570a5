import { SCORE } from '../../src/engine/drift/report.ts';
import { createRandom } from '../../src/training/generator/random.ts';

/** Streams of payments with nights, weekends and a sale, and what changes on their last day. */

export interface Payment {
  at: number;
  amount: number;
  device: number;
  category: number;
  hour: number;
  country: string;
  score: number;
}

export interface Case {
  name: string;
  affects(payment: Payment, chance: number): boolean;
  change(payment: Payment): Payment;
  /** What of it is to be named; the oracle is told the first. */
  series: readonly string[];
  /** Logarithm of how much likelier a payment is after the change than before: what the oracle adds up. */
  likelier(payment: Payment): number;
  /** Payments come in runs of one customer. */
  inRuns?: true;
}

const DAY = 86_400_000;
export const START = Date.UTC(2026, 0, 5);
const DAYS = 36;
const PER_DAY = 5_400;
/** The last day, from eight in the morning. */
export const LAST_DAY = START + (DAYS - 1) * DAY;
export const CHANGED = LAST_DAY + 8 * 3_600_000;
/** A sale on one of the days that the last one is compared with. */
const SALE = 14;
const RUN = 4;
const MADE_UP = 1e9;

const never = { affects: () => false, change: (same: Payment) => same, series: [], likelier: () => 0 };
export const CASES: Case[] = [
  { name: 'unchanged', ...never },
  { name: 'unchanged, in runs of one customer', ...never, inRuns: true },
  {
    name: 'amounts × 3 in FR',
    affects: ({ country }) => country === 'FR',
    change: (one) => ({ ...one, amount: one.amount * 3 }),
    series: ['@country:FR:amount'],
    likelier({ country, amount }) {
      if (country !== 'FR') return 0;
      const size = Math.log(amount) - 3;
      return (size ** 2 - (size - Math.log(3)) ** 2) / 2;
    },
  },
  {
    name: 'device missing',
    affects: ({ device }) => !Number.isNaN(device),
    change: (one) => ({ ...one, device: Number.NaN }),
    series: ['device'],
    likelier: ({ device }) => (Number.isNaN(device) ? Math.log(1 / 0.1) : -MADE_UP),
  },
  {
    name: 'category renamed',
    affects: ({ category }) => category === 0.02,
    change: (one) => ({ ...one, category: Number.NaN }),
    series: ['category'],
    likelier: ({ category }) => (Number.isNaN(category) ? MADE_UP : category === 0.02 ? -MADE_UP : 0),
  },
  {
    name: 'clocks an hour off',
    affects: () => true,
    change: (one) => ({ ...one, hour: (one.hour + 1) % 24 }),
    series: ['hour'],
    likelier: ({ at, hour }) => (Math.floor((at - START) / 3_600_000) % 24 === hour ? -MADE_UP : MADE_UP),
  },
  {
    name: 'fraud × 4',
    affects: (_, chance) => chance < 0.09,
    change: (one) => ({ ...one, score: 90 }),
    series: [SCORE, '#flagged'],
    likelier: ({ score }) => (score >= 50 ? Math.log(0.1173 / 0.03) : Math.log(0.8827 / 0.97)),
  },
];

/**
 * Five weeks of some 200,000 payments, of which those days are made that a look reads: the last one and the one before, and the same of
 * the four weeks before them. Each day has randomness of its own, so that leaving out the others changes nothing.
 */
export function* stream(seed: number, inRuns = false): Generator<[Payment, chance: number]> {
  for (let day = 0; day < DAYS; day++) {
    if (day > 0 && day % 7 !== 0 && day % 7 !== 6) continue;
    const made = daysPayments(seed, day, inRuns ? PER_DAY / RUN : PER_DAY).flatMap((one) =>
      inRuns ? runOf(one) : [one],
    );
    yield* made.sort(([a], [b]) => a.at - b.at);
  }
}

function daysPayments(seed: number, day: number, perDay: number): [Payment, number][] {
  const random = createRandom(seed * 100 + day);
  const next = () => random.float();
  const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  const isWeekend = day % 7 >= 5;
  const isSale = day === SALE;
  return Array.from({ length: perDay * (isSale ? 3 : 1) }, () => {
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
}

/** One to seven payments of one customer in ten minutes that are much alike, four at the mean; by what is in the payment itself. */
function runOf([payment, chance]: [Payment, number]): [Payment, number][] {
  const hourEnds = (Math.floor(payment.at / 3_600_000) + 1) * 3_600_000 - 1;
  return Array.from({ length: 1 + Math.floor(chance * 7) }, (_, i) => [
    { ...payment, at: Math.min(hourEnds, payment.at + i * 90_000), amount: payment.amount * (1 + i / 20) },
    chance,
  ]);
}
