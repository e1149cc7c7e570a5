import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call, startApp } from './support/app.ts';

test('a payment is labelled, explained and scored again when the journal has long forgotten its name', async () => {
  const app = await startApp();
  try {
    const ask = (method: string, path: string, body?: unknown) => call(app.url, method, path, body);
    await ask('POST', '/api/transactions', { id: 'old', userId: 'u1', amount: 20 });
    const later = await ask('POST', '/api/transactions', { id: 'later', userId: 'u2', amount: 30 });
    assert.equal(later.status, 201);
    const { journal } = app.services;
    const find = journal.find.bind(journal);
    // As a fleet's does after ID_TTL_DAYS.
    journal.find = async (name) => (/^[td]:old$/.test(name) ? undefined : find(name));

    assert.equal((await ask('GET', '/api/transactions/old/explanation')).body.transactionId, 'old');
    assert.equal((await ask('POST', '/score', { transactionId: 'old' })).status, 200);
    const labelled = await ask('POST', '/api/transactions/old/labels', { label: 'fraud', source: 'chargeback' });
    assert.equal(labelled.status, 201, JSON.stringify(labelled.body));
    assert.equal((await ask('GET', '/api/transactions/old')).body.label, 'fraud');
    const history = (await ask('GET', '/api/transactions/old/history')).body.data;
    assert.deepEqual(
      history.map(({ type }: { type: string }) => type),
      ['decided', 'labelled'],
    );
    for (const path of ['labels', 'explanation']) {
      const body = path === 'labels' ? { label: 'fraud', source: 'chargeback' } : undefined;
      const nobody = await ask(body ? 'POST' : 'GET', `/api/transactions/nobody/${path}`, body);
      assert.equal(nobody.status, 404, path);
    }
  } finally {
    await app.stop();
  }
});
