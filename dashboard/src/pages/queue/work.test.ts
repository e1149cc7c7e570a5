import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Transaction } from '../../api/types.ts';
import { usable } from './work.ts';

const item = (id: string, probability: number, amount: number, more: Partial<Transaction> = {}) =>
  ({
    id,
    userId: `user_${id}`,
    probability,
    amount,
    createdAt: `2026-01-01T00:00:0${id.length}Z`,
    ...more,
  }) as Transaction;

const items = [item('a', 0.9, 10), item('bb', 0.5, 100), item('ccc', 0.1, 900, { deviceId: 'DEV_9' })];
const ids = (list: Transaction[]) => list.map(({ id }) => id);

test('most at stake first; or by score, amount or age', () => {
  assert.deepEqual(ids(usable(items, 'stake', '')), ['ccc', 'bb', 'a']);
  assert.deepEqual(ids(usable(items, 'score', '')), ['a', 'bb', 'ccc']);
  assert.deepEqual(ids(usable(items, 'amount', '')), ['ccc', 'bb', 'a']);
  assert.deepEqual(ids(usable(items, 'newest', '')), ['ccc', 'bb', 'a']);
});

test('amounts compare in the base currency', () => {
  const yen = item('yen', 0.9, 9_000, { amountBase: 60 });
  assert.deepEqual(ids(usable([yen, item('usd', 0.9, 100)], 'stake', '')), ['usd', 'yen']);
});

test('the search looks at the entities, whatever their case', () => {
  assert.deepEqual(ids(usable(items, 'stake', 'dev_9')), ['ccc']);
  assert.deepEqual(ids(usable(items, 'stake', 'nobody')), []);
});
