import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../training/generator/random.ts';
import { dispersionOf } from './dispersion.ts';
import { BLOCK_MS, BLOCKS_A_DAY, BLOCKS_A_WEEK, createHistory } from './history.ts';
import { createSeries, add as take } from './series.ts';
import { evidenceOfShare, evidenceOfValues } from './significance.ts';

/** The exact chance of so many hits or more. */
function tail(hits: number, rows: number, share: number): number {
  let [term, sum] = [(1 - share) ** rows, 0];
  for (let k = 0; k <= rows; k++) {
    if (k >= hits) sum += term;
    term *= (((rows - k) / (k + 1)) * share) / (1 - share);
  }
  return sum;
}

test('evidence of a share never says less chance than there is, from eight payments on', () => {
  const KNOWN = 1e9;
  for (const share of [0.001, 0.02, 0.1, 0.3, 0.5])
    for (const rows of [8, 12, 20, 50, 200])
      for (let hits = Math.ceil(rows * share) + 1; hits <= rows; hits++) {
        const evidence = evidenceOfShare(hits, rows, share * KNOWN, KNOWN);
        const chance = tail(hits, rows, share);
        // The same within rounding where the exact chance is below what a double can tell from 0.
        assert.ok(Math.exp(-evidence) >= chance * 0.999 || chance < 1e-14, `${hits} of ${rows} at ${share}`);
      }
  assert.ok(evidenceOfShare(12, 12, 100, 1_000) > 20, 'and it does say something');
  assert.equal(evidenceOfShare(0, 0, 5, 10), 0);
});

test('evidence of values: equals say nothing; ranks say more than distances where all is a little more', () => {
  const random = createRandom(1);
  const sample = (count: number, shift: number) => {
    const series = createSeries();
    for (let i = 0; i < count; i++) take(series, random.logNormal(30 * shift, 1));
    return series;
  };
  const then = sample(5_000, 1);
  for (let i = 0; i < 20; i++) assert.ok(evidenceOfValues(sample(60, 1), then, 0) < 6);
  assert.ok(evidenceOfValues(sample(60, 3), then, 0) > 14);
  // Four uniform numbers have a mean of 0.9 or more in (4 · 0.1)^4 / 24 of cases: the bound holds that.
  const [now, all] = [createSeries(), createSeries()];
  for (let i = 0; i < 1_000; i++) take(all, i % 2 === 0 ? 1 : 100);
  for (let i = 0; i < 4; i++) take(now, 100);
  assert.ok(Math.exp(-evidenceOfValues(now, all, 0)) >= 0.5 ** 4, 'ties are worth no more than they are');
});

test('dispersion: payments of their own are taken for a little less, runs for about what they are, a sale in one week for none', () => {
  const FIRST = 20_000 * BLOCKS_A_WEEK;
  const measure = (run: number, sale: boolean) => {
    const random = createRandom(5);
    const history = createHistory();
    for (let week = 0; week < 4; week++)
      for (let hour = 0; hour < BLOCKS_A_DAY; hour++)
        for (let i = 0; i < 120 / run; i++) {
          const value = random.logNormal(sale && week === 2 ? 12 : 30, 1);
          const missing = random.chance(0.2);
          for (let k = 0; k < run; k++)
            history.take((FIRST + week * BLOCKS_A_WEEK + hour) * BLOCK_MS, [['x', missing ? Number.NaN : value]]);
        }
    return dispersionOf(history, FIRST + 4 * BLOCKS_A_WEEK + BLOCKS_A_DAY - 1, 4)('x');
  };
  assert.equal(measure(1, false), 1.5);
  assert.equal(measure(1, true), 1.5);
  const runs = measure(6, false);
  assert.ok(runs > 5 && runs < 10, `${runs}`);
  assert.equal(dispersionOf(createHistory(), FIRST, 4)('x'), 4);
});
