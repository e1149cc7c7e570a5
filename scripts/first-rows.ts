/**
 * What today's code makes of the first rows of the stream that the shipped model learns from: a stand-in, in seconds, for training
 * it again. As a command it writes first-rows.json beside the model, whose training it must follow.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_STREAM, generatedHistory } from '../src/cli/generated-history.ts';
import { defaultModelDir } from '../src/cli/paths.ts';
import { readConfig } from '../src/config.ts';
import { defaultCatalogue } from '../src/features/catalogue.ts';
import { artifactVersion } from '../src/models/artifact.ts';
import { type Dataset, slice } from '../src/training/dataset.ts';
import { extractDataset } from '../src/training/extract.ts';
import { optionsFor, presetOf } from '../src/training/presets.ts';
import { DEFAULT_COSTS } from '../src/training/thresholds.ts';
import { trainModel } from '../src/training/train.ts';

export interface FirstRows {
  /** Version of the model that they stand for. */
  model: string;
  rows: number;
  frauds: number;
  /** Hex SHA-256 of labels and feature columns, words as hashes; every missing number as the same NaN. */
  sha256: string;
  /** Version of the model that they train by the shipped one's recipe. */
  trained: string;
}

const ROWS = 20_000;
const TRAINED_ON = 16_000;
/** As the preset of the shipped model has it. */
const { delayDays } = presetOf('assay', 'shipped');

export const firstRowsFile = join(defaultModelDir, 'first-rows.json');

/** Replays them, and trains on them by each of the numbers of threads: all must give the same bits. */
export async function firstRows(threads: number[]): Promise<FirstRows> {
  const { version } = JSON.parse(readFileSync(join(defaultModelDir, 'model.json'), 'utf8'));
  const config = readConfig({}, { modelDir: defaultModelDir });
  const { history } = generatedHistory({ ...DEFAULT_STREAM, first: ROWS }, config, true);
  const delayMs = delayDays * 86_400_000;
  const { dataset } = await extractDataset(history, {
    ...{ definitions: defaultCatalogue, entityTypes: config.entityTypes, delayMs },
  });
  const sha256 = hashOf(dataset);
  const versions = threads.map((count) => train(copyOf(dataset), count));
  if (new Set(versions).size !== 1) throw new Error(`threads ${threads.join(', ')} trained ${versions.join(', ')}`);
  const frauds = dataset.labels.reduce((sum, label) => sum + label, 0);
  return { model: version, rows: dataset.rows, frauds, sha256, trained: versions[0] };
}

function train(data: Dataset, threads: number): string {
  const { head, body } = trainModel(
    slice(data, 0, TRAINED_ON),
    slice(data, TRAINED_ON, data.rows),
    {
      ...{ name: 'first-rows', learner: 'trees', definitions: defaultCatalogue, seed: DEFAULT_STREAM.seed },
      ...{
        validationShare: presetOf('assay', 'shipped').validationShare,
        refit: false,
        thresholds: { costs: DEFAULT_COSTS },
      },
      options: { ...optionsFor(presetOf('assay', 'shipped'), 'trees'), threads },
      lineage: { dataSha256: '', codeVersion: '', options: {} },
    },
    () => 0,
  );
  const { threads: _, ...options } = head.lineage.options;
  return artifactVersion({ ...head, lineage: { ...head.lineage, options } }, body);
}

/** Training puts codes in place of words where the rows lie. */
function copyOf(data: Dataset): Dataset {
  return { ...data, columns: data.columns.map((column) => column.slice()) };
}

function hashOf({ labels, columns }: Dataset): string {
  const hash = createHash('sha256').update(labels);
  for (const column of columns) hash.update(Float64Array.from(column, (value) => (Number.isNaN(value) ? NaN : value)));
  return hash.digest('hex');
}

if (import.meta.main) {
  const made = await firstRows([1]);
  writeFileSync(firstRowsFile, `${JSON.stringify(made, undefined, 1)}\n`);
}
