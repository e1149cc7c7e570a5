import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { defaultModelDir } from '../src/cli/paths.ts';
import { loadArtifact } from '../src/models/artifact.ts';
import { call, startApp } from './support/app.ts';
import { stricterModel, tamper } from './support/models.ts';

const run = promisify(execFile);
const entry = join(import.meta.dirname, '..', 'bin', 'assay.js');
const shipped = loadArtifact(defaultModelDir).version;

describe('assay models', () => {
  let folder: string;
  let dataDir: string;
  let stricter: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'assay-models-cli-'));
    dataDir = join(folder, 'data');
    stricter = stricterModel(join(folder, 'stricter'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  async function assay(...words: string[]) {
    const args = [entry, 'models', ...words, '--data-dir', dataDir, '--json'];
    const { stdout } = await run(process.execPath, args, { env: { ...process.env, API_KEY: '' } });
    return JSON.parse(stdout);
  }
  const refusal = (...words: string[]) =>
    assay(...words).then(
      () => assert.fail('it was not refused'),
      (error: { stderr: string; code: number }) => {
        assert.equal(error.code, 1);
        return error.stderr;
      },
    );

  test('without a server: straight into the data directory, for the next start', async () => {
    assert.equal((await assay('list')).champion, shipped);
    assert.equal((await assay('import', join(folder, 'stricter'))).version, stricter);
    assert.equal((await assay('show', stricter.slice(0, 6))).role, 'other');
    const promoted = await assay('promote', stricter.slice(0, 6));
    assert.deepEqual([promoted.version, promoted.previous], [stricter, shipped]);
    assert.equal((await assay('shadow', shipped)).shadow, shipped);
    assert.match(await refusal('promote', '0000000000000000'), /no model 0000000000000000/);
    assert.match(await refusal('compare', shipped), /running server/);
    tamper(join(dataDir, 'models', stricter, 'model.bin'));
    assert.match((await assay('list')).problem, /damaged/);
    assert.match(await refusal('promote', stricter), /damaged/);
    assert.equal((await assay('import', join(folder, 'stricter'))).version, stricter, 'a sound copy heals it');
    assert.equal((await assay('list')).champion, stricter);
  });

  test('with one: through it', async () => {
    const app = await startApp({ ASSAY_DATA_DIR: dataDir });
    try {
      const list = await assay('list');
      assert.deepEqual([list.champion, list.shadow], [stricter, shipped]);
      await call(app.url, 'POST', '/api/transactions', { userId: 'u', amount: 3 });
      assert.equal((await assay('compare', shipped)).running, true);
      assert.equal((await assay('shadow', '--stop')).shadow, null);
      assert.equal((await assay('promote', shipped)).previous, stricter);
      assert.equal((await call(app.url, 'GET', '/health')).body.model, shipped);
      assert.equal((await assay('import', join(folder, 'stricter'))).version, stricter);
      assert.match(await refusal('promote', 'f'.repeat(16)), /404/);
    } finally {
      await app.stop({ keep: true });
    }
  });
});
