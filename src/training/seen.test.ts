import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSeen, rowHash } from './seen.ts';

test('rows are told apart as a map of their ids tells them, in order or out of it', () => {
  let state = 3;
  const below = (most: number) => (state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0) % most;
  for (const ascending of [0, 1, 5_000, 20_000]) {
    const seen = createSeen();
    const known = new Map<string, number>();
    for (let i = 0; i < 30_000; i++) {
      const id = i < ascending ? `r${i}` : `r${below(40_000)}`;
      const values = 1 + below(2);
      const was = known.get(id);
      assert.equal(seen(id, values), was === undefined ? false : was === values ? true : 'other', `${ascending} ${i}`);
      if (was === undefined) known.set(id, values);
    }
  }
});

test('a row is told from one whose fields are cut elsewhere', () => {
  const rows = [[''], ['', ''], ['ab', 'c'], ['a', 'bc'], ['abc'], ['abc', '']];
  assert.equal(new Set(rows.map(rowHash)).size, rows.length);
});
