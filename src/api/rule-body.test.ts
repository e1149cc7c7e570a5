import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RuleContent } from '../domain/policy.ts';
import { remarks, unzonedMoments } from './rule-body.ts';

const NOW = Date.UTC(2026, 0, 2);
const RULE: RuleContent = {
  ...{
    name: 'r',
    when: 'true',
    outcome: 'review',
    mode: 'live',
    priority: 0,
    reason: '',
    rollout: null,
    suppress: null,
  },
  ...{ hard: false, actions: [], validFrom: null, validTo: null, tags: [] },
};

test('what checks and yet does nothing is told', () => {
  const table: [rule: Partial<RuleContent>, told: RegExp | undefined][] = [
    [{}, undefined],
    [{ outcome: 'approve' }, /below 1 never overrides/],
    [{ outcome: 'approve', priority: 1 }, undefined],
    [{ validTo: NOW }, /over: since 2026-01-02T00:00:00\.000Z/],
    [{ mode: 'shadow', validTo: NOW - 1 }, /over/],
    [{ mode: 'off', validTo: NOW - 1 }, undefined],
    [{ validTo: NOW + 1 }, undefined],
    [{ rollout: { percent: 0, by: 'user' } }, /live for nobody/],
    [{ rollout: { percent: 0.1, by: 'user' } }, undefined],
  ];
  for (const [rule, told] of table) {
    const found = remarks({ ...RULE, ...rule }, NOW);
    assert.equal(found.length, told === undefined ? 0 : 1, JSON.stringify(rule));
    if (told !== undefined) assert.match(found[0], told);
  }
});

test('a moment without an offset is told', () => {
  const told = unzonedMoments({ validFrom: '2026-02-01T00:00:00', validTo: '2026-03-01T00:00:00+01:00' });
  assert.deepEqual(told, ['validFrom has no offset and is read as UTC.']);
  assert.deepEqual(unzonedMoments({ validFrom: null, validTo: '2026-03-01' }), [
    'validTo has no offset and is read as UTC.',
  ]);
});
