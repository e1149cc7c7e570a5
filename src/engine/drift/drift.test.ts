import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { createRandom } from '../../training/generator/random.ts';
import { NOTICE_SIGMAS } from './daily.ts';
import { BLOCK_MS, createHistory } from './history.ts';
import { reportOf, SCORE } from './report.ts';
import { add, binOf, createSeries, edgeOf, merge } from './series.ts';

const DAY = 86_400_000;
const START = Date.UTC(2026, 0, 5);
const DAYS = 36;
const NOW = START + DAYS * DAY - 1;

interface Payment {
  at: number;
  amount: number;
  device: number;
  hour: number;
  country: string;
  score: number;
}

/** Five weeks of payments: few at night, other amounts at the weekend, a sale in the third week. */
function stream(seed: number, perDay: number, change: (payment: Payment) => Payment = (same) => same) {
  const random = createRandom(seed);
  const next = () => random.float();
  const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  const history = createHistory();
  for (let day = 0; day < DAYS; day++) {
    const isWeekend = [5, 6].includes(day % 7);
    const isSale = day === 17;
    for (let i = 0; i < perDay * (isSale ? 3 : 1); i++) {
      const hour = Math.floor(24 * Math.sqrt(next()));
      const payment = change({
        at: START + day * DAY + hour * 3_600_000 + Math.floor(next() * 3_600_000),
        amount: Math.exp(3 + normal() + (isWeekend ? 0.5 : 0) - (isSale ? 0.5 : 0)),
        device: next() < 0.1 ? Number.NaN : Math.floor(next() * 50),
        hour,
        country: next() < 0.3 ? 'FR' : 'DE',
        score: Math.min(100, Math.max(0, Math.round(10 + 5 * normal()))),
      });
      const { at, country, score, ...features } = payment;
      history.take(at, [...Object.entries(features), [SCORE, score], [`@country:${country}:amount`, payment.amount]]);
    }
  }
  return history;
}

const drifted = (history: ReturnType<typeof createHistory>, now = NOW, blocks = 24) => {
  const { features, others } = reportOf(history, now, blocks);
  return [...features, ...others].filter(({ state }) => state === 'drifted').map(({ name }) => name);
};
const lately = (payment: Payment) => payment.at >= START + (DAYS - 1) * DAY;

