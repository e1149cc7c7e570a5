import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import pino from 'pino';
import { startEmbedded } from '../src/adapters/embedded/postgres.ts';
import { type Answer, call, startApp, type TestApp } from './support/app.ts';
import { startLine } from './support/line.ts';
import { withReadyCluster } from './support/ready-cluster.ts';
import { verifyJournal } from './support/verify.ts';

const fixtures = join(import.meta.dirname, '..', 'src', 'journal', 'fixtures');

/** A server on a journal that is kept for ever. */
async function startOn(fixture: string): Promise<TestApp> {
  const dataDir = mkdtempSync(join(tmpdir(), 'assay-policy-'));
  mkdirSync(join(dataDir, 'journal'));
  copyFileSync(join(fixtures, fixture), join(dataDir, 'journal', '0000000000000001.journal'));
  return startApp({ ASSAY_DATA_DIR: dataDir });
}

// v2: entities have one spelling and names, networks and payees; payments have types, BINs and events.
for (const name of ['policy-v1', 'policy-v2'])
  test(`a journal with rules is read for ever, ${name}: the policy, its versions, lists, decisions and their explanations`, async (t) => {
    const kept = JSON.parse(readFileSync(join(fixtures, `${name}.json`), 'utf8'));
    const app = await startOn(`${name}.journal`);
    t.after(() => app.stop());
    const get = async (path: string) => (await call(app.url, 'GET', path)).body;
    assert.deepEqual(await get('/api/policy'), kept.policy);
    assert.deepEqual((await get('/api/policy/versions')).data, kept.versions);
    assert.deepEqual((await get('/api/lists/blocked/entries')).data, kept.entries);
    for (const [id, explained] of Object.entries(kept.explained)) {
      assert.deepEqual((await get(`/api/transactions/${id}/explanation`)).rules, explained, id);
      const { decision, decidedBy, policyVersion, rules, actions, control } = await get(`/api/transactions/${id}`);
      const decided = JSON.parse(JSON.stringify({ decision, decidedBy, policyVersion, rules, actions, control }));
      assert.deepEqual(decided, kept.decided[id], id);
    }
    const next = await call(app.url, 'POST', '/api/transactions', { userId: 'u1', amount: 3, deviceId: 'd1' });
    assert.equal(next.body.policyVersion, kept.policy.version);
  });

test('a journal of before there was a policy replays and serves', async (t) => {
  const app = await startOn('before-policy.journal');
  t.after(() => app.stop());
  const { body } = await call(app.url, 'GET', '/api/transactions/old-3');
  assert.deepEqual([body.rules, body.policyVersion, body.decidedBy], [[], undefined, undefined]);
  const explained = await call(app.url, 'GET', '/api/transactions/old-3/explanation');
  assert.deepEqual([explained.status, explained.body.rules], [200, []]);
  assert.equal((await call(app.url, 'GET', '/api/policy')).body.version, 0);
  const rule = { id: 'r', name: 'r', when: 'count("user", "36h") > 3.0', outcome: 'review', mode: 'live', priority: 1 };
  assert.equal((await call(app.url, 'POST', '/api/rules', rule)).status, 201);
  const decided = await call(app.url, 'POST', '/api/transactions', { userId: 'u1', amount: 3 });
  assert.equal(decided.body.decidedBy, 'rule:r');
  const scored = await call(app.url, 'POST', '/score', { transactionId: 'old-3' });
  assert.equal(scored.status, 200, JSON.stringify(scored.body));
  assert.equal(scored.body.policyVersion, 1);
});

