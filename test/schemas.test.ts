import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Compile } from 'typebox/compile';
import { schemas, schemasFolder, textOf } from '../scripts/schemas.ts';
import { encodeRecord } from '../src/adapters/kafka/encoding.ts';
import { rawMessage } from '../src/api/raw.ts';
import { openJournal } from '../src/journal/local/journal.ts';
import { call, startApp } from './support/app.ts';

const read = (name: string) => JSON.parse(readFileSync(join(schemasFolder, name), 'utf8'));

test('the schemas of the topics are current: npm run schemas', () => {
  const made = schemas();
  assert.deepEqual(readdirSync(schemasFolder).toSorted(), Object.keys(made).toSorted());
  for (const [name, schema] of Object.entries(made))
    assert.equal(readFileSync(join(schemasFolder, name), 'utf8'), textOf(schema), name);
});

test('what is recorded fits the schema of transactions.scored, and what is handed on that of transactions.raw', async () => {
  const app = await startApp();
  const full = read('transactions.raw.json').examples[0];
  try {
    for (const body of [full, { userId: 'u', amount: 1 }, { userId: 'u', amount: 2, currency: 'JPY', email: 'a@b.co' }])
      assert.equal((await call(app.url, 'POST', '/api/transactions', body)).status, 201);
    const later = { userId: 'u', amount: 3, id: 'later' };
    const answer = await call(app.url, 'POST', '/api/transactions', later, { Prefer: 'respond-async' });
    assert.equal(answer.status, 202);
  } finally {
    await app.stop({ keep: true });
  }
  const journal = await openJournal({ directory: join(app.dataDir, 'journal') });
  const scored = Compile(read('transactions.scored.json'));
  const raw = Compile(read('transactions.raw.json'));
  const types = new Map<string, number>();
  for await (const { sequence, version, ...entry } of journal.read(1)) {
    if (!['decision', 'intake', 'failed'].includes(entry.type)) continue;
    const value = JSON.parse(encodeRecord(entry, 'n').value.toString());
    assert.deepEqual([...scored.Errors(value)], []);
    types.set(entry.type, (types.get(entry.type) ?? 0) + 1);
    const { at: _, ...broken } = value;
    assert.equal(scored.Check(broken), false);
    assert.equal(scored.Check({ ...value, type: 'label' }), false);
    const { transaction } = entry.data as { transaction: object };
    const submission = { transaction: { ...transaction, ...entry.personal }, bodyHash: '' };
    const handed = JSON.parse(rawMessage(submission as never).value);
    assert.deepEqual([...raw.Errors(handed)], []);
  }
  const failed = { type: 'failed', at: 1, key: 'x:1', data: { transactionId: 't', error: 'why' } };
  assert.ok(scored.Check(failed));
  assert.ok(types.get('decision')! >= 3 && types.get('intake') === 1);
  await journal.close();
  rmSync(app.dataDir, { recursive: true, force: true });
});
