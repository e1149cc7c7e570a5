/** One build's figures, as JSON: its folder and how many payments are its arguments. The stream is this build's, for both. */
import { join } from 'node:path';
import { generate } from '../../src/training/generator/generate.ts';
import { DOLLAR_RATES } from '../../src/training/generator/places.ts';

const [root, payments] = process.argv.slice(2);
const of = (path: string) => import(join(root, 'src', path));
const { readConfig } = await of('config.ts');
const { createProfiles } = await of('profiles/memory.ts');
const { decisionEntry } = await of('engine/decide.ts');
const { fold } = await of('engine/fold.ts');
const { servingOf } = await of('engine/serving.ts');
const { loadArtifact } = await of('models/artifact.ts');

const { entityTypes, entityFields } = readConfig({}, { modelDir: '' });
const count = Number(payments);
const submissions = [...generate({ transactions: count, seed: 11, users: Math.ceil(count / 40), days: 90 })].map(
  ({ isFraud: _, fraudKind: __, labelledAt: ___, ...row }) => {
    const currency = row.currency ?? 'USD';
    const rate = (DOLLAR_RATES as Record<string, number>)[currency] ?? 1;
    // Eight digits of some bank for each card: what a payment names since.
    const cardBin =
      row.cardId && String(40_000_000 + (Number.parseInt(row.cardId.replace(/\D/g, '') || '0', 10) % 300));
    const money = {
      currency,
      amountMinor: Math.round(Number(row.amount ?? 0) * 100),
      amountBase: Number(row.amount ?? 0) * rate,
      baseRate: rate,
    };
    const transaction = { ...row, ...money, cardBin, dated: true, receivedAt: row.time, warnings: [] };
    return { transaction, bodyHash: '0123456789abcdef0123456789abcdef' };
  },
);

const model = loadArtifact(join(root, 'models', 'transactions'));
const serving = servingOf(model, entityTypes, 'USD');
globalThis.gc!();
const used = () => {
  globalThis.gc!();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
};
const start = used();
const profiles = createProfiles({ entityTypes });
const state = { profiles, undecided: new Map(), formerKeys: new Map(), deleted: new Set<string>() };
const ports = {
  ...{ profiles, deleted: state.deleted, serving: () => serving, naming: { entityTypes, entityFields } },
  ...{ journal: undefined, clock: () => 0, stopwatch: () => 0 },
};
const timesUs = new Float64Array(submissions.length);
let recordBytes = 0;
for (const [i, submission] of submissions.entries()) {
  const began = process.hrtime.bigint();
  const entry = decisionEntry(ports, submission, `t:${submission.transaction.id}`, 0);
  recordBytes += JSON.stringify(entry.data).length;
  fold(state, { ...entry, sequence: i + 1, version: 1 });
  timesUs[i] = Number(process.hrtime.bigint() - began) / 1000;
}
const bytes = used() - start - timesUs.byteLength;
const entities = entityTypes.reduce((sum: number, _: string, type: number) => sum + profiles.size(type), 0);
// The first are before the compiler has seen the path.
const warm = timesUs.slice(submissions.length >> 2).sort();
console.log(
  JSON.stringify({
    entities,
    bytesPerEntity: bytes / entities,
    medianUs: warm[warm.length >> 1],
    p99Us: warm[Math.floor(warm.length * 0.99)],
    recordBytes: recordBytes / submissions.length,
  }),
);
