/**
 * Histories of fraud that last, and what is made of them: `assay train` as it comes, beside LightGBM tuned by thirty trials on features that
 * know those histories, over seeds that nothing was tuned on.
 *
 *   node bench/histories.ts [--seeds 11,12,13,14,15] [--rows 30000] [--trials 30] [--python python3]
 *
 * The Python needs lightgbm, pandas and scikit-learn. Both train on the same rows, choose on the latest quarter of them, are fitted again, and
 * are measured on the same later rows. The difference of average precision is drawn anew by card (paired bootstrap).
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { entityTypesWith } from '../src/domain/entity.ts';
import { trainingCatalogue } from '../src/features/catalogue.ts';
import { extractDataset } from '../src/training/extract.ts';
import { seededRandom } from '../src/training/gbdt/random.ts';
import { openHistory } from '../src/training/history-file.ts';
import { MAPS } from '../src/training/layouts.ts';
import { averagePrecision } from '../src/training/metrics.ts';
import { setPeriod, splitPeriod } from '../src/training/period.ts';
import { optionsFor, presetOf } from '../src/training/presets.ts';
import { DEFAULT_COSTS } from '../src/training/thresholds.ts';
import { type Trained, trainModel } from '../src/training/train.ts';
import { HISTORY_HEADER, histories } from './histories/generate.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '11,12,13,14,15' },
    rows: { type: 'string', default: '30000' },
    trials: { type: 'string', default: '30' },
    python: { type: 'string', default: 'python3' },
  },
});
const DAY_MS = 86_400_000;
const REPLICATES = 400;
const entityTypes = entityTypesWith();
const folder = mkdtempSync(join(tmpdir(), 'assay-histories-'));

interface Seed {
  labels: Uint8Array;
  cards: Float64Array;
  ours: Float64Array;
  theirs: Float64Array;
}

async function run(seed: number): Promise<Seed> {
  const file = join(folder, `${seed}.csv`);
  writeFileSync(file, `${[HISTORY_HEADER, ...histories(seed, Number(values.rows))].join('\n')}\n`);
  const definitions = trainingCatalogue(entityTypes);
  const preset = presetOf('assay');
  const { delayDays, validationShare } = preset;
  const { dataset } = await extractDataset(openHistory(file, MAPS.assay, { entityTypes }), {
    ...{ definitions, entityTypes, delayMs: delayDays * DAY_MS },
  });
  const period = setPeriod(dataset, { delayDays });
  const { train, test } = splitPeriod(dataset, period, false);
  const request = {
    ...{ name: 'histories', learner: 'trees', options: optionsFor(preset, 'trees'), definitions, validationShare },
    ...{ refit: 'choose' as const, thresholds: { costs: DEFAULT_COSTS }, seed: 1 },
    lineage: { dataSha256: '', codeVersion: '', options: {} },
  };
  const trained = trainModel(train, test, request, () => performance.now());
  const out = join(folder, 'scores');
  const limits = [period.trainTo, period.testFrom, delayDays, values.trials].map(String);
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

try {
  const seeds: Seed[] = [];
  for (const seed of values.seeds.split(',')) seeds.push(await run(Number(seed)));
  console.log(JSON.stringify({ difference: bound(seeds), replicates: REPLICATES }));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
