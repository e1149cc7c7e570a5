import { join } from 'node:path';
import { type Config, readConfig } from '../config.ts';
import type { Encoding, FeatureDefinition } from '../features/definition.ts';
import { type LoadedModel, loadArtifact } from '../models/artifact.ts';
import type { Dataset } from '../training/dataset.ts';
import { assertRows, extractDataset } from '../training/extract.ts';
import { presetOf } from '../training/presets.ts';
import { reportOf, writeReport } from '../training/publish.ts';
import { evaluatePart } from '../training/report.ts';
import { scoreRows } from '../training/score-rows.ts';
import { between } from '../training/split.ts';
import { DEFAULT_COSTS } from '../training/thresholds.ts';
import { truthsTold } from '../training/truths.ts';
import { readUlb } from '../training/ulb.ts';
import type { EvaluateFlags } from './evaluate-flags.ts';
import { fileSource, historyOf, matrixTold, sha256OfFile } from './history.ts';
import { defaultModelDir } from './paths.ts';
import { printPart } from './print-part.ts';

const DAY_MS = 86_400_000;

export async function runEvaluate(directory: string, file: string, flags: EvaluateFlags): Promise<void> {
  const config = readConfig({ ...process.env, ASSAY_MODEL_DIR: directory }, { modelDir: defaultModelDir });
  const model = loadArtifact(directory);
  const dataset = await datasetOf(model, file, flags, config);
  if (dataset.rows === 0) throw new Error(`${file} has no rows in that period.`);
  const dataSha256 = await sha256OfFile(file);
  const part = evaluatePart(scoreRows(model, dataset), {
    thresholds: model.thresholds,
    costs: DEFAULT_COSTS,
    trainSeconds: 0,
    featureSchema: model.featureSchema,
    dataSha256,
  });
  const out = flags.out ?? join(directory, `evaluation-${dataSha256.slice(0, 8)}`);
  writeReport(out, reportOf(model.head, model.version, DEFAULT_COSTS, { test: part }));
  const { curves: _curves, byWeek: _weeks, bySegment: _segments, ...figures } = part;
  if (flags.json) console.log(JSON.stringify({ out, model: model.version, test: figures }));
  else {
    printPart('test', part);
    console.log(`the report is in ${out}`);
  }
}

/** The file's rows as the model reads them. */
async function datasetOf(model: LoadedModel, file: string, flags: EvaluateFlags, config: Config): Promise<Dataset> {
  if (flags.format === 'ulb') {
    const { dataset } = await readUlb(file, matrixTold(flags));
    if (model.features.join() !== dataset.features.join()) throw new Error('The model was not trained on such a file.');
    return between(dataset, flags.from ?? -Infinity, flags.to ?? Infinity);
  }
  const source = await fileSource(flags, config);
  const extracted = await extractDataset(await historyOf(file, source, flags, 'replaying'), {
    definitions: model.catalogue as FeatureDefinition[],
    encodings: model.encodings as Record<string, Encoding>,
    entityTypes: source.config.entityTypes,
    from: flags.from,
    to: flags.to,
    delayMs: (flags.delayDays ?? presetOf(flags.format).delayDays) * DAY_MS,
    unlabelled: flags.unlabelled,
  });
  assertRows(file, extracted);
  const { dataset, truths } = extracted;
  const told = truthsTold(truths);
  if (told !== undefined) console.error(`note: ${told}`);
  return dataset;
}
