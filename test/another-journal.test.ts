import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { call, startApp } from './support/app.ts';

test('an embedded database that belongs to another journal is made anew', async () => {
  const first = await startApp();
  for (const id of ['one', 'two', 'three'])
    await call(first.url, 'POST', '/api/transactions', { id, userId: 'u', amount: 1 });
  assert.equal((await call(first.url, 'GET', '/api/transactions')).body.data.length, 3);
  await first.stop({ keep: true });
  for (const name of ['journal', 'snapshots']) rmSync(join(first.dataDir, name), { recursive: true });

  const second = await startApp({ ASSAY_DATA_DIR: first.dataDir });
  try {
    await call(second.url, 'POST', '/api/transactions', { id: 'new', userId: 'u', amount: 1 });
    const { body } = await call(second.url, 'GET', '/api/transactions');
    assert.deepEqual(
      body.data.map((row: { id: string }) => row.id),
      ['new'],
    );
  } finally {
    await second.stop();
  }
});
