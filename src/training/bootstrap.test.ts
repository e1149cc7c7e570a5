import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isClearlyBetter, rankingIntervals } from './bootstrap.ts';
import { seededRandom } from './gbdt/random.ts';
import { averagePrecision, rocAuc } from './metrics.ts';

function rows(count: number, seed: number) {
  const random = seededRandom(seed);
  const labels = Uint8Array.from({ length: count }, () => (random() < 0.05 ? 1 : 0));
  // Rounded, so that there are ties.
  const scores = Float64Array.from(labels, (label) => Math.round(20 * (label * 0.6 + random())) / 20);
  return { scores, labels };
}

test('the intervals are those of drawing all rows anew', () => {
  const { scores, labels } = rows(2000, 1);
  const random = seededRandom(9);
  const precisions: number[] = [];
  const areas: number[] = [];
  for (let i = 0; i < 400; i++) {
    const picked = Int32Array.from({ length: labels.length }, () => Math.floor(random() * labels.length));
    const [own, truth] = [
      Float64Array.from(picked, (row) => scores[row]),
      Uint8Array.from(picked, (row) => labels[row]),
    ];
    precisions.push(averagePrecision(own, truth));
    areas.push(rocAuc(own, truth));
  }
  const intervals = rankingIntervals(scores, labels)!;
  const near = (interval: [number, number], values: number[]) => {
    const sorted = values.sort((a, b) => a - b);
    const [low, high] = [sorted[10], sorted[389]];
    const width = high - low;
    // Within a fifth of the width: both sides are estimates. Drawing the number of frauds too widens the slow way a bit.
    assert.ok(
      Math.abs(interval[0] - low) < 0.2 * width && Math.abs(interval[1] - high) < 0.2 * width,
      `${interval} ${low} ${high}`,
    );
  };
  near(intervals.rocAuc, areas);
  near(intervals.averagePrecision, precisions);
});

test('the measure lies within, more rows narrow it, and the seed decides', () => {
  const width = (count: number) => {
    const { scores, labels } = rows(count, 2);
    const { rocAuc: area, averagePrecision: precision } = rankingIntervals(scores, labels)!;
    assert.ok(area[0] < rocAuc(scores, labels) && rocAuc(scores, labels) < area[1]);
    assert.ok(precision[0] < averagePrecision(scores, labels) && averagePrecision(scores, labels) < precision[1]);
    return area[1] - area[0];
  };
  assert.ok(width(8000) < 0.7 * width(2000));
  const { scores, labels } = rows(500, 3);
  assert.deepEqual(rankingIntervals(scores, labels, 5), rankingIntervals(scores, labels, 5));
  assert.notDeepEqual(rankingIntervals(scores, labels, 5), rankingIntervals(scores, labels, 6));
});

test('a perfect ranking is certain, and without one of the classes there is nothing to say', () => {
  const labels = Uint8Array.of(1, 0, 1, 0, 0);
  assert.deepEqual(rankingIntervals([9, 1, 8, 2, 3], labels), { averagePrecision: [1, 1], rocAuc: [1, 1] });
  assert.equal(rankingIntervals([1, 2], Uint8Array.of(0, 0)), undefined);
  assert.equal(rankingIntervals([1, 2], Uint8Array.of(1, 1)), undefined);
});

test('a ranking is clearly better where hardly any draw of the rows says otherwise, and never than itself', () => {
  const { scores, labels } = rows(2000, 3);
  const random = seededRandom(5);
  const worse = scores.map((score) => score + 0.6 * random());
  assert.equal(isClearlyBetter(scores, worse, labels), true);
  assert.equal(isClearlyBetter(worse, scores, labels), false);
  assert.equal(isClearlyBetter(scores, scores, labels), false);
  // Two rankings that are equally good, each with a noise of its own: one in twenty may seem clear.
  let clear = 0;
  for (let seed = 1; seed <= 20; seed++) {
    const own = rows(600, seed);
    const [one, other] = [0, 1].map(() => own.scores.map((score) => score + 0.2 * random()));
    if (isClearlyBetter(one, other, own.labels)) clear++;
  }
  assert.ok(clear <= 4, `${clear} of 20`);
});
