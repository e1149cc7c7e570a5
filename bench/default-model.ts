/**
 * Two models of transactions on streams that neither was trained or tuned on: average precision, and the share of frauds among the
 * 1% that look worst, by type. `node bench/default-model.ts <model> <other model> [--seeds 101,102,103] [--rows 100000]`
 */
import { parseArgs } from 'node:util';
import { generatedHistory } from '../src/cli/generated-history.ts';
import { readConfig } from '../src/config.ts';
import { TRANSACTION_TYPES } from '../src/domain/fields.ts';
import type { Encoding, FeatureDefinition } from '../src/features/definition.ts';
import { loadArtifact } from '../src/models/artifact.ts';
import { extractDataset } from '../src/training/extract.ts';
import { averagePrecision } from '../src/training/metrics.ts';
import { scoreRows } from '../src/training/score-rows.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seeds: { type: 'string', default: '101,102,103' }, rows: { type: 'string', default: '100000' } },
});
const config = readConfig({}, { modelDir: '' });
const FLAGGED = 0.01;
/** Behaviour comes first: what is scored is the stream's last two thirds. */
const WARM = 1 / 3;

interface Figures {
  rows: number;
  frauds: number;
  averagePrecision: number;
  recallAtFlagged: number;
}

async function measure(directory: string, seed: number): Promise<Record<string, Figures>> {
  const model = loadArtifact(directory);
  const transactions = Number(values.rows);
  const { history } = generatedHistory(
    { transactions, seed, users: Math.round(transactions / 50), days: 120 },
    config,
    true,
  );
  const types: number[] = [];
  const { dataset } = await extractDataset(
    (onRow) =>
      history((row) => {
        types.push(row.event.type);
        onRow(row);
      }),
    {
      definitions: model.catalogue as FeatureDefinition[],
      encodings: model.encodings as Record<string, Encoding>,
      entityTypes: config.entityTypes,
      delayMs: 7 * 86_400_000,
    },
  );
  const { raw } = scoreRows(model, dataset);
  const from = Math.floor(dataset.rows * WARM);
  const figures: Record<string, Figures> = {};
  for (const [code, type] of TRANSACTION_TYPES.entries()) {
    const rows = Array.from({ length: dataset.rows - from }, (_, i) => from + i).filter((row) => types[row] === code);
    const scores = rows.map((row) => raw[row]);
    const labels = rows.map((row) => dataset.labels[row]);
    const frauds = labels.reduce((sum, label) => sum + label, 0);
    const worst = [...scores.keys()].sort((a, b) => scores[b] - scores[a]).slice(0, Math.ceil(FLAGGED * rows.length));
    figures[type] = {
      rows: rows.length,
      frauds,
      averagePrecision: averagePrecision(scores, labels),
      recallAtFlagged: worst.reduce((sum, i) => sum + labels[i], 0) / frauds,
    };
  }
  return figures;
}

const shown = (value: number) => value.toFixed(4);
for (const seed of values.seeds.split(',').map(Number)) {
  for (const directory of positionals) {
    const figures = await measure(directory, seed);
    const parts = Object.entries(figures).map(
      ([type, { frauds, averagePrecision: ap, recallAtFlagged }]) =>
        `${type} (${frauds}) ${shown(ap)} / ${shown(recallAtFlagged)}`,
    );
    console.log(`seed ${seed}  ${directory}: ${parts.join('; ')}`);
  }
}
