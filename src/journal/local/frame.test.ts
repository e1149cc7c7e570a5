import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type JournalEntry, RECORD_TYPES } from '../journal.ts';
import { claimedLength, decodeFrame, encodeFrame, entryTexts, frameAt, frameBound } from './frame.ts';

/** Doubles by their bits: every NaN payload, both zeroes, subnormals. */
const bits = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const vector = fc.array(bits, { maxLength: 40 }).map((all) => new Float64Array(BigUint64Array.from(all).buffer));
const json = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ noUnicodeString: false }));
/** Any UTF-16, lone surrogates too. */
const name = fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) });

const entries: fc.Arbitrary<JournalEntry> = fc.record(
  {
    type: fc.constantFrom(...RECORD_TYPES),
    at: fc.double(),
    key: fc.oneof(name, fc.string({ unit: 'grapheme' })),
    aliases: fc.array(name, { minLength: 1, maxLength: 3 }),
    data: json,
    personal: json,
    vector,
  },
  { requiredKeys: ['type', 'at', 'key', 'data'] },
);

function encoded(entry: JournalEntry, sequence = 7, batchFirst = 5): Buffer {
  const texts = entryTexts(entry);
  // Not zeroed, as the writer's buffers are not.
  const target = Buffer.alloc(frameBound(texts, entry.vector), 0xee);
  return target.subarray(0, encodeFrame(target, 0, sequence, batchFirst, entry, texts));
}

const bitsOf = (values: Float64Array | undefined) => values && [...new BigUint64Array(values.slice().buffer)];

test('a record comes back as it went in, to the bit', () => {
  fc.assert(
    fc.property(entries, (entry) => {
      const source = encoded(entry);
      assert.equal(source.length % 8, 0);
      assert.equal(claimedLength(source, 0), source.length);
      const frame = frameAt(source, 0, source.length);
      assert.ok(frame);
      assert.equal(frame.sequence, 7);
      assert.equal(frame.batchFirst, 5);
      const { vector: values, ...rest } = decodeFrame(source, frame);
      const { vector: given, data, personal, ...names } = entry;
      // JSON knows no negative zero and no undefined.
      const plain = JSON.parse(JSON.stringify({ data, personal }));
      assert.deepEqual(rest, { ...names, ...plain, sequence: 7, version: 1 });
      assert.deepEqual(bitsOf(values), bitsOf(given));
    }),
    { numRuns: 500 },
  );
});

test('every flipped bit is seen, and every cut', () => {
  const entry: JournalEntry = {
    type: 'decision',
    at: 1.5,
    key: 'k',
    data: { a: 1 },
    personal: { b: '2' },
    vector: Float64Array.of(1, Number.NaN),
  };
  const whole = encoded(entry);
  for (let at = 0; at < whole.length; at++) {
    for (let bit = 0; bit < 8; bit++) {
      const flipped = Buffer.from(whole);
      flipped[at] ^= 1 << bit;
      assert.equal(frameAt(flipped, 0, flipped.length), undefined, `bit ${bit} of byte ${at}`);
    }
    assert.equal(frameAt(whole, 0, at), undefined, `cut at ${at}`);
  }
});

test('what is no JSON, or of no known type, is refused before anything is written', () => {
  assert.throws(() => entryTexts({ type: 'label', at: 0, key: 'k', data: { a: 1n } }), TypeError);
  assert.throws(() => entryTexts({ type: 'other' as 'label', at: 0, key: 'k', data: {} }), TypeError);
});
