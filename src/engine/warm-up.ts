import type { Transaction } from '../domain/transaction.ts';
import type { Engine } from './engine.ts';

/**
 * Scores made-up payments, so that the first real decision finds the code compiled and the model's tables filled.
 * Nothing is recorded or learnt. Stops after `limitMs` by the stopwatch.
 */
export function warmUp(engine: Pick<Engine, 'score'>, now: number, stopwatch: () => number, limitMs = 400): void {
  const until = stopwatch() + limitMs;
  for (let i = 0; i < 4_000 && stopwatch() < until; i++) engine.score(made(i, now));
}

function made(i: number, now: number): Transaction {
  const amount = 1 + ((i * 37) % 400);
  const some = <T>(every: number, value: T): T | undefined => (i % every === 0 ? undefined : value);
  return {
    id: `warm-up-${i}`,
    userId: `warm-up-${i % 97}`,
    amount,
    amountMinor: amount * 100,
    currency: 'USD',
    amountBase: amount,
    baseRate: 1,
    time: now - (i % 50) * 3_600_000,
    offsetMinutes: 0,
    dated: true,
    receivedAt: now,
    productCategory: some(3, ['Groceries', 'Electronics', 'Fashion'][i % 3]),
    accountAgeDays: some(4, i % 900),
    merchantId: some(5, `m${i % 30}`),
    cardId: some(7, `c${i % 90}`),
    deviceId: some(4, `d${i % 80}`),
    ip: some(3, `10.0.0.${i % 250}`),
    email: some(5, `a@mail${i % 9}.example`),
    country: some(6, 'US'),
    latitude: some(3, (i % 90) - 45),
    longitude: some(3, (i % 180) - 90),
    channel: some(4, 'web'),
    warnings: [],
  };
}
