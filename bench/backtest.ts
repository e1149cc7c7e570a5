/**
 * What backtests and previews cost, over decisions made here: beside a pass over the same payments that computes features and
 * nothing else, in one run. Prints JSON.
 *
 *   node bench/backtest.ts [--decisions 100000]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import pino from 'pino';
import { backtestOf, withRule } from '../src/api/backtest-body.ts';
import { openBacktests, openCore } from '../src/app.ts';
import { defaultModelDir } from '../src/cli/paths.ts';
import { readConfig } from '../src/config.ts';
import { type DecisionData, labelledEvent } from '../src/domain/records.ts';
import type { Transaction } from '../src/domain/transaction.ts';
import { entityKeys, eventOf } from '../src/engine/event.ts';
import { createProfiles } from '../src/profiles/memory.ts';

const { values } = parseArgs({ options: { decisions: { type: 'string', default: '100000' } } });
const decisions = Number(values.decisions);
const START = Date.UTC(2026, 0, 1);
const dataDir = mkdtempSync(join(tmpdir(), 'assay-bench-backtest-'));
const config = readConfig({ ASSAY_DATA_DIR: dataDir, LOG_LEVEL: 'silent' }, { modelDir: defaultModelDir });
const log = pino({ level: 'silent' });
let now = START;
const core = await openCore(config, { clock: () => now, log });

let seed = 1;
const random = () => {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
  return seed / 2 ** 32;
};

function payment(i: number): Transaction {
  const user = Math.floor(random() * 5_000);
  const amount = Math.round(random() ** 3 * 100_000) / 100;
  const time = START + i * 2_000;
  return {
    ...{ id: `b${i}`, userId: `u${user}`, amount, amountMinor: Math.round(amount * 100), currency: 'USD' },
    ...{ amountBase: amount, baseRate: 1, time, offsetMinutes: 0, dated: true, receivedAt: time, warnings: [] },
    ...{ cardId: `c${user}-${Math.floor(random() * 2)}`, deviceId: `d${user >> 1}`, merchantId: `m${user % 200}` },
    ...{ country: ['DE', 'US', 'NG'][i % 3], channel: 'web', ip: `10.0.${user >> 8}.${user & 255}` },
    ...{ email: `u${user}@example.com` },
  } as Transaction;
}

const payments = Array.from({ length: decisions }, (_, i) => payment(i));
const seconds = async (work: () => unknown) => {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
};

try {
  // Two rules in the log, one of a window that the catalogue does not have.
  const content = {
    ...{ priority: 0, reason: '', rollout: null, suppress: null, hard: false, actions: [] },
    ...{ validFrom: null, validTo: null, tags: [], outcome: 'decline' as const, mode: 'live' as const },
  };
  for (const [id, when] of [
    ['burst', 'count("card", "3h") > 4.0 && tx.amountBase > 100.0'],
    ['land', 'tx.country == "NG" && tx.amountBase > 500.0'],
  ])
    await core.policy.log.submit({
      type: 'policy.rule',
      data: { action: 'create', ruleId: id, content: { ...content, name: id, when } },
    });
  for (let from = 0; from < decisions; from += 2_000) {
    const batch = payments.slice(from, from + 2_000);
    const submissions = batch.map((transaction) => ({ transaction, bodyHash: transaction.id }));
    await core.engine.decideInOrder(submissions, ({ transaction }) => {
      now = transaction.time;
    });
    for (const { id } of batch.filter((_, i) => i % 50 === 0)) {
      const record = (await core.journal.find(`t:${id}`))!;
      const label = (record.data as unknown as DecisionData).transaction.amountBase! > 600 ? 'fraud' : 'legitimate';
      const data = { labelId: id, transactionId: id, label, source: 'analyst', rank: 2, event: labelledEvent(record) };
      core.journal.enqueue({ type: 'label', at: now, key: `c:${id}`, data }).durable.catch(() => {});
    }
  }

  const features = core.champion!.features;
  const profiles = createProfiles({ entityTypes: config.entityTypes });
  const vector = new Float64Array(features.names.length);
  const baseline = await seconds(() => {
    for (const [i, transaction] of payments.entries()) {
      const event = eventOf(transaction, entityKeys(transaction, config));
      features.extract(profiles, event, vector);
      profiles.learn(event, i + 1);
    }
  });

  const backtests = openBacktests(config, core, () => now, log);
  let peakRss = 0;
  const watch = setInterval(() => {
    peakRss = Math.max(peakRss, process.memoryUsage.rss());
  }, 50);
  const run = async (body: object) => {
    const { id } = await backtests.jobs.start(backtestOf({ ...core, config }, body, now));
    for (;;) {
      const job = backtests.jobs.get(id)!;
      if (job.status === 'done') return job;
      if (job.status !== 'running') throw new Error(job.error);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  const rate = (took: number) => ({
    seconds: took,
    rowsPerSecond: Math.round(decisions / took),
    share: baseline / took,
  });
  const fresh = { id: 'x', name: 'x', when: 'count("device", "5h") > 3.0', outcome: 'review' };
  const stored = await seconds(() => run({ thresholds: { review: 0.2, decline: 0.6 } }));
  const recomputed = await seconds(() => run({ add: [fresh], mode: 'recomputed' }));
  const same = (await run({})).result!;
  clearInterval(watch);

  const ready = await seconds(() =>
    backtests.preview({ ...withRule({ ...core, config }, fresh as never, ''), samples: 20 }),
  );
  const previewOf = async (when: string) => {
    const tried = withRule({ ...core, config }, { name: 'x', when, outcome: 'review' } as never, '');
    const times: number[] = [];
    for (let i = 0; i < 5; i++) times.push(1000 * (await seconds(() => backtests.preview({ ...tried, samples: 20 }))));
    return { firstMs: Math.round(times[0]), medianMs: Math.round(times.toSorted((a, b) => a - b)[2]) };
  };
  const preview = {
    fillSeconds: ready,
    fields: await previewOf('tx.amountBase > 300.0 && tx.country == "NG"'),
    recordedWindow: await previewOf('count("card", "3h") > 2.0'),
    otherWindow: await previewOf('distinct("device", "card", "5h") >= 2.0'),
  };
  await backtests.close();
  console.log(
    JSON.stringify(
      {
        decisions,
        featuresOnly: { seconds: baseline, rowsPerSecond: Math.round(decisions / baseline) },
        stored: rate(stored),
        recomputed: rate(recomputed),
        peakRssMb: Math.round(peakRss / 2 ** 20),
        inForceMoves: same.moved.length,
        preview,
      },
      null,
      2,
    ),
  );
} finally {
  await core.close();
  rmSync(dataDir, { recursive: true, force: true });
}
