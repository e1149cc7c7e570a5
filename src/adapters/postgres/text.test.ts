import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { AssayError } from '../../domain/errors.ts';
import { readPosition, writePosition } from './cursor.ts';
import { restored, storable } from './text.ts';

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.constantFrom('\0', '\ud83d', '\ude00', '\uffff', '\\', 'u0000', 'a', '"')).map((parts) => parts.join('')),
);

test('whatever a text is made of, it can be stored, comes back, and stays apart from others', () => {
  fc.assert(
    fc.property(anyText, anyText, (a, b) => {
      const stored = storable(a);
      assert.ok(stored.isWellFormed() && !stored.includes('\0'));
      assert.equal(restored(stored), a);
      assert.equal(stored === storable(b), a === b);
    }),
  );
});

test('a cursor is read as it was written, and nothing else is one', () => {
  fc.assert(
    fc.property(fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) }), fc.nat(), (date, sequence) => {
      const position = { createdAt: date.toISOString(), sequence };
      assert.deepEqual(readPosition(writePosition(position)), position);
    }),
  );
  fc.assert(
    fc.property(fc.string(), (text) => {
      assert.throws(
        () => readPosition(text),
        (error: unknown) => error instanceof AssayError && error.code === 'invalid_request',
      );
    }),
  );
});
