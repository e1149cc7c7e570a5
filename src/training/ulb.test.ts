import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseUlb, ULB_FEATURES, ULB_ORIGIN } from './ulb.ts';
import { syntheticUlb } from './ulb-synthetic.ts';

const header = `"Time",${ULB_FEATURES.map((name) => `"${name}"`).join(',')},"Class"`;
const line = (time: number, first: number, label: number) =>
  `${time},${[first, ...Array.from({ length: 28 }, (_, i) => i / 10)].join(',')},"${label}"`;
const parse = (text: string) => parseUlb([Buffer.from(text)]);

test('rows come in order of Time, with every column in its place', async () => {
  const { dataset } = await parse([header, line(7, 3.5, 0), line(2, -1.25, 1), line(2, 8, 0)].join('\n'));
  assert.equal(dataset.rows, 3);
  assert.deepEqual([...dataset.columns[0]], [-1.25, 8, 3.5], 'ties stay as they came');
  assert.deepEqual([...dataset.labels], [1, 0, 0]);
  assert.deepEqual(
    [...dataset.times].map((time) => time - ULB_ORIGIN),
    [2000, 2000, 7000],
  );
  assert.deepEqual([...dataset.amounts], [...dataset.columns[28]]);
  assert.ok(!dataset.features.includes('Time'));
});

test('a blank amount is missing, and nothing at stake; names count without case and blanks', async () => {
  const text = [header, line(1, 2, 0), line(2, 3, 1).replace(/,2\.7,"1"$/, ', ,"1"')].join('\n');
  for (const written of [text, text.replace('"Amount"', '" AMOUNT "')]) {
    const { dataset } = await parse(written);
    assert.deepEqual([...dataset.columns[28]], [2.7, Number.NaN]);
    assert.deepEqual([...dataset.amounts], [2.7, 0]);
  }
});

test('a column that is missing, and a value that is no number, are told', async () => {
  await assert.rejects(parse(`${header.replace('"V7",', '')}\n`), /no column V7/);
  await assert.rejects(parse([header, line(1, Number.NaN, 0)].join('\n')), /line 2: V1 NaN is not a number/);
  await assert.rejects(parse([header, line(1, 1, 2)].join('\n')), /Class 2 is neither 0 nor 1/);
});

test('made-up rows repeat for a seed, have the shape of the set, and frauds lie apart', async () => {
  const text = (seed: number) => [...syntheticUlb({ rows: 6000, seed, fraudShare: 0.02 })].join('');
  assert.equal(text(3), text(3));
  assert.notEqual(text(3), text(4));
  const { dataset } = await parse(text(3));
  assert.equal(dataset.rows, 6000);
  const of = (name: string, label: number) => {
    const column = dataset.columns[dataset.features.indexOf(name)].filter((_, row) => dataset.labels[row] === label);
    return column.reduce((sum, value) => sum + value, 0) / column.length;
  };
  assert.ok(Math.abs(of('V14', 0)) < 0.1);
  assert.ok(of('V14', 1) < -2);
  assert.ok(of('V4', 1) > 1);
  assert.ok(dataset.amounts.every((amount) => amount >= 0));
  const frauds = dataset.labels.reduce((sum, label) => sum + label, 0);
  assert.ok(frauds > 80 && frauds < 160, `${frauds}`);
});
