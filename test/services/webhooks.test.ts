import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call } from '../support/app.ts';
import { figureOf, parseExposition } from '../support/exposition.ts';
import { startFleet, withoutFleet } from '../support/fleet.ts';
import { until } from '../support/load.ts';
import { distinct, startReceiver } from '../support/webhook-receiver.ts';

test('of two servers one delivers, each event once; when it is killed the other goes on, and nothing is missing', {
  skip: await withoutFleet(),
}, async (context) => {
  const receiver = await startReceiver();
  context.after(() => receiver.close());
  const env = { WEBHOOK_TIMEOUT_MS: '500', WEBHOOK_RETRY_MS: '100' };
  const fleet = await startFleet({ servers: 2, workers: 0, env });
  context.after(() => fleet.stop());
  const holds = async ({ url }: { url: string }) =>
    figureOf(parseExposition((await call(url, 'GET', '/metrics')).body), 'assay_webhooks', { state: 'delivering' });
  const sent: string[] = [];
  const decide = async (servers: readonly { url: string }[], count: number) => {
    for (let i = 0; i < count; i++) {
      const body = { id: `f-${sent.length}`, userId: 'u', amount: 7 };
      sent.push(body.id);
      assert.equal((await call(servers[i % servers.length].url, 'POST', '/api/transactions', body)).status, 201);
    }
  };
  const told = () => receiver.taken.map(({ event }) => event.data.id);

  const types = ['transaction.decided'];
  const made = await call(fleet.servers[1].url, 'POST', '/api/webhooks', { url: receiver.url, types });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  receiver.verify(made.body);
  assert.equal((await call(fleet.servers[0].url, 'GET', `/api/webhooks/${made.body.id}`)).status, 200);
  await until(
    'one of them delivers',
    async () => (await holds(fleet.servers[0])) + (await holds(fleet.servers[1])) === 1,
  );
  await decide(fleet.servers, 40);
  await until('all are told', () => receiver.taken.length >= sent.length);
  assert.deepEqual([...told()].sort(), [...sent].sort(), 'each once');
  assert.equal((await holds(fleet.servers[0])) + (await holds(fleet.servers[1])), 1);

  const first = (await holds(fleet.servers[0])) === 1 ? 0 : 1;
  const other = fleet.servers[1 - first];
  // What it has begun is not taken before it dies.
  receiver.answerBy((response) => response.writeHead(503).end());
  await decide(fleet.servers, 10);
  await fleet.servers[first].kill();
  await decide([other], 10);
  receiver.answerBy();
  await until('the other delivers all', () => new Set(told()).size === sent.length);
  assert.equal(await holds(other), 1);
  const messages = distinct(receiver.taken);
  assert.deepEqual(messages.map(({ event }) => event.data.id).sort(), [...sent].sort());
  const order = messages.map(({ event }) => event.seq);
  assert.deepEqual(
    order,
    [...order].sort((a, b) => a - b),
  );
  assert.deepEqual(receiver.refused, []);
});
