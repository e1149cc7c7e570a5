import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '..', '..');

test('the shipped model is what its one command trains, bit for bit', () => {
  const out = mkdtempSync(join(tmpdir(), 'assay-default-'));
  try {
    execFileSync(process.execPath, [join(root, 'bin', 'assay.js'), 'train', '--default', '--json', '--out', out]);
    for (const name of ['model.json', 'model.bin'])
      assert.ok(readFileSync(join(out, name)).equals(readFileSync(join(root, 'models', 'transactions', name))), name);
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
});
