import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openCore } from '../src/app.ts';
import { rebuildDatabase } from '../src/cli/database-run.ts';
import { withKeys } from '../src/cli/key-access.ts';
import { readConfig } from '../src/config.ts';
import { call, startApp, type TestApp } from './support/app.ts';
import { sameBits } from './support/verify.ts';

const DAY_MS = 86_400_000;
const T0 = Date.parse('2025-01-01T00:00:00Z');
const KEPT_DAYS = 60;
const DAYS = 364;
/** Between two payments. */
const STEP = 4;

test('a year of log cut to sixty days: it serves, decides the same bits, restarts, and old ids stay taken', async () => {
  const root = mkdtempSync(join(tmpdir(), 'assay-retention-'));
  const [dataDir, whole] = [join(root, 'data'), join(root, 'whole')];
  // In version 1, of which few records fill a segment.
  const journal = { JOURNAL_SEGMENT_BYTES: '64K', JOURNAL_FORMAT: '1' };
  const env = { ...journal, ASSAY_DATA_DIR: dataDir, TRANSACTION_MIN_DATE: '2020-01-01' };
  let now = T0;
  const clock = () => now;
  const start = () => startApp({ ...env, JOURNAL_RETENTION_DAYS: String(KEPT_DAYS) }, { clock });
  let app: TestApp = await start();
  const ask = (method: string, path: string, body?: unknown, headers = {}) =>
    call(app.url, method, path, body, headers);
  const payment = (day: number, id = `day_${day}`) => ({
    ...{ id, userId: `u${day % 5}`, cardId: `c${day % 9}`, amount: 10 + day, email: `user${day % 5}@example.com` },
    transactionDate: new Date(T0 + day * DAY_MS).toISOString(),
  });
  try {
    assert.equal((await ask('POST', '/api/users', { id: 'u0', name: 'Ada', email: 'ada@example.com' })).status, 201);
    const rule = {
      id: 'small',
      name: 'Small',
      when: 'tx.amount < 1.0',
      outcome: 'review',
      mode: 'live',
      reason: 'small',
    };
    assert.equal((await ask('POST', '/api/rules', rule)).status, 201);
    for (let day = STEP - 1; day < DAYS; day += STEP) {
      now = T0 + day * DAY_MS;
      const key = { 'idempotency-key': `key-${day}` };
      assert.equal((await ask('POST', '/api/transactions', payment(day), key)).status, 201);
    }
    const label = { label: 'fraud', source: 'chargeback' };
    assert.equal((await ask('POST', '/api/transactions/day_303/labels', label)).status, 201);
    assert.equal(await app.retention!.pass(), 0, 'a first snapshot is taken');
    await ask('POST', '/api/transactions', payment(DAYS));
    assert.equal(await app.retention!.pass(), 0, 'and a second one');
    await ask('POST', '/api/transactions', payment(DAYS, 'another'));
    // As a server that was never cut goes on.
    await app.services.projector.settled();
    cpSync(join(dataDir, 'journal'), join(whole, 'journal'), { recursive: true });
    cpSync(join(dataDir, 'models'), join(whole, 'models'), { recursive: true });
    rmSync(join(whole, 'journal', 'lock'), { force: true });
    const all = app.services.journal.status();
    const cut = await app.retention!.pass();
    const left = app.services.journal.status();
    assert.ok(cut >= 3 && left.bytes < 0.5 * all.bytes, `${cut} segments, ${left.bytes} of ${all.bytes} bytes`);
    const oldest = await app.services.journal.get(left.begins!);
    assert.ok(oldest!.at < now - (KEPT_DAYS - 1) * DAY_MS, 'nothing younger went');

    const look = async () => {
      const again = await ask('POST', '/api/transactions', payment(7));
      assert.deepEqual([again.status, again.body.code], [409, 'conflict']);
      const byKey = await ask(
        'POST',
        '/api/transactions',
        { ...payment(7), id: undefined },
        { 'idempotency-key': 'key-7' },
      );
      assert.deepEqual([byKey.status, byKey.body.code], [409, 'idempotency_conflict']);
      const kept = await ask('POST', '/api/transactions', payment(359), { 'idempotency-key': 'key-359' });
      assert.deepEqual([kept.status, kept.headers.get('idempotent-replayed')], [201, 'true']);
      const shown = await ask('GET', '/api/transactions/day_7');
      assert.equal(shown.body.id, 'day_7', JSON.stringify(shown.body));
      assert.equal((await ask('GET', '/api/transactions/day_7/explanation')).status, 410);
      assert.equal((await ask('POST', '/score', { transactionId: 'day_7' })).status, 410);
      assert.equal((await ask('GET', '/api/transactions/day_7/history')).status, 200);
      assert.equal((await ask('GET', '/api/rules/small')).status, 200);
      assert.equal((await ask('GET', '/api/users/u0')).body.name, 'Ada');
    };
    await look();
    const late = await ask('POST', '/api/transactions/day_7/labels', label);
    assert.equal(late.status, 201, JSON.stringify(late.body));
    const recomputed = await ask('POST', '/api/backtests', { mode: 'recomputed' });
    assert.equal(recomputed.status, 422);
    assert.match(recomputed.body.errors[0].message, /what is kept begins at/);

    await app.stop({ keep: true });
    await assert.rejects(rebuildDatabase(dataDir), /begins at record \d+.*cannot be made again/s);
    assert.deepEqual(await withKeys(dataDir, (keys) => keys.list()), [], 'commands read what is left of the log');
    app = await start();
    await look();

    // The same payments here and in a log that is whole: the same vectors.
    const config = readConfig(
      { ...env, ASSAY_DATA_DIR: whole, LOG_LEVEL: 'silent' },
      { modelDir: app.services.config.modelDir },
    );
    const control = await openCore(config, { clock, serving: app.services.roster.champion });
    try {
      const view = (await ask('GET', '/api/transactions/day_7')).body;
      assert.equal(view.label, 'fraud');
      for (const { type, at, key, data } of [(await app.services.journal.find(await labelKey(app)))!])
        await control.journal.enqueue({ type, at, key, data }).durable;
      for (let i = 0; i < 6; i++) {
        const body = payment(DAYS, `then_${i}`);
        assert.equal(
          (await ask('POST', '/api/transactions', { ...body, userId: `u${i % 5}`, cardId: `c${i % 9}` })).status,
          201,
        );
        const record = (await app.services.journal.find(`t:then_${i}`))!;
        const { type, at, key, data, personal, vector } = record;
        const { transaction } = data as { transaction: never };
        const { decision } = await control.engine.score({ ...(transaction as object), ...personal } as never);
        assert.equal(decision.probability, (data as { decision: { probability: number } }).decision.probability);
        await control.journal.enqueue({ type, at, key, data, personal: personal!, vector: vector! }).durable;
        assert.ok(sameBits(vector!, (await control.journal.find(key))!.vector!));
      }
    } finally {
      await control.close();
    }
    await app.stop({ keep: true });

    // Without its base it says so, and what to do.
    const [snapshot] = readdirSync(join(dataDir, 'snapshots'))
      .map(Number)
      .sort((a, b) => b - a);
    for (const one of readdirSync(join(dataDir, 'snapshots'))) {
      const path = join(dataDir, 'snapshots', one, 'state.json');
      const bytes = readFileSync(path);
      bytes[bytes.length >> 1] ^= 1;
      writeFileSync(path, bytes);
    }
    assert.ok(snapshot > 0);
    await assert.rejects(start(), /was removed .*profiles have it from a snapshot/);
  } finally {
    await app.stop({ keep: true });
    rmSync(root, { recursive: true, force: true });
  }
});

/** The name of the newest label. */
async function labelKey({ services: { journal } }: TestApp): Promise<string> {
  let key = '';
  for await (const record of journal.read(1)) if (record.type === 'label') key = record.key;
  return key;
}