describe('drift', () => {
  test('bins hold what is within half an octave; parts add up to the whole', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.double({ noNaN: true, min: -4e6, max: 4e6 }), fc.constant(Number.NaN))),
        fc.nat(),
        (values, cut) => {
          const [whole, a, b] = [createSeries(), createSeries(), createSeries()];
          for (const [i, value] of values.entries()) {
            add(whole, value);
            add(i < cut ? a : b, value);
            if (Math.abs(value) < 2 ** -10) continue;
            const edge = edgeOf(binOf(value));
            const [size, least] = [Math.abs(value), Math.abs(edge)];
            const most = value >= 1 && value < 32 ? least + 1 : least * Math.SQRT2;
            assert.ok(
              Number.isNaN(value) || (size >= least * (1 - 1e-12) && size <= most * (1 + 1e-12)),
              `${value} ${edge}`,
            );
          }
          merge(a, b);
          assert.deepEqual([a.count, a.missing, a.bins], [whole.count, whole.missing, whole.bins]);
        },
      ),
    );
  });

  test('an unchanged stream is stable at any hour of its last days, within its hours too, weekend and nights and a sale or not', () => {
    for (const seed of [1, 2]) {
      const history = stream(seed, 1_500);
      for (let now = NOW - 2 * DAY; now <= NOW; now += 5.3 * 3_600_000)
        for (const blocks of [1, 3, 24])
          assert.deepEqual(drifted(history, now, blocks), [], `seed ${seed}, ${new Date(now)}`);
    }
  });

  test('what changes is named: amounts of a country, a field gone, clocks an hour off; the first since when', () => {
    const times3 = stream(5, 1_500, (one) =>
      lately(one) && one.country === 'FR' ? { ...one, amount: one.amount * 3 } : one,
    );
    assert.ok(drifted(times3).includes('@country:FR:amount'), String(drifted(times3)));
    assert.ok(!drifted(times3).includes('@country:DE:amount'));
    const late = stream(8, 3_000, (one) => (lately(one) ? { ...one, hour: (one.hour + 1) % 24 } : one));
    const byHour = [8.5, 12, 16.2, 22].flatMap((hour) => drifted(late, START + (DAYS - 1) * DAY + hour * BLOCK_MS, 2));
    assert.deepEqual([...new Set(byHour)], ['hour']);
    const gone = stream(6, 1_500, (one) => (lately(one) ? { ...one, device: Number.NaN } : one));
    assert.deepEqual(drifted(gone), ['device']);
    const { features } = reportOf(gone, NOW, 24);
    const device = features.find(({ name }) => name === 'device')!;
    // At night too few are paid to say.
    const began = (device.since! - START - (DAYS - 1) * DAY) / BLOCK_MS;
    assert.ok(began >= 0 && began <= 4, String(began));
    assert.ok(device.missing.now === 1 && Math.abs(device.missing.then! - 0.1) < 0.02);
    assert.equal(device.groups.at(-1)!.now, 1);
  });

  test('a share that doubles is named, one that stays is not', () => {
    const flagged = (rate: number) => {
      const random = createRandom(9);
      const history = createHistory();
      for (let day = 0; day < DAYS; day++)
        for (let i = 0; i < 4_000; i++) {
          const chance = day === DAYS - 1 ? rate : 0.03;
          history.take(START + day * DAY + (i * DAY) / 4_000, [['#flagged', random.chance(chance) ? 1 : 0]]);
        }
      return drifted(history);
    };
    assert.deepEqual(flagged(0.12), ['#flagged']);
    assert.deepEqual(flagged(0.002), ['#flagged']);
    assert.deepEqual(flagged(0.035), []);
  });

  test('before four weeks are known it learns, with few decisions it says so', () => {
    const history = stream(7, 300);
    assert.equal(reportOf(history, START + 20 * DAY, 24).baseline.kind, 'learning');
    assert.ok(reportOf(history, START + 20 * DAY, 24).features.every(({ state }) => state === 'learning'));
    const own = reportOf(history, NOW, 24);
    assert.deepEqual([own.baseline.kind, own.baseline.weeks], ['own', 4]);
    assert.ok(reportOf(stream(7, 1), NOW, 24).features.every(({ state }) => state === 'few'));
  });

  test('the operator’s rule: a day’s mean just under and just over two deviations of thirty daily means', () => {
    const today = Math.floor(NOW / DAY) * DAY;
    const withToday = (mean: number) => {
      const history = createHistory();
      // Thirty daily means of 10 and 12 in turns: their mean is 11, their deviation √(30/29).
      for (let day = 1; day <= 30; day++) history.take(today - day * DAY, [[SCORE, day % 2 ? 10 : 12]]);
      history.take(today, [[SCORE, mean]]);
      return reportOf(history, NOW, 24).score;
    };
    const edge = 11 + NOTICE_SIGMAS * Math.sqrt(30 / 29);
    for (const [mean, isBeyond] of [
      [edge - 0.001, false],
      [edge + 0.001, true],
      [22 - edge - 0.001, true],
    ] as const) {
      const { meanShiftSigmas, days } = withToday(mean);
      assert.equal(days, 30);
      assert.equal(Math.abs(meanShiftSigmas!) > NOTICE_SIGMAS, isBeyond, `${mean}: ${meanShiftSigmas}`);
    }
  });

  test('two processes that saw half each add up to one that saw all', () => {
    const random = createRandom(3);
    const [whole, a, b] = [createHistory(), createHistory(), createHistory()];
    for (let i = 0; i < 30_000; i++) {
      const at = START + (DAYS * DAY * i) / 30_000;
      const values: [string, number][] = [
        ['amount', Math.round(100 * random.logNormal(20, 1))],
        [SCORE, random.int(0, 100)],
        [`@country:${random.pick(['DE', 'FR', 'IT'])}:score`, random.int(0, 100)],
        ['device', random.chance(0.1) ? Number.NaN : random.int(0, 40)],
      ];
      whole.take(at, values);
      (random.chance(0.5) ? a : b).take(at, values);
    }
    for (const block of b.blocks()) a.add(block);
    for (const blocks of [1, 24, 168]) assert.deepEqual(reportOf(a, NOW, blocks), reportOf(whole, NOW, blocks));
  });

  test('an hour that runs is held against its like: what most of it is, and what is paid at it, is no drift', () => {
    const history = createHistory();
    // By day a hundred an hour, one amount at each hour of it; the last hour has begun.
    for (let hour = 0; hour < 24 * DAYS - 1; hour++)
      for (let i = 0; i < 100; i++) history.take(START + hour * BLOCK_MS + i * 36_000, [['hour', hour % 24]]);
    const now = START + (24 * DAYS - 1) * BLOCK_MS;
    for (let i = 0; i < 60; i++) history.take(now + i * 1000, [['hour', 23]]);
    for (const blocks of [1, 2, 3, 6]) assert.deepEqual(drifted(history, now + 60_000, blocks), []);
  });

  test('a stream that all but ends, or swells beyond any week, is told; a sale is not', () => {
    const withLast = (share: number) => {
      const history = createHistory();
      for (let hour = 0; hour < 24 * DAYS; hour++)
        for (let i = 0; i < (hour >= 24 * DAYS - 6 ? 300 * share : 300); i++)
          history.take(START + hour * BLOCK_MS + i * 1000, [[SCORE, 10]]);
      return drifted(history, NOW, 6);
    };
    assert.deepEqual(withLast(0.1), ['#volume']);
    assert.deepEqual(withLast(8), ['#volume']);
    assert.deepEqual(withLast(3), []);
    assert.deepEqual(withLast(0.5), []);
  });

  test('memory is bounded: six weeks, and so many segments a block', () => {
    const history = createHistory();
    for (let day = 0; day < 100; day++)
      for (let i = 0; i < 200; i++) history.take(START + day * DAY, [[`@merchantId:m${i}:amount`, 1]]);
    const blocks = [...history.blocks()];
    assert.ok(blocks.length <= 43, `${blocks.length}`);
    assert.ok(blocks.every(({ series }) => series.size <= 60));
    assert.equal(history.since! % BLOCK_MS, 0);
  });
});
