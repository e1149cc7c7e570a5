import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type JournalEntry, RECORD_TYPES } from '../journal.ts';
import type { Format } from './contents.ts';
import { claimedLength, decodeFrame, encodeFrame, entryContents, frameAt, frameBound } from './frame.ts';

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

function encoded(entry: JournalEntry, format: Format, sequence = 7, batchFirst = 5): Buffer {
  const contents = entryContents(entry, format);
  // Not zeroed, as the writer's buffers are not.
  const target = Buffer.alloc(frameBound(contents), 0xee);
  return target.subarray(0, encodeFrame(target, 0, sequence, batchFirst, entry, contents));
}

const bitsOf = (values: Float64Array | undefined) => values && [...new BigUint64Array(values.slice().buffer)];

const formats = fc.constantFrom<Format>(1, 2);

test('a record comes back as it went in, to the bit', () => {
  fc.assert(
    fc.property(entries, formats, (entry, format) => {
      const source = encoded(entry, format);
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
      assert.deepEqual(rest, { ...names, ...plain, sequence: 7, version: format });
      assert.deepEqual(bitsOf(values), bitsOf(given));
    }),
    { numRuns: 500 },
  );
});

for (const format of [1, 2] as const) {
  test(`every flipped bit is seen, and every cut: version ${format}`, () => {
    const entry: JournalEntry = {
      type: 'decision',
      at: 1.5,
      key: 'k',
      data: { a: 1 },
      personal: { b: '2' },
      vector: Float64Array.of(1, Number.NaN),
    };
    const whole = encoded(entry, format);
    for (let at = 0; at < whole.length; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const flipped = Buffer.from(whole);
        flipped[at] ^= 1 << bit;
        assert.equal(frameAt(flipped, 0, flipped.length), undefined, `bit ${bit} of byte ${at}`);
      }
      assert.equal(frameAt(whole, 0, at), undefined, `cut at ${at}`);
    }
  });
}

test('names of version 2 that end in a UUID come back', () => {
  const uuid = '01a22d1f-ff61-7982-8851-66a5687a3e88';
  for (const key of [`t:${uuid}`, uuid, `c:é${uuid}`, `t:${uuid.toUpperCase()}`, `t:${uuid}x`, `\ud800${uuid}`]) {
    const source = encoded({ type: 'label', at: 0, key, data: { key, id: key.slice(2) } }, 2);
    const record = decodeFrame(source, frameAt(source, 0, source.length)!);
    assert.deepEqual([record.key, record.data], [key, { key, id: key.slice(2) }]);
  }
});

test('what is no JSON, or of no known type, is refused before anything is written', () => {
  for (const format of [1, 2] as const) {
    assert.throws(() => entryContents({ type: 'label', at: 0, key: 'k', data: { a: 1n } }, format), TypeError);
    assert.throws(() => entryContents({ type: 'other' as 'label', at: 0, key: 'k', data: {} }, format), TypeError);
  }
});
