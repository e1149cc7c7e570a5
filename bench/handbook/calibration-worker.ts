/** Trains as `assay train --format handbook` does and scores a week, on the matrix that it shares. */
import { parentPort, workerData } from 'node:worker_threads';
import { handbookBetter } from '../../src/features/handbook.ts';
import type { Dataset } from '../../src/training/dataset.ts';
import { optionsFor, PRESETS } from '../../src/training/presets.ts';
import { evaluatePart, type PartReport } from '../../src/training/report.ts';
import type { ScoredRows } from '../../src/training/score-rows.ts';
import { between } from '../../src/training/split.ts';
import { DEFAULT_COSTS } from '../../src/training/thresholds.ts';
import { trainModel } from '../../src/training/train.ts';
import { DAY_MS, DELAY_DAYS } from './data.ts';

export interface CalibrationTask {
  learner: string;
  /** First day of the test week. */
  week: string;
  /** Of training and calibration together; they end the label delay before the week. */
  days: number;
}

export interface CalibrationWeek {
  rows: ScoredRows;
  /** Which calibration was chosen. */
  kind: string;
}

const SEED = 1;
const { validationShare, refit } = PRESETS.handbook;

function run(data: Dataset, { learner, week, days }: CalibrationTask): CalibrationWeek {
  const testFrom = Date.parse(`${week}T00:00:00Z`);
  const trainTo = testFrom - DELAY_DAYS * DAY_MS;
  const { head, test } = trainModel(
    between(data, trainTo - days * DAY_MS, trainTo),
    between(data, testFrom, testFrom + 7 * DAY_MS),
    {
      name: learner,
      learner,
      options: optionsFor(PRESETS.handbook, learner),
      definitions: handbookBetter,
      validationShare,
      refit,
      thresholds: { costs: DEFAULT_COSTS },
      seed: SEED,
      lineage: { dataSha256: '', codeVersion: '', options: {} },
    },
    () => 0,
  );
  return { rows: { ...test, words: undefined }, kind: head.calibration.kind };
}

export function measureWeek(rows: ScoredRows): PartReport {
  const thresholds = { review: 0.5, decline: 0.9 };
  return evaluatePart(rows, { thresholds, costs: DEFAULT_COSTS, trainSeconds: 0, featureSchema: '', dataSha256: '' });
}

parentPort?.on('message', ({ task }: { task: CalibrationTask }) => {
  parentPort!.postMessage({ result: run(workerData as Dataset, task) });
});
