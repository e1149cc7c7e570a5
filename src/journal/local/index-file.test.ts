import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { hash53 } from '../../domain/hash.ts';
import { addToBloom, mayHold, newBloom } from './bloom.ts';
import { nodeFiles } from './files.ts';
import { ordinalsOf, readBloom, readIndex, writeIndex } from './index-file.ts';
import { indexPath, newSegment } from './segment.ts';

test('the filter knows every name that it was given and few others', () => {
  const bloom = newBloom(2000);
  for (let i = 0; i < 2000; i++) addToBloom(bloom, hash53(`in ${i}`));
  for (let i = 0; i < 2000; i++) assert.ok(mayHold(bloom, hash53(`in ${i}`)));
  let wrong = 0;
  for (let i = 0; i < 10_000; i++) if (mayHold(bloom, hash53(`out ${i}`))) wrong++;
  assert.ok(wrong < 200, `${wrong} of 10,000 wrong`);
});

test('an index finds every name, is sorted, and is not believed where a byte is wrong', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'assay-index-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const segment = newSegment(directory, 1001);
  const records = 5000;
  for (let i = 0; i < records; i++) {
    segment.names!.set(`key ${i}`, 1001 + i);
    if (i % 3 === 0) segment.names!.set(`alias ${i}`, 1001 + i);
    segment.offsets!.push(4096 + 64 * i);
  }
  segment.count = records;
  await writeIndex(nodeFiles, segment);
  const index = (await readIndex(nodeFiles, segment))!;
  assert.deepEqual(index.hashes, index.hashes.slice().sort());
  assert.deepEqual(index.offsets, segment.offsets!.values.slice(0, records));
  for (const [name, sequence] of segment.names!) {
    assert.deepEqual(ordinalsOf(index, hash53(name)), [sequence - 1001]);
    assert.ok(mayHold(index.bloom, hash53(name)));
  }
  assert.deepEqual(ordinalsOf(index, hash53('none')), []);
  assert.deepEqual((await readBloom(nodeFiles, segment))?.bits, index.bloom.bits);
  const path = indexPath(segment.path);
  const whole = readFileSync(path);
  for (const at of [3, 9, 17, 25, 30, 35, 41, 9000, whole.length - 1]) {
    const wrong = Buffer.from(whole);
    wrong[at] ^= 4;
    writeFileSync(path, wrong);
    assert.equal(await readIndex(nodeFiles, segment), undefined, `byte ${at}`);
  }
  writeFileSync(path, whole.subarray(0, whole.length - 1));
  assert.equal(await readIndex(nodeFiles, segment), undefined);
  assert.equal(await readBloom(nodeFiles, segment), undefined);
});
