import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { entityTypesWith } from '../domain/entity.ts';
import { trainingCatalogue } from '../features/catalogue.ts';
import { readCsv } from './csv.ts';
import { extractDataset } from './extract.ts';
import { isInTimeOrder, openHistory } from './history-file.ts';
import { MAPS } from './layouts.ts';
import { placer } from './row-order.ts';
import { readSorted } from './sorted-file.ts';
import { DEFAULT_COSTS } from './thresholds.ts';
import { trainModel } from './train.ts';

const entityTypes = entityTypesWith();
const DAY_MS = 86_400_000;

async function folderOf(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'assay-sorted-'));
  t.after(() => rm(folder, { recursive: true }));
  return folder;
}

/** Rows in order, many of one moment, some of one moment and one content. */
function lines(named: boolean, count = 600): string[] {
  return Array.from({ length: count }, (_, i) => {
    const time = new Date(Date.UTC(2026, 0, 1) + Math.floor(i / 4) * 3_600_000).toISOString();
    const fraud = i % 11 === 0 ? 1 : 0;
    const rest = `u${i % 4 < 2 ? 0 : (i * 7) % 13},${fraud ? 90 : i % 4 < 2 ? 20 : 10 + (i % 30)},${time},m${i % 3},"a ""b"", c",${fraud}`;
    return named ? `${i + 1},${rest}` : rest;
  });
}

const HEADER = 'userId,amount,transactionDate,merchantId,productCategory,isFraud';

function shuffled<T>(items: readonly T[], seed: number): T[] {
  const out = [...items];
  let state = seed;
  for (let i = out.length - 1; i > 0; i--) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const j = state % (i + 1);
    [out[i], out[j]] = [out[j], out[i]];
  }
  return out;
}

for (const named of [true, false]) {
  test(`newest first, shuffled and sorted rows ${named ? 'with' : 'without'} ids give the same model, bit for bit`, async (t) => {
    const folder = await folderOf(t);
    const rows = lines(named);
    const header = named ? `id,${HEADER}` : HEADER;
    const definitions = trainingCatalogue(entityTypes);
    const models: string[] = [];
    const hashes = new Set<string>();
    const notes: string[] = [];
    for (const [name, order] of Object.entries({
      sorted: rows,
      newest: [...rows].reverse(),
      shuffled: shuffled(rows, 5),
      another: shuffled(rows, 77),
    })) {
      const path = join(folder, `${name}.csv`);
      await writeFile(path, `${[header, ...order].join('\n')}\n`);
      const history = openHistory(path, MAPS.assay, {
        entityTypes,
        onNotes: (told) => void notes.push(...told.map((note) => `${name}: ${note}`)),
        onSorted: (sha256) => void hashes.add(sha256),
      });
      const { dataset, rows: count } = await extractDataset(history, { definitions, entityTypes, delayMs: DAY_MS });
      assert.equal(count, rows.length);
      const { head, body } = trainModel(
        dataset,
        { ...dataset, rows: 0 },
        {
          ...{ name: 'm', learner: 'trees', options: { rounds: 10, maxLeaves: 4 }, definitions, validationShare: 0.3 },
          ...{ refit: true, thresholds: { costs: DEFAULT_COSTS }, seed: 1 },
          lineage: { dataSha256: '', codeVersion: '', options: {} },
        },
        () => 0,
      );
      models.push(createHash('sha256').update(JSON.stringify(head)).update(body).digest('hex'));
    }
    assert.equal(new Set(models).size, 1);
    assert.equal(hashes.size, 1);
    for (const name of ['newest', 'shuffled', 'another'])
      assert.equal(
        notes.filter((note) => note.startsWith(`${name}: The rows are not in order`)).length,
        1,
        notes.join('\n'),
      );
    if (named) {
      // That of the sorted file itself.
      assert.equal(
        [...hashes][0],
        createHash('sha256')
          .update(`${[header, ...rows].join('\n')}\n`)
          .digest('hex'),
      );
      assert.ok(!notes.some((note) => note.startsWith('sorted: The rows')));
    }
  });
}

test('runs on disk are merged in order, nothing is lost, and nothing is left behind', async (t) => {
  const folder = await folderOf(t);
  const path = join(folder, 'f.csv');
  const rows = lines(true, 20_000);
  await writeFile(path, [`id,${HEADER}`, ...shuffled(rows, 3), 'a,row,that,is,short'].join('\n'));
  const before = (await readdir(tmpdir())).filter((name) => name.startsWith('assay-sort-')).length;
  const ids: string[] = [];
  const lineNumbers = new Set<number>();
  const skipped: string[] = [];
  const summary = await readSorted({
    read: (handler, options) => readCsv(path, handler, options),
    placeOf: (header) => placer(header, { columns: {} }),
    options: { maxErrors: 2, onError: (error) => void skipped.push(error.message) },
    runCharacters: 300_000,
    handler: {
      header: () => {},
      row(fields, line) {
        if (fields[0] === '7') throw new Error('seven is bad');
        ids.push(fields[0]);
        lineNumbers.add(line);
      },
    },
  });
  assert.deepEqual([summary.rows, summary.errors], [19_999, 2]);
  assert.deepEqual(
    ids,
    rows.map((_, i) => String(i + 1)).filter((id) => id !== '7'),
  );
  assert.equal(lineNumbers.size, 19_999, 'lines are those of the file');
  assert.match(skipped.join(), /5 fields where the header has 7.*line \d+: seven is bad/);
  assert.equal((await readdir(tmpdir())).filter((name) => name.startsWith('assay-sort-')).length, before);
});

test('rows that are skipped are told once, though the file is read twice', async (t) => {
  const folder = await folderOf(t);
  const path = join(folder, 'f.csv');
  const rows = lines(true, 8);
  rows.splice(1, 0, '99,,1,2026-01-01T00:00:00Z,m,x,0');
  await writeFile(path, [`id,${HEADER}`, ...rows.slice(0, 6), ...rows.slice(6).reverse()].join('\n'));
  assert.equal(await isInTimeOrder(path, MAPS.assay), true);
  const skipped: string[] = [];
  const history = openHistory(path, MAPS.assay, {
    entityTypes,
    maxErrors: 1,
    onError: (error) => void skipped.push(error.message),
  });
  const { errors, rows: read } = await extractDataset(history, { definitions: [], entityTypes });
  assert.deepEqual([errors, read, skipped.length], [1, 8, 1], skipped.join('\n'));
});
