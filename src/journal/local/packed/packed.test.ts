import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { pack } from './pack.ts';
import { unpack } from './unpack.ts';
import { SENTENCES, SHAPES, WORDS } from './words.ts';

const about = { key: 't:ord_1', at: 1_790_000_000_123 };
const bitsOf = (values: Float64Array) => [...new BigUint64Array(values.slice().buffer)];

function roundTrip(value: unknown, key = about.key) {
  const packed = Buffer.from(pack({ ...about, key }, value));
  return unpack({ ...about, key }, packed, false).value;
}

/** What numbers of vectors and decisions look like, and every double there is. */
const number = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((bits) => new Float64Array(BigUint64Array.of(bits).buffer)[0]),
  fc.integer({ min: -70, max: 70 }),
  fc.maxSafeInteger(),
  fc.integer({ min: -100, max: 100 }).map((late) => about.at + late),
  fc.integer().map((cents) => cents / 100),
  fc.maxSafeInteger().map((all) => all / 1e6),
  fc.integer().map((ms) => ms / 86_400_000),
  fc.float(),
  fc.constantFrom(-0, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, -(2 ** 53), 2 ** 27, 2 ** 34, 2 ** 50, 5e-324),
);
const text = fc.oneof(
  fc.constantFrom(...WORDS),
  fc.constantFrom('ord_1', 't:ord_1', '', 'aa166b8ebb37a67c', 'AA166B8E', '01a22d1f-ff61-7982-8851-66a5687a3e88'),
  fc.tuple(fc.nat(SENTENCES.length), fc.nat(300)).map(([from, length]) => SENTENCES.slice(from, from + length)),
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) }),
);
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(null, true, false),
    number,
    text,
    fc.array(tie('value'), { maxLength: 6 }),
    fc.dictionary(text, tie('value'), { maxKeys: 6 }),
    fc
      .constantFrom(...SHAPES)
      .chain((names) =>
        fc
          .tuple(fc.tuple(...names.map(() => tie('value'))), fc.dictionary(text, tie('value'), { maxKeys: 2 }))
          .map(([values, more]) => ({ ...Object.fromEntries(names.map((name, i) => [name, values[i]])), ...more })),
      ),
  ),
}));

test('a value comes back as JSON brings it back, its names in their order', () => {
  fc.assert(
    fc.property(value, text, (one, key) => {
      const json = JSON.stringify(one);
      assert.equal(JSON.stringify(roundTrip(one, `t:${key}`)), json);
      assert.deepEqual(roundTrip(one), JSON.parse(json));
    }),
    { numRuns: 600 },
  );
});

test('a vector comes back to the bit', () => {
  const run = fc.tuple(number, fc.integer({ min: 1, max: 12 })).map(([one, times]) => Array<number>(times).fill(one));
  fc.assert(
    fc.property(fc.array(run, { maxLength: 60 }), value, (runs, data) => {
      const vector = Float64Array.from(runs.flat());
      // Other NaNs than the usual one, which an array of numbers may not keep.
      if (vector.length > 3) new BigUint64Array(vector.buffer, 8, 2).set([0x7ff80000deadbeefn, 0xfff0000000000001n]);
      const packed = Buffer.from(pack(about, data, vector));
      const back = unpack(about, packed, true);
      assert.deepEqual(bitsOf(back.vector!), bitsOf(vector));
      assert.equal(JSON.stringify(back.value), JSON.stringify(data));
    }),
    { numRuns: 400 },
  );
});

test('what is no plain data is what JSON makes of it', () => {
  const deep = Array.from({ length: 200 }).reduce<unknown>((inner) => ({ inner }), 1);
  const cases: unknown[] = [
    { when: new Date(0), map: new Map([[1, 2]]), boxed: Object('text'), bytes: Uint8Array.of(1, 2) },
    { gone: undefined, call: () => 1, list: [undefined, () => 1, Number.NaN] },
    { own: { toJSON: () => 'its own' } },
    JSON.parse('{"__proto__":{"a":1},"b":2}'),
    { deep },
    { lone: '\ud800', '\udfff': [] },
    'x'.repeat(300_000),
    { many: Array.from({ length: 5_000 }, (_, i) => i * 1.1) },
  ];
  for (const one of cases) assert.deepEqual(roundTrip(one), JSON.parse(JSON.stringify(one)));
  assert.throws(() => pack(about, { big: 1n }), TypeError);
});

test('bytes that nothing packed are refused, and never read past their end', () => {
  const packed = Buffer.from(pack(about, { message: 'the amount is $3 (usually $3)', list: [1, 2.5, 'x'] }));
  for (let end = 0; end < packed.length; end++)
    assert.throws(() => unpack(about, packed.subarray(0, end), false), `cut at ${end}`);
  assert.throws(() => unpack(about, Buffer.concat([packed, Buffer.of(1)]), false), RangeError);
  assert.deepEqual(unpack(about, Buffer.concat([packed, Buffer.alloc(3)]), false), unpack(about, packed, false));
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), fc.boolean(), (bytes, hasVector) => {
      try {
        unpack(about, bytes, hasVector);
      } catch (error) {
        assert.ok(error instanceof RangeError || error instanceof SyntaxError, String(error));
      }
    }),
    { numRuns: 2_000 },
  );
});

test('what an erasure leaves fits where the whole was', () => {
  const note = fc.string({ minLength: 1, maxLength: 80, unit: 'grapheme' });
  fc.assert(
    fc.property(value, value, fc.oneof(text, note), fc.boolean(), (before, after, erased, isHash) => {
      const bodyHash = isHash ? '0d234bf6bee11acab263dd1968afad49' : undefined;
      const whole = pack(about, { before, note: `${erased}.`, ...(bodyHash ? { bodyHash } : {}), after }).length;
      const left = pack(about, { before, ...(bodyHash ? { bodyHash: '' } : {}), after }).length;
      assert.ok(left <= whole, `${left} of ${whole}`);
    }),
    { numRuns: 500 },
  );
});

test('words, shapes and sentences stand where they stood: what is on disk names them by place', () => {
  assert.equal(new Set(WORDS).size, WORDS.length);
  assert.deepEqual([WORDS[0], WORDS[127], WORDS[299]], ['code', 'DE', 'payee']);
  assert.deepEqual([SENTENCES.length, Buffer.byteLength(SENTENCES)], [SENTENCES.length, SENTENCES.length]);
});
