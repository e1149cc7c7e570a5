import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import pino from 'pino';
import { backtestOf } from '../src/api/backtest-body.ts';

import { backtestPorts, openCore } from '../src/app.ts';
import { defaultModelDir } from '../src/cli/paths.ts';
import { readConfig } from '../src/config.ts';
import type { DecisionData } from '../src/domain/records.ts';
import type { Transaction } from '../src/domain/transaction.ts';
import { createRecomputingEvaluator } from '../src/engine/backtest/evaluator.ts';
import type { JournalRecord } from '../src/journal/journal.ts';
import { createRandom } from './support/expressions.ts';

const START = Date.UTC(2026, 0, 1);
const log = pino({ level: 'silent' });
const dataDir = mkdtempSync(join(tmpdir(), 'assay-backtest-columns-'));
after(() => rmSync(dataDir, { recursive: true, force: true }));

function payment(i: number, random: () => number): Transaction {
  const pick = (n: number) => Math.floor(random() * n);
  const time = START + i * 60_000;
  const amount = 1 + pick(900);
  return {
    ...{
      id: `p${i}`,
      userId: `u${pick(9)}`,
      cardId: `c${pick(7)}`,
      deviceId: `d${pick(5)}`,
      merchantId: `m${pick(3)}`,
    },
    ...{
      amount,
      amountMinor: amount * 100,
      currency: 'USD',
      amountBase: amount,
      baseRate: 1,
      country: ['DE', 'US'][pick(2)],
    },
    ...{ time, offsetMinutes: 0, dated: true, receivedAt: time, warnings: [] },
  } as Transaction;
}

test('profiles for a recomputation keep what the model of today reads; one of the log that reads more is found out, or has all', async () => {
  const config = readConfig({ ASSAY_DATA_DIR: dataDir, LOG_LEVEL: 'silent' }, { modelDir: defaultModelDir });
  let now = START;
  const core = await openCore(config, { clock: () => now, log });
  try {
    const random = createRandom(3);
    const submissions = Array.from({ length: 120 }, (_, i) => ({ transaction: payment(i, random), bodyHash: `${i}` }));
    await core.engine.decideInOrder(submissions, ({ transaction }) => {
      now = transaction.time;
    });
    const records: JournalRecord[] = [];
    for await (const record of core.journal.read(1)) {
      if (record.type !== 'decision') continue;
      // As where the record was made of other profiles: it is computed anew.
      records.push({ ...record, data: { ...record.data, readSet: [] }, vector: undefined });
      if (records.length === submissions.length) break;
    }
    const ports = backtestPorts(config, core, () => now, assert.ifError);
    const tried = backtestOf({ ...core, config }, { mode: 'recomputed' }, now);
    const scoreOf = (record: JournalRecord) => (record.data as unknown as DecisionData).decision.score;
    const scores = (evaluator: ReturnType<typeof createRecomputingEvaluator>) =>
      records.map((record) => evaluator.decide(record)?.decision.score);

    assert.deepEqual(scores(createRecomputingEvaluator(ports, tried, 'all')), records.map(scoreOf));
    // The model of today reads nothing of the past.
    const today = { ...ports, serving: () => undefined };
    const lean = createRecomputingEvaluator(today, tried, 'all');
    assert.equal(lean.decide(records[0]), undefined);
    assert.match([...lean.lacks].join(), new RegExp(core.champion!.model.version));
    assert.deepEqual(scores(createRecomputingEvaluator(today, tried, 'all', true)), records.map(scoreOf));
  } finally {
    await core.close();
  }
});
