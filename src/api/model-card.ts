import { driftView } from '../domain/records.ts';
import { wilson } from '../engine/backtest/result.ts';
import type { DriftState } from '../engine/drift/compare.ts';
import { SCORE, type ScoreReport } from '../engine/drift/report.ts';
import type { ArtifactHead } from '../models/artifact.ts';
import type { KeptModel } from '../models/registry.ts';
import { actor } from './actor.ts';
import { importanceOf, modelView } from './models.ts';
import type { Services } from './services.ts';

type Numbers = Record<string, number | null>;
/** A share, and what it may be at 95%. */
type Share = { value: number; interval: [number, number] } | null;

type Segment = {
  by: string;
  segment: string;
  rows: number;
  frauds: number;
  averagePrecision: number | null;
  precision: Share;
  recall: Share;
};

export interface ModelCard {
  version: string;
  name: string | null;
  kind: string | null;
  role: 'champion' | 'shadow' | 'other';
  /** Sentences: what it is for, and what it is not for. */
  use: string[];
  data: Record<string, unknown> | null;
  thresholds: { review: number; decline: number } | null;
  figures: { part: string; figures: Numbers; intervals: Record<string, unknown> }[];
  segments: Segment[];
  goesBy: { feature: string; share: number }[];
  limits: string[];
  promotions: {
    at: string;
    by: string | null;
    byName: string | null;
    previous: string | null;
    reason: string | null;
  }[];
  /** Of what decides alone: only that is watched. */
  drift: CardDrift | null;
}

interface CardDrift {
  /** Since when it decides; null where nobody promoted it: then since anything is known. */
  since: string | null;
  state: DriftState;
  /** Whole weeks that the last one is compared with. */
  weeks: number;
  score: ScoreReport;
  /** Series that are unlike the weeks before now. */
  drifted: string[];
  /** The newest first. */
  alarms: ReturnType<typeof driftView>[];
}

const TOP = 15;
const DRIFT_WINDOW_MS = 7 * 86_400_000;
const PARTS = ['train', 'validation', 'test'] as const;
const FIGURES = [
  'rows',
  'frauds',
  'rocAuc',
  'averagePrecision',
  'brier',
  'ece',
  'logLoss',
  'recallAtPrecision90',
  'recallAtFpr1',
];

type Report = Record<string, unknown> & Partial<Record<(typeof PARTS)[number], Record<string, unknown>>>;

/** What a model is for, what it was made of, how good it was, where it ends, and who lets it decide. */
export function modelCard(kept: KeptModel, services: Services): ModelCard {
  const { version, head } = kept;
  const { role } = modelView(kept, services);
  const report = parsed(services.registry.report(version, 'json'));
  const parts = PARTS.flatMap((part) => {
    const measured = report?.[part] ?? (head?.metrics[part] as Record<string, unknown> | undefined);
    return measured ? [{ part, measured }] : [];
  });
  const last = parts.at(-1);
  return {
    ...{ version, name: head?.name ?? null, kind: head?.kind ?? null, role },
    use: useOf(head),
    data: head ? dataOf(head) : null,
    thresholds: head?.thresholds ?? null,
    figures: parts.map(({ part, measured }) => ({
      part,
      figures: numbersOf(measured),
      intervals: (measured.intervals as Record<string, unknown> | undefined) ?? {},
    })),
    segments: segmentsOf(last?.measured),
    goesBy: head ? goesBy(head) : [],
    limits: limitsOf(kept, last, report !== undefined),
    promotions: services.roster.promotions
      .filter((promotion) => promotion.version === version)
      .map(({ at, by, previous, reason }) => ({
        ...{ at: new Date(at).toISOString(), ...actor(services.keys, by), previous, reason: reason ?? null },
      }))
      .reverse(),
    drift: role === 'champion' ? driftSince(version, services) : null,
  };
}

function driftSince(version: string, { drift, roster }: Services): CardDrift {
  const since = roster.promotions.findLast((one) => one.version === version && one.previous !== version)?.at;
  const { baseline, score, features, others } = drift.report(DRIFT_WINDOW_MS);
  const drifted = [...features, ...others].filter(({ state }) => state === 'drifted').map(({ name }) => name);
  if (score.state === 'drifted') drifted.unshift(SCORE);
  return {
    since: since === undefined ? null : new Date(since).toISOString(),
    state: drifted.length > 0 ? 'drifted' : score.state,
    ...{ weeks: baseline.weeks, score, drifted },
    alarms: drift.alarms(since ?? 0).map(driftView),
  };
}

