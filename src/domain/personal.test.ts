import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RECORD_TYPES } from '../journal/journal.ts';
import { PERSONAL_FIELDS } from './fields.ts';
import { KEPT_FOR_PROFILES, PERSONAL_PARTS, withoutPersonal } from './personal.ts';

test('every kind of record is told apart, and nothing else is', () => {
  assert.deepEqual(Object.keys(PERSONAL_PARTS).sort(), [...RECORD_TYPES].sort());
  for (const [type, { idle, personal, data }] of Object.entries(PERSONAL_PARTS))
    assert.ok((idle === undefined) === (personal !== undefined || data !== undefined), type);
});

test('of a payment every personal field leaves but those that profiles measure by', () => {
  const personal = Object.fromEntries(PERSONAL_FIELDS.map((name) => [name, name]));
  const left = withoutPersonal({ type: 'decision', data: { bodyHash: 'a', transaction: { id: 't' } }, personal });
  assert.deepEqual(Object.keys(left?.personal ?? {}).sort(), [...KEPT_FOR_PROFILES].sort());
  assert.deepEqual(left?.data, { bodyHash: '', transaction: { id: 't' } });
  assert.equal(withoutPersonal({ type: 'decision', data: left!.data, personal: left!.personal }), undefined, 'again');
});
