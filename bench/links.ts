/**
 * What links cost and what they add, on the generator's stream: microseconds of a payment's walk beside the rest of the catalogue,
 * and trees with and without them, by kind of fraud (average precision among all legitimate payments of the test part, and the share of
 * the kind's payments among the 1% that look worst). Labels are known when the stream says so. Prints a table.
 *
 *   node bench/links.ts [--seeds 201,202,203] [--rows 100000]
 */
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { generatedHistory } from '../src/cli/generated-history.ts';
import { readConfig } from '../src/config.ts';
import { catalogueFor, linkFeatures } from '../src/features/catalogue.ts';
import { compile } from '../src/features/compile.ts';
import { type Dataset, slice } from '../src/training/dataset.ts';
import { extractDataset } from '../src/training/extract.ts';
import { generate } from '../src/training/generator/generate.ts';
import { LEARNERS } from '../src/training/learners.ts';
import { averagePrecision } from '../src/training/metrics.ts';

const { values } = parseArgs({
  options: { seeds: { type: 'string', default: '201,202,203' }, rows: { type: 'string', default: '100000' } },
});
const transactions = Number(values.rows);
const config = readConfig({}, { modelDir: '' });
const { entityTypes } = config;
const linked = linkFeatures(entityTypes);
const isLinked = new Set(linked.map(({ name }) => name));
/** Without what training encodes by labels. */
const definitions = catalogueFor(entityTypes).filter(({ operation }) => operation !== 'encoding');
const FLAGGED = 0.01;
const PARTS = { train: 0.55, validation: 0.7 };

const middle = (sorted: Float64Array, share = 0.5) => sorted[Math.floor(share * sorted.length)];

/** Microseconds of each of the newest events, over profiles at the end of the stream. */
function costs({ profiles, newestEvents }: Awaited<ReturnType<typeof extractDataset>>, asked: typeof definitions) {
  const extractor = compile(asked, { entityTypes });
  const vector = new Float64Array(asked.length);
  const us = new Float64Array(newestEvents.length);
  for (let round = 0; round < 3; round++)
    newestEvents.forEach((event, i) => {
      const began = performance.now();
      extractor.extract(profiles, event, vector);
      us[i] = 1000 * (performance.now() - began);
    });
  return us.sort();
}

function scores(dataset: Dataset, names: readonly string[], seed: number): Float64Array {
  const columns = names.map((name) => dataset.columns[dataset.features.indexOf(name)]);
  const own = { ...dataset, features: [...names], columns };
  const [a, b] = [PARTS.train, PARTS.validation].map((share) => Math.floor(share * dataset.rows));
  const { fit, defaults } = LEARNERS.trees;
  const fitted = fit(slice(own, 0, a), slice(own, a, b), { ...defaults, seed });
  const vector = new Float64Array(names.length);
  return Float64Array.from({ length: dataset.rows - b }, (_, i) => {
    for (let c = 0; c < columns.length; c++) vector[c] = columns[c][b + i];
    return fitted.score(vector);
  });
}

function judge(raw: Float64Array, kinds: readonly string[]): Map<string, [ap: number, recall: number, frauds: number]> {
  const order = [...raw.keys()].sort((a, b) => raw[b] - raw[a]);
  const worst = new Set(order.slice(0, Math.ceil(FLAGGED * raw.length)));
  const judged = new Map<string, [number, number, number]>();
  for (const kind of ['all', ...new Set(kinds)].filter((name) => name !== '').sort()) {
    const rows = order.filter((row) => kinds[row] === '' || kind === 'all' || kinds[row] === kind);
    const labels = rows.map((row) => Number(kinds[row] !== ''));
    const frauds = labels.reduce((sum, label) => sum + label, 0);
    const found = rows.filter((row) => kinds[row] !== '' && worst.has(row)).length;
    judged.set(kind, [
      averagePrecision(
        rows.map((row) => raw[row]),
        labels,
      ),
      found / frauds,
      frauds,
    ]);
  }
  return judged;
}

const sums = new Map<string, number[]>();
for (const seed of values.seeds.split(',').map(Number)) {
  const stream = { transactions, seed, users: Math.round(transactions / 40), days: 120 };
  const { history } = generatedHistory(stream, config, true);
  const extracted = await extractDataset(history, {
    definitions,
    entityTypes,
    delayMs: undefined,
    newestEvents: 5_000,
  });
  const { dataset } = extracted;
  const from = Math.floor(PARTS.validation * dataset.rows);
  const kinds = [...generate(stream)].map(({ fraudKind }) => fraudKind ?? '').slice(from);
  const [all, without, alone] = [definitions, definitions.filter(({ name }) => !isLinked.has(name)), linked].map(
    (asked) => costs(extracted, asked),
  );
  console.log(
    `seed ${seed}: links alone ${middle(alone).toFixed(1)} us (p99 ${middle(alone, 0.99).toFixed(1)}), catalogue ${middle(without).toFixed(1)} -> ${middle(all).toFixed(1)} us`,
  );
  const before = judge(
    scores(
      dataset,
      dataset.features.filter((name) => !isLinked.has(name)),
      seed,
    ),
    kinds,
  );
  const after = judge(scores(dataset, dataset.features, seed), kinds);
  for (const [kind, [ap, recall, frauds]] of before) {
    const [apThen, recallThen] = after.get(kind)!;
    const row = [frauds, ap, apThen, recall, recallThen];
    sums.set(
      kind,
      (sums.get(kind) ?? row.map(() => 0)).map((sum, i) => sum + row[i]),
    );
    console.log(
      `  ${kind.padEnd(22)} ${String(frauds).padStart(4)} frauds  AP ${ap.toFixed(4)} -> ${apThen.toFixed(4)}  recall at 1% ${recall.toFixed(3)} -> ${recallThen.toFixed(3)}`,
    );
  }
}
const seeds = values.seeds.split(',').length;
console.log('mean of the seeds');
for (const [kind, row] of sums) {
  const [frauds, ...rest] = row.map((sum) => sum / seeds);
  const [ap, apThen, recall, recallThen] = rest;
  console.log(
    `  ${kind.padEnd(22)} ${frauds.toFixed(0).padStart(4)} frauds  AP ${ap.toFixed(4)} -> ${apThen.toFixed(4)}  recall at 1% ${recall.toFixed(3)} -> ${recallThen.toFixed(3)}`,
  );
}
