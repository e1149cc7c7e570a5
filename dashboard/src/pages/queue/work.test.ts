import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Case, WholeCase } from '../../api/cases.ts';
import {
  arranged,
  changesSince,
  deed,
  effect,
  entitiesNamed,
  filterOf,
  fitting,
  isNobodys,
  onlyOwn,
  typed,
  wish,
  wordsOf,
} from './work.ts';

const one = (id: string, more: Partial<Case> = {}) =>
  ({
    id,
    entity: { type: 'device', id: `dev_${id}` },
    version: 1,
    transactionCount: 3,
    assignee: null,
    ...more,
  }) as Case;
const ids = (list: Case[]) => list.map(({ id }) => id);

test('each view asks the server for its own; whoever has no name has none of their own', () => {
  assert.deepEqual(filterOf('open', 'risk', 'ann'), { status: 'open', sort: 'risk' });
  assert.deepEqual(filterOf('mine', 'newest', 'ann'), { status: 'open', assignee: 'ann', sort: 'newest' });
  assert.equal(filterOf('mine', 'risk', undefined), undefined);
  assert.deepEqual(filterOf('unassigned', 'risk', 'ann'), { status: 'open', assigned: 'no', sort: 'risk' });
  assert.deepEqual(filterOf('resolved', 'risk', 'ann'), { status: 'resolved', sort: 'risk' });
});

test('the search looks at what the list shows, whatever its case', () => {
  const list = [one('a'), one('b', { assignee: 'Ann' }), one('c', { entity: { type: 'card', id: null } })];
  assert.deepEqual(ids(fitting(list, 'dev_')), ['a', 'b']);
  assert.deepEqual(ids(fitting(list, 'ann')), ['b']);
  assert.deepEqual(ids(fitting(list, '')), ['a', 'b', 'c']);
});

test('the search names entities: the one that is written, or any with that id', () => {
  assert.deepEqual(entitiesNamed('Device: d_3'), ['device:d_3']);
  assert.deepEqual(entitiesNamed('d_3'), ['device:d_3', 'card:d_3', 'ip:d_3', 'user:d_3']);
  assert.deepEqual(entitiesNamed('2001:db8::1'), [
    'device:2001:db8::1',
    'card:2001:db8::1',
    'ip:2001:db8::1',
    'user:2001:db8::1',
  ]);
  for (const nothing of ['', 'd', 'device:', '  ']) assert.deepEqual(entitiesNamed(nothing), [], nothing);
});

test('the list stays as it was read, without what was done', () => {
  const known = new Map([one('a'), one('b'), one('c')].map((each) => [each.id, each]));
  assert.deepEqual(ids(arranged(['c', 'a', 'gone', 'b'], known, new Set(['a']))), ['c', 'b']);
});

test('what others did since is the tail of the history, as long as the version has moved', () => {
  const at = '2026-01-01T00:00:00Z';
  const others = () => false;
  const act = (type: string, detail: Record<string, unknown>) => ({ at, type, by: 'key_2', byName: 'Ben', detail });
  const history = [
    act('opened', {}),
    act('assigned', { assignee: 'Ben' }),
    act('resolved', { resolution: 'fraud', note: 'Called them' }),
  ];
  const now = { ...one('a'), version: 3, transactionCount: 5, history } as unknown as WholeCase;
  const { acts, joined } = changesSince({ version: 2, transactionCount: 3 }, now, others);
  assert.deepEqual(acts.map(deed), ['resolved it as fraud']);
  assert.equal(wordsOf(acts[0]), 'Called them');
  assert.equal(joined, 2);
  assert.deepEqual(changesSince({ version: 1, transactionCount: 5 }, now, others).acts.map(deed), [
    'assigned it to Ben',
    'resolved it as fraud',
  ]);
  assert.deepEqual(changesSince(now, now, others), { acts: [], joined: 0 });
  // Version 3 is this reader's own, and version 2 is not: the last of them made the version that it has now.
  const mine = changesSince({ version: 1, transactionCount: 5 }, now, (id, version) => id === 'a' && version === 3);
  assert.deepEqual(
    mine.acts.map(({ own }) => own),
    [false, true],
  );
  assert.deepEqual([onlyOwn(mine), onlyOwn({ ...mine, acts: mine.acts.slice(1) })], [false, true]);
});

test('what nobody did is nobody’s doing, and stands for no version of the reader’s', () => {
  const at = '2026-01-01T00:00:00Z';
  const act = (type: string, detail: Record<string, unknown> | null = null) => ({
    at,
    type,
    by: null,
    byName: null,
    detail,
  });
  const mine = act('resolved', { resolution: 'fraud' });
  const table = [act('escalated', { due: 1 }), act('merged', { from: ['case_9'], alert: 't_1' }), act('opened')];
  for (const other of table) {
    assert.equal(isNobodys(other), true, other.type);
    const now = { ...one('a'), version: 2, history: [act('opened'), mine, other] } as unknown as WholeCase;
    const { acts } = changesSince({ version: 1, transactionCount: 3 }, now, (_, version) => version === 2);
    assert.deepEqual(acts, [{ ...mine, own: true }], other.type);
  }
  // Given in turn it moves the version all the same, and is not the reader's.
  const dealt = act('assigned', { assignee: 'Ben', dealt: true, queue: 'Large' });
  const now = { ...one('a'), version: 3, history: [act('opened'), mine, dealt] } as unknown as WholeCase;
  const { acts } = changesSince({ version: 1, transactionCount: 3 }, now, (_, version) => version === 2);
  assert.deepEqual(
    acts.map(({ own }) => own),
    [true, false],
  );
  assert.deepEqual([isNobodys(dealt), isNobodys(mine)], [true, false]);
});

test('what was wanted is said, and what was typed for it is kept', () => {
  const act = { kind: 'resolve', resolution: 'legitimate', note: 'A family' } as const;
  assert.deepEqual([wish(act), typed(act)], ['resolve it as legitimate', 'A family']);
  assert.equal(typed({ kind: 'resolve', resolution: 'fraud', note: '  ' }), undefined);
  assert.equal(wish({ kind: 'assign', assignee: null }), 'assign it to nobody');
});

test('what a resolution does is said before it is done', () => {
  assert.equal(effect('fraud', 12), 'Labels all 12 payments as fraud.');
  assert.equal(effect('legitimate', 1), 'Labels its payment as legitimate.');
  assert.match(effect('unsure', 9), /nothing is labelled/);
  assert.equal(
    effect('fraud', 12, 2),
    'Labels 10 of 12 payments as fraud. The 2 that are left out become one open case of their own.',
  );
  assert.match(
    effect('unsure', 3, 1),
    /nothing is labelled\. The one that is left out becomes an open case of its own\./,
  );
});
