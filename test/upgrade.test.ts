import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import pg from 'pg';
import { startEmbedded } from '../src/adapters/embedded/postgres.ts';
import { layoutSchema } from '../src/adapters/postgres/migrate.ts';
import { examineUpgrade } from '../src/app/doctor/upgrade.ts';
import { defaultModelDir } from '../src/cli/paths.ts';
import { readConfig } from '../src/config.ts';
import { silentLog } from '../src/projections/log.ts';
import { call, startApp } from './support/app.ts';
import { assay } from './support/command.ts';
import { stricterModel } from './support/models.ts';

test('what a release will do to a data directory is said before it does it', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'assay-upgrade-'));
  const config = readConfig({ ASSAY_DATA_DIR: dataDir }, { modelDir: defaultModelDir });
  const seen = async () =>
    Object.fromEntries((await examineUpgrade(config, '9.9.9')).map((one) => [one.check, one] as const));
  const inDatabase = async (text: string) => {
    const embedded = await startEmbedded({ dataDir, log: silentLog });
    const client = new pg.Client({ connectionString: embedded.url });
    try {
      await client.connect();
      await client.query(text.replaceAll('$schema', layoutSchema(config.namespace)));
    } finally {
      await client.end();
      await embedded.stop();
    }
  };
  try {
    const empty = await seen();
    assert.deepEqual([empty.journal.found, empty.snapshots.found], ['none yet', 'none yet']);
    assert.equal(existsSync(join(dataDir, 'postgres')), false, 'nothing is made by looking');

    const app = await startApp({ ASSAY_DATA_DIR: dataDir, SNAPSHOT_EVERY_RECORDS: '5' });
    for (let i = 0; i < 12; i++)
      await call(app.url, 'POST', '/api/transactions', { userId: `u${i % 3}`, amount: i + 1 });
    await call(app.url, 'GET', '/api/transactions');
    const busy = await assay(['upgrade', '--check', '--data-dir', dataDir]);
    assert.deepEqual([busy.code, busy.out], [1, '']);
    await app.stop({ keep: true });

    const sound = await seen();
    assert.deepEqual(
      Object.values(sound).filter(({ state }) => state !== 'ok'),
      [],
    );
    assert.match(sound.snapshots.found, /that of record \d+ fits/);
    assert.match(sound.journal.found, /12 records .* none is rewritten/);
    assert.match(sound['journal format'].found, /0 records of version 1, \d+ of version 2; .* version 2$/);
    const back = await examineUpgrade({ ...config, journalFormat: 1 }, '9.9.9');
    assert.equal(back.find(({ check }) => check === 'journal format')?.state, 'note');

    const modelDir = join(dataDir, 'other');
    const next = stricterModel(modelDir);
    const other = await examineUpgrade({ ...config, modelDir }, '9.9.9');
    const { version } = JSON.parse(readFileSync(join(defaultModelDir, 'model.json'), 'utf8'));
    const decides = other.find(({ check }) => check === 'decides');
    assert.equal(decides?.found, `${next} from the first start on, where ${version} decided`);

    await inDatabase(`DELETE FROM $schema.migrations WHERE name = (SELECT max(name) FROM $schema.migrations)`);
    const folder = join(dataDir, 'snapshots');
    for (const name of readdirSync(folder)) writeFileSync(join(folder, name, 'profiles.bin'), 'of another layout');
    const older = await seen();
    assert.deepEqual([older.database.state, older.snapshots.state], ['note', 'warning']);
    assert.match(older.database.found, /^to come: \d{4}\S*\.sql$/);
    assert.match(older.snapshots.found, /computed anew from 12 records/);

    await inDatabase(`INSERT INTO $schema.migrations (name) VALUES ('9999_of_tomorrow.sql')`);
    const newer = await seen();
    assert.match(newer.database.found, /a newer release has been here \(9999_of_tomorrow.sql\)/);
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
});

test('the version has its place in the changelog, newest first, and what it points at is there', () => {
  const root = join(import.meta.dirname, '..');
  const text = readFileSync(join(root, 'CHANGELOG.md'), 'utf8');
  const headings = [...text.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
  const parsed = headings.map((heading) => {
    const [, version, when] = /^(\d+\.\d+\.\d+), (unreleased|\d{4}-\d\d-\d\d)$/.exec(heading) ?? [];
    assert.ok(version, `## ${heading} is not "## X.Y.Z, YYYY-MM-DD" or "unreleased"`);
    return { version, when };
  });
  const places = parsed.map(({ version }) => version.split('.').reduce((sum, part) => sum * 1e4 + Number(part), 0));
  assert.deepEqual(
    places,
    [...new Set(places)].sort((a, b) => b - a),
  );
  for (const { when } of parsed.slice(1)) assert.notEqual(when, 'unreleased', 'only the newest is');
  for (const file of ['package.json', 'packages/client/package.json'])
    assert.equal(JSON.parse(readFileSync(join(root, file), 'utf8')).version, parsed[0].version, file);
  const python = readFileSync(join(root, 'clients/python/pyproject.toml'), 'utf8');
  assert.equal(/^version = "(.+)"$/m.exec(python)?.[1], parsed[0].version);
  for (const [, target] of text.matchAll(/\]\(([^)#]+)/g))
    assert.ok(existsSync(join(root, dirname('CHANGELOG.md'), target)), target);
});
