import { createQueue } from './heap.ts';
import { createMerchants } from './merchants.ts';
import { createPerson, DAY, drawAccountAge, newIp } from './people.ts';
import { PLACES } from './places.ts';
import type { Random } from './random.ts';
import { createRandom, createSampler } from './random.ts';
import type { GeneratedTransaction, GenerateOptions } from './transaction.ts';
import type { World } from './world-state.ts';

export interface Settings {
  transactions: number;
  seed: number;
  users: number;
  days: number;
  start: number;
  fraudRate: number;
}

export const DEFAULT_DAYS = 120;
const MOST_USERS = 50_000;
const MOST_PLANNED = 200_000;

/** Fills in the defaults. Throws RangeError for what makes no sense. */
export function settle(options: GenerateOptions): Settings {
  const transactions = options.transactions ?? Number.POSITIVE_INFINITY;
  const days = options.days ?? DEFAULT_DAYS;
  const byVolume = Number.isFinite(transactions) ? Math.round(transactions / 40) : 20_000;
  const settings = {
    transactions,
    seed: options.seed,
    users: options.users ?? Math.min(MOST_USERS, Math.max(200, byVolume)),
    days,
    start: options.start ?? Date.UTC(2026, 0, 1),
    fraudRate: options.fraudRate ?? 0.008,
  };
  const whole = (name: string, value: number, low: number) => {
    if (!Number.isInteger(value) || value < low) throw new RangeError(`${name} must be a whole number from ${low} up`);
  };
  if (transactions !== Number.POSITIVE_INFINITY) whole('transactions', transactions, 0);
  whole('users', settings.users, 10);
  if (!Number.isSafeInteger(settings.seed)) throw new RangeError('seed must be a whole number');
  if (!(days > 0 && days < 36_500)) throw new RangeError('days must lie above 0 and below 36,500');
  if (!Number.isFinite(settings.start)) throw new RangeError('start must be a date');
  if (!(settings.fraudRate >= 0 && settings.fraudRate <= 0.5))
    throw new RangeError('fraudRate must lie between 0 and 0.5');
  return settings;
}

export function createWorld(settings: Settings): World {
  const random = createRandom(settings.seed);
  const { users, start } = settings;
  const newId = idSource(settings.seed);
  const activity = createSampler(Array.from({ length: users }, () => random.logNormal(1, 0.9)));
  const world: World = {
    random,
    start,
    end: Number.isFinite(settings.transactions) ? start + settings.days * DAY : Number.POSITIVE_INFINITY,
    people: [],
    drawPerson: () => world.people[activity(random)],
    merchants: createMerchants(random, Math.min(2000, Math.max(80, Math.round(users / 15))), () => newId('m_')),
    carriers: PLACES.map((place) => addresses(random, (users * place.weight) / 2500)),
    offices: PLACES.map((place) => addresses(random, (users * place.weight) / 5000)),
    homes: [],
    burnt: [],
    queue: createQueue<GeneratedTransaction>(MOST_PLANNED),
    newId,
    fit: (spanMs) => (Number.isFinite(settings.transactions) ? Math.min(spanMs, (settings.days * DAY) / 5) : spanMs),
  };
  for (let i = 0; i < users; i++) world.people.push(createPerson(world, start, drawAccountAge(random), i));
  return world;
}

function addresses(random: Random, count: number): string[] {
  return Array.from({ length: Math.max(2, Math.round(count)) }, () => newIp(random));
}

/** Ids that look random and never repeat: an odd multiplier permutes the 32-bit counters. */
function idSource(seed: number): (prefix: string) => string {
  let counter = 0;
  const salt = Math.imul(seed, 0x9e3779b1);
  return (prefix) => prefix + (Math.imul(++counter ^ salt, 0x85ebca6b) >>> 0).toString(36);
}
