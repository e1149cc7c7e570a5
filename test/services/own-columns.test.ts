/** Columns of one's own in a fleet: by HTTP and by Kafka alike, from the model's own schema alone. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Producer } from '@platformatic/kafka';
import { call, startApp } from '../support/app.ts';
import { assay } from '../support/command.ts';
import { type Fleet, startFleet, withoutFleet } from '../support/fleet.ts';
import { until } from '../support/load.ts';
import { ownPayments, writeOwnHistory } from '../support/own-columns.ts';

const skip = await withoutFleet();
let folder: string;
let model: string;
let fleet: Fleet;
before(async () => {
  if (skip) return;
  folder = mkdtempSync(join(tmpdir(), 'assay-own-fleet-'));
  model = join(folder, 'model');
  const { file, map } = writeOwnHistory(folder, ownPayments(2_000));
  const { code, error } = await assay([
    'train',
    file,
    '--map',
    map,
    '--out',
    model,
    '--set',
    'rounds=40',
    '--tune',
    '0',
    '--json',
  ]);
  assert.equal(code, 0, error);
  fleet = await startFleet({ servers: 1, workers: 1, env: { ASSAY_MODEL_DIR: model } });
});
after(async () => {
  await fleet?.stop();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

test('decided by server and worker by turns, explained in words, and as one process decides', { skip }, async (t) => {
  const [{ url }] = fleet.servers;
  const producer = new Producer({ clientId: 'own', bootstrapBrokers: fleet.kafka.brokers });
  t.after(() => producer.close());
  const app = await startApp({ ASSAY_MODEL_DIR: model });
  t.after(() => app.stop());
  const usual = { basketSize: 4, job: 'nurse', terminal: 't9' };
  const told = [usual, usual, usual, { ...usual, basketSize: 60 }, { ...usual, job: 'broker' }, usual];
  for (const [i, metadata] of told.entries()) {
    const transactionDate = new Date(Date.UTC(2026, 5, 1 + i)).toISOString();
    const body = { id: `own-${i}`, userId: 'anna', amount: 20, transactionDate, metadata };
    assert.equal((await call(app.url, 'POST', '/api/transactions', body)).status, 201);
    if (i % 2 === 0) assert.equal((await call(url, 'POST', '/api/transactions', body)).status, 201);
    else {
      const [key, value] = ['anna', JSON.stringify(body)].map((text) => Buffer.from(text));
      await producer.send({ messages: [{ topic: 'transactions.raw', key, value }] });
    }
    await until(
      `own-${i} is decided`,
      async () => (await call(url, 'GET', `/api/transactions/own-${i}`)).status === 200,
    );
  }
  for (let i = 0; i < told.length; i++) {
    const [here, alone] = await Promise.all(
      [url, app.url].map((one) => call(one, 'GET', `/api/transactions/own-${i}/explanation`)),
    );
    assert.deepEqual(here.body.contributions, alone.body.contributions, `own-${i}`);
    const messages = here.body.contributions.map(({ message }: { message: string }) => message);
    if (i === 3) assert.ok(messages.includes('basket size is 56 above the usual by this user'), messages.join('\n'));
    if (i === 4) assert.ok(messages.includes('the first time this user is seen with this job'), messages.join('\n'));
    if (i > 0)
      assert.ok(
        messages.some((message: string) => /of this terminal/.test(message)),
        messages.join('\n'),
      );
  }
});
