/**
 * Our trees beside LightGBM, XGBoost, scikit-learn, ONNX Runtime and shap, on the same rows in one run.
 *
 *   npm run bench:trees -- [--rows 300000] [--rounds 100] [--repetitions 3] [--only train,forest] [--json file]
 *
 * The rivals come from PyPI into ~/.cache/assay-bench (ASSAY_BENCH_CACHE), or are those of ASSAY_BENCH_PYTHON; without
 * Python our own figures are printed with the reason. Same rows, bins, leaves, rounds, learning rate and limits of a leaf.
 * Repetitions of training take turns and medians are printed, with how many cores other programs kept busy meanwhile; of
 * the short measurements of scoring and explaining the best is.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, homedir, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { attributionOf } from '../../src/kernel/attribution.ts';
import { treeScorer } from '../../src/kernel/trees.ts';
import { assembleTrees, importedTreesModel } from '../../src/models/formats/imported-trees.ts';
import { readLightgbm } from '../../src/models/formats/lightgbm.ts';
import { flattenTrees, type TreeEnsemble } from '../../src/models/trees.ts';
import type { Dataset } from '../../src/training/dataset.ts';
import { boost } from '../../src/training/gbdt/boost.ts';
import { FEATURES, madeUpPayments, realPayments } from './data.ts';
import { compareForests } from './forest.ts';
import { each, type Measured, measured } from './machine.ts';
import { handOver, type Rivals, startRivals } from './rivals.ts';
import { compareTraining, ensembleOf, optionsOf, request, SIZES, type Size } from './training.ts';

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '300000' },
    rounds: { type: 'string', default: '100' },
    repetitions: { type: 'string', default: '3' },
    only: { type: 'string', default: 'train,forest,score,explain' },
    json: { type: 'string' },
  },
});
const directory = process.env.ASSAY_BENCH_CACHE ?? join(homedir(), '.cache', 'assay-bench');
const rounds = Number(values.rounds);
const repetitions = Number(values.repetitions);
const parts = values.only.split(',');
const vectorsOf = (data: Dataset, count: number) =>
  Array.from({ length: count }, (_, row) => Float64Array.from(data.columns, (column) => column[row]));

async function compareScoring(train: Dataset, test: Dataset, rivals: Rivals | string) {
  const result: Record<string, unknown> = {};
  const vectors = vectorsOf(test, 1000);
  const columns = test.columns.map((column) => {
    const long = new Float64Array(1_000_000);
    for (let at = 0; at < long.length; at += column.length) long.set(column, at);
    return long;
  });
  for (const size of SIZES) {
    const name = `${size.rounds} × ${size.leaves}`;
    const { score, scoreColumns } = treeScorer(ensembleOf(train, size, 2));
    const out = new Float64Array(1_000_000);
    each(1000, (i) => score(vectors[i]));
    const oneRow: Record<string, unknown> = { Assay: each(1000, (i) => score(vectors[i])) };
    const batches = [0, 1, 2].map(() => measured(() => scoreColumns(columns, out.length, out))[1]);
    const batch: Record<string, unknown> = {
      Assay: {
        seconds: Math.min(...batches.map(({ seconds }) => seconds)),
        cpuSeconds: Math.min(...batches.map(({ cpuSeconds }) => cpuSeconds)),
      },
    };
    if (typeof rivals !== 'string') {
      await rivals.ask({ do: 'train', ...request(size, 2) });
      await rivals.ask({ do: 'others', ...request(size, 2) });
      Object.assign(oneRow, await rivals.ask({ do: 'one_row', ...request(size, 1) }));
      if (size === SIZES[0]) Object.assign(batch, await rivals.ask({ do: 'batch', ...request(size, 1) }));
    }
    result[name] = { oneRow, batch };
    console.log(`\nScoring, ${name}, one thread`);
    console.table(Object.keys(oneRow).map((way) => ({ way, 'one row, µs': (Number(oneRow[way]) * 1e6).toFixed(2) })));
    console.table(
      Object.entries(batch as Record<string, Measured>).map(([way, time]) => ({
        way,
        'a million rows, s (wall)': time.seconds.toFixed(2),
        'CPU s': time.cpuSeconds.toFixed(2),
      })),
    );
  }
  return result;
}

/** Greatest |base + Σ contributions − score| over the rows. */
function worstSum(ensemble: TreeEnsemble, vectors: Float64Array[]): number {
  const explain = attributionOf(ensemble);
  const { score } = treeScorer(ensemble);
  const out = new Float64Array(FEATURES);
  return vectors.reduce((worst, vector) => {
    const base = explain(vector, out);
    return Math.max(worst, Math.abs(out.reduce((sum, contribution) => sum + contribution, base) - score(vector)));
  }, 0);
}

