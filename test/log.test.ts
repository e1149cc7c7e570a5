import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import pg from 'pg';
import { type EmbeddedPostgres, startEmbedded } from '../src/adapters/embedded/postgres.ts';
import { layoutSchema } from '../src/adapters/postgres/migrate.ts';
import { createLog } from '../src/app/log.ts';
import { call, startApp, type TestApp } from './support/app.ts';
import { inParallel, payments, poster, until } from './support/load.ts';
import { withReadyCluster } from './support/ready-cluster.ts';

/** In every field that is somebody's, and in those that name them. */
const MARK = 'mrk7319';
const personal = (id: string) => ({
  id,
  userId: `${MARK}-user`,
  amount: 12.5,
  currency: 'USD',
  email: `${MARK}@example.com`,
  ip: '203.0.113.77',
  customerLocation: `${MARK} street 5`,
  latitude: 12.7319731,
  longitude: 45.7319731,
  cardId: `${MARK}-card`,
  deviceId: `${MARK}-device`,
  metadata: { note: `${MARK} note` },
});
const MARKS = [MARK, '203.0.113.77', '7319731', 'bootstrap-secret'];

describe('the log', () => {
  let text = '';
  let app: TestApp;
  let database: EmbeddedPostgres;
  const folder = mkdtempSync(join(tmpdir(), 'assay-log-'));
  const key = { 'x-api-key': 'bootstrap-secret' };
  const lines = () =>
    text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  before(async () => {
    const log = createLog('trace', { write: (line: string) => void (text += line) });
    await withReadyCluster(folder);
    database = await startEmbedded({ dataDir: folder, log });
    const env = { API_KEY: 'bootstrap-secret', LOG_LEVEL: 'trace', READ_WAIT_MS: '500' };
    app = await startApp({ ...env, DATABASE_URL: database.url }, { log });
    await until('the database is there', async () => app.services.projector.healthy);
  });
  after(async () => {
    await app.stop();
    await database.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('a line an answer where the level is debug: its id, its route as declared, its status', async () => {
    const headers = { ...key, 'x-request-id': 'req-1' };
    const answer = await call(app.url, 'GET', '/api/transactions/nobody/explanation?narrate=true', undefined, headers);
    assert.equal(answer.status, 404);
    await until('it is written', async () => text.includes('req-1'));
    const line = lines().find(({ requestId }) => requestId === 'req-1');
    assert.deepEqual(
      [line.method, line.route, line.status, line.msg],
      [...['GET', '/api/transactions/:id/explanation', 404, 'answered']],
    );
    assert.ok(line.ms > 0);
  });

  test('nothing of people and no secret, whatever they send and whatever breaks', async () => {
    const ask = (method: string, path: string, body?: unknown, headers = {}) =>
      call(app.url, method, path, body, { ...key, ...headers });
    for (let i = 0; i < 5; i++) assert.equal((await ask('POST', '/api/transactions', personal(`p-${i}`))).status, 201);
    assert.equal((await ask('POST', '/api/transactions', { ...personal('p-0'), amount: 1 })).status, 409);
    assert.equal((await ask('POST', '/api/transactions', { ...personal('p-9'), email: [`${MARK}`] })).status, 422);
    assert.equal((await ask('POST', '/api/transactions', `{"email": ${MARK}@example.com`)).status, 400);
    const later = await ask('POST', '/api/transactions', personal('p-later'), { prefer: 'respond-async' });
    assert.equal(later.status, 202);
    await ask('POST', '/api/users', { id: `${MARK}-user`, email: `${MARK}@example.com`, name: MARK });
    await ask('POST', '/api/transactions/p-1/labels', { label: 'fraud', note: MARK });
    await ask('GET', `/api/transactions?userId=${MARK}-user`);
    await ask('GET', `/api/${MARK}?email=${MARK}@example.com`);
    await call(app.url, 'GET', '/api/keys', undefined, { 'x-api-key': `${MARK}-guess` });

    // A database that is not what the code thinks: reads and the projection fail, with all their values in the error.
    const table = `${layoutSchema('assay')}.transactions`;
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query(`ALTER TABLE ${table} RENAME COLUMN user_id TO renamed`);
    const broken = await ask('GET', `/api/transactions?userId=${MARK}-user`, undefined, { 'x-request-id': 'req-2' });
    assert.equal(broken.status, 500, JSON.stringify(broken.body));
    const posts = poster(app.url, 4);
    await inParallel(payments(20, 3), 4, async ({ body }) => {
      await posts.post('/api/transactions', body);
    });
    posts.close();
    assert.equal((await ask('POST', '/api/transactions', personal('p-broken'))).status, 201);
    await until('the projection says that it fails', async () => text.includes('the projection does not go on'));
    await client.query(`ALTER TABLE ${table} RENAME COLUMN renamed TO user_id`);
    await client.end();
    await until('it goes on', async () => (await ask('GET', '/api/transactions/p-broken')).status === 200);

    const line = lines().find(({ requestId, err }) => requestId === 'req-2' && err);
    assert.deepEqual([line.msg, line.route], ['unexpected error', '/api/transactions']);
    assert.ok(
      line.err.message && line.err.stack && (line.err.code ?? line.err.cause.code),
      'and still says what broke, and where',
    );
    for (const mark of MARKS)
      assert.deepEqual(
        lines().filter((one) => JSON.stringify(one).includes(mark)),
        [],
        mark,
      );
  });
});
