import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { crc32 } from 'node:zlib';
import pino from 'pino';
import { backtestOf } from '../src/api/backtest-body.ts';
import { backtestPorts, type Core, openCore } from '../src/app.ts';
import { defaultModelDir } from '../src/cli/paths.ts';
import { readConfig } from '../src/config.ts';
import { type DecisionData, labelledEvent } from '../src/domain/records.ts';
import type { Transaction } from '../src/domain/transaction.ts';
import { runBacktest } from '../src/engine/backtest/run.ts';
import { CHUNK_RECORDS } from '../src/engine/columns/layout.ts';
import { pack, unpack } from '../src/engine/columns/numbers.ts';
import { createRandom } from './support/expressions.ts';
import { stricterModel } from './support/models.ts';

const T0 = Date.UTC(2026, 9, 1);
const SECRET = 'xylomarker';
const log = pino({ level: 'silent' });

/** Of every field something, and of each now and then nothing. */
function paymentsOf(count: number): Transaction[] {
  const random = createRandom(11);
  const pick = (n: number) => Math.floor(random() * n);
  const some = (fields: object) => (random() < 0.8 ? fields : {});
  return Array.from({ length: count }, (_, i) => {
    const time = T0 + i * 60_000 + pick(300_000);
    const type = (['payment', 'payment', 'payment', 'login', 'payout'] as const)[pick(5)];
    const amount = type === 'login' ? null : pick(100_000) / 100;
    return {
      ...{ id: `p${i}`, userId: `u${pick(60)}`, type, amount, currency: ['USD', 'EUR'][pick(2)] },
      ...{ amountMinor: amount === null ? null : Math.round(amount * 100), amountBase: amount, baseRate: 1 },
      ...{ time, offsetMinutes: [0, 120][pick(2)], dated: true, receivedAt: time, warnings: [] },
      ...some({ cardId: `c${pick(50)}`, cardBin: ['411111', '550000'][pick(2)], cardCountry: 'DE' }),
      ...some({ deviceId: `d${pick(30)}` }),
      ...some({ merchantId: `m${pick(9)}`, mcc: '5732' }),
      ...some({ country: ['US', 'DE', 'NG'][pick(3)], channel: 'web' }),
      ...some({ email: `${SECRET}${pick(20)}@a.com`, ip: `10.0.0.${pick(200)}`, customerLocation: `${SECRET} town` }),
      ...some({ latitude: pick(90), longitude: -pick(90), accountAgeDays: pick(400), remote: random() < 0.5 }),
      ...some({ metadata: { secret: SECRET, n: pick(9) } }),
    } as Transaction;
  });
}

const rule = (id: string, when: string, more: object = {}) => ({ id, name: id, when, outcome: 'review', ...more });
/** Each over a set of fields of its own. */
const BODIES: Record<string, object> = {
  'in force': {},
  thresholds: { thresholds: { review: 0.001, decline: 0.01 } },
  fields: {
    add: [
      rule('a', 'tx.remote && tx.cardBin == "411111" && tx.currency == "EUR"'),
      rule('b', '!has(tx.deviceId) || tx.latitude > 45.0 && tx.accountAgeDays < 100.0', { outcome: 'decline' }),
      rule('c', 'tx.type == "login" || tx.mcc == "5732" && hour > 12.0', { rollout: { percent: 40, by: 'card' } }),
    ],
  },
  'a feature and a recorded window': {
    add: [rule('w', 'features.user_count_1h > 1.0 || count("card", "3h") > 2.0'), rule('s', 'score > 2.0')],
  },
  'personal fields': { add: [rule('e', 'tx.email.endsWith("@a.com") || tx.metadata.n > 3.0 && has(tx.ip)')] },
  'another window': { add: [rule('o', 'distinct("device", "card", "5h") >= 2.0 || frauds("user", "9d") > 0.0')] },
  recomputed: { mode: 'recomputed', add: [rule('r', 'sum("merchant", "4h") > 900.0')] },
};

