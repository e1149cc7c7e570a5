import type { TransactionInput } from '../api/types.ts';
import type { Random } from './random.ts';

/** A sample payment, and what it truly is: the label that a chargeback would bring later. */
export interface SamplePayment {
  body: TransactionInput;
  fraud: boolean;
}

const PLACES = [
  { city: 'New York', country: 'US', currency: 'USD', latitude: 40.71, longitude: -74.0 },
  { city: 'Chicago', country: 'US', currency: 'USD', latitude: 41.88, longitude: -87.63 },
  { city: 'Austin', country: 'US', currency: 'USD', latitude: 30.27, longitude: -97.74 },
  { city: 'London', country: 'GB', currency: 'GBP', latitude: 51.51, longitude: -0.13 },
  { city: 'Berlin', country: 'DE', currency: 'EUR', latitude: 52.52, longitude: 13.4 },
  { city: 'Madrid', country: 'ES', currency: 'EUR', latitude: 40.42, longitude: -3.7 },
] as const;

const FAR = [
  { city: 'Lagos', country: 'NG', latitude: 6.52, longitude: 3.38 },
  { city: 'Jakarta', country: 'ID', latitude: -6.21, longitude: 106.85 },
  { city: 'Caracas', country: 'VE', latitude: 10.48, longitude: -66.9 },
] as const;

const GOODS = [
  { category: 'Groceries', median: 46, sigma: 0.6, channels: ['pos', 'web', 'app'] },
  { category: 'Food', median: 17, sigma: 0.5, channels: ['app', 'pos'] },
  { category: 'Fashion', median: 62, sigma: 0.65, channels: ['web', 'app'] },
  { category: 'Digital', median: 11, sigma: 0.7, channels: ['web', 'app'] },
  { category: 'Transport', median: 6, sigma: 0.6, channels: ['app', 'pos'] },
  { category: 'Health', median: 34, sigma: 0.6, channels: ['web', 'pos'] },
  { category: 'Home', median: 75, sigma: 0.7, channels: ['web', 'pos'] },
  { category: 'Electronics', median: 150, sigma: 0.8, channels: ['web'] },
] as const;

interface Person {
  userId: string;
  place: (typeof PLACES)[number];
  cardId: string;
  deviceId: string;
  ip: string;
  email: string;
  accountAgeDays: number;
  /** What this one spends against others. */
  means: number;
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
/** Between two payments of the whole crowd: each of its people pays about once a day. */
const PAUSE_MS = 9 * MINUTE_MS;

/**
 * People who buy ordinary things, with now and then a thief among them: a device that tries out stolen cards with small
 * amounts, or a taken-over account that buys much from far away. The payments are dated from `startMs` on, days in a few
 * minutes: people who paid every few seconds would all look like thieves.
 */
export function createWorld(random: Random, startMs: number, people = 160) {
  const run = random.hex(4);
  const crowd: Person[] = Array.from({ length: people }, (_, i) => ({
    userId: `u_${run}${String(i).padStart(3, '0')}`,
    place: random.pick(PLACES),
    cardId: `card_${random.hex(8)}`,
    deviceId: `dev_${random.hex(8)}`,
    ip: `198.51.${random.below(256)}.${1 + random.below(254)}`,
    email: `${random.hex(6)}@${random.pick(['gmail.com', 'outlook.com', 'example.org'])}`,
    accountAgeDays: 40 + random.below(1600),
    means: random.spread(1, 0.35),
  }));
  const merchants = GOODS.map((_, g) => Array.from({ length: 6 }, (_, i) => `m_${g}${i}`));
  let attack: (() => SamplePayment | undefined) | undefined;
  let time = startMs;

  function ordinary(): SamplePayment {
    const person = random.pick(crowd);
    const g = random.below(GOODS.length);
    const goods = GOODS[g];
    return {
      fraud: false,
      body: {
        ...identity(person),
        amount: round(random.spread(goods.median * person.means, goods.sigma)),
        productCategory: goods.category,
        merchantId: random.pick(merchants[g]),
        channel: random.pick(goods.channels),
      },
    };
  }

  function identity({ userId, place, cardId, deviceId, ip, email, accountAgeDays }: Person): TransactionInput {
    const { city, country, currency, latitude, longitude } = place;
    // Nobody pays twice at the very same spot.
    const near = (degrees: number) => Number((degrees + (random.next() - 0.5) * 0.08).toFixed(4));
    const at = { latitude: near(latitude), longitude: near(longitude) };
    const where = { currency, customerLocation: city, country, ...at };
    return { userId, amount: 0, cardId, deviceId, ip, email, accountAgeDays, ...where };
  }

  function cardTesting(): () => SamplePayment | undefined {
    let left = 10 + random.below(10);
    const deviceId = `dev_${random.hex(8)}`;
    const ip = `203.0.113.${1 + random.below(254)}`;
    const merchantId = random.pick(merchants[3]);
    const place = random.pick(FAR);
    return () => {
      if (left-- === 0) return undefined;
      return {
        fraud: true,
        body: {
          userId: `u_${run}n${random.hex(4)}`,
          amount: round(0.5 + random.next() * 2),
          currency: 'USD',
          productCategory: 'Digital',
          merchantId,
          channel: 'web',
          cardId: `card_${random.hex(8)}`,
          deviceId,
          ip,
          email: `${random.hex(9)}@mail.test`,
          accountAgeDays: 0,
          customerLocation: place.city,
          country: place.country,
          latitude: place.latitude,
          longitude: place.longitude,
        },
      };
    };
  }

  function takeover(): () => SamplePayment | undefined {
    let left = 3 + random.below(4);
    const victim = random.pick(crowd);
    const place = random.pick(FAR);
    const deviceId = `dev_${random.hex(8)}`;
    const ip = `203.0.113.${1 + random.below(254)}`;
    return () => {
      if (left-- === 0) return undefined;
      return {
        fraud: true,
        body: {
          ...identity(victim),
          amount: round(random.spread(720, 0.4)),
          productCategory: random.pick(['Electronics', 'Gift cards', 'Jewelry']),
          merchantId: random.pick(merchants[7]),
          channel: 'web',
          deviceId,
          ip,
          customerLocation: place.city,
          country: place.country,
          latitude: place.latitude,
          longitude: place.longitude,
        },
      };
    };
  }

  function choose(): SamplePayment {
    if (!attack && random.chance(0.006)) attack = random.chance(0.5) ? cardTesting() : takeover();
    if (attack && random.chance(0.3)) {
      const payment = attack();
      if (payment) return payment;
      attack = undefined;
    }
    return ordinary();
  }

  /** An attack takes minutes; at night few people buy. */
  function pass(): void {
    time += attack ? (2 + 20 * random.next()) * SECOND_MS : -Math.log(1 - random.next()) * PAUSE_MS;
    if (!attack && new Date(time).getUTCHours() < 6) time += 6 * HOUR_MS;
  }

  return {
    /** When the last payment was made. */
    time: () => time,
    next(): SamplePayment {
      pass();
      const { body, fraud } = choose();
      return { body: { ...body, transactionDate: new Date(time).toISOString() }, fraud };
    },
    /** The first of an attack at once, so that a new reader need not wait for one. */
    attack(kind: 'cardTesting' | 'takeover'): void {
      attack = kind === 'cardTesting' ? cardTesting() : takeover();
    },
  };
}

const round = (amount: number) => Math.max(0.5, Math.round(amount * 100) / 100);
