import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { CATEGORIES, CHANNELS } from './categories.ts';
import { toCsv } from './format.ts';
import { generate } from './generate.ts';
import { CURRENCIES, PLACES } from './places.ts';
import type { GeneratedTransaction, GenerateOptions } from './transaction.ts';
import { FRAUD_KINDS } from './transaction.ts';
import { createWorld, settle } from './world.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const rows = [...generate({ transactions: 60_000, seed: 11 })];
type Paid = GeneratedTransaction & { amount: number };
const payments = rows.filter((row): row is Paid => row.type === 'payment');
const frauds = payments.filter((row) => row.isFraud);
const honest = payments.filter((row) => !row.isFraud);
const allFrauds = rows.filter((row) => row.isFraud);

function digest(options: GenerateOptions): string {
  const hash = createHash('sha256');
  for (const row of generate(options)) hash.update(toCsv(row));
  return hash.digest('hex');
}

function share<T>(items: T[], holds: (item: T) => boolean): number {
  return items.filter(holds).length / items.length;
}

describe('the stream', () => {
  test('is the same for the same options and another for another seed', () => {
    const one = digest({ transactions: 3000, seed: 5 });
    assert.equal(digest({ transactions: 3000, seed: 5 }), one);
    assert.notEqual(digest({ transactions: 3000, seed: 6 }), one);
  });

  test('two streams drawn by turns do not disturb each other', () => {
    const one = generate({ transactions: 200, seed: 5 });
    const two = generate({ transactions: 200, seed: 6 });
    const mixed: string[] = [];
    for (const row of one) {
      mixed.push(toCsv(row));
      two.next();
    }
    assert.deepEqual(mixed, [...generate({ transactions: 200, seed: 5 })].map(toCsv));
  });

  test('has as many rows as asked for, in time order, with ids of their own', () => {
    for (const transactions of [0, 1, 7]) assert.equal([...generate({ transactions, seed: 1 })].length, transactions);
    assert.equal(rows.length, 60_000);
    assert.equal(new Set(rows.map((row) => row.id)).size, rows.length);
    for (let i = 1; i < rows.length; i++) assert.ok(rows[i].time >= rows[i - 1].time);
  });

  test('fills the days asked for', () => {
    const start = Date.UTC(2025, 5, 1);
    for (const [days, transactions] of [
      [30, 4000],
      [400, 4000],
      [0.001, 2000],
    ]) {
      const part = [...generate({ transactions, seed: 2, start, days })];
      const span = (part[part.length - 1].time - start) / DAY;
      assert.ok(part[0].time >= start);
      assert.ok(span > 0.85 * days && span < 1.15 * days, `${span} of ${days} days`);
    }
  });

  test('goes on without an end', () => {
    const endless = generate({ seed: 3, users: 50 });
    let last: GeneratedTransaction | undefined;
    for (let i = 0; i < 5000; i++) last = endless.next().value;
    assert.ok(last && last.time > Date.UTC(2026, 0, 1));
    endless.return(undefined);
  });

  test('has more at noon than before dawn, by the payer’s clock', () => {
    const hours = new Array(24).fill(0);
    for (const row of honest) if (row.country) hours[Math.floor((row.time + row.offsetMinutes * 60_000) / HOUR) % 24]++;
    assert.ok(hours[12] > 3 * hours[3], `${hours}`);
  });

  test('refuses options that make no sense', () => {
    const bad: GenerateOptions[] = [
      { seed: 1.5 },
      { seed: 1, transactions: -1 },
      { seed: 1, transactions: 0.5 },
      { seed: 1, users: 3 },
      { seed: 1, days: 0 },
      { seed: 1, start: Number.NaN },
      { seed: 1, fraudRate: 0.9 },
    ];
    for (const options of bad) assert.throws(() => generate(options).next(), RangeError, JSON.stringify(options));
  });
});

describe('memory', () => {
  test('holds as many users as asked for, whatever the number of rows', () => {
    const world = createWorld(settle({ seed: 1, users: 40 }));
    assert.equal(world.people.length, 40);
    assert.equal(settle({ seed: 1, transactions: 1_000_000_000 }).users, 50_000);
  });

  test('newcomers take the place of others: far more users pass through than are held', () => {
    const seen = new Set<string>();
    for (const row of generate({ transactions: 20_000, seed: 1, users: 100 })) seen.add(row.userId);
    assert.ok(seen.size > 1000, `${seen.size}`);
  });
});

