import type { ResampleKind } from '../training/imbalance.ts';
import type { SearchBudget } from '../training/search.ts';
import type { HistoryFlags } from './history.ts';
import type { JournalFlags } from './journal-source.ts';

export interface TrainFlags extends HistoryFlags, JournalFlags {
  /** A matrix to train on instead of a history. */
  matrix?: string;
  out?: string;
  name: string;
  learner: string;
  features?: string;
  trainFrom?: number;
  trainTo?: number;
  testFrom?: number;
  testTo?: number;
  delayDays?: number;
  resample: ResampleKind;
  resampleRatio?: number;
  refit?: 'choose' | 'always' | 'never';
  search?: SearchBudget;
  /** Settings of the trees that are tried; 0 trains as the format's options have it. */
  tune?: number;
  /** Features that tuning keeps at most. */
  maxFeatures?: number;
  folds: number;
  alertShare?: number;
  alertsPerDay?: number;
  precision?: number;
  declinePrecision: number;
  /** Parts of the cost matrix that are not the default. */
  cost: Record<string, unknown>;
  twoWay?: boolean;
  stateless?: boolean;
  seed: number;
  set: Record<string, unknown>;
  default?: boolean;
  /** With `--format ulb`: made-up rows, as many as said. */
  synthetic?: number | true;
}