test('after a restart, from a snapshot or the journal alone, all is as it was', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'assay-policy-'));
  const env = { ASSAY_DATA_DIR: dataDir };
  const headers = { 'idempotency-key': 'once' };
  const rule = {
    id: 'r',
    name: 'r',
    when: 'inList("l", tx.userId)',
    outcome: 'decline',
    mode: 'live',
    reason: 'listed',
  };
  const entries = Array.from({ length: 12_000 }, (_, i) => ({
    value: `u-${i}`,
    ...(i % 100 === 0 ? { note: `n${i}` } : {}),
  }));
  const states: unknown[] = [];
  const look = async (app: TestApp) => {
    const get = async (path: string): Promise<Answer['body']> => (await call(app.url, 'GET', path)).body;
    const again = await call(app.url, 'POST', '/api/rules', rule, headers);
    assert.deepEqual([again.status, again.headers.get('idempotent-replayed')], [201, 'true']);
    const decided = await call(app.url, 'POST', '/api/transactions', { userId: 'u-11999', amount: 1 });
    assert.equal(decided.body.decidedBy, 'rule:r');
    states.push({
      ...{ policy: await get('/api/policy'), versions: await get('/api/policy/versions'), again: again.body },
      ...{
        rule: await get('/api/rules/r/versions'),
        page: (await get('/api/lists/l/entries?limit=200')).data,
        list: await get('/api/lists/l'),
      },
      second: await get('/api/policy/versions/2'),
    });
  };
  let app = await startApp(env);
  try {
    assert.equal((await call(app.url, 'POST', '/api/lists', { name: 'l', type: 'user' })).status, 201);
    assert.equal((await call(app.url, 'POST', '/api/rules', rule, headers)).status, 201);
    assert.equal((await call(app.url, 'POST', '/api/lists/l/entries', { entries })).status, 200);
    assert.equal((await call(app.url, 'DELETE', '/api/lists/l/entries/u-7')).status, 204);
    // So small that the share does not let these payments through, whatever the seed of its draw.
    assert.equal((await call(app.url, 'PUT', '/api/policy/control', { share: 1e-9 })).status, 200);
    await look(app);
    await app.stop({ keep: true });
    // Stopping took a snapshot.
    app = await startApp(env);
    await look(app);
    await app.stop({ keep: true });
    rmSync(join(dataDir, 'snapshots'), { recursive: true });
    app = await startApp(env);
    await look(app);
    await app.stop({ keep: true });
    assert.deepEqual(states[1], states[0]);
    assert.deepEqual(states[2], states[0]);
    assert.equal((await verifyJournal(dataDir)).differentDecisions, 0);
  } finally {
    await app.stop({ keep: true });
    rmSync(dataDir, { recursive: true, force: true });
  }
});

test('while PostgreSQL is away a rule is made, stopped and restored, and a list is written', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'assay-policy-'));
  await withReadyCluster(folder);
  const database = await startEmbedded({ dataDir: folder, log: pino({ level: 'silent' }) });
  const line = await startLine(new URL(database.url));
  const app = await startApp({ DATABASE_URL: line.url, READ_WAIT_MS: '500' });
  t.after(async () => {
    await app.stop();
    await line.close();
    await database.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const ask = (method: string, path: string, body?: object) => call(app.url, method, path, body);
  const decided = async () => (await ask('POST', '/api/transactions', { userId: 'u', amount: 1 })).body.decidedBy;
  await line.cut();
  assert.equal((await ask('POST', '/api/lists', { name: 'l', type: 'user' })).status, 201);
  assert.equal((await ask('POST', '/api/lists/l/entries', { entries: [{ value: 'u' }] })).status, 200);
  const rule = { id: 'bad', name: 'bad', when: 'inList("l", tx.userId)', outcome: 'decline', mode: 'live' };
  assert.equal((await ask('POST', '/api/rules', rule)).status, 201);
  assert.equal(await decided(), 'rule:bad');
  assert.equal((await ask('PUT', '/api/rules/bad', { version: 1, mode: 'off' })).status, 200);
  assert.equal(await decided(), 'model');
  assert.equal((await ask('POST', '/api/policy/restore', { version: 2 })).status, 200);
  assert.equal(await decided(), 'rule:bad');
  for (const path of ['/api/policy', '/api/policy/versions', '/api/rules', '/api/lists/l/entries'])
    assert.equal((await ask('GET', path)).status, 200, path);
  const health = await ask('GET', '/health');
  assert.deepEqual([health.body.status, health.body.policy], ['degraded', { version: 4 }]);
});
