import { didYouMean } from '../domain/nearest.ts';
import type { LoadedModel } from '../models/artifact.ts';
import type { Calibration } from '../models/calibrator.ts';
import { fitCalibration } from '../training/calibration.ts';
import { FileError } from '../training/csv.ts';
import { columnFinder } from '../training/header.ts';
import { rocAuc } from '../training/metrics.ts';
import { readTable } from '../training/table.ts';
import { decimal, truth } from '../training/values.ts';

/** Columns that hold the truth where none is named. */
const LABELS = ['isFraud', 'is_fraud', 'fraud', 'label', 'Class'];

/** Platt's two parameters are noise on fewer. */
const FRAUDS_LEAST = 10;

/**
 * What a model's scores mean, learnt from rows that it was not trained on: a CSV or Parquet file with a column for every
 * feature that is served, blank where missing, and one for the truth (1 or 0), in time order where it matters. Throws
 * where there is too little to learn from, or where these rows say that higher scores are less likely frauds.
 */
export async function calibrationFrom(
  file: string,
  model: LoadedModel,
  label: string | undefined,
): Promise<{ calibration: Calibration; notes: string[] }> {
  const notes: string[] = [];
  const { scores, labels } = await scored(file, model, label, (text) => notes.push(`${file}: ${text}`));
  const frauds = labels.reduce((sum, value) => sum + value, 0);
  if (frauds < FRAUDS_LEAST || labels.length - frauds < FRAUDS_LEAST) {
    throw new FileError(
      `${file} has ${frauds} frauds among ${labels.length} rows: to calibrate, ${FRAUDS_LEAST} of each kind are needed`,
    );
  }
  const auc = rocAuc(scores, labels);
  if (!(auc > 0.5)) {
    throw new FileError(
      `${file}: frauds score lower than the rest there (ROC AUC ${auc.toFixed(3)}): the model's sign or fraud class is the other one, or these rows are of something else`,
    );
  }
  const calibration = fitCalibration(scores, labels);
  notes.push(
    `Calibrated (${calibration.kind}) on ${labels.length} rows with ${frauds} frauds of ${file}, ROC AUC ${auc.toFixed(4)} there.`,
  );
  return { calibration, notes };
}

async function scored(file: string, model: LoadedModel, label: string | undefined, say: (text: string) => void) {
  const scores: number[] = [];
  const labels: number[] = [];
  const vector = new Float64Array(model.features.length);
  let places: number[] = [];
  let labelAt = -1;
  let labelName = label ?? '';
  const header = (names: string[]) => {
    const finder = columnFinder(names);
    const place = (name: string) => {
      const at = finder.at(name);
      if (at < 0) throw new FileError(`there is no column ${didYouMean(name, names)}`);
      return at;
    };
    labelName = label ?? LABELS.find((name) => names.includes(name)) ?? '';
    if (labelName === '') throw new FileError(`say which column is the truth (--label): ${names.join(', ')}`);
    if (model.features.includes(labelName))
      throw new FileError(`${labelName} is a feature: name the column of the truth`);
    labelAt = place(labelName);
    places = model.features.map(place);
    finder.told().forEach(say);
  };
  const row = (fields: string[]) => {
    const fraud = truth(fields[labelAt]);
    if (fraud !== 'fraud' && fraud !== 'legitimate')
      throw new Error(`${labelName} ${JSON.stringify(fields[labelAt])} is neither 0 nor 1`);
    places.forEach((at, i) => {
      vector[i] = decimal(fields[at], model.features[i]);
    });
    scores.push(model.score(vector));
    labels.push(fraud === 'fraud' ? 1 : 0);
  };
  await readTable(file, { header, row }, { say });
  return { scores, labels };
}
