/**
 * What backtests and previews cost, over decisions made here: beside a pass over the same payments that computes features and
 * nothing else, and beside that of the handbook's file where it is there, in one run. Prints JSON. Shares are of processor time,
 * which holds on a busy machine.
 *
 *   node bench/backtest.ts [--decisions 100000] [--history handbook-transactions.csv.gz]
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
import { handbookBetter } from '../src/features/handbook.ts';
import { createProfiles } from '../src/profiles/memory.ts';
import { HANDBOOK_MAP } from '../src/training/column-map.ts';
import { extractDataset } from '../src/training/extract.ts';
import { openHistory } from '../src/training/history-file.ts';

const { values } = parseArgs({
  options: {
    decisions: { type: 'string', default: '100000' },
    history: { type: 'string', default: '../shared/data/handbook-transactions.csv.gz' },
  },
});
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

/** The same each time, a batch at a time: a million would lie in memory beside what is measured. */
function* batches(): Generator<Transaction[]> {
  seed = 1;
  for (let from = 0; from < decisions; from += 2_000)
    yield Array.from({ length: Math.min(2_000, decisions - from) }, (_, i) => payment(from + i));
}

/** The handbook's features alone, its file read; undefined where it is not there. */
async function handbookPass(): Promise<(Took & { rows: number }) | undefined> {
  if (!existsSync(values.history)) return undefined;
  const entityTypes = ['user', 'merchant'];
  const history = openHistory(values.history, HANDBOOK_MAP, { entityTypes });
  const span = { from: Date.UTC(2018, 6, 25), to: Date.UTC(2018, 7, 15) };
  let rows = 0;
  const took = await timed(async () => {
    const asked = { definitions: handbookBetter, entityTypes, delayMs: 7 * 86_400_000, ...span };
    rows = (await extractDataset(history, asked)).rows;
  });
  return { ...took, rows };
}

/** `assay backtest` over what was decided here, in a process of its own: how long, and the most memory of its own that it held (Linux tells). */
async function byCommand(body: object, ...flags: string[]): Promise<{ seconds: number; peakOwnMb: number }> {
  const file = join(dataDir, 'rules.json');
  writeFileSync(file, JSON.stringify(body));
  const began = performance.now();
  const args = ['bin/assay.js', 'backtest', '--data-dir', dataDir, '--rules', file, '--json', ...flags];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  let peak = 0;
  const watch = setInterval(() => {
    const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
    peak = Math.max(peak, Number(/RssAnon:\s+(\d+)/.exec(status)?.[1] ?? 0));
  }, 100);
  const code = await new Promise((resolve) => child.on('exit', resolve));
  clearInterval(watch);
  if (code !== 0) throw new Error(`assay backtest ended with ${code}.`);
  return { seconds: (performance.now() - began) / 1000, peakOwnMb: Math.round(peak / 1024) };
}

interface Took {
  seconds: number;
  processor: number;
}

async function timed(work: () => unknown): Promise<Took> {
  const [began, used] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(used);
  return { seconds: (performance.now() - began) / 1000, processor: (user + system) / 1e6 };
}

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
  for (const batch of batches()) {
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
  const baseline = await timed(() => {
    let sequence = 0;
    for (const batch of batches())
      for (const transaction of batch) {
        const event = eventOf(transaction, entityKeys(transaction, config));
        features.extract(profiles, event, vector);
        profiles.learn(event, ++sequence);
      }
  });
  const handbook = await handbookPass();

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
  const rate = ({ seconds, processor }: Took) => ({
    seconds,
    rowsPerSecond: Math.round(decisions / processor),
    share: baseline.processor / processor,
    ...(handbook === undefined
      ? {}
      : {
          shareOfHandbook: decisions / processor / (handbook.rows / handbook.processor),
          shareOfHandbookBySeconds: decisions / seconds / (handbook.rows / handbook.seconds),
        }),
  });
  const fresh = { id: 'x', name: 'x', when: 'count("device", "5h") > 3.0', outcome: 'review' };
  const stored = await timed(() => run({ thresholds: { review: 0.2, decline: 0.6 } }));
  const windows = await timed(() => run({ add: [fresh] }));
  const recomputed = await timed(() => run({ add: [fresh], mode: 'recomputed' }));
  const same = (await run({})).result!;
  clearInterval(watch);

  const ready = await timed(() =>
    backtests.preview({ ...withRule({ ...core, config }, fresh as never, ''), samples: 20 }),
  );
  const previewOf = async (when: string) => {
    const tried = withRule({ ...core, config }, { name: 'x', when, outcome: 'review' } as never, '');
    const times: number[] = [];
    for (let i = 0; i < 5; i++)
      times.push(1000 * (await timed(() => backtests.preview({ ...tried, samples: 20 }))).seconds);
    return { firstMs: Math.round(times[0]), medianMs: Math.round(times.toSorted((a, b) => a - b)[2]) };
  };
  const preview = {
    fillSeconds: ready.seconds,
    fields: await previewOf('tx.amountBase > 300.0 && tx.country == "NG"'),
    recordedWindow: await previewOf('count("card", "3h") > 2.0'),
    otherWindow: await previewOf('distinct("device", "card", "5h") >= 2.0'),
  };
  await backtests.close();
  await core.close();
  const command = {
    stored: await byCommand({ thresholds: { review: 0.2, decline: 0.6 } }),
    recomputed: await byCommand({ add: [fresh] }, '--recompute'),
  };
  console.log(
    JSON.stringify(
      {
        decisions,
        ...(handbook === undefined
          ? {}
          : { handbook: { ...handbook, rowsPerSecond: Math.round(handbook.rows / handbook.processor) } }),
        featuresOnly: { ...baseline, rowsPerSecond: Math.round(decisions / baseline.processor) },
        stored: rate(stored),
        windowsRecomputed: rate(windows),
        recomputed: rate(recomputed),
        peakRssMb: Math.round(peakRss / 2 ** 20),
        command,
        inForceMoves: same.moved.length,
        preview,
      },
      null,
      2,
    ),
  );
} finally {
  await core.close().catch(() => {});
  rmSync(dataDir, { recursive: true, force: true });
}
