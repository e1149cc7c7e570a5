/** One run's figures, as JSON: `on` or `off`, and how many payments, are its arguments. */
import { join } from 'node:path';
import { readConfig } from '../../src/config.ts';
import { decisionEntry } from '../../src/engine/decide.ts';
import { createDrift } from '../../src/engine/drift/drift.ts';
import { fold } from '../../src/engine/fold.ts';
import { createGuard } from '../../src/engine/guard/guard.ts';
import { servingOf } from '../../src/engine/serving.ts';
import type { JournalRecord } from '../../src/journal/journal.ts';
import { loadArtifact } from '../../src/models/artifact.ts';
import { createProfiles } from '../../src/profiles/memory.ts';
import { generate } from '../../src/training/generator/generate.ts';

const [mode, payments] = process.argv.slice(2);
const isOn = mode === 'on';
const { entityTypes, entityFields } = readConfig({}, { modelDir: '' });
const count = Number(payments);
/** What a look and a check come after, at 500 payments a second. */
const [LOOK, CHECK] = [2_500, 30_000];

const submissions = [...generate({ transactions: count, seed: 11, users: Math.ceil(count / 40), days: 60 })].map(
  (made) => {
    const { isFraud: _, fraudKind: __, labelledAt: ___, ...row } = made;
    const amount = Number(row.amount ?? 0);
    const money = {
      currency: row.currency ?? 'USD',
      amountMinor: Math.round(amount * 100),
      amountBase: amount,
      baseRate: 1,
    };
    const transaction = { ...row, ...money, dated: true, receivedAt: row.time, warnings: [] };
    return { transaction, bodyHash: '0123456789abcdef0123456789abcdef' };
  },
);

const load = () => servingOf(loadArtifact(join(import.meta.dirname, '../../models/transactions')), entityTypes, 'USD');
const [champion, before] = [load(), load()];
let now = 0;
const listeners: ((record: JournalRecord) => void)[] = [];
const journal = {
  subscribe(listener: (record: JournalRecord) => void) {
    listeners.push(listener);
    return () => {};
  },
  durable: 0,
  async *read() {},
  find: async () => undefined,
  enqueue: () => ({ durable: Promise.resolve() }),
};
const far = { everyMs: 2 ** 31 - 1, clock: () => now };
const { names } = champion.features;
const promotions = [{ version: champion.model.version, previous: 'before', name: 'm', at: 0 }];
const drift = isOn
  ? createDrift({
      ...{ journal: journal as never, ...far, featuresOf: () => names, pause: () => undefined, onError: console.error },
      store: { load: async () => ({ blocks: [], alarms: [], through: 0 }), save: async () => {} },
    })
  : undefined;
const guard = isOn
  ? createGuard({
      ...{ journal: journal as never, ...far, stopwatch: () => performance.now(), log: { error: () => {} } },
      roster: { champion, promotions: promotions as never, servingOf: () => before, promote: () => Promise.reject() },
    })
  : undefined;
await drift?.ready();

const profiles = createProfiles({ entityTypes });
const state = { profiles, undecided: new Map(), formerKeys: new Map(), deleted: new Set<string>() };
const ports = {
  ...{ profiles, deleted: state.deleted, serving: () => champion, naming: { entityTypes, entityFields } },
  ...{ journal: undefined, clock: () => 0, stopwatch: () => 0 },
} as never;
const timesUs = new Float64Array(count);
const watchedUs = new Float64Array(count);
const [looksMs, checksMs]: [number[], number[]] = [[], []];
for (const [i, submission] of submissions.entries()) {
  now = submission.transaction.time;
  const began = performance.now();
  const entry = decisionEntry(ports, submission as never, `t:${submission.transaction.id}`, now);
  const record = { ...entry, sequence: i + 1, version: 1 } as JournalRecord;
  fold(state as never, record);
  const decided = performance.now();
  for (const listener of listeners) listener(record);
  watchedUs[i] = (performance.now() - decided) * 1000;
  timesUs[i] = (decided - began) * 1000;
  if (guard && i % LOOK === LOOK - 1) looksMs.push(await timed(() => guard.look()));
  if (drift && i % CHECK === CHECK - 1) checksMs.push(await timed(() => drift.check()));
}

async function timed(act: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await act();
  return performance.now() - began;
}

// The first are before the compiler has seen the path.
const warm = (all: Float64Array) => all.slice(count >> 2).sort();
const at = (sorted: ArrayLike<number>, share: number) => sorted[Math.floor(sorted.length * share)] ?? 0;
const [times, watched] = [warm(timesUs), warm(watchedUs)];
console.log(
  JSON.stringify({
    ...{
      medianUs: at(times, 0.5),
      p99Us: at(times, 0.99),
      watchedUs: at(watched, 0.5),
      watchedP99Us: at(watched, 0.99),
    },
    ...{
      lookMs: at(
        looksMs.sort((a, b) => a - b),
        0.5,
      ),
      checkMs: at(
        checksMs.sort((a, b) => a - b),
        0.5,
      ),
    },
  }),
);
process.exit(0);
