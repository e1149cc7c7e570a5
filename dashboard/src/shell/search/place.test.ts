import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Hit } from '../../api/search.ts';
import { likeliest, placeOf } from './place.ts';

const hit = (more: Partial<Hit>): Hit => ({ type: 'user', id: 'u', title: '', at: '', ...more });

test('each kind has its page: a note’s is what it is about', () => {
  const table: [Hit, object][] = [
    [hit({ type: 'transaction', id: 't 1' }), { to: '/decisions/$id', params: { id: 't 1' } }],
    [hit({ type: 'case', id: 'c1' }), { to: '/queue', search: { case: 'c1' } }],
    [hit({ type: 'note', id: 'note_1', caseId: 'c1' }), { to: '/queue', search: { case: 'c1' } }],
    [hit({ type: 'note', id: 'note_2', transactionId: 't' }), { to: '/decisions/$id', params: { id: 't' } }],
    [hit({ type: 'ip', id: '::1' }), { to: '/entities/$type/$id', params: { type: 'ip', id: '::1' }, search: {} }],
    [hit({ type: 'shop', id: 'a|b' }), { to: '/entities/$type/$id', params: { type: 'shop', id: 'a|b' }, search: {} }],
  ];
  for (const [found, place] of table) assert.deepEqual(placeOf(found), place);
  assert.deepEqual(placeOf(hit({ type: 'ip', id: '::1' }), true), {
    ...{ to: '/entities/$type/$id', params: { type: 'ip', id: '::1' } },
    search: { list: true },
  });
});

test('Enter goes to what is named exactly so, else to the first', () => {
  const hits = [hit({ id: 'd_12' }), hit({ id: 'd_1' }), hit({ id: 'x', email: 'Ada@example.org' })];
  assert.deepEqual(
    ['D_1', 'd_', 'ada@example.org', ''].map((q) => likeliest(hits, q)),
    [1, 0, 2, 0],
  );
  assert.equal(likeliest([], 'x'), 0);
});
