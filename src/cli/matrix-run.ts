import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { readConfig } from '../config.ts';
import { carriedSchema } from '../domain/own-columns.ts';
import type { FeatureDefinition } from '../features/definition.ts';
import type { Dataset } from '../training/dataset.ts';
import { assertRows, extractDataset } from '../training/extract.ts';
import { matrixOf } from '../training/matrix.ts';
import { MATRIX_COLUMNS, writeMatrix } from '../training/matrix-file.ts';
import { catalogueOf, presetOf } from '../training/presets.ts';
import { sha256OfRows } from '../training/rows-hash.ts';
import { truthsTold } from '../training/truths.ts';
import { dataDirEnv, type FileSource, fileSource, historyOf } from './history.ts';
import { readJournalDataset } from './journal-source.ts';
import type { MatrixFlags } from './matrix-flags.ts';
import { defaultModelDir } from './paths.ts';

const DAY_MS = 86_400_000;

export async function runMatrix(file: string | undefined, flags: MatrixFlags): Promise<void> {
  if (!flags.out.endsWith('.parquet')) throw new Error('The matrix is a Parquet file: --out m.parquet.');
  if (!existsSync(dirname(flags.out)))
    throw new Error(`There is no folder ${dirname(flags.out)} for --out ${flags.out}.`);
  const source = await fileSource(flags, readConfig(dataDirEnv(flags), { modelDir: defaultModelDir }));
  const { config } = source;
  const preset = presetOf(flags.format, flags.features);
  const delayDays = flags.delayDays ?? preset.delayDays;
  const definitions = catalogueOf(flags.features ?? preset.features, config, delayDays);
  if ((file === undefined) === !flags.journal)
    throw new Error('Which file? assay matrix <file> --out m.parquet, or --journal.');
  const made =
    file === undefined
      ? await ofJournal(flags, source, definitions)
      : await ofFile(file, flags, source, definitions, delayDays);
  const { dataset } = made;
  const matrix = matrixOf(
    dataset,
    definitions,
    { ...flags, delayDays },
    {
      validationShare: preset.validationShare,
      handbook: flags.format === 'handbook',
    },
  );
  writeMatrix(flags.out, matrix, {
    ...{ definitions: matrix.definitions, encodings: matrix.encodings, schema: carriedSchema(config.schema) },
    ...{ dataSha256: made.sha256, what: { ...made.what, delayDays } },
  });
  const counts = Object.fromEntries(
    ['train', 'validation', 'test', 'gap'].map((part) => [part, matrix.parts.filter((one) => one === part).length]),
  );
  const { rows, features } = matrix.data;
  if (flags.json) console.log(JSON.stringify({ out: flags.out, rows, features: features.length, parts: counts }));
  else {
    const by = Object.entries(counts).map(([part, count]) => `${part} ${count}`);
    console.log(
      `${flags.out}: ${rows} rows (${by.join(', ')}) of ${features.length} features, with ${MATRIX_COLUMNS.join(', ')}`,
    );
  }
}

interface Made {
  dataset: Dataset;
  sha256: string;
  what: Record<string, unknown>;
}

async function ofFile(
  file: string,
  flags: MatrixFlags,
  source: FileSource,
  definitions: FeatureDefinition[],
  delayDays: number,
): Promise<Made> {
  let sorted: string | undefined;
  const history = await historyOf(file, source, flags, 'replaying', (sha256) => {
    sorted = sha256;
  });
  const extracted = await extractDataset(history, {
    ...{ definitions, entityTypes: source.config.entityTypes, from: flags.trainFrom, to: flags.testTo },
    ...{ delayMs: delayDays * DAY_MS, unlabelled: flags.unlabelled },
  });
  assertRows(file, extracted);
  const { dataset, truths } = extracted;
  const told = truthsTold(truths);
  if (told !== undefined) console.error(`note: ${told}`);
  return { dataset, sha256: sorted ?? (await sha256OfRows(file)), what: { format: flags.map ? 'map' : flags.format } };
}

async function ofJournal(flags: MatrixFlags, { config }: FileSource, definitions: FeatureDefinition[]): Promise<Made> {
  const { found, what } = await readJournalDataset(flags, config, definitions);
  return { dataset: found.dataset, sha256: found.sha256, what };
}