async function compareExplaining(train: Dataset, test: Dataset, rivals: Rivals | string) {
  const vectors = vectorsOf(test, 10_000);
  const out = new Float64Array(FEATURES);
  const times: Record<string, unknown> = {};
  const result: Record<string, unknown> = { times };
  const large = ensembleOf(train, SIZES[0], 2);
  const ofDepth8 = (size: Size): TreeEnsemble => {
    const { base, trees } = boost(train, undefined, { ...optionsOf(size, 2), maxDepth: 8 });
    return flattenTrees(base, FEATURES, trees);
  };
  for (const [name, ensemble] of [
    ['Assay, 100 × 31, any depth', large],
    ['Assay, 100 × 31 of depth 8', ofDepth8(SIZES[0])],
    ['Assay, 194 × 16 of depth 8, as shipped', ofDepth8({ rounds: 194, leaves: 16 })],
  ] as const) {
    const explain = attributionOf(ensemble);
    for (const vector of vectors.slice(0, 3000)) explain(vector, out);
    times[name] = each(500, (i) => explain(vectors[5000 + i], out));
  }
  result.worstSumOf10000 = worstSum(large, vectors);
  if (typeof rivals !== 'string') {
    await rivals.ask({ do: 'train', ...request(SIZES[0], 2) });
    await rivals.ask({ do: 'others', ...request(SIZES[0], 2) });
    const answer = await rivals.ask({ do: 'attribution', directory, ...request(SIZES[0], 1) });
    for (const [way, seconds] of Object.entries(answer)) times[`${way}, its 100 × 31`] = seconds;
    result.worstDifferenceToShap = differenceToShap(vectors);
  }
  console.log('\nExact attribution, one thread');
  console.table(
    Object.entries(times).map(([way, seconds]) => ({ way, 'a row, µs': (Number(seconds) * 1e6).toFixed(1) })),
  );
  console.log(`Contributions sum to the score on 10,000 rows within ${result.worstSumOf10000}`);
  console.log(`LightGBM's model imported here and explained, against shap: within ${result.worstDifferenceToShap}`);
  return result;
}

function differenceToShap(vectors: Float64Array[]): number {
  const model = readLightgbm(readFileSync(join(directory, 'lightgbm.txt'), 'utf8'));
  const imported = assembleTrees(
    model,
    Int32Array.from({ length: FEATURES }, (_, feature) => feature),
    FEATURES,
  );
  const { explain } = importedTreesModel(imported);
  const bytes = readFileSync(join(directory, 'shap.bin'));
  const wanted = new Float64Array(new Uint8Array(bytes).buffer);
  const out = new Float64Array(FEATURES);
  let worst = 0;
  for (let row = 0; row < wanted.length / (FEATURES + 1); row++) {
    const base = explain(vectors[row], out);
    const at = row * (FEATURES + 1);
    out.forEach((value, feature) => {
      worst = Math.max(worst, Math.abs(value - wanted[at + feature]));
    });
    worst = Math.max(worst, Math.abs(base - wanted[at + FEATURES]));
  }
  return worst;
}

mkdirSync(directory, { recursive: true });
const train = madeUpPayments(Number(values.rows), 1);
const test = madeUpPayments(100_000, 2);
const rivals = startRivals(directory);
const report: Record<string, unknown> = { machine: cpus()[0].model, cores: availableParallelism(), load: loadavg() };
if (typeof rivals === 'string') console.log(`Without rivals: ${rivals}`);
else report.versions = await rivals.ask({ do: 'versions' });
console.log(report);
if (parts.includes('train')) {
  const runs: Record<string, unknown> = {};
  report.training = runs;
  const options = { rounds, repetitions, directory };
  for (const { name, ...part } of realPayments()) runs[name] = await compareTraining(name, part, rivals, options);
  runs.madeUp = await compareTraining('made-up payments', { train, test }, rivals, options);
}
if (typeof rivals !== 'string') await handOver(rivals, directory, { train, test });
if (parts.includes('forest')) report.forest = await compareForests(train, test, rivals);
if (parts.includes('score')) report.scoring = await compareScoring(train, test, rivals);
if (parts.includes('explain')) report.explaining = await compareExplaining(train, test, rivals);
if (typeof rivals !== 'string') rivals.close();
report.loadAfter = loadavg();
if (values.json) writeFileSync(values.json, `${JSON.stringify(report, undefined, 2)}\n`);
else console.log(JSON.stringify(report));
