import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call, startApp } from './support/app.ts';
import { inParallel, payments, poster } from './support/load.ts';
import { verifyJournal } from './support/verify.ts';

test('what a running server decided, replayed offline, is bit-identical', async (context) => {
  const app = await startApp();
  context.after(() => app.stop());
  await writePolicy(app.url, 0);
  const client = poster(app.url, 8);
  const made = payments(800, 3);
  await inParallel(made, 8, async ({ id, body }) => {
    // Some arrive late, some ahead of others, some wait to be decided.
    const i = Number(id.slice(1));
    if (i > 0 && i % 200 === 0) await writePolicy(app.url, i);
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
  const replayed = await verifyJournal(app.dataDir);
  context.diagnostic(`${replayed.decisions} decisions, ${replayed.records} records`);
  assert.equal(replayed.decisions, made.length);
  assert.equal(replayed.differentVectors, 0);
  assert.equal(replayed.differentDecisions, 0);
  assert.ok(replayed.byRules > 20 && replayed.byControl > 0, `${replayed.byRules}, ${replayed.byControl}`);
  assert.equal(replayed.repeated, 0);
});

/** Rules with windows of their own, a list, thresholds and a control share; each call makes another version of them. */
async function writePolicy(url: string, step: number): Promise<void> {
  const ask = async (method: string, path: string, body: object) => {
    const { status, body: said } = await call(url, method, path, body);
    assert.ok(status < 300, JSON.stringify(said));
  };
  if (step === 0) {
    await ask('POST', '/api/lists', { name: 'seen', type: 'card' });
    await ask('PUT', '/api/policy/control', { share: 0.3, maxAmount: 5_000, maxPerEntity: 3 });
  }
  const rules = {
    often: { when: `count("card", "${90 + step}m") >= 3.0 || sum("user", "2h") > 900.0`, outcome: 'review' },
    listed: { when: 'inList("seen", tx.cardId) && !isFirst("user", "card")', outcome: 'decline', priority: 2 },
    shared: { when: 'distinct("device", "user", "36h") >= 2.0 && features.user_count_1h > 1.0', outcome: 'decline' },
    near: { when: 'features.fraud_distance <= 1.0 && features.component_size > 3.0', outcome: 'review' },
    allow: { when: 'tx.amountBase < 2.0', outcome: 'approve', priority: 1, rollout: { percent: 50, by: 'user' } },
  };
  for (const [id, rule] of Object.entries(rules))
    await ask('POST', '/api/rules', { id: `${id}-${step}`, name: id, mode: 'live', reason: 'parity', ...rule });
  const entries = Array.from({ length: 20 }, (_, i) => ({ value: `c${step / 10 + i}` }));
  await ask('POST', '/api/lists/seen/entries', { entries });
  await ask('PUT', '/api/policy/thresholds', { review: step % 400 === 0 ? 0.3 : null, decline: null });
}
