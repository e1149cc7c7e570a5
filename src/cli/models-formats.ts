import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Command, Option } from 'commander';
import { loadArtifact, saveArtifact } from '../models/artifact.ts';
import { importModel } from '../models/formats/import.ts';
import { exportOnnx } from '../models/formats/onnx-export.ts';
import { calibrationFrom } from './models-calibrate.ts';
import { codeVersion } from './paths.ts';

export interface ImportFlags {
  out: string;
  like?: string;
  name?: string;
  features?: string;
  rounds?: number;
  missing?: number;
  review?: number;
  decline?: number;
  output?: string;
  outputForm?: 'probability' | 'log-odds' | 'margin';
  fraudClass?: string;
  calibrate?: string;
  label?: string;
  scaling?: string;
  fill?: number;
}

/** Whether `assay models import` was given a model file rather than the folder of a trained model. */
export function isModelFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

/** Options that say what a file does not; for any command that imports one. */
export function withImportOptions(command: Command): Command {
  return command
    .option(
      '--like <folder>',
      'a model trained here, whose features, word codes and thresholds the file is to be served with',
    )
    .option('--name <name>', 'of the model (default: of the file)')
    .option('--features <names>', "names of the file's features, in its order: by commas, or a JSON file with a list")
    .option('--rounds <n>', 'only the first rounds of boosted trees', Number)
    .option('--missing <value>', 'XGBoost: what it was told that missing values are, such as -999', Number)
    .option('--review <p>', 'probability from which a transaction is reviewed', Number)
    .option('--decline <p>', 'probability from which it is declined', Number)
    .option('--output <name>', 'ONNX: the output that holds the probability')
    .addOption(
      new Option('--output-form <form>', 'ONNX, PMML: what the score is').choices([
        'probability',
        'log-odds',
        'margin',
      ]),
    )
    .option('--fraud-class <label>', 'the class that is fraud, where its name does not say so')
    .option('--calibrate <file>', 'CSV or Parquet of features and truth: what the scores mean is learnt from it')
    .option('--label <column>', 'of that file: the truth, 1 or 0 (default: isFraud, fraud, label or Class)')
    .option('--scaling <file>', 'ONNX: JSON {"mean": […], "scale": […]}, where the network expects (x − mean) / scale')
    .option('--fill <x>', 'ONNX, PMML: instead of a missing value', Number);
}

/** Turns a LightGBM, XGBoost, CatBoost, PMML or ONNX file into the folder of a model. Returns its version and what one should know. */
export async function importFile(
  file: string,
  flags: ImportFlags,
): Promise<{ version: string; kind: string; notes: string[] }> {
  const like = flags.like === undefined ? undefined : loadArtifact(flags.like);
  const thresholds = {
    review: flags.review ?? like?.thresholds.review ?? 0.5,
    decline: flags.decline ?? like?.thresholds.decline ?? 0.9,
  };
  const { head, body, notes } = importModel({
    bytes: new Uint8Array(readFileSync(file)),
    name: flags.name ?? like?.name ?? basename(file).replace(/\.[^.]*$/, ''),
    served: like && { features: like.head.features, encodings: like.encodings, statistics: like.statistics },
    thresholds,
    names: flags.features === undefined ? undefined : listOf(flags.features),
    rounds: flags.rounds,
    missing: flags.missing,
    onnx: {
      output: flags.output,
      form: flags.outputForm,
      fraudClass: flags.fraudClass,
      calibrated: flags.calibrate !== undefined,
      scaling: flags.scaling === undefined ? undefined : JSON.parse(readFileSync(flags.scaling, 'utf8')),
      fill: flags.fill,
    },
    codeVersion: codeVersion(),
  });
  let version = saveArtifact(flags.out, head, body);
  // What does not load is not there to be promoted.
  const model = loadArtifact(flags.out);
  if (flags.calibrate !== undefined) {
    const { calibration, notes: told } = await calibrationFrom(flags.calibrate, model, flags.label);
    version = saveArtifact(flags.out, { ...head, calibration }, body);
    notes.push(...told);
  }
  return { version, kind: head.kind, notes };
}

function listOf(features: string): string[] {
  if (!isModelFile(features)) return features.split(',').map((name) => name.trim());
  const list: unknown = JSON.parse(readFileSync(features, 'utf8'));
  if (!Array.isArray(list)) throw new Error(`${features} must hold a list of names.`);
  return list.map(String);
}

/** `assay models export <folder> --onnx <file>`. */
export function exportCommand(): Command {
  return new Command('export')
    .description('a model becomes an ONNX file (opset 17, ai.onnx.ml 3), with its scaling and calibration')
    .argument('<folder>', 'of the model')
    .requiredOption('--onnx <file>', 'where it goes')
    .option('--json', 'print JSON')
    .action((folder: string, { onnx, json }: { onnx: string; json?: boolean }) => {
      const { head, version } = loadArtifact(folder);
      const bytes = exportOnnx({ head, version, body: new Uint8Array(readFileSync(join(folder, 'model.bin'))) });
      writeFileSync(onnx, bytes);
      if (json) console.log(JSON.stringify({ out: onnx, version, bytes: bytes.length }));
      else console.log(`${onnx}: ${bytes.length} bytes; features → raw, probability`);
    });
}
