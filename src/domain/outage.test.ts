import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createOutage, reasonOf } from './outage.ts';

test('each reason is told once until the part is back, and the newest is kept', () => {
  const told: string[] = [];
  const outage = createOutage((reason) => told.push(reason));
  assert.equal(outage.reason, undefined);
  for (const text of ['refused', 'refused', 'too many', 'refused']) outage.failed(new Error(text));
  assert.deepEqual([told, outage.reason], [['refused', 'too many'], 'refused']);
  for (let i = 0; i < 100; i++) outage.failed(new Error(`port ${i}`));
  assert.equal(told.length, 8);
  outage.mended();
  assert.equal(outage.reason, undefined);
  outage.failed(new Error('refused'));
  assert.equal(told.length, 9);
});

test('what was said innermost, without what it quotes', () => {
  const inner = new Error('password authentication failed for user "paula"');
  const wrapped = new AggregateError([new Error('one'), new Error('tried', { cause: inner })], 'several failed');
  assert.equal(reasonOf(wrapped), 'password authentication failed for user "…"');
  assert.equal(reasonOf(new Error('redis://u:secret@host:1 is away.')), 'redis://host:1 is away');
  assert.equal(reasonOf(Object.assign(new Error(''), { code: 'ECONNREFUSED' })), 'ECONNREFUSED');
});
