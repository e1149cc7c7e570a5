import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRing, type FeedRow } from './ring.ts';

const row = (id: string, at: number) => ({ kind: 'decision', id, at }) as FeedRow;

test('a row is taken once', () => {
  const ring = createRing(10);
  assert.equal(ring.push(row('a', 1)), true);
  assert.equal(ring.push(row('a', 1)), false);
  assert.equal(ring.rows().length, 1);
});

test('it stays bounded, keeps the newest and forgets the ids of the rest', () => {
  const ring = createRing(100);
  for (let i = 0; i < 1000; i++) ring.push(row(`${i}`, i));
  assert.ok(ring.rows().length <= 110);
  assert.equal(ring.rows().at(-1)!.id, '999');
  assert.equal(ring.get('0'), undefined);
  assert.equal(ring.get('999')!.at, 999);
});

test('what was before is put in front, and what is there already is not doubled', () => {
  const ring = createRing(10);
  ring.push(row('c', 3));
  ring.push(row('d', 4));
  ring.seed([row('d', 4), row('c', 3), row('b', 2), row('a', 1)]);
  assert.deepEqual(
    ring.rows().map(({ id }) => id),
    ['a', 'b', 'c', 'd'],
  );
});
