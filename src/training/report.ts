/** The report of a model: the same measures for the training, the validation and the test part. */
import type { Lineage } from '../models/artifact.ts';
import { type Calibration, probabilityOf } from '../models/calibrator.ts';
import type { Thresholds } from '../models/model.ts';
import { type RankingIntervals, rankingIntervals } from './bootstrap.ts';
import { calibrationLine, type TopFrauds, topFrauds } from './calibration-measures.ts';
import { type Curves, curvesOf, flaggedShares, type WeekReport } from './curves.ts';
import type { ResampleEffect } from './imbalance.ts';
import {
  averagePrecision,
  brier,
  type Confusion,
  cardPrecisionAt,
  confusionAt,
  expectedCalibrationError,
  logLoss,
  recallAtFalsePositiveRate,
  recallAtPrecision,
  rocAuc,
} from './metrics.ts';
import type { RefitEffect } from './refit.ts';
import type { ScoredRows } from './score-rows.ts';
import { type SegmentReport, segmentsOf } from './segments.ts';
import type { CostMatrix } from './thresholds.ts';
import type { TuningReport } from './tuning-report.ts';

export interface PartContext {
  thresholds: Thresholds;
  costs: CostMatrix;
  trainSeconds: number;
  featureSchema: string;
  /** Hex SHA-256 of the file that the rows come from. */
  dataSha256: string;
}

export interface PartReport {
  rows: number;
  frauds: number;
  /** First and last event, RFC 3339. */
  from: string;
  to: string;
  rocAuc: number;
  averagePrecision: number;
  /** 95% bootstrap intervals; absent where a class is. */
  intervals?: RankingIntervals;
  /** Absent where rows name no card. */
  cardPrecisionAt100?: number;
  brier: number;
  /** Brier score of the raw log-odds taken as they are. */
  brierUncalibrated: number;
  /** Over 20 bins of equal mass. */
  ece: number;
  /** Of the regression of labels on calibrated log-odds: 1 and 0 where probabilities are right. */
  calibrationSlope: number;
  calibrationIntercept: number;
  /** Among the hundredth of rows that scores highest. */
  topPercent: TopFrauds;
  logLoss: number;
  recallAtPrecision90: number;
  recallAtFpr1: number;
  /** The review threshold: rows at or above it are flagged. */
  threshold: number;
  confusion: Confusion;
  declineThreshold: number;
  declineConfusion: Confusion;
  trainSeconds: number;
  featureSchema: string;
  dataSha256: string;
  curves: Curves;
  byWeek: WeekReport[];
  bySegment: SegmentReport[];
}

/** What is told of a fold. */
export const MEASURES = ['averagePrecision', 'rocAuc', 'cardPrecisionAt100', 'brier', 'ece'] as const;

/** When it trained and tested, RFC 3339, and what was measured on the test rows. */
export interface FoldReport extends Pick<PartReport, 'from' | 'to' | 'rows' | 'frauds' | (typeof MEASURES)[number]> {
  trainFrom: string;
  trainTo: string;
}

export interface Report {
  model: { name: string; kind: string; version: string; thresholds: Thresholds; calibration: Calibration['kind'] };
  train?: PartReport;
  validation?: PartReport;
  test?: PartReport;
  /** Where training rows were resampled: what that changed. */
  resampling?: ResampleEffect;
  /** Where fitting again on all training rows was weighed or asked for: both ways. */
  refit?: RefitEffect;
  /** Where features and options were settled on folds of the training part: how. */
  tuning?: TuningReport;
  /** Where folds were asked for: the same training on earlier periods, and on this one at the end. */
  folds?: FoldReport[];
  /** Strongest first. */
  importance: { feature: string; gain: number; splits: number }[];
  lineage: Lineage;
  costs: CostMatrix;
  /** RFC 3339. */
  trainedAt?: string;
}

/** Measures one part. Measures that do not exist, such as AUC without frauds, are NaN, which JSON writes as null. */
export function evaluatePart(rows: ScoredRows, context: PartContext): PartReport {
  const { raw, probabilities, labels, times } = rows;
  const { thresholds, costs, trainSeconds, featureSchema, dataSha256 } = context;
  const line = calibrationLine(probabilities, labels);
  return {
    rows: labels.length,
    frauds: labels.reduce((sum, label) => sum + label, 0),
    from: timeText(times[0]),
    to: timeText(times[times.length - 1]),
    rocAuc: rocAuc(raw, labels),
    averagePrecision: averagePrecision(raw, labels),
    intervals: rankingIntervals(raw, labels),
    cardPrecisionAt100: rows.cards.some((card) => card !== 0) ? cardPrecisionAt(100, raw, rows).mean : undefined,
    brier: brier(probabilities, labels),
    brierUncalibrated: brier(raw.map(probabilityOf), labels),
    ece: expectedCalibrationError(probabilities, labels),
    calibrationSlope: line.slope,
    calibrationIntercept: line.intercept,
    topPercent: topFrauds(raw, probabilities, labels, 0.01),
    logLoss: logLoss(probabilities, labels),
    recallAtPrecision90: recallAtPrecision(raw, labels, 0.9),
    recallAtFpr1: recallAtFalsePositiveRate(raw, labels, 0.01),
    threshold: thresholds.review,
    confusion: confusionAt(probabilities, labels, thresholds.review),
    declineThreshold: thresholds.decline,
    declineConfusion: confusionAt(probabilities, labels, thresholds.decline),
    trainSeconds,
    featureSchema,
    dataSha256,
    curves: curvesOf(rows, raw, thresholds, costs),
    byWeek: weeksOf(rows, thresholds.review),
    bySegment: segmentsOf(rows, thresholds.review),
  };
}

export function reportJson(report: Report): string {
  return `${JSON.stringify(report, undefined, 1)}\n`;
}

const WEEK_MS = 7 * 86_400_000;

/** Weeks count from the UTC day of the first row; rows are in time order. */
function weeksOf(rows: ScoredRows, threshold: number): WeekReport[] {
  const weeks: WeekReport[] = [];
  const count = rows.labels.length;
  const first = Math.floor(rows.times[0] / 86_400_000) * 86_400_000;
  for (let from = 0; from < count; ) {
    const week = Math.floor((rows.times[from] - first) / WEEK_MS);
    let to = from + 1;
    while (to < count && rows.times[to] < first + (week + 1) * WEEK_MS) to++;
    const labels = rows.labels.subarray(from, to);
    const raw = rows.raw.subarray(from, to);
    weeks.push({
      from: timeText(first + week * WEEK_MS).slice(0, 10),
      rows: to - from,
      frauds: labels.reduce((sum, label) => sum + label, 0),
      rocAuc: rocAuc(raw, labels),
      averagePrecision: averagePrecision(raw, labels),
      ...flaggedShares(rows.probabilities.subarray(from, to), labels, threshold),
    });
    from = to;
  }
  return weeks;
}

function timeText(time: number): string {
  return Number.isFinite(time) ? new Date(time).toISOString() : '';
}
