import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { entityTypesWith } from '../domain/entity.ts';
import { readColumnMap } from './column-map.ts';
import { extractDataset } from './extract.ts';
import { openHistory } from './history-file.ts';
import { inspectFile } from './inspect.ts';

async function fileOf(t: TestContext, lines: string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'assay-inspect-'));
  t.after(() => rm(folder, { recursive: true }));
  const path = join(folder, 'f.csv');
  await writeFile(path, lines.join('\n'));
  return path;
}

test('a foreign file is told whole, and the map that comes of it reads every row as it stands', async (t) => {
  const rows = Array.from(
    { length: 90 },
    (_, i) =>
      `x${i},c${i % 7},${10 + i}.5,${String(1 + (i % 28)).padStart(2, '0')}/0${1 + (i % 3)}/2025 10:00,web,${i % 9 === 0 ? 'Y' : i % 10 === 5 ? '' : 'N'},visa,9`,
  );
  const path = await fileOf(t, [
    'txn_id,customer_id,amt,timestamp,Channel,is_fraud,card_brand,shoe_size',
    ...rows,
    'y,,1,01/01/2025 10:00,web,N,visa,9',
  ]);
  const found = await inspectFile(path, {});
  assert.deepEqual(found.map.columns, {
    ...{ id: 'txn_id', userId: 'customer_id', amount: 'amt', transactionDate: 'timestamp', isFraud: 'is_fraud' },
    ...{ channel: 'Channel', cardBrand: 'card_brand' },
  });
  assert.deepEqual([found.rows, found.bad, found.ordered, found.unused], [90, 1, false, ['shoe_size']]);
  assert.match(found.faults[0], /line 92: userId is required/);
  assert.deepEqual(found.truths, { fraud: 10, legitimate: 72, unlabelled: 8 });
  assert.deepEqual([found.from, found.to], ['2025-01-01T10:00:00.000Z', '2025-03-28T10:00:00.000Z']);
  assert.deepEqual(
    found.months.map(({ month, rows: count }) => [month, count]),
    [
      ['2025-01', 30],
      ['2025-02', 30],
      ['2025-03', 30],
    ],
  );

  const mapPath = `${path}.json`;
  await writeFile(mapPath, JSON.stringify(found.map));
  const entityTypes = entityTypesWith();
  const history = openHistory(path, await readColumnMap(mapPath), { entityTypes, maxErrors: 1 });
  const { dataset } = await extractDataset(history, { definitions: [], entityTypes, unlabelled: 'exclude' });
  assert.deepEqual([dataset.rows, dataset.labels.reduce((sum, label) => sum + label, 0)], [82, 10]);
});

test('a public layout is known by its columns, and what is not found is said', async (t) => {
  const paysim = await fileOf(t, [
    'step,type,amount,nameOrig,oldbalanceOrg,newbalanceOrig,nameDest,oldbalanceDest,newbalanceDest,isFraud,isFlaggedFraud',
    '1,PAYMENT,9.5,C1,1,1,M2,0,0,0,0',
  ]);
  const known = await inspectFile(paysim, {});
  assert.deepEqual([known.format, known.rows, known.missing], ['paysim', 1, []]);
  const other = await inspectFile(await fileOf(t, ['a,b,amount', '1,2,3']), {});
  assert.deepEqual([other.format, other.missing], [undefined, ['userId', 'transactionDate', 'isFraud']]);
});
