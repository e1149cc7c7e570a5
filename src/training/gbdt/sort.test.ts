import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from './random.ts';
import { sortNumbers } from './sort.ts';

const special = [
  0,
  -0,
  1,
  -1,
  Infinity,
  -Infinity,
  Number.MIN_VALUE,
  -Number.MIN_VALUE,
  Number.MAX_VALUE,
  2 ** 31,
  0.1,
];

test('sorts as comparing does, few and many, of any size and sign', () => {
  const random = seededRandom(5);
  const any = new Float64Array(1);
  const bits = new Uint32Array(any.buffer);
  const anyBits = () => {
    do bits.set([random() * 2 ** 32, random() * 2 ** 32]);
    while (Number.isNaN(any[0]));
    return any[0];
  };
  const makers = [
    anyBits,
    () => random() - 0.5,
    () => Math.round(20 * random()),
    () => special[Math.floor(random() * special.length)],
    () => 7,
  ];
  for (const make of makers) {
    for (const length of [0, 1, 100, 2048, 20_000]) {
      const values = Float64Array.from({ length }, make);
      const expected = values.slice().sort();
      // Bits, so that 0 and −0 count as two.
      assert.deepEqual(new BigInt64Array(sortNumbers(values).buffer), new BigInt64Array(expected.buffer));
    }
  }
});

test('sorts a part of an array and leaves the rest', () => {
  const values = Float64Array.from({ length: 9000 }, (_, i) => (i * 7919) % 9001);
  const all = values.slice();
  sortNumbers(values.subarray(1000, 6000));
  assert.deepEqual(values.slice(1000, 6000), all.slice(1000, 6000).sort());
  assert.deepEqual([...values.slice(0, 1000), ...values.slice(6000)], [...all.slice(0, 1000), ...all.slice(6000)]);
});
