import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { COLUMNS } from '../training/generator/format.ts';
import { generateCommand } from './generate.ts';
import { writeStream } from './generate-file.ts';
import type { GenerateFlags } from './generate-flags.ts';
import { streamOptions } from './generate-post.ts';

const folder = mkdtempSync(join(tmpdir(), 'assay-generate-'));
after(() => rmSync(folder, { recursive: true }));

const flags: GenerateFlags = { transactions: 3000, seed: 2, rate: 100, concurrency: 4, labelDay: 1, json: true };

test('CSV, compressed CSV and JSON lines hold the same rows', async (t) => {
  t.mock.method(console, 'log', () => {});
  const file = (name: string) => join(folder, name);
  const summary = await writeStream(flags, file('a.csv'));
  await writeStream(flags, file('a.csv.gz'));
  await writeStream(flags, file('a.jsonl.gz'));
  const csv = readFileSync(file('a.csv'), 'utf8');
  assert.equal(gunzipSync(readFileSync(file('a.csv.gz'))).toString(), csv);
  const lines = csv.trimEnd().split('\n');
  assert.equal(lines[0], COLUMNS.join(','));
  assert.equal(lines.length, 3001);
  const records = gunzipSync(readFileSync(file('a.jsonl.gz')))
    .toString()
    .trimEnd()
    .split('\n');
  assert.deepEqual(
    records.map((text) => JSON.parse(text).id),
    lines.slice(1).map((line) => line.split(',')[0]),
  );
  assert.equal(summary.rows, 3000);
  assert.equal(summary.frauds, records.filter((text) => JSON.parse(text).isFraud).length);
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.endsWith('.part')),
    [],
  );
});

test('an unknown ending is refused before anything is written', async () => {
  await assert.rejects(writeStream(flags, join(folder, 'a.xls')), /must end in/);
  assert.equal(existsSync(join(folder, 'a.xls')), false);
});

test('the command wants one destination and sensible numbers', async () => {
  const run = (...words: string[]) => {
    const command = generateCommand()
      .exitOverride()
      .configureOutput({ writeErr: () => {} });
    return command.parseAsync(words, { from: 'user' });
  };
  await assert.rejects(run(), /either --out/);
  await assert.rejects(run('--out', 'a.csv', '--post', 'http://h'), /either --out/);
  for (const [option, value] of [
    ['--transactions', '1.5'],
    ['--seed', 'x'],
    ['--days', '0'],
    ['--fraud-rate', '2'],
    ['--start', 'later'],
    ['--concurrency', '0'],
  ])
    await assert.rejects(run('--out', 'a.csv', option, value), /invalid/, option);
});

test('a live stream lasts as long as posting it takes; a dated one is that of the file', () => {
  const now = Date.UTC(2026, 6, 1);
  const live = streamOptions({ ...flags, transactions: 8640, rate: 100 }, now);
  assert.equal(live.start, now);
  assert.equal(live.days, 0.001);
  assert.equal(live.users, 17_280);
  const dated = streamOptions({ ...flags, dated: true }, now);
  assert.deepEqual([dated.start, dated.days, dated.users], [undefined, undefined, undefined]);
});
