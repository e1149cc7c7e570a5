import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { createRandom } from '../../training/generator/random.ts';
import { BLOCK_MS, createHistory } from './history.ts';
import { NOTICE_SIGMAS, reportOf, SCORE } from './report.ts';
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

const drifted = (history: ReturnType<typeof createHistory>, now = NOW, blocks = 4) => {
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

  test('an unchanged stream is stable at any hour of its last days, within its quarters too, weekend and nights and a sale or not', () => {
    for (const seed of [1, 2, 3, 4]) {
      const history = stream(seed, 1_500);
      for (let now = NOW - 2 * DAY; now <= NOW; now += 2.4 * 3_600_000)
        for (const blocks of [1, 4])
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
    const byQuarter = [1, 2, 3, 4].flatMap((quarter) => drifted(late, NOW - (4 - quarter) * BLOCK_MS, 1));
    assert.deepEqual([...new Set(byQuarter)], ['hour']);
    const gone = stream(6, 1_500, (one) => (lately(one) ? { ...one, device: Number.NaN } : one));
    assert.deepEqual(drifted(gone), ['device']);
    const { features } = reportOf(gone, NOW, 4);
    const device = features.find(({ name }) => name === 'device')!;
    assert.equal(device.since, START + (DAYS - 1) * DAY);
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
    assert.equal(reportOf(history, START + 20 * DAY, 4).baseline.kind, 'learning');
    assert.ok(reportOf(history, START + 20 * DAY, 4).features.every(({ state }) => state === 'learning'));
    const own = reportOf(history, NOW, 4);
    assert.deepEqual([own.baseline.kind, own.baseline.weeks], ['own', 4]);
    assert.ok(reportOf(stream(7, 20), NOW, 4).features.every(({ state }) => state === 'few'));
  });

  test('the operator’s rule: a day’s mean just under and just over two deviations of thirty daily means', () => {
    const today = Math.floor(NOW / DAY) * DAY;
    const withToday = (mean: number) => {
      const history = createHistory();
      // Thirty daily means of 10 and 12 in turns: their mean is 11, their deviation √(30/29).
      for (let day = 1; day <= 30; day++) history.take(today - day * DAY, [[SCORE, day % 2 ? 10 : 12]]);
      history.take(today, [[SCORE, mean]]);
      return reportOf(history, NOW, 4).score;
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
