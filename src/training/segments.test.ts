import assert from 'node:assert/strict';
import { test } from 'node:test';
import { segmentsOf } from './segments.ts';

const rows = {
  raw: Float64Array.from([3, 1, 2, 0, 5, 4, -1, -2, -3, -4]),
  probabilities: Float64Array.from([0.8, 0.4, 0.6, 0.2, 0.9, 0.9, 0.1, 0.1, 0.1, 0.1]),
  labels: Uint8Array.from([1, 0, 1, 0, 1, 0, 0, 0, 0, 0]),
  amounts: Float64Array.from([10, 20, 30, 40, 50, 60, 70, 80, 90, 1000]),
  words: [
    { field: 'category', names: ['', 'toys', 'books'], codes: Uint16Array.from([1, 1, 2, 2, 1, 1, 1, 0, 1, 1]) },
    { field: 'channel', names: ['', 'web'], codes: new Uint16Array(10).fill(1) },
  ],
};

test('fifths by amount, then words by their rows; a field of one word parts nothing', () => {
  const segments = segmentsOf(rows, 0.5);
  assert.deepEqual(
    segments.map(({ by, segment, rows, frauds }) => [by, segment, rows, frauds]),
    [
      ['amount', 'below 30', 2, 1],
      ['amount', '30 to below 50', 2, 1],
      ['amount', '50 to below 70', 2, 1],
      ['amount', '70 to below 90', 2, 0],
      ['amount', '90 and more', 2, 0],
      ['category', 'toys', 7, 2],
      ['category', 'books', 2, 1],
      ['category', 'none given', 1, 0],
    ],
  );
  const toys = segments[5];
  assert.ok(Math.abs(toys.expected - 3.3) < 1e-12);
  // By hand: of rows 0, 1, 4, 5, 6, 8 and 9 the scores order as fraud, clean, fraud, clean and so on.
  assert.ok(Math.abs(toys.averagePrecision - (1 + 2 / 3) / 2) < 1e-12);
  assert.equal(toys.rocAuc, 0.9);
  assert.deepEqual([toys.flagged, toys.precision, toys.recall], [3 / 7, 2 / 3, 1]);
});

test('every row is counted once for each kind, and rare words together', () => {
  const count = 4000;
  const names = ['', ...Array.from({ length: 30 }, (_, i) => `word ${i + 1}`)];
  const codes = Uint16Array.from({ length: count }, (_, row) => Math.floor(Math.sqrt(row)) % 31);
  const many = {
    raw: Float64Array.from({ length: count }, (_, row) => row % 7),
    probabilities: new Float64Array(count).fill(0.25),
    labels: Uint8Array.from({ length: count }, (_, row) => (row % 4 === 0 ? 1 : 0)),
    amounts: Float64Array.from({ length: count }, (_, row) => row % 3),
    words: [{ field: 'country', names, codes }],
  };
  const segments = segmentsOf(many, 0.5);
  for (const kind of ['amount', 'country']) {
    const own = segments.filter(({ by }) => by === kind);
    assert.equal(
      own.reduce((sum, { rows }) => sum + rows, 0),
      count,
    );
    assert.equal(
      own.reduce((sum, { frauds }) => sum + frauds, 0),
      1000,
    );
  }
  const countries = segments.filter(({ by }) => by === 'country');
  assert.equal(countries.length, 9);
  assert.equal(countries[8].segment, 'all others');
  // Three amounts make three parts at most.
  assert.deepEqual(
    segments.filter(({ by }) => by === 'amount').map(({ segment }) => segment),
    ['below 1', '1 to below 2', '2 and more'],
  );
});

test('rows without an amount or a word of their own have no segments', () => {
  const same = { ...rows, amounts: new Float64Array(10).fill(5), words: undefined };
  assert.deepEqual(segmentsOf(same, 0.5), []);
  assert.deepEqual(
    segmentsOf(
      {
        raw: new Float64Array(0),
        probabilities: new Float64Array(0),
        labels: new Uint8Array(0),
        amounts: new Float64Array(0),
      },
      0.5,
    ),
    [],
  );
});
