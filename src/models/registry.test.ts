import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { stricterModel, tamper } from '../../test/support/models.ts';
import { chooseModel } from './chosen.ts';
import { openRegistry } from './registry.ts';

describe('the registry', () => {
  let folder: string;
  let made: string;
  let version: string;
  const kept = () => join(folder, 'kept');
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'assay-registry-'));
    made = join(folder, 'made');
    version = stricterModel(made);
    writeFileSync(join(made, 'report.json'), JSON.stringify({ trainedAt: '2026-05-01T00:00:00.000Z' }));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('keeps a model by its version with its report, once', async () => {
    const registry = openRegistry(kept());
    assert.equal(registry.get(version), undefined);
    assert.deepEqual(await registry.list(), []);
    assert.equal(registry.admit(made).version, version);
    registry.admit(made);
    assert.deepEqual(readdirSync(kept()), [version]);
    assert.equal(openRegistry(kept()).get(version)?.version, version, 'for whoever comes later');
    assert.equal(JSON.parse(registry.report(version, 'json')!).trainedAt, '2026-05-01T00:00:00.000Z');
    assert.equal(registry.report(version, 'html'), undefined);
    const [entry] = await registry.list();
    assert.deepEqual([entry.version, entry.head?.name, entry.problem], [version, 'stricter', undefined]);
  });

  test('refuses what was changed, wherever, and is healed by a sound copy', async () => {
    for (const [name, at] of [
      ['model.bin', 500],
      ['model.json', 900],
    ] as const) {
      const registry = openRegistry(kept());
      registry.admit(made);
      assert.equal((await registry.list())[0].problem, undefined);
      tamper(join(kept(), version, name), at);
      assert.throws(() => registry.verified(version), { code: 'conflict' });
      assert.ok((await registry.list())[0].problem, 'seen although it was listed before');
      assert.equal(registry.admit(made).version, version);
      assert.equal(registry.verified(version).version, version);
    }
    rmSync(join(kept(), version, 'model.bin'));
    const registry = openRegistry(kept());
    assert.throws(() => registry.get(version), { code: 'conflict' });
    assert.match((await registry.list())[0].problem ?? '', /does not exist/);
    assert.ok(!(await registry.list())[0].problem!.includes(folder));
  });

  test('an upload is verified before it is kept, and leaves nothing behind where it is not', () => {
    const registry = openRegistry(kept());
    const model = JSON.parse(readFileSync(join(made, 'model.json'), 'utf8'));
    const body = new Uint8Array(readFileSync(join(made, 'model.bin')));
    const refused = { code: 'invalid_request' };
    assert.throws(() => registry.receive({ model: { ...model, name: 'other' }, body }), refused);
    assert.throws(() => registry.receive({ model, body: body.subarray(1) }), refused);
    assert.throws(() => registry.receive({ model: { version: '../../escape' }, body }), refused);
    assert.deepEqual(readdirSync(kept()), []);
    assert.equal(registry.receive({ model, body, reportHtml: '<html>' }).version, version);
    assert.equal(registry.report(version, 'html'), '<html>');
  });

  test('names that are no versions reach no file', () => {
    const registry = openRegistry(kept());
    registry.admit(made);
    for (const name of ['..', '../made', '', version.toUpperCase(), `${version}/..`, 'a'.repeat(16)]) {
      assert.throws(() => registry.verified(name), { code: 'not_found' }, name);
      assert.throws(() => registry.report(name, 'json'), { code: 'not_found' }, name);
      assert.equal(registry.get(name), undefined, name);
    }
  });

  test('one model is chosen by path, by name among several, by its version', () => {
    const direct = chooseModel(made, undefined);
    assert.deepEqual([direct.model.version, direct.trainedAt], [version, '2026-05-01T00:00:00.000Z']);
    assert.equal(chooseModel(join(made, 'model.json'), version).model.version, version);
    assert.equal(chooseModel(folder, 'made').model.version, version);
    openRegistry(kept()).admit(made);
    assert.equal(chooseModel(kept(), version).model.version, version);
    assert.throws(() => chooseModel(made, 'v2'), /no version v2/);
    assert.throws(() => chooseModel(made, '../kept'), /no version/);
    assert.throws(() => chooseModel(folder, undefined), { code: 'not_found' });
    rmSync(join(made, 'report.json'));
    assert.ok(Date.parse(chooseModel(made, undefined).trainedAt) > 0);
    assert.ok(existsSync(made));
  });
});
