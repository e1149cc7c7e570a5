import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { parquetWriteFile } from 'hyparquet-writer';
import { readConfig } from '../config.ts';
import { extractDataset } from '../training/extract.ts';
import { type Matrix, matrixOf } from '../training/matrix.ts';
import { catalogueOf, presetOf } from '../training/presets.ts';
import { truthsTold } from '../training/truths.ts';
import { fileSource, historyOf, sha256OfFile } from './history.ts';
import type { MatrixFlags } from './matrix-flags.ts';
import { defaultModelDir } from './paths.ts';

const DAY_MS = 86_400_000;
/** Beside the features; no feature is called so. */
const OWN = ['event_time', 'label', 'weight', 'part', 'amount_base'];

export async function runMatrix(file: string, flags: MatrixFlags): Promise<void> {
  if (!flags.out.endsWith('.parquet')) throw new Error('The matrix is a Parquet file: --out m.parquet.');
  if (!existsSync(dirname(flags.out)))
    throw new Error(`There is no folder ${dirname(flags.out)} for --out ${flags.out}.`);
  const source = await fileSource(flags, readConfig(process.env, { modelDir: defaultModelDir }));
  const { config } = source;
  const preset = presetOf(flags.format, flags.features);
  const definitions = catalogueOf(flags.features ?? preset.features, config);
  const delayDays = flags.delayDays ?? preset.delayDays;
  const { dataset, truths } = await extractDataset(await historyOf(file, source, flags, 'replaying'), {
    ...{ definitions, entityTypes: config.entityTypes, from: flags.trainFrom, to: flags.testTo },
    ...{ delayMs: delayDays * DAY_MS, unlabelled: flags.unlabelled },
  });
  const told = truthsTold(truths);
  if (told !== undefined) console.error(`note: ${told}`);
  const matrix = matrixOf(
    dataset,
    definitions,
    { ...flags, delayDays },
    {
      validationShare: preset.validationShare,
      handbook: flags.format === 'handbook',
    },
  );
  write(flags.out, matrix, await sha256OfFile(file));
  const counts = Object.fromEntries(
    ['train', 'validation', 'test', 'gap'].map((part) => [part, matrix.parts.filter((one) => one === part).length]),
  );
  const { rows, features } = matrix.data;
  if (flags.json) console.log(JSON.stringify({ out: flags.out, rows, features: features.length, parts: counts }));
  else {
    const by = Object.entries(counts).map(([part, count]) => `${part} ${count}`);
    console.log(`${flags.out}: ${rows} rows (${by.join(', ')}) of ${features.length} features, with ${OWN.join(', ')}`);
  }
}

/** A missing value is null. What the features are stands in the file's own words, under `assay`. */
function write(out: string, { data, parts, definitions, encodings }: Matrix, dataSha256: string): void {
  const own = [
    { name: 'event_time', data: Array.from(data.times, (time) => new Date(time)), type: 'TIMESTAMP' as const },
    { name: 'label', data: Int32Array.from(data.labels), type: 'INT32' as const },
    { name: 'weight', data: data.weights ?? new Float64Array(data.rows).fill(1), type: 'DOUBLE' as const },
    { name: 'part', data: parts, type: 'STRING' as const },
    { name: 'amount_base', data: data.amounts, type: 'DOUBLE' as const },
  ];
  const features = data.features.map((name, i) => ({
    name,
    data: Array.from(data.columns[i], (value) => (Number.isNaN(value) ? null : value)),
    type: 'DOUBLE' as const,
  }));
  parquetWriteFile({
    filename: out,
    columnData: [...own, ...features],
    kvMetadata: [{ key: 'assay', value: JSON.stringify({ definitions, encodings, dataSha256 }) }],
  });
}
