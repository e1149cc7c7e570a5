import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { canMount } from '../support/namespaces.ts';

const program = join(import.meta.dirname, '..', '..', 'bin', 'assay.js');

test('a data directory on a read-only file system is refused in words', {
  skip: canMount() ? false : 'this account may not mount',
}, (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'assay-read-only-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const { status, stderr } = spawnSync(
    'unshare',
    [
      ...['--mount', 'sh', '-c'],
      `mount -t tmpfs none "${folder}" && mkdir "${folder}/data" && mount -o remount,ro "${folder}" && "${process.execPath}" "${program}" serve --port 0 --data-dir "${folder}/data"`,
    ],
    { encoding: 'utf8' },
  );
  assert.equal(status, 1, stderr);
  assert.equal(stderr, `assay: ${folder}/data/journal cannot be written: its file system is read-only.\n`);
});