test('numbers come back bit for bit from the narrowest form', () => {
  const cases = [
    [Number.NaN, Number.NaN],
    [7, 7, 7],
    [0, -0],
    [-0, -0],
    [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
    [0, 254, Number.NaN],
    [0, 255],
    [65_534, Number.NaN],
    [65_535, 0],
    [0.5, -1.25, Number.NaN],
    [0.1, 2 ** 53 - 1, Number.NEGATIVE_INFINITY],
  ];
  for (const values of cases) {
    const { form, value, bytes } = pack(Float64Array.from(values));
    const source = new Uint8Array(8 * (values.length + 1));
    source.set(bytes, 8);
    assert.deepEqual([...unpack(form, value, source, 8, values.length)], values, `${form} ${values}`);
  }
});

describe('columns of the log', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'assay-columns-'));
  const other = stricterModel(join(dataDir, 'other'));
  const folder = join(dataDir, 'columns');
  const config = readConfig({ ASSAY_DATA_DIR: dataDir, LOG_LEVEL: 'silent' }, { modelDir: defaultModelDir });
  let core: Core;
  let now = T0;

  const open = async () => {
    core = await openCore(config, { clock: () => now, log });
  };

  before(async () => {
    await open();
    core.registry.admit(join(dataDir, 'other'));
    const content = {
      ...{ priority: 0, reason: '', rollout: null, suppress: null, hard: false, actions: [], tags: [] },
      ...{ validFrom: null, validTo: null, outcome: 'decline' as const, mode: 'live' as const, name: 'x' },
    };
    const data = {
      action: 'create' as const,
      ruleId: 'x',
      content: { ...content, when: 'count("card", "3h") > 3.0 && tx.amountBase > 100.0' },
    };
    await core.policy.log.submit({ type: 'policy.rule', data });
    const payments = paymentsOf(CHUNK_RECORDS + 500);
    for (let from = 0; from < payments.length; from += 500) {
      const some = payments.slice(from, from + 500);
      const submissions = some.map((transaction) => ({ transaction, bodyHash: transaction.id }));
      await core.engine.decideInOrder(submissions, ({ transaction }) => {
        now = transaction.time;
      });
      for (const { id } of some.filter((_, i) => i % 40 === 0)) {
        const record = (await core.journal.find(`t:${id}`))!;
        const label = (record.data as unknown as DecisionData).transaction.id.endsWith('0') ? 'fraud' : 'legitimate';
        const said = { labelId: id, transactionId: id, label, source: 'analyst', rank: 2, note: SECRET };
        const told = { ...said, event: labelledEvent(record) };
        await core.journal.enqueue({ type: 'label', at: now, key: `c:${id}`, data: told }).durable;
      }
    }
  });
  after(async () => {
    await core.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  /** Within a chunk. */
  const late = new Date(T0 + 3_800 * 60_000).toISOString();
  const files = () => readdirSync(folder).filter((name) => name.endsWith('.columns'));
  const run = (body: object, byColumns: boolean) => {
    const ports = backtestPorts(
      config,
      core,
      () => now,
      (error) => assert.fail(String(error)),
    );
    const columns = byColumns ? core.columns : undefined;
    return runBacktest(
      { ...ports, columns, pause: () => undefined, onProgress() {} },
      backtestOf({ ...core, config }, body, now + 1),
    );
  };

  /** By columns what record by record is said, of each body. */
  async function assertSame(): Promise<void> {
    const bodies = {
      ...BODIES,
      'another model': { model: other, from: late },
      'another model anew': { model: other, from: late, mode: 'recomputed' },
    };
    for (const [name, body] of Object.entries(bodies)) {
      const plain = await run(body, false);
      assert.ok(plain.result.decisions > 500, name);
      assert.deepEqual(await run(body, true), plain, name);
    }
  }

  test('are written as the log goes on, and answer as the records do, with nothing personal in them', async () => {
    await core.columns!.close();
    assert.equal(files().length, 1);
    await assertSame();
    assert.ok(!readFileSync(join(folder, files()[0])).includes(SECRET));
  });

  test('are made anew where they are missing, cut, damaged, or those of another log', async () => {
    const path = join(folder, files()[0]);
    const whole = readFileSync(path);
    const spoil: Record<string, () => void> = {
      missing: () => rmSync(path),
      cut: () => truncateSync(path, 1000),
      empty: () => truncateSync(path, 0),
      damaged: () =>
        writeFileSync(
          path,
          whole.map((byte, i) => (i === whole.length - 9 ? byte ^ 1 : byte)),
        ),
      'of another log': () => writeFileSync(path, foreign(whole)),
    };
    const plain = await run(BODIES.fields, false);
    for (const [name, change] of Object.entries(spoil)) {
      change();
      assert.deepEqual(await run(BODIES.fields, true), plain, name);
      assert.deepEqual(readFileSync(path), whole, name);
    }
  });
});

/** Sound, and with a first record of another key. */
function foreign(whole: Buffer): Buffer {
  const other = Buffer.from(whole);
  const at = other.indexOf('"ends":[{"key":"') + 16;
  other[at] ^= 1;
  other.writeUInt32LE(crc32(other.subarray(24)), 12);
  return other;
}
