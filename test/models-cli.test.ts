import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { type ModelAccess, withModels } from '../src/cli/model-access.ts';
import { defaultModelDir } from '../src/cli/paths.ts';
import { loadArtifact } from '../src/models/artifact.ts';
import { call, startApp } from './support/app.ts';
import { stricterModel, tamper } from './support/models.ts';

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

  /** What a command does, without its process. */
  const models = <T>(use: (access: ModelAccess) => Promise<T>) => withModels(dataDir, use);
  const assay = async (...words: string[]) => {
    const args = [entry, 'models', ...words, '--data-dir', dataDir, '--json'];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    return JSON.parse(stdout);
  };

  test('a file with features of its own is kept, and it is said that it cannot decide payments', async () => {
    const file = join(import.meta.dirname, '..', 'src', 'models', 'formats', 'fixtures', 'catboost-symmetric.json');
    const say = async (...words: string[]) => {
      const args = [entry, 'models', ...words, '--data-dir', join(folder, 'own')];
      return (await promisify(execFile)(process.execPath, args)).stdout;
    };
    assert.match(await say('import', file), /is kept\. Its features are those of the file.*--like/);
    const line = (await say('list')).split('\n').find((one) => one.includes('catboost'));
    assert.match(line ?? '', /\(trees\) {2}imported/);
  });

  test('without a server: straight into the data directory, for the next start', async () => {
    assert.equal((await models((access) => access.list())).champion, shipped);
    assert.equal(await models((access) => access.take(join(folder, 'stricter'))), stricter);
    assert.equal((await models((access) => access.show(stricter))).role, 'other');
    const promoted = await assay('promote', stricter.slice(0, 6));
    assert.deepEqual([promoted.version, promoted.previous], [stricter, shipped]);
    await models((access) => access.shadow(shipped));
    await assert.rejects(
      models((access) => access.promote('0000000000000000')),
      /no model 0000000000000000/,
    );
    await assert.rejects(
      models((access) => access.compare(shipped)),
      /running server/,
    );
    tamper(join(dataDir, 'models', stricter, 'model.bin'));
    const damaged = await models((access) => access.list());
    assert.match(damaged.problem ?? '', /damaged/);
    assert.equal(damaged.champion, shipped);
    await assert.rejects(assay('promote', stricter), (error: { stderr: string; code: number }) => {
      assert.equal(error.code, 1);
      return /damaged/.test(error.stderr);
    });
    assert.equal(await models((access) => access.take(join(folder, 'stricter'))), stricter, 'a sound copy heals it');
    assert.equal((await models((access) => access.list())).champion, stricter);
  });

  test('with one: through it', async () => {
    const app = await startApp({ ASSAY_DATA_DIR: dataDir });
    try {
      const list = await models((access) => access.list());
      assert.deepEqual([list.champion, list.shadow], [stricter, shipped]);
      await call(app.url, 'POST', '/api/transactions', { userId: 'u', amount: 3 });
      assert.equal((await models((access) => access.compare(shipped))).running, true);
      assert.equal((await assay('shadow', '--stop')).shadow, null);
      assert.equal((await models((access) => access.promote(shipped))).previous, stricter);
      assert.equal((await call(app.url, 'GET', '/health')).body.model, shipped);
      assert.equal(await models((access) => access.take(join(folder, 'stricter'))), stricter);
      await assert.rejects(
        models((access) => access.promote('f'.repeat(16))),
        /404: There is no model/,
      );
    } finally {
      await app.stop({ keep: true });
    }
  });
});
