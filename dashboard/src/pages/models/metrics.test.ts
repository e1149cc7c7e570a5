import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Model } from '../../api/model-types.ts';
import { differing, featureChange, figure, METRICS, metricOf, sameData, verdict } from './metrics.ts';

const model = (rest: Partial<Model> = {}): Model => ({
  version: '0123456789abcdef',
  role: 'other',
  report: false,
  compared: false,
  ...rest,
});
const [ap, , card, brier] = METRICS;

test('a metric is the report’s, else the model’s own, and absent where neither has it', () => {
  const own = model({ metrics: { test: { averagePrecision: 0.5, cardPrecisionAt100: 'much' } } });
  assert.equal(metricOf(own, { test: { averagePrecision: 0.6 } }, 'test', ap), 0.6);
  assert.equal(metricOf(own, undefined, 'test', ap), 0.5);
  assert.equal(metricOf(own, undefined, 'train', ap), undefined);
  assert.equal(metricOf(own, undefined, 'test', card), undefined);
});

test('figures tell models apart, and say no more', () => {
  assert.deepEqual([0.883971, 0.0020286, 0.00033538, 0, undefined].map(figure), [
    '0.8840',
    '0.00203',
    '0.000335',
    '0',
    '–',
  ]);
});

test('a lower Brier score is better, a lower precision worse, and what cannot be seen is the same', () => {
  assert.equal(verdict(brier, 0.003, 0.002), 'better');
  assert.equal(verdict(ap, 0.9, 0.8), 'worse');
  assert.equal(verdict(ap, 0.90001, 0.90002), 'same');
  assert.equal(verdict(ap, undefined, 0.8), 'same');
});

test('figures of other rows are not compared', () => {
  const of = (dataSha256: string) => model({ lineage: { dataSha256 } });
  assert.equal(sameData(of('a'), of('a')), true);
  assert.equal(sameData(of('a'), of('b')), false);
  assert.equal(sameData(of('a'), model()), undefined);
});

test('features that come, go and mean something else', () => {
  const now = { ...model(), features: [{ name: 'a' }, { name: 'b', windowSeconds: 60 }, { name: 'c' }] };
  const next = { ...model(), features: [{ windowSeconds: 90, name: 'b' }, { name: 'c' }, { name: 'd' }] };
  assert.deepEqual(featureChange(now, next), { added: ['d'], removed: ['a'], redefined: ['b'] });
  assert.equal(featureChange(now, undefined), undefined);
});

test('decisions that would differ, the most frequent first', () => {
  const outcomes = { approve: { approve: 90, review: 3, decline: 0 }, review: { approve: 5, review: 2 } };
  const { flows, share } = differing(outcomes, 100);
  assert.deepEqual(flows, [
    { from: 'review', to: 'approve', count: 5 },
    { from: 'approve', to: 'review', count: 3 },
  ]);
  assert.equal(share, 0.08);
  assert.equal(differing({}, 0).share, undefined);
});
