import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openCore } from '../src/app.ts';
import { defaultModelDir } from '../src/cli/paths.ts';
import { readConfig } from '../src/config.ts';
import type { DecisionData } from '../src/domain/records.ts';
import { bodyHashes } from '../src/intake/body-hash.ts';
import { verifyJournal } from './support/verify.ts';

const DAY_MS = 86_400_000;
const T0 = Date.parse('2025-03-01T12:00:00Z');

test('a server forgets what its log forgets: restarts and replays compute the same vectors, a user who comes back is new', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'assay-ttl-'));
  const env = { ASSAY_DATA_DIR: dataDir, PROFILE_TTL_DAYS: '10', LOG_LEVEL: 'silent' };
  let now = T0;
  const open = (more = {}) =>
    openCore(readConfig({ ...env, ...more }, { modelDir: defaultModelDir }), { clock: () => now });
  let core = await open();
  const pay = async (id: string, userId: string) => {
    const transaction = {
      ...{ id, userId, amount: 20, amountMinor: 2_000, amountBase: 20, baseRate: 1, currency: 'USD', type: 'payment' },
      ...{ time: now, offsetMinutes: 0, warnings: [] },
    };
    const { record } = await core.engine.decide({ transaction, ...bodyHashes({ id, userId, amount: 20 }) } as never);
    return (record.data as unknown as DecisionData).readSet[0][0];
  };
  try {
    const seen: number[] = [];
    for (let day = 0; day < 40; day++) {
      now = T0 + day * DAY_MS;
      await pay(`often ${day}`, 'often');
      if (day === 0 || day === 9 || day === 25) seen.push(await pay(`seldom ${day}`, 'seldom'));
      if (day % 13 !== 12) continue;
      await core.close();
      core = await open();
    }
    assert.deepEqual(seen, [0, 1, 0]);
    assert.equal(await pay('often at last', 'often'), 40);
    await core.close();
    assert.equal((await verifyJournal(dataDir, env)).differentVectors, 0);
    assert.ok((await verifyJournal(dataDir, {})).differentVectors > 0, 'without a time to live they are others');
    // Another time to live: the log is read whole, so that nothing is forgotten by the old one.
    core = await open({ PROFILE_TTL_DAYS: '0' });
    assert.equal(await pay('seldom again', 'seldom'), 3);
  } finally {
    await core.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
});
