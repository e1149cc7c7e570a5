import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { test } from 'node:test';
import { call, startApp } from './support/app.ts';
import { inParallel, payments, poster } from './support/load.ts';
import { verifyJournal } from './support/verify.ts';

test('what a running server decided, replayed offline, is bit-identical', async (context) => {
  const app = await startApp();
  const client = poster(app.url, 8);
  const made = payments(800, 3);
  await inParallel(made, 8, async ({ id, body }) => {
    // Some arrive late, some ahead of others, some wait to be decided.
    const i = Number(id.slice(1));
    const dated = i % 5 === 0 ? { transactionDate: new Date(Date.now() - (i % 90) * 3_600_000).toISOString() } : {};
    const headers: Record<string, string> = i % 11 === 0 ? { prefer: 'respond-async' } : {};
    const answer = await client.post('/api/transactions', JSON.stringify({ ...JSON.parse(body), ...dated }), headers);
    assert.equal(answer.status, i % 11 === 0 ? 202 : 201, answer.body);
    if (i % 17 !== 0) return;
    const label = JSON.stringify({ label: i % 2 ? 'fraud' : 'legitimate', source: 'chargeback' });
    assert.equal((await client.post(`/api/transactions/${id}/labels`, label)).status, 201);
  });
  client.close();
  const { body } = await call(app.url, 'GET', '/api/transactions/stats?window=24h');
  assert.equal(body.count, made.length);
  await app.stop({ keep: true });
  try {
    const replayed = await verifyJournal(app.dataDir);
    context.diagnostic(`${replayed.decisions} decisions, ${replayed.records} records`);
    assert.equal(replayed.decisions, made.length);
    assert.equal(replayed.differentVectors, 0);
    assert.equal(replayed.repeated, 0);
  } finally {
    rmSync(app.dataDir, { recursive: true, force: true });
  }
});
