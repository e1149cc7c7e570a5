import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compare } from './compare.ts';
import { add, createSeries } from './series.ts';

/** Ten thousand values of which a share is the second. */
function seriesOf(share: number, [first, second]: [number, number]) {
  const series = createSeries();
  for (let i = 0; i < 10_000; i++) add(series, i < 10_000 * share ? second : first);
  return series;
}

test('the index of two values is that of their shares, whichever is the greater and however heavy', () => {
  for (const values of [
    [0, 1],
    [5, 80],
    [-40, 0],
  ] as [number, number][])
    for (const then of [0.01, 0.05, 0.1, 0.5, 0.9, 0.95, 0.99])
      for (const now of [0.02, 0.2, 0.5, 0.8, 0.98]) {
        const { psi, groups } = compare(seriesOf(now, values), seriesOf(then, values));
        const expected = (now - then) * Math.log(now / then) + (then - now) * Math.log((1 - now) / (1 - then));
        assert.ok(Math.abs(psi! - expected) < 0.02 + expected / 20, `${values} ${then} ${now}: ${psi}, ${expected}`);
        assert.equal(groups.filter((group) => group.then > 0).length, 2);
      }
});
