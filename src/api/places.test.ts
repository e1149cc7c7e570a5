import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPlaces } from './places.ts';

test('one caller may have every place, until another wants one', () => {
  const places = createPlaces<string>(6);
  const take = (caller: string, holder: string) => {
    const room = places.room(caller);
    if (!room) return 'none';
    if (room.evicted !== undefined) for (const other of ['a', 'b', 'c']) places.remove(other, room.evicted);
    places.add(caller, holder);
    return room.evicted ?? 'free';
  };
  for (let i = 0; i < 6; i++) assert.equal(take('a', `a${i}`), 'free');
  assert.equal(take('a', 'a6'), 'none');
  assert.deepEqual([take('b', 'b0'), take('b', 'b1'), take('b', 'b2')], ['a5', 'a4', 'a3']);
  assert.equal(take('b', 'b3'), 'none', 'half of it is its share');
  assert.equal(take('a', 'a7'), 'none');
  assert.deepEqual([take('c', 'c0'), take('c', 'c1'), take('c', 'c2')], ['a2', 'b2', 'none']);
  places.remove('b', 'b0');
  places.remove('b', 'b0');
  assert.equal(take('a', 'a8'), 'free');
});
