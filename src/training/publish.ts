import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ArtifactHead, saveArtifact } from '../models/artifact.ts';
import { foldOf } from './prequential.ts';
import type { FoldReport } from './report.ts';
import { evaluatePart, type PartContext, type Report, reportJson } from './report.ts';
import { reportHtml } from './report-html.ts';
import type { ScoredRows } from './score-rows.ts';
import type { CostMatrix } from './thresholds.ts';
import type { Trained } from './train.ts';
import type { TuningReport } from './tuning-report.ts';

/**
 * Writes model.json, model.bin, report.json and report.html, and returns the report. The report alone says when: the
 * model holds no clock, so that its version repeats.
 */
export function publish(
  directory: string,
  trained: Trained,
  costs: CostMatrix,
  trainedAt?: Date,
  earlier: FoldReport[] = [],
  tuning?: TuningReport,
): Report {
  const { head, trainSeconds } = trained;
  const context: PartContext = {
    thresholds: head.thresholds,
    costs,
    trainSeconds,
    featureSchema: head.featureSchema,
    dataSha256: head.lineage.dataSha256,
  };
  const part = (rows: ScoredRows) => (rows.labels.length > 0 ? evaluatePart(rows, context) : undefined);
  const parts = { train: part(trained.train), validation: part(trained.validation), test: part(trained.test) };
  const metrics = Object.fromEntries(
    Object.entries(parts).flatMap(([name, measured]) => {
      if (!measured) return [];
      const { rows, frauds, rocAuc, averagePrecision, brier, ece } = measured;
      return [[name, { rows, frauds, rocAuc, averagePrecision, brier, ece }]];
    }),
  );
  const version = saveArtifact(directory, { ...head, metrics }, trained.body);
  const report = {
    ...reportOf({ ...head, metrics }, version, costs, parts),
    resampling: trained.resampling,
    refit: trained.refit,
    tuning,
    folds: earlier.length > 0 && parts.test ? [...earlier, foldOf(parts.test, head.lineage)] : undefined,
    trainedAt: trainedAt?.toISOString(),
  };
  writeReport(directory, report);
  return report;
}

export function reportOf(
  head: ArtifactHead,
  version: string,
  costs: CostMatrix,
  parts: Pick<Report, 'train' | 'validation' | 'test'>,
): Report {
  const { name, kind, thresholds, calibration, lineage } = head;
  return {
    model: { name, kind, version, thresholds, calibration: calibration.kind },
    ...parts,
    importance: importanceOf(head),
    lineage,
    costs,
  };
}

export function writeReport(directory: string, report: Report): void {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'report.json'), reportJson(report));
  writeFileSync(join(directory, 'report.html'), reportHtml(report));
}

function importanceOf(head: ArtifactHead): Report['importance'] {
  const { gain = [], splits = [] } = (head.importance ?? {}) as { gain?: number[]; splits?: number[] };
  return head.features
    .map(({ name }, i) => ({ feature: name, gain: gain[i] ?? 0, splits: splits[i] ?? 0 }))
    .filter(({ splits, gain }) => splits > 0 || gain !== 0)
    .sort((a, b) => b.gain - a.gain);
}