function useOf(head: ArtifactHead | undefined): string[] {
  const what =
    head?.name === 'transactions' ? 'payments as they come in' : `what “${head?.name ?? 'it'}” is asked about`;
  return [
    `It estimates the probability that a payment is fraud, of ${what}; thresholds and rules turn that into a decision.`,
    'A person can review what it holds, and a decline can be overridden; each decision tells its reasons.',
    'It is not made to judge people: for credit, employment, insurance or anything but the fraud of a payment it says nothing.',
  ];
}

function dataOf({ lineage, features, calibration, featureSchema }: ArtifactHead): Record<string, unknown> {
  const { rows, frauds, from, to, seed, codeVersion, dataSha256, options } = lineage;
  return {
    ...{ rows, frauds, fraudShare: rows === 0 ? null : frauds / rows },
    ...{ from: new Date(from).toISOString(), to: new Date(to).toISOString() },
    ...{ source: options.format ?? null, isMadeUp: isMadeUp(options), dataSha256, seed, codeVersion },
    ...{ features: features.length, featureSchema, calibration: calibration.kind, options },
  };
}

const isMadeUp = ({ format, synthetic }: Record<string, unknown>) => format === 'generated' || synthetic === true;

function numbersOf(measured: Record<string, unknown>): Numbers {
  return Object.fromEntries(
    FIGURES.flatMap((name) => (typeof measured[name] === 'number' ? [[name, measured[name] as number]] : [])),
  );
}

/** Of the latest part that was measured; rows that were flagged and found are whole numbers again. */
function segmentsOf(measured: Record<string, unknown> | undefined): Segment[] {
  const given = Array.isArray(measured?.bySegment) ? (measured.bySegment as Record<string, unknown>[]) : [];
  return given.map(({ by, segment, rows, frauds, averagePrecision, flagged, recall }) => {
    const [all, bad] = [Number(rows), Number(frauds)];
    const stopped = Math.round(Number(flagged) * all);
    const found = Math.round(Number(recall) * bad);
    return {
      ...{ by: String(by), segment: String(segment), rows: all, frauds: bad },
      averagePrecision: typeof averagePrecision === 'number' ? averagePrecision : null,
      precision: share(found, stopped),
      recall: share(found, bad),
    };
  });
}

function share(hits: number, of: number): Share {
  return of > 0 && hits >= 0 && hits <= of ? { value: hits / of, interval: wilson(hits, of) } : null;
}

function goesBy(head: ArtifactHead): ModelCard['goesBy'] {
  const all = importanceOf(head);
  const total = all.reduce((sum, { gain }) => sum + gain, 0);
  return all.slice(0, TOP).map(({ feature, gain }) => ({ feature, share: gain / total }));
}

function limitsOf(
  { head, problem }: KeptModel,
  last: { part: string; measured: Record<string, unknown> } | undefined,
  hasReport: boolean,
): string[] {
  const limits: string[] = [];
  if (problem !== undefined) limits.push(`It cannot serve: ${problem}`);
  if (head && isMadeUp(head.lineage.options))
    limits.push(
      'It was trained on payments that a generator made up: it is a start, and its figures say nothing of your payments.',
    );
  if (!last) limits.push('Nothing of it was measured.');
  else if (last.part !== 'test') limits.push(`It was measured on its ${last.part} part alone, which flatters it.`);
  const frauds = Number(last?.measured.frauds ?? Number.NaN);
  if (frauds < 200) limits.push(`The ${last?.part} part has ${frauds} frauds: its figures are rough.`);
  if (!hasReport) limits.push('It came without a report: there are no figures by segment.');
  limits.push(
    'Figures are those of its training’s data and time. What is paid, and who defrauds whom, changes: compare it with what labels say now.',
    'Payments that were declined have no label, so what it costs in good customers is only known where some are let through.',
    'It knows entities by what they did here: the first payments of a person, a card or a device say little.',
  );
  return limits;
}

function parsed(report: string | undefined): Report | undefined {
  if (report === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(report);
    return typeof value === 'object' && value !== null ? (value as Report) : undefined;
  } catch {
    return undefined;
  }
}
