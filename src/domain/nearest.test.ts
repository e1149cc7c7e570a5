import assert from 'node:assert/strict';
import { test } from 'node:test';
import { didYouMean, nearest } from './nearest.ts';

const NAMES = ['limit', 'cursor', 'userId', 'decision', 'status', 'from', 'to', 'minScore'];

test('the nearest name is found by writing, slip, swap and beginning; far ones are not', () => {
  const meant: Record<string, string | undefined> = {
    ...{ user_id: 'userId', 'User-Id': 'userId', userid: 'userId', user: 'userId', uesrId: 'userId' },
    ...{ decison: 'decision', desicion: 'decision', min_score: 'minScore', minscore: 'minScore', form: 'from' },
    ...{ Limit: 'limit', limits: 'limit', statsu: 'status', cursors: 'cursor' },
    ...{ colour: undefined, x: undefined, '': undefined, pageSize: undefined },
  };
  for (const [name, right] of Object.entries(meant)) assert.equal(nearest(name, NAMES), right, name);
  const rivals = ['to', 'label', 'labelState', 'total', 'from'];
  for (const [name, right] of Object.entries({
    labelStates: 'labelState',
    totals: 'total',
    labels: 'label',
    tot: 'to',
  }))
    assert.equal(nearest(name, rivals), right, name);
  assert.equal(didYouMean('user_id', NAMES), '"user_id" (did you mean userId?)');
  assert.equal(didYouMean('x"'.repeat(30), NAMES), JSON.stringify('x"'.repeat(20)));
});
