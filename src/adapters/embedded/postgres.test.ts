import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { arrayJournal } from '../../../test/support/array-journal.ts';
import { decision, ENTITY_TYPES } from '../../../test/support/records.ts';
import { onServer } from '../../../test/support/store-bench.ts';
import { silentLog } from '../../projections/log.ts';
import { createProjector } from '../../projections/projector.ts';
import { openStore } from '../postgres/store.ts';
import { startEmbedded } from './postgres.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'assay-embedded-'));
after(() => rmSync(dataDir, { recursive: true, force: true }));

function postmaster(): number {
  return Number(readFileSync(join(dataDir, 'postgres/data/postmaster.pid'), 'utf8').split('\n')[0]);
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test('the server of an owner that was killed is stopped, and its data is there', async () => {
  const script = `
    const { startEmbedded } = await import(${JSON.stringify(join(import.meta.dirname, 'postgres.ts'))});
    const log = { debug() {}, info() {}, warn() {}, error() {} };
    const server = await startEmbedded({ dataDir: ${JSON.stringify(dataDir)}, log });
    console.log(server.url);`;
  const owner = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = await once(owner.stdout, 'data');
  await onServer(String(said).trim(), (client) => client.query('CREATE TABLE kept AS SELECT 42 AS answer; CHECKPOINT'));
  const orphan = postmaster();
  owner.kill('SIGKILL');
  await once(owner, 'exit');
  assert.ok(alive(orphan));

  const server = await startEmbedded({ dataDir, log: silentLog });
  assert.notEqual(postmaster(), orphan);
  assert.ok(!alive(orphan));
  const { rows } = await onServer(server.url, (client) => client.query('SELECT answer FROM kept'));
  assert.equal(rows[0].answer, 42);
  const { rows: settings } = await onServer(server.url, (client) =>
    client.query(
      `SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'unix_socket_directories', 'listen_addresses')`,
    ),
  );
  assert.deepEqual(Object.fromEntries(settings.map(({ name, setting }) => [name, setting])), {
    fsync: 'on',
    unix_socket_directories: '.',
    listen_addresses: '127.0.0.1',
  });
  assert.equal(statSync(join(dataDir, 'postgres/password')).mode & 0o777, 0o600);
  await assert.rejects(
    onServer(server.url.replace(/:[0-9a-f]+@/, ':wrong@'), (client) => client.query('SELECT 1')),
    /password/,
  );
  const pid = postmaster();
  await server.stop();
  assert.ok(!alive(pid));
});

test('a server that dies comes back at the same address, and the projection with it', async () => {
  const server = await startEmbedded({ dataDir, log: silentLog });
  after(() => server.stop());
  const journal = arrayJournal();
  const store = await openStore({
    url: server.url,
    namespace: 'revived',
    clock: Date.now,
    entityTypes: ENTITY_TYPES,
    log: silentLog,
  });
  const projector = await createProjector({ journal, store, log: silentLog, readWaitMs: 10_000 });
  const pay = (from: number, count: number) =>
    journal.append(...Array.from({ length: count }, (_, index) => decision({ id: `p${from + index}` })));
  pay(0, 300);
  await projector.settled();
  const first = postmaster();
  process.kill(first, 'SIGKILL');
  let paid = 300;
  // A server's process may live on without the one that started it, until it has nothing to do.
  for (; projector.healthy && paid < 2_000; paid++) {
    pay(paid, 1);
    await sleep(5);
  }
  assert.equal(projector.healthy, false);
  await assert.rejects(projector.settled(), { code: 'unavailable', retryAfterSeconds: 2 });
  await assert.rejects(store.transactions.get('p1'), { code: 'unavailable' });
  pay(paid, 300);
  for (let waited = 0; !projector.healthy && waited < 4_000; waited++) await sleep(5);
  await projector.settled();
  assert.notEqual(postmaster(), first);
  assert.equal((await store.transactions.stats(0, 4e12)).count, paid + 300);
  // Dropped by hand, to be filled anew.
  await onServer(server.url, (client) => client.query('DROP SCHEMA revived_layout2 CASCADE'));
  pay(paid + 300, 1);
  for (let tries = 0; tries < 4_000; tries++) {
    const settled = await projector.settled().then(
      () => true,
      () => sleep(5),
    );
    if (settled) break;
  }
  assert.equal((await store.transactions.stats(0, 4e12)).count, paid + 301);
  await projector.close();
  await store.close();
});