describe('every row', () => {
  const currencies = new Set(Object.keys(CURRENCIES));
  const cities = new Set(PLACES.map((place) => place.city));
  const countries = new Set(PLACES.map((place) => place.country));
  const categories = new Set(CATEGORIES.map((category) => category.name));
  const channels = new Set<string>(CHANNELS);
  const optional = (value: string | undefined, known: Set<string>) => value === undefined || known.has(value);

  test('has an amount above 0 that is whole in the minor unit of its currency', () => {
    for (const { amount, currency } of payments) {
      const text = String(amount);
      const digits = text.includes('.') ? text.length - text.indexOf('.') - 1 : 0;
      assert.ok(amount > 0 && !text.includes('e') && digits <= CURRENCIES[currency ?? 'USD'].digits, `${amount}`);
    }
    for (const currency of ['JPY', 'KWD', 'EUR'])
      assert.ok(
        rows.some((row) => row.currency === currency),
        currency,
      );
    assert.ok(rows.some((row) => row.currency === 'KWD' && /\.\d{3}$/.test(String(row.amount))));
  });

  test('holds known words, possible coordinates and ages', () => {
    for (const row of rows) {
      assert.ok(row.userId.length > 0);
      assert.ok(optional(row.currency, currencies));
      assert.ok(optional(row.customerLocation, cities));
      assert.ok(optional(row.country, countries));
      assert.ok(optional(row.productCategory, categories));
      assert.ok(optional(row.channel, channels));
      assert.equal(row.latitude === undefined, row.longitude === undefined);
      if (row.latitude !== undefined) assert.ok(Math.abs(row.latitude) <= 90 && Math.abs(row.longitude!) <= 180);
      if (row.accountAgeDays !== undefined) assert.ok(Number.isInteger(row.accountAgeDays) && row.accountAgeDays >= 0);
      if (row.email !== undefined) assert.match(row.email, /^[^@\s,]+@[^@\s,]+\.[a-z]+$/);
      assert.equal(row.isFraud, row.fraudKind !== undefined);
    }
  });

  test('is labelled after it happened; chargebacks take 5 to 60 days', () => {
    for (const { time, labelledAt, isFraud, type } of rows) {
      if (labelledAt === undefined) continue;
      const days = (labelledAt - time) / DAY;
      assert.ok(days > 0 && days <= 60.001);
      assert.ok(days <= 0.5 || (isFraud && days >= 4.999) || (isFraud && type !== 'payment'), `${days}`);
    }
    const never = share(frauds, (row) => row.labelledAt === undefined);
    assert.ok(never > 0.04 && never < 0.18, `${never}`);
    const looked = share(honest, (row) => row.labelledAt !== undefined);
    assert.ok(looked > 0.01 && looked < 0.03, `${looked}`);
  });
});

