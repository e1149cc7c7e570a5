import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { entityKey } from '../domain/entity.ts';
import { openHistory } from './history-file.ts';
import { MAPS } from './layouts.ts';
import { readParquet } from './parquet.ts';

// Columns: id, userId and cardId (texts, some null), amount, transactionDate (timestamps), accountAgeDays (64 bits), isFraud.
const path = join(import.meta.dirname, 'fixtures', 'five-rows.parquet');

test('a Parquet file is read as the same rows in CSV would be', async () => {
  const entityTypes = ['user', 'card'];
  const rows: unknown[] = [];
  const progress: number[] = [];
  const onProgress = (bytes: number, total: number) => void progress.push(bytes / total);
  const { words, ...summary } = await openHistory(path, MAPS.assay, { entityTypes, onProgress })(
    ({ event, id, fraud }) => {
      rows.push([id, event.time, event.amount, event.accountAgeDays, ...event.entities, fraud]);
    },
  );
  assert.deepEqual(summary, { rows: 5, errors: 0 });
  assert.deepEqual(words, new Map(), 'the file names no categories, channels or countries');
  const start = Date.UTC(2026, 0, 1);
  const [even, odd] = ['u0', 'u1'].map((name) => entityKey('user', name));
  assert.deepEqual(rows, [
    ['t0', start, 0.25, 1, even, entityKey('card', 'c1'), false],
    ['t1', start + 1500, 1.25, 2, odd, 0, true],
    ['t2', start + 3000, 2.25, 3, even, entityKey('card', 'c2'), false],
    ['t3', start + 4500, 3.25, 4, odd, 0, false],
    ['t4', start + 6000, 4.25, 5, even, entityKey('card', 'c3'), true],
  ]);
  assert.equal(progress.at(-1), 1);
});

test('bad rows of a Parquet file are told by their number', async () => {
  const handler = {
    header: () => {},
    row: (_fields: string[], line: number) => {
      if (line % 2 === 0) throw new Error('even');
    },
  };
  await assert.rejects(readParquet(path, handler, { maxErrors: 1 }), /five-rows\.parquet, row 4: even/);
  assert.deepEqual(await readParquet(path, handler, { maxErrors: 2 }), { rows: 3, errors: 2 });
});

test('what is no Parquet file, or was cut off, is refused with its name', async () => {
  const handler = { header: () => {}, row: () => {} };
  await assert.rejects(
    readParquet(import.meta.filename, handler),
    /parquet\.test\.ts is no Parquet file, or is cut off/,
  );
});
