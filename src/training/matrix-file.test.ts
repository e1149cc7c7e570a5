import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { parquetWriteFile } from 'hyparquet-writer';
import { type Dataset, take } from './dataset.ts';
import type { Matrix, MatrixPart } from './matrix.ts';
import { type MatrixHead, matrixParts, readMatrix, writeMatrix } from './matrix-file.ts';

const ROWS = 10;
const PARTS: MatrixPart[] = [
  'train',
  'train',
  'train',
  'train',
  'validation',
  'validation',
  'gap',
  'test',
  'test',
  'test',
];
const head: MatrixHead = {
  ...{ encodings: {}, dataSha256: 'ab', what: { format: 'assay' } },
  definitions: ['a', 'b'].map((name) => ({ name, operation: 'amount' })),
};
const data: Dataset = {
  features: ['a', 'b'],
  rows: ROWS,
  columns: [Float64Array.from({ length: ROWS }, (_, row) => row / 3), new Float64Array(ROWS).fill(Number.NaN)],
  labels: Uint8Array.from({ length: ROWS }, (_, row) => row % 2),
  times: Float64Array.from({ length: ROWS }, (_, row) => Date.UTC(2026, 0, 1 + row)),
  amounts: new Float64Array(ROWS).fill(2),
  cards: new Float64Array(ROWS),
};

test('a matrix comes back as it was, and what a notebook may and may not change', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'assay-matrix-file-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'm.parquet');
  writeMatrix(path, { data, parts: PARTS, definitions: [], encodings: {} } as Matrix, head);
  assert.deepEqual(readdirSync(folder), ['m.parquet']);
  const read = await readMatrix(path);
  assert.deepEqual({ ...read.data, weights: undefined }, { ...data, weights: undefined });
  assert.deepEqual([read.parts, read.head], [PARTS, JSON.parse(JSON.stringify(head))]);
  const parts = matrixParts(read, take);
  assert.deepEqual([parts.train.rows, parts.validationRows, parts.test.rows], [6, 2, 3]);

  /** The same file with columns of a notebook's making. */
  async function changed(change: Record<string, unknown[] | undefined>, metadata = true) {
    const columns: Record<string, unknown[] | undefined> = {
      event_time: Array.from(data.times, (time) => new Date(time)),
      label: [...data.labels],
      weight: new Array(ROWS).fill(1),
      part: [...PARTS],
      amount_base: [...data.amounts],
      a: [...data.columns[0]],
      b: new Array(ROWS).fill(null),
      ...change,
    };
    const kinds: Record<string, 'TIMESTAMP' | 'INT32' | 'STRING'> = {
      event_time: 'TIMESTAMP',
      label: 'INT32',
      part: 'STRING',
    };
    const columnData = Object.entries(columns).flatMap(([name, values]) =>
      values === undefined ? [] : [{ name, data: values, type: kinds[name] ?? ('DOUBLE' as const) }],
    );
    const kvMetadata = metadata ? [{ key: 'assay', value: JSON.stringify(head) }] : [];
    parquetWriteFile({ filename: path, columnData, kvMetadata });
    const found = await readMatrix(path);
    return { ...found, split: matrixParts(found, take) };
  }

  assert.deepEqual(
    (await changed({ b: undefined })).head.definitions.map(({ name }) => name),
    ['a'],
  );
  const weights = Array.from({ length: ROWS }, (_, row) => 1 + row);
  assert.deepEqual([...(await changed({ weight: weights })).split.train.weights!], [1, 2, 3, 4, 5, 6]);
  const mixed = await changed({
    event_time: Array.from(data.times, (time) => new Date(time)).reverse(),
    part: [...PARTS].reverse(),
  });
  assert.deepEqual(mixed.parts, PARTS, 'in time order again');
  assert.equal(mixed.data.columns[0][0], 3);

  await assert.rejects(changed({ amonut: new Array(ROWS).fill(1) }), /no features of its definitions.*"amonut"/);
  await assert.rejects(changed({ a: undefined, b: undefined }), /has no feature left/);
  await assert.rejects(changed({ weight: new Array(ROWS).fill(0) }), /row 1: weight 0 is no number above 0/);
  await assert.rejects(changed({ label: new Array(ROWS).fill(2) }), /row 1: label 2 is neither 0 nor 1/);
  await assert.rejects(changed({ part: new Array(ROWS).fill('valid') }), /part "valid" \(did you mean validation\?\)/);
  await assert.rejects(changed({ weight: undefined }), /has no column weight/);
  await assert.rejects(changed({ part: ['validation', ...PARTS.slice(1)] }), /validation must come after/);
  await assert.rejects(changed({ part: new Array(ROWS).fill('train') }), /later ones whose part is validation/);
  await assert.rejects(changed({}, false), /does not say what its features are/);
  await assert.rejects(readMatrix(join(folder, 'none.parquet')), /There is no file/);
});