describe('fraud', () => {
  test('has the rate asked for', () => {
    assert.ok(Math.abs(allFrauds.length / rows.length - 0.008) < 0.0012, `${allFrauds.length}`);
    for (const fraudRate of [0, 0.03]) {
      const part = [...generate({ transactions: 20_000, seed: 8, fraudRate })];
      const rate = share(part, (row) => row.isFraud);
      assert.ok(Math.abs(rate - fraudRate) <= 0.15 * fraudRate, `${rate} for ${fraudRate}`);
    }
  });

  test('is of every kind, even among ten thousand', () => {
    for (const seed of [1, 2, 3]) {
      const kinds = new Set([...generate({ transactions: 10_000, seed })].map((row) => row.fraudKind));
      for (const kind of FRAUD_KINDS) assert.ok(kinds.has(kind), `${kind} with seed ${seed}`);
    }
  });

  test('card testing: small payments, many cards on one device, some within a second, some over minutes', () => {
    const many = generate({ transactions: 20_000, seed: 11, fraudRate: 0.08 });
    const tests = [...many].filter((row): row is Paid => row.fraudKind === 'card_testing');
    const dollars = tests.map((row) => row.amount / CURRENCIES[row.currency ?? 'USD'].perDollar);
    assert.ok(share(dollars, (amount) => amount <= 6.1) > 0.4);
    const byDevice = Map.groupBy(
      tests.filter((row) => row.deviceId),
      (row) => row.deviceId,
    );
    const bursts = [...byDevice.values()].filter((burst) => new Set(burst.map((row) => row.cardId)).size >= 5);
    assert.ok(bursts.length >= 8, `${bursts.length} bursts`);
    const gaps = bursts.map((burst) => burst[1].time - burst[0].time);
    assert.ok(gaps.some((gap) => gap < 1000) && gaps.some((gap) => gap > 1000), `${gaps}`);
    const users = bursts.map((burst) => new Set(burst.map((row) => row.userId)).size / burst.length);
    assert.ok(users.some((part) => part < 0.3) && users.some((part) => part > 0.7), `${users}`);
  });

  test('account takeover: a device that the user never had', () => {
    const known = new Map<string, Set<string>>();
    let strange = 0;
    let all = 0;
    for (const { userId, deviceId, fraudKind } of rows) {
      if (!deviceId) continue;
      const devices = known.get(userId) ?? new Set();
      if (fraudKind === 'account_takeover') all++;
      if (fraudKind === 'account_takeover' && !devices.has(deviceId)) strange++;
      if (!fraudKind) known.set(userId, devices.add(deviceId));
    }
    assert.ok(all > 20 && strange / all > 0.9, `${strange} of ${all}`);
  });
});

describe('honest payments are not easy either', () => {
  test('fields are absent in honest and in fraudulent rows', () => {
    const fields = [
      'cardId',
      'deviceId',
      'ip',
      'email',
      'country',
      'latitude',
      'productCategory',
      'merchantId',
    ] as const;
    for (const field of fields) {
      const absent = (items: GeneratedTransaction[]) => share(items, (row) => row[field] === undefined);
      assert.ok(absent(honest) > 0.05 && absent(honest) < 0.85, `${field} ${absent(honest)}`);
      assert.ok(absent(frauds) > 0, field);
    }
    const bare = (row: GeneratedTransaction) =>
      !row.cardId && !row.deviceId && !row.ip && !row.merchantId && !row.email;
    assert.ok(share(honest, bare) > 0.03);
  });

  test('many first payments are small and by people who are new to the system', () => {
    const seen = new Set<string>();
    let small = 0;
    let smallFrauds = 0;
    for (const row of payments) {
      if (!seen.has(row.userId) && row.amount < 6) {
        small++;
        if (row.isFraud) smallFrauds++;
      }
      seen.add(row.userId);
    }
    assert.ok(small > 0.02 * rows.length, `${small}`);
    assert.ok(smallFrauds < 0.1 * small, `${smallFrauds} of ${small}`);
  });

  test('crowds pay a little at one shop within minutes, each with a card of their own', () => {
    const recent = new Map<string, GeneratedTransaction[]>();
    let crowds = 0;
    for (const row of honest) {
      if (!row.merchantId || row.amount > 10) continue;
      const last = (recent.get(row.merchantId) ?? []).filter((other) => row.time - other.time < 10 * 60_000);
      last.push(row);
      recent.set(row.merchantId, last);
      if (new Set(last.map((other) => other.userId)).size === 8) crowds++;
    }
    assert.ok(crowds > 20, `${crowds}`);
  });

  test('one card pays several times within a minute', () => {
    const last = new Map<string, number>();
    let bursts = 0;
    for (const row of honest) {
      if (!row.cardId) continue;
      if (row.time - (last.get(row.cardId) ?? 0) < 60_000) bursts++;
      last.set(row.cardId, row.time);
    }
    assert.ok(bursts > 0.005 * honest.length, `${bursts}`);
  });
});

