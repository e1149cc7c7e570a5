/**
 * Histories of fraud that last, and what is made of them: `assay train` as it comes, beside LightGBM tuned by thirty trials on features that
 * know those histories, over seeds that nothing was tuned on.
 *
 *   node bench/histories.ts [--kind payments|accounts|cards] [--seeds 11,12,13,14,15] [--rows 30000] [--trials 30] [--python python3]
 *     [--keep FOLDER]
 *
 * `payments` are of cards, addresses and devices that stay bad for a year; `accounts` are registrations of which the address's frauds tell
 * most; `cards` has Sparkov's layout. Each is read by the map that `assay inspect` proposes.
 * The Python needs lightgbm, pandas and scikit-learn. Both train on the same rows, choose on the latest quarter of them, are fitted again, and
 * are measured on the same later rows. The difference of average precision is drawn anew by card (paired bootstrap). What `--keep` holds of a seed
 * is not run again, so that a long run may be cut.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fileSource, type HistoryFlags, historyOf } from '../src/cli/history.ts';
import { defaultModelDir } from '../src/cli/paths.ts';
import { runTune, TRIALS } from '../src/cli/train-tune.ts';
import { readConfig } from '../src/config.ts';
import { extractDataset } from '../src/training/extract.ts';
import { only } from '../src/training/fold-fit.ts';
import { seededRandom } from '../src/training/gbdt/random.ts';
import { inspectFile } from '../src/training/inspect.ts';
import { averagePrecision } from '../src/training/metrics.ts';
import { setPeriod, splitPeriod } from '../src/training/period.ts';
import { catalogueOf, optionsFor, presetOf } from '../src/training/presets.ts';
import { DEFAULT_COSTS } from '../src/training/thresholds.ts';
import { type Trained, trainModel } from '../src/training/train.ts';
import { ACCOUNTS_HEADER, accounts } from './histories/accounts.ts';
import { CARDS_HEADER, cards } from './histories/cards.ts';
import { HISTORY_HEADER, histories } from './histories/generate.ts';

const { values } = parseArgs({
  options: {
    kind: { type: 'string', default: 'payments' },
    seeds: { type: 'string', default: '11,12,13,14,15' },
    rows: { type: 'string', default: '30000' },
    trials: { type: 'string', default: '30' },
    python: { type: 'string', default: 'python3' },
    keep: { type: 'string' },
  },
});
const DAY_MS = 86_400_000;
const REPLICATES = 400;
const KINDS: Record<string, { header: string; rowsOf(seed: number, rows: number): Iterable<string> }> = {
  payments: { header: HISTORY_HEADER, rowsOf: histories },
  accounts: { header: ACCOUNTS_HEADER, rowsOf: accounts },
  cards: { header: CARDS_HEADER, rowsOf: cards },
};
const kind = KINDS[values.kind];
if (kind === undefined) throw new Error(`--kind is one of ${Object.keys(KINDS).join(', ')}.`);
const folder = mkdtempSync(join(tmpdir(), 'assay-histories-'));

interface Seed {
  labels: Uint8Array;
  cards: Float64Array;
  ours: Float64Array;
  theirs: Float64Array;
}

async function run(seed: number): Promise<Seed> {
  const file = join(folder, `${seed}.csv`);
  writeFileSync(file, `${[kind.header, ...kind.rowsOf(seed, Number(values.rows))].join('\n')}\n`);
  const map = join(folder, 'map.json');
  writeFileSync(map, JSON.stringify((await inspectFile(file, {})).map));
  const flags: HistoryFlags = { format: 'assay', map, maxErrors: 0, json: true };
  const source = await fileSource(flags, readConfig({}, { modelDir: defaultModelDir }));
  const { entityTypes } = source.config;
  const definitions = catalogueOf('default', source.config);
  const preset = presetOf('assay');
  const { delayDays, validationShare } = preset;
  const delayMs = delayDays * DAY_MS;
  const history = await historyOf(file, source, flags, 'replaying');
  const { dataset } = await extractDataset(history, { definitions, entityTypes, delayMs });
  const period = setPeriod(dataset, { delayDays });
  const { train, test } = splitPeriod(dataset, period, false);
  const base = optionsFor(preset, 'trees');
  const tuned = runTune({ train, definitions, delayDays, base, fixed: {}, trials: TRIALS, seed: 1, quiet: true });
  if (tuned === undefined) throw new Error(`seed ${seed}: there is too little to choose by`);
  const kept = tuned.features.map(({ name }) => name);
  const own = definitions.filter(({ name }) => kept.includes(name));
  const request = {
    ...{
      name: 'histories',
      learner: 'trees',
      options: { ...base, ...tuned.options },
      definitions: own,
      validationShare,
    },
    ...{ refit: 'choose' as const, thresholds: { costs: DEFAULT_COSTS }, seed: 1 },
    lineage: { dataSha256: '', codeVersion: '', options: {} },
  };
  const trained = trainModel(only(train, kept), only(test, kept), request, () => performance.now());
  const out = join(folder, 'scores');
  const limits = [period.trainTo, period.testFrom, delayDays, values.trials, values.kind].map(String);
  const told = execFileSync(values.python, [join(import.meta.dirname, 'histories/rival.py'), file, ...limits, out], {
    encoding: 'utf8',
  });
  const bytes = readFileSync(out);
  const theirs = new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  const { labels, cards, raw: ours } = trained.test;
  if (theirs.length !== ours.length) throw new Error(`${theirs.length} rows tested there, ${ours.length} here`);
  const share = 0.01;
  console.log(
    JSON.stringify({
      seed,
      ...{ rows: ours.length, frauds: labels.reduce((sum, label) => sum + label, 0) },
      ...{ ours: averagePrecision(ours, labels), theirs: averagePrecision(theirs, labels) },
      recallAtAlerts: { ours: recallAt(ours, labels, share), theirs: recallAt(theirs, labels, share) },
      ...{ refit: trained.refit, rival: JSON.parse(told), gains: gainsOf(trained.head) },
      ...{
        features: kept.length,
        chosen: tuned.candidates[tuned.chosen],
        untuned: tuned.candidates[0],
        ablation: tuned.ablation,
      },
    }),
  );
  return { labels, cards, ours, theirs };
}

/** The features that the model gains most by. */
function gainsOf({ features, importance }: Trained['head']) {
  const gain = (importance?.gain ?? []) as number[];
  const total = gain.reduce((sum, one) => sum + one, 0);
  const named = gain.map((one, i) => [String(features[i].name), Math.round((1000 * one) / total) / 1000] as const);
  return Object.fromEntries(named.sort((a, b) => b[1] - a[1]).slice(0, 12));
}

