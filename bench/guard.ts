/**
 * The guard on a stream of 500 payments a second, by stream time: `npm run bench:guard -- [seeds]`, 100 unless said. A champion fed a
 * broken feature, with one score for all, ten times as slow, or giving no number: how long until the version before decides again, and how
 * often. An attack (fraud × 10) and a flash sale (five times as many payments, smaller ones) for two minutes: how often it falls back.
 */
import { createGuard } from '../src/engine/guard/guard.ts';
import type { Serving } from '../src/engine/judge.ts';
import type { Promotion } from '../src/engine/roster.ts';
import type { JournalRecord } from '../src/journal/journal.ts';
import { createRandom } from '../src/training/generator/random.ts';
import { byAmount } from '../test/support/serving.ts';

const seeds = Number(process.argv[2] ?? 100);
const PER_SECOND = 500;
const CALM_SECONDS = 60;
const AFTER_SECONDS = 120;
const [AMOUNT, WIDTH] = [byAmount.features.names.indexOf('amount'), byAmount.features.names.length];

interface Change {
  name: string;
  score?: (amount: number) => number;
  broken?: true;
  slow?: true;
  frauds?: number;
  sale?: true;
}
const usual = (amount: number) => Math.log(Math.max(amount, 0.01)) * 2 - 12;
const CHANGES: Change[] = [
  { name: 'a broken feature', score: () => usual(400) },
  { name: 'a feature a thousand times too large', score: (amount) => usual(amount * 1000) },
  { name: 'one score for all', score: () => -3 },
  { name: 'ten times as slow', slow: true },
  { name: 'no number', broken: true },
  { name: 'fraud × 10', frauds: 0.1 },
  { name: 'a flash sale', sale: true },
];

/** Seconds until each fall-back. */
async function run(seed: number, change: Change): Promise<number[]> {
  const random = createRandom(seed);
  let now = Date.UTC(2026, 0, 1);
  let stopwatch = 0;
  let isChanged = false;
  const model = (version: string, score: (amount: number) => number): Serving => ({
    ...byAmount,
    model: { ...byAmount.model, version, score: (vector) => score(vector[AMOUNT]) },
  });
  const old = model('old', (amount) => {
    stopwatch += 0.3;
    return usual(amount);
  });
  const champion = model('new', (amount) => {
    stopwatch += isChanged && change.slow ? 5 : 0.3;
    return isChanged && change.score ? change.score(amount) : usual(amount);
  });
  const promotions = [{ version: 'new', previous: 'old', name: 'm', at: now }] as Promotion[];
  const fellBack: number[] = [];
  let decides = champion;
  const began = now + CALM_SECONDS * 1000;
  const listeners: ((record: JournalRecord) => void)[] = [];
  const guard = createGuard({
    journal: {
      subscribe(listener) {
        listeners.push(listener);
        return () => {};
      },
    },
    roster: {
      get champion() {
        return decides;
      },
      promotions,
      servingOf: (version) => (version === 'old' ? old : champion),
      async promote(version, _by, reason, isFallBack) {
        fellBack.push((now - began) / 1000);
        decides = version === 'old' ? old : champion;
        const made = { version, previous: 'new', name: 'm', at: now, reason, fellBack: isFallBack } as Promotion;
        promotions.push(made);
        return made;
      },
    },
    ...{ clock: () => now, stopwatch: () => stopwatch, log: { error: () => {} }, everyMs: 1e9 },
  });
  let sequence = 0;
  for (let second = 0; second < CALM_SECONDS + AFTER_SECONDS; second++) {
    isChanged = second >= CALM_SECONDS;
    const isSale = isChanged && change.sale;
    const frauds = isChanged ? (change.frauds ?? 0.01) : 0.01;
    for (let i = 0; i < PER_SECOND * (isSale ? 5 : 1); i++) {
      const vector = new Float64Array(WIDTH);
      vector[AMOUNT] = random.chance(frauds) ? random.logNormal(900, 0.5) : random.logNormal(isSale ? 15 : 30, 1);
      if (isChanged && change.broken && decides === champion) {
        guard.failed('new', now);
        continue;
      }
      const { version } = decides.model;
      const probability = byAmount.model.calibrate(decides.model.score(vector));
      const transaction = { id: `${sequence}`, userId: 'u', time: now, offsetMinutes: 0, amountBase: vector[AMOUNT] };
      const decision = { decision: 'approve', probability, model: { name: 'm', version } };
      const data = { transaction, decision, entities: [], location: 0, bodyHash: '' };
      const record = { type: 'decision', at: now, key: '', sequence: ++sequence, version: 1, data, vector };
      for (const listener of listeners) listener(record as unknown as JournalRecord);
    }
    now += 1000;
    if (second % 5 === 4) await guard.look();
  }
  guard.close();
  return fellBack;
}

for (const change of CHANGES) {
  const runs: number[][] = [];
  for (let seed = 1; seed <= seeds; seed++) runs.push(await run(seed, change));
  const once = runs.filter((each) => each.length === 1).length;
  const firsts = runs.flatMap(([first]) => (first === undefined ? [] : [first])).sort((a, b) => a - b);
  console.log(
    `${change.name}: fell back in ${firsts.length} of ${seeds}, once in ${once}` +
      (firsts.length > 0
        ? `; after ${firsts[Math.floor(firsts.length / 2)]} s at the median, ${firsts.at(-1)} s at most`
        : ''),
  );
}
