import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Case } from '../../api/cases.ts';
import { undoOf } from './bulk-undo.ts';

const one = (id: string, more: Partial<Case>) =>
  ({ id, assignee: null, resolution: null, note: null, ...more }) as Case;

test('what was done to several is taken back to what each was, and only where it was done', () => {
  const before = [
    one('a', { assignee: 'Ann' }),
    one('b', {}),
    one('c', { assignee: 'Ann', resolution: 'fraud', note: 'Ring' }),
    one('d', { resolution: 'unsure' }),
  ];
  assert.deepEqual(undoOf({ action: 'resolve', resolution: 'fraud' }, before, ['a', 'b']), [
    { ids: ['a', 'b'], act: { action: 'reopen' } },
  ]);
  assert.deepEqual(undoOf({ action: 'assign', assignee: 'Ben' }, before, ['a', 'b', 'c']), [
    { ids: ['a', 'c'], act: { action: 'assign', assignee: 'Ann' } },
    { ids: ['b'], act: { action: 'assign', assignee: null } },
  ]);
  assert.deepEqual(undoOf({ action: 'reopen' }, before, ['c', 'd']), [
    { ids: ['c'], act: { action: 'resolve', resolution: 'fraud', note: 'Ring' } },
    { ids: ['d'], act: { action: 'resolve', resolution: 'unsure' } },
  ]);
  assert.equal(undoOf({ action: 'merge', into: 'a' }, before, ['b']), undefined);
});
