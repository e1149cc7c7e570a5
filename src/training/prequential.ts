/** The same training on earlier stretches of time: how much its results vary from one period to the next. */
import type { Dataset } from './dataset.ts';
import { copyWords } from './encoding.ts';
import { type Period, type SetPeriod, splitPeriod } from './period.ts';
import { evaluatePart, type FoldReport, MEASURES, type PartReport } from './report.ts';
import { type TrainRequest, trainModel } from './train.ts';

/**
 * Periods before the given one, earliest first, each a test length earlier than the next. A first training day that was
 * asked for moves along, and with it the window of training; else every fold trains on all there is before it.
 */
export function earlierPeriods(data: Dataset, period: SetPeriod, count: number, moving: boolean): SetPeriod[] {
  const length = period.testTo - period.testFrom;
  return Array.from({ length: count }, (_, i): SetPeriod => {
    const back = (count - i) * length;
    const fold = {
      ...period,
      trainFrom: moving ? period.trainFrom - back : period.trainFrom,
      trainTo: period.trainTo - back,
      testFrom: period.testFrom - back,
      testTo: period.testTo - back,
    };
    if (fold.trainFrom < data.times[0] || fold.trainTo <= fold.trainFrom)
      throw new Error(`There is no room for ${count + 1} folds: ask for fewer, or for an earlier file.`);
    return fold;
  });
}

/** Trains and tests on one of them. The rows of the caller keep their words. */
export function runFold(data: Dataset, fold: Period, handbook: boolean, request: TrainRequest): FoldReport {
  const { train, test } = splitPeriod(data, fold, handbook);
  if (test.rows === 0) throw new Error('A fold has no test rows: ask for fewer.');
  const copied = (part: Dataset) => copyWords(part, request.definitions);
  const { head, test: scored } = trainModel(copied(train), copied(test), request, () => 0);
  const { thresholds, featureSchema, lineage } = head;
  const { costs } = request.thresholds;
  const { dataSha256 } = lineage;
  return foldOf(evaluatePart(scored, { thresholds, costs, trainSeconds: 0, featureSchema, dataSha256 }), lineage);
}

/** A fold's row of the report, of the test part of a training and when that trained, in milliseconds. */
export function foldOf(part: PartReport, trained: { from: number; to: number }): FoldReport {
  const { from, to, rows, frauds } = part;
  const time = (at: number) => new Date(at).toISOString();
  const measures = Object.fromEntries(MEASURES.map((name) => [name, part[name]])) as Pick<
    PartReport,
    (typeof MEASURES)[number]
  >;
  return { trainFrom: time(trained.from), trainTo: time(trained.to), from, to, rows, frauds, ...measures };
}
