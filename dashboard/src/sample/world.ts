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

/**
 * People who buy ordinary things, with now and then a thief among them: a device that tries out stolen cards with small
 * amounts, or a taken-over account that buys much from far away.
 */
export function createWorld(random: Random, people = 160) {
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
    const where = { currency, customerLocation: city, country, latitude, longitude };
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

  return {
    next(): SamplePayment {
      if (!attack && random.chance(0.012)) attack = random.chance(0.5) ? cardTesting() : takeover();
      if (attack && random.chance(0.3)) {
        const payment = attack();
        if (payment) return payment;
        attack = undefined;
      }
      return ordinary();
    },
    /** The first of an attack at once, so that a new reader need not wait for one. */
    attack(kind: 'cardTesting' | 'takeover'): void {
      attack = kind === 'cardTesting' ? cardTesting() : takeover();
    },
  };
}

const round = (amount: number) => Math.max(0.5, Math.round(amount * 100) / 100);
