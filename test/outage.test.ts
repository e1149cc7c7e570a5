import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import pino from 'pino';
import { startEmbedded } from '../src/adapters/embedded/postgres.ts';
import { call, startApp } from './support/app.ts';
import { startLine } from './support/line.ts';
import { inParallel, payments, poster, until } from './support/load.ts';
import { withReadyCluster } from './support/ready-cluster.ts';

test('while PostgreSQL is away decisions go on and reads answer 503; afterwards everything is there', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'assay-outage-'));
  await withReadyCluster(folder);
  const database = await startEmbedded({ dataDir: folder, log: pino({ level: 'silent' }) });
  const line = await startLine(new URL(database.url));
  const app = await startApp({ DATABASE_URL: line.url, READ_WAIT_MS: '500', ASSAY_THREADS: '2' });
  const client = poster(app.url, 8);
  const post = async (payment: { body: string }) => {
    const answer = await client.post('/api/transactions', payment.body);
    assert.equal(answer.status, 201, answer.body);
  };
  try {
    await inParallel(payments(300, 1), 8, post);
    const answers = async () => (await call(app.url, 'GET', '/api/transactions?limit=1')).status === 200;
    await until('reads answer', answers);

    await line.cut();
    await inParallel(payments(600, 2, 300), 8, post);
    const read = await call(app.url, 'GET', '/api/transactions');
    assert.equal(read.status, 503, JSON.stringify(read.body));
    assert.ok(Number(read.headers.get('retry-after')) >= 1);
    assert.equal(read.body.code, 'unavailable');
    const finalize = { tempId: 'p1' };
    const key = { 'idempotency-key': 'finalize-p1' };
    const command = await call(app.url, 'POST', '/api/transactions/finalize', finalize, key);
    assert.equal(command.status, 503, JSON.stringify(command.body));
    assert.match(command.body.detail, /nothing was recorded|is recorded and will take effect/);
    assert.doesNotMatch(command.body.detail, /\d/);
    assert.ok(Number(command.headers.get('retry-after')) >= 1);
    const health = await call(app.url, 'GET', '/health');
    assert.equal(health.status, 200);
    assert.equal(health.body.status, 'degraded');
    assert.match(health.body.reasons.database, /ECONN|Connection terminated|timeout/);

    await line.mend();
    await until('reads answer again', answers);
    await until('no reason is left', async () => !(await call(app.url, 'GET', '/health')).body.reasons);
    const stats = await call(app.url, 'GET', '/api/transactions/stats?window=24h');
    assert.equal(stats.body.count, 900);
    const again = await call(app.url, 'POST', '/api/transactions/finalize', finalize, key);
    assert.equal(again.status, 200, JSON.stringify(again.body));
    assert.equal((await call(app.url, 'GET', '/api/transactions/p1')).body.status, 'finalized');
    assert.equal((await call(app.url, 'GET', '/api/transactions/p899')).status, 200);
  } finally {
    client.close();
    await app.stop();
    await line.close();
    await database.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});
