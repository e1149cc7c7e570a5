import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openJournal } from './journal.ts';

test('a full disk takes nothing, is warned of before, gives everything back, and is left by itself', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'assay-space-'));
  const warnings: string[] = [];
  let free = 1_000_000;
  const journal = await openJournal({
    ...{ directory, reserveBytes: 1_000, freeBytes: async () => free },
    onWarning: (error) => warnings.push(String(error)),
  });
  const append = (i: number) => journal.enqueue({ type: 'audit', at: 1, key: `k${i}`, data: { i } }).durable;
  const until = async (holds: () => boolean) => {
    for (const end = Date.now() + 10_000; !holds(); await sleep(20)) assert.ok(Date.now() < end);
  };
  await append(1);
  free = 1_500;
  await until(() => warnings.length > 0);
  await append(2);
  free = 999;
  await until(() => !journal.status().ok);
  assert.throws(() => append(3), { code: 'unavailable', retryAfterSeconds: 10 });
  assert.match(journal.status().problem!, /disk is full/);
  assert.deepEqual((await journal.find('k2'))?.data, { i: 2 });
  free = 5_000;
  await until(() => journal.status().ok);
  await append(3);
  assert.deepEqual([journal.durable, warnings.length], [3, 1]);
  await journal.close();
  rmSync(directory, { recursive: true, force: true });
});
