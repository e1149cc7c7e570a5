import assert from 'node:assert/strict';
import { test } from 'node:test';
import { leftOut, nullsDropper, type ObjectSchema, unknownFinder } from './shape.ts';

const text = { type: 'string' };
const schema: ObjectSchema = {
  type: 'object',
  required: ['id'],
  properties: {
    id: text,
    note: text,
    gone: { type: ['string', 'null'] },
    word: { enum: ['a', null] },
    one: { const: null },
    deep: { type: 'object', properties: { a: text }, required: [] },
    rows: { type: 'array', items: { type: 'object', properties: { a: text } } },
    free: { type: 'object', additionalProperties: true },
    closed: { type: 'object', properties: { userId: text }, additionalProperties: false },
    any: {},
  },
};

test('null is absence where a field may be left out and null is no value of it', () => {
  const drop = nullsDropper(schema)!;
  const value = {
    ...{ id: null, note: null, gone: null, word: null, one: null, any: null },
    ...{ deep: { a: null, b: null }, rows: [{ a: null }, null, 3], free: { a: null } },
  };
  drop(value);
  assert.deepEqual(value, {
    ...{ id: null, gone: null, word: null, one: null, any: null },
    ...{ deep: { b: null }, rows: [{}, null, 3], free: { a: null } },
  });
  for (const odd of [null, undefined, 3, 'x', []]) assert.doesNotThrow(() => drop(odd));
  assert.equal(nullsDropper({ type: 'string' }), undefined);
});

test('names that no schema has are found where they stand', () => {
  const find = unknownFinder(schema)!;
  assert.deepEqual(find({ id: 'x', deep: { a: 'y' }, rows: [{ a: 'z' }], free: { b: 1 } }), []);
  const found = find({
    id: 'x',
    Note: 1,
    deep: { b: 1 },
    rows: [{}, { c: 1 }],
    free: { d: 1 },
    closed: { user_id: 1 },
  });
  assert.deepEqual(
    found.map(({ at, name, refused }) => [at, name, refused]),
    [
      ['', 'Note', false],
      ['/deep', 'b', false],
      ['/rows/1', 'c', false],
      ['/closed', 'user_id', true],
    ],
  );
  assert.equal(
    leftOut(found, 'this body'),
    'Not a field of this body, and left out: "Note" (did you mean note?), "b" in /deep, "c" in /rows/1, ' +
      '"user_id" (did you mean userId?) in /closed.',
  );
  assert.equal(unknownFinder({ type: 'object', properties: {}, unknownFields: 'told' }), undefined);
});

test('of alternatives the one whose required names are there counts', () => {
  const either: ObjectSchema = {
    anyOf: [
      { type: 'object', required: ['userId'], properties: { userId: text }, unknownFields: 'told' },
      { type: 'object', required: ['transactionId'], properties: { transactionId: text, note: text } },
    ],
  };
  const find = unknownFinder(either)!;
  assert.deepEqual(find({ userId: 'u', x: 1 }), []);
  assert.deepEqual(
    find({ transactionId: 't', x: 1 }).map(({ name }) => name),
    ['x'],
  );
  const value = { transactionId: 't', note: null };
  nullsDropper(either)!(value);
  assert.deepEqual(value, { transactionId: 't' });
});