function recallAt(scores: Float64Array, labels: Uint8Array, share: number): number {
  const order = Uint32Array.from(scores.keys()).sort((a, b) => scores[b] - scores[a]);
  const alerts = order.subarray(0, Math.round(share * scores.length));
  return alerts.reduce((sum, row) => sum + labels[row], 0) / labels.reduce((sum, label) => sum + label, 0);
}

/** Mean difference over the seeds, cards drawn anew within each; the bound below which 5% of the draws lie. */
function bound(seeds: readonly Seed[]): { mean: number; lower: number; upper: number } {
  const random = seededRandom(1);
  const groups = seeds.map(({ cards }) => {
    const rows = new Map<number, number[]>();
    cards.forEach((card, row) => {
      const own = rows.get(card);
      if (own) own.push(row);
      else rows.set(card, [row]);
    });
    return [...rows.values()];
  });
  const difference = ({ labels, ours, theirs }: Seed, rows: number[]) => {
    const of = (scores: Float64Array) => rows.map((row) => scores[row]);
    const own = rows.map((row) => labels[row]);
    return averagePrecision(of(ours), own) - averagePrecision(of(theirs), own);
  };
  const meanOf = (rowsOf: (index: number) => number[]) =>
    seeds.reduce((sum, seed, i) => sum + difference(seed, rowsOf(i)), 0) / seeds.length;
  const draws = Array.from({ length: REPLICATES }, () =>
    meanOf((i) => groups[i].flatMap(() => groups[i][Math.floor(random() * groups[i].length)])),
  ).sort((a, b) => a - b);
  const at = (share: number) => draws[Math.floor(share * REPLICATES)];
  return { mean: meanOf((i) => groups[i].flat()), lower: at(0.05), upper: at(0.95) };
}

/** Its scores and truths, from where they are kept if they are. */
async function keptOrRun(seed: number): Promise<Seed> {
  if (values.keep === undefined) return run(seed);
  mkdirSync(values.keep, { recursive: true });
  const file = join(values.keep, `${[values.kind, values.rows, values.trials, seed].join('-')}.json`);
  if (!existsSync(file)) {
    const { labels, cards, ours, theirs } = await run(seed);
    const told = { labels, cards, ours, theirs };
    writeFileSync(
      file,
      JSON.stringify(told, (_, value) => (ArrayBuffer.isView(value) ? Array.from(value as never) : value)),
    );
  }
  const { labels, cards, ours, theirs } = JSON.parse(readFileSync(file, 'utf8'));
  const [own, others] = [ours, theirs].map((scores: number[]) => Float64Array.from(scores));
  return { labels: Uint8Array.from(labels), cards: Float64Array.from(cards), ours: own, theirs: others };
}

try {
  const seeds: Seed[] = [];
  for (const seed of values.seeds.split(',')) seeds.push(await keptOrRun(Number(seed)));
  console.log(JSON.stringify({ difference: bound(seeds), replicates: REPLICATES }));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
