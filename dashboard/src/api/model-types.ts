import type { GuardState } from '../../../src/engine/guard/guard.ts';
import type { Outcome, Thresholds } from './types.ts';

/** What the API answers about models, as far as the dashboard reads it. */

export type Role = 'champion' | 'shadow' | 'other';
export type Part = 'train' | 'validation' | 'test';

/** Of one part of the training's rows. */
export interface Metrics {
  rows?: number;
  frauds?: number;
  averagePrecision?: number;
  rocAuc?: number;
  brier?: number;
  ece?: number;
  cardPrecisionAt100?: number;
}

export interface Model {
  version: string;
  role: Role;
  name?: string;
  kind?: string;
  featureSchema?: string;
  thresholds?: Thresholds;
  trainedFrom?: string;
  trainedTo?: string;
  metrics?: Record<string, unknown>;
  lineage?: Record<string, unknown>;
  promotedAt?: string;
  /** Whether it came with a report. */
  report: boolean;
  /** Whether it was ever scored beside a champion. */
  compared: boolean;
  /** Why it cannot serve. */
  problem?: string;
}

export interface ModelDetail extends Model {
  features?: Record<string, unknown>[];
  importance?: { feature: string; gain: number }[];
  calibration?: string;
}

export interface Promotion {
  version: string;
  previous: string | null;
  at: string;
  /** Id and name of the API key. */
  by?: string | null;
  byName?: string | null;
  reason?: string | null;
  /** The guard did it. */
  fellBack?: boolean;
}

/** Who did something: id and name of the API key. */
export interface Actor {
  by: string | null;
  byName: string | null;
}

/** A model that decides for a share. */
export interface Canary {
  version: string;
  name: string;
  /** The share that it decides for now, and those that come, in percent. */
  percent: number;
  steps: number[];
  /** What a step lasts at least. */
  minutes: number;
  /** Whose share it is: an entity's type. */
  by: string;
  reason: string | null;
  since: string;
  startedAt: string;
  startedBy: Actor;
  /** Null in its last step. */
  nextAt: string | null;
}

export interface EndedCanary {
  version: string;
  at: string;
  reason: string | null;
  guard: boolean;
  endedBy: Actor;
}

export interface ModelList {
  data: Model[];
  /** Version of the one that decides; null while none does. */
  champion: string | null;
  shadow: string | null;
  canary?: Canary | null;
  canaryEnded?: EndedCanary;
  guard?: GuardState;
  /** Why the one that was promoted last does not decide. */
  problem?: string;
  promotions: Promotion[];
}

export type Points = [number, number][];

export interface ReportPart extends Metrics {
  intervals?: Record<string, [number, number] | undefined>;
  threshold?: number;
  confusion?: Confusion;
  declineThreshold?: number;
  declineConfusion?: Confusion;
  curves?: {
    /** Recall, precision. */
    pr: Points;
    /** Share of the legitimate flagged, recall. */
    roc: Points;
    /** Bins of equally many rows. */
    reliability: { rows: number; predicted: number; observed: number }[];
  };
}

export interface Confusion {
  truePositives: number;
  falsePositives: number;
  falseNegatives: number;
  trueNegatives: number;
}

/** What a training wrote of itself; an upload may leave out any of it. */
export type Report = Partial<Record<Part, ReportPart>> & { trainedAt?: string };

export interface Comparison {
  version: string;
  running: boolean;
  count: number;
  waiting: number;
  dropped: number;
  skipped: number;
  agreement: number | null;
  /** outcomes[champion][challenger] */
  outcomes: Record<string, Record<string, number>>;
  flagged: { champion: number; challenger: number; both: number; championOnly: number; challengerOnly: number };
  difference: { mean: number | null; meanAbsolute: number | null; greatest: number | null };
  labels: {
    fraud: number;
    legitimate: number;
    champion: { fraudFlagged: number; legitimateFlagged: number };
    challenger: { fraudFlagged: number; legitimateFlagged: number };
  };
  averagePrecision: { champion: number; challenger: number } | null;
  disagreements: {
    transactionId: string;
    at: string;
    champion: { decision: string; probability: number };
    challenger: { decision: string; probability: number };
  }[];
}

export interface Distribution {
  window: string;
  from: string;
  to: string;
  intervalSeconds: number;
  reference: { part: string; bins: number[] } | null;
  series: { at: string; count: number; bins: number[]; stability: number | null }[];
  stability: number | null;
}

export const OUTCOME_ORDER: readonly Outcome[] = ['approve', 'review', 'decline'];
