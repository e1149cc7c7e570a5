import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { loadArtifact } from '../models/artifact.ts';

const assay = join(import.meta.dirname, '..', '..', 'bin', 'assay.js');
function run(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [assay, ...args], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return stdout;
}

test('the matrix of a history holds what assay train learns from, word for word', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'assay-matrix-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const at = (name: string) => join(folder, name);
  run('generate', '--transactions', '4000', '--seed', '3', '--out', at('h.csv'));
  const told = JSON.parse(run('matrix', at('h.csv'), '--out', at('m.parquet'), '--json', '--unlabelled', 'presume'));
  run('train', at('h.csv'), '--out', at('model'), '--unlabelled', 'presume', '--set', 'rounds=20');

  const bytes = readFileSync(at('m.parquet'));
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
  const rows = (await parquetReadObjects({ file })) as Record<string, unknown>[];
  const kept = parquetMetadata(file).key_value_metadata?.find(({ key }) => key === 'assay')?.value;
  const { definitions, encodings } = JSON.parse(kept!) as { definitions: { name: string }[]; encodings: object };
  const model = loadArtifact(at('model'));
  assert.deepEqual(definitions, JSON.parse(JSON.stringify(model.catalogue)));
  assert.deepEqual(encodings, model.encodings);
  assert.deepEqual(Object.keys(rows[0]), [
    'event_time',
    'label',
    'weight',
    'part',
    'amount_base',
    ...definitions.map(({ name }) => name),
  ]);

  // The part that trains has the statistics that the model carries of it.
  const train = rows.filter(({ part }) => part === 'train' || part === 'validation');
  assert.equal(train.length, told.parts.train + told.parts.validation);
  for (const [i, name] of model.features.entries()) {
    const values = train.map((row) => row[name]).filter((value): value is number => value !== null);
    const { mean, missing } = model.statistics[i];
    assert.equal(train.length - values.length, Math.round(missing * train.length), name);
    const own = values.reduce((sum, value) => sum + value, 0) / values.length;
    if (values.length > 0)
      assert.ok(Math.abs(own - mean) <= 1e-9 * Math.max(1, Math.abs(mean)), `${name}: ${own}, ${mean}`);
  }
  const times = rows.map(({ event_time: time }) => (time as Date).getTime());
  assert.ok(
    times.every((time, i) => i === 0 || time >= times[i - 1]),
    'in time order',
  );
  const first = (part: string) => times[rows.findIndex((row) => row.part === part)];
  assert.ok(first('train') < first('validation') && first('validation') < first('test'));
  assert.ok(rows.some(({ label }) => label === 1));
});

test('an --out that cannot be is refused before the file is read', () => {
  const none = join(tmpdir(), 'assay-no-such-folder', 'm.parquet');
  const refused = (...args: string[]) => spawnSync(process.execPath, [assay, ...args], { encoding: 'utf8' }).stderr;
  assert.match(refused('matrix', 'absent.csv', '--out', none), /There is no folder .*assay-no-such-folder/);
  assert.match(refused('train', 'absent.csv', '--out', import.meta.filename), /is a file: name a folder/);
});