describe('the life of a payment', () => {
  const told = payments.filter((row) => row.life.outcome);
  const refused = (row: GeneratedTransaction) => row.life.outcome?.type === 'refused';

  test('issuers refuse few honest payments, and most of those that test cards', () => {
    assert.ok(told.length > 0.4 * payments.length, `${told.length} of ${payments.length}`);
    const honestShare = share(
      told.filter((row) => !row.isFraud),
      refused,
    );
    assert.ok(honestShare > 0.015 && honestShare < 0.06, `${honestShare}`);
    const tested = share(
      told.filter((row) => row.fraudKind === 'card_testing'),
      refused,
    );
    assert.ok(tested > 0.45 && tested < 0.95, `${tested}`);
    for (const { life } of told.filter(refused)) {
      assert.ok(life.outcome?.code);
      assert.deepEqual(
        [life.settledAt, life.refund, life.dispute, life.warning],
        [undefined, undefined, undefined, undefined],
      );
    }
  });

  test('one person with a mistyped code tries again, and mostly succeeds within five', () => {
    const runs = new Map<string, string[]>();
    for (const row of told) {
      if (row.isFraud || !row.cardId) continue;
      const key = `${row.userId} ${row.cardId} ${Math.floor(row.time / DAY)}`;
      runs.set(key, [...(runs.get(key) ?? []), row.life.outcome?.code ?? 'authorized']);
    }
    const mistyped = [...runs.values()].filter((codes) => codes.includes('incorrect_cvc'));
    assert.ok(mistyped.length > 20, `${mistyped.length}`);
    const longest = Math.max(...mistyped.map((codes) => codes.filter((code) => code === 'incorrect_cvc').length));
    assert.ok(longest >= 2 && longest <= 8, `${longest}`);
    assert.ok(share(mistyped, (codes) => codes.includes('authorized')) > 0.5);
  });

  test('what happens comes in its order', () => {
    for (const { time, life, labelledAt, isFraud } of payments) {
      const { outcome, settledAt, refund, warning, dispute } = life;
      if (outcome) assert.ok(outcome.at > time && outcome.at < time + 60_000);
      if (settledAt) assert.ok(settledAt > (outcome?.at ?? time));
      if (refund) assert.ok(refund.at > time && refund.amount > 0);
      if (warning) assert.ok(warning.at > time && dispute && warning.at <= Math.max(dispute.at, time + DAY));
      if (dispute) assert.ok(dispute.at > time && dispute.closedAt > dispute.at);
      if (dispute && isFraud) assert.equal(dispute.at, labelledAt);
    }
  });

  test('honest people dispute too, some of them as fraud, and some frauds are never told', () => {
    const disputes = honest.filter((row) => row.life.dispute);
    assert.ok(disputes.length > 20, `${disputes.length}`);
    const friendly = share(disputes, ({ life }) =>
      ['10.4', '10.3', '4837', '4870', 'F29', 'F30'].includes(life.dispute!.reasonCode),
    );
    assert.ok(friendly > 0.15 && friendly < 0.7, `${friendly}`);
    assert.ok(share(allFrauds, (row) => row.labelledAt === undefined) > 0.04);
  });
});

describe('logins, registrations and payouts', () => {
  const of = (type: string) => rows.filter((row) => row.type === type);

  test('are some of the rows, with their own frauds', () => {
    for (const [type, low, high] of [
      ['login', 0.02, 0.15],
      ['registration', 0.003, 0.05],
      ['payout', 0.003, 0.05],
    ] as const) {
      const part = of(type).length / rows.length;
      assert.ok(part > low && part < high, `${type} ${part}`);
      assert.ok(of(type).some((row) => row.isFraud) && of(type).some((row) => !row.isFraud), type);
    }
  });

  test('have an amount only where money moves, and no card', () => {
    for (const row of rows) {
      assert.equal(row.amount === undefined, row.type === 'login' || row.type === 'registration');
      if (row.type !== 'payment')
        assert.deepEqual(
          [row.cardId, row.cardBin, row.merchantId, row.mcc],
          [undefined, undefined, undefined, undefined],
        );
      assert.equal(row.payeeId !== undefined, row.type === 'payout');
    }
  });
});

test('a card shows the same face wherever it is used', () => {
  const faces = new Map<string, string>();
  for (const row of rows) {
    if (!row.cardId || !row.cardBin) continue;
    const face = `${row.cardBin} ${row.cardLast4} ${row.cardBrand} ${row.cardCountry} ${row.cardFunding}`;
    assert.equal(faces.get(row.cardId) ?? face, face);
    faces.set(row.cardId, face);
    assert.match(row.cardBin, /^[345]\d{5}$/);
  }
  assert.ok(faces.size > 1000);
});
