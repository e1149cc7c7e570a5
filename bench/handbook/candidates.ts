/** What is tried of each learner on the validation folds: four settings each; a rival gets as many or more. */
import type { FeatureSet, TrainSpan } from './data.ts';

export interface Contender {
  name: string;
  /** Of src/training/learners.ts. */
  learner: string;
  candidates: Record<string, unknown>[];
}

const BOOSTING = { learningRate: 0.03, rounds: 200, rowShare: 0.7, featureShare: 0.5, stopAfter: 0 };
const FULL_TREES = { trees: 100, maxDepth: 0, minRows: 1, featureShare: 0, maxLeaves: 4096 };
const BALANCED = { trees: 100, bags: 'balanced', maxDepth: 0, minRows: 1, featureShare: 0, maxLeaves: 4096 };

export const CONTENDERS: Contender[] = [
  {
    name: 'logistic',
    learner: 'logistic',
    candidates: [
      { tails: 'keep', c: 1 },
      { tails: 'clip', c: 1 },
      { tails: 'log', c: 1 },
      { tails: 'log', c: 0.05 },
    ],
  },
  {
    name: 'network',
    learner: 'network',
    candidates: [
      { hidden: [64, 32], epochs: 12 },
      { hidden: [64, 32], epochs: 12, dropout: 0.2 },
      { hidden: [64, 32], epochs: 8, rate: 0.006 },
      { hidden: [64, 32], epochs: 12, batch: 256, decay: 1e-3 },
    ],
  },
  {
    name: 'trees',
    learner: 'trees',
    candidates: [
      { ...BOOSTING, maxLeaves: 8 },
      { ...BOOSTING, maxLeaves: 16 },
      { ...BOOSTING, maxLeaves: 31, maxDepth: 0, minRows: 10 },
      { ...BOOSTING, maxLeaves: 8, rounds: 300 },
    ],
  },
  {
    name: 'forest',
    learner: 'forest',
    candidates: [
      { trees: 100, maxLeaves: 64, maxDepth: 8, minRows: 5 },
      { trees: 100, maxLeaves: 256, maxDepth: 0, minRows: 5 },
      FULL_TREES,
      { ...FULL_TREES, minRows: 3 },
    ],
  },
  {
    name: 'balanced bagging',
    learner: 'forest',
    candidates: [
      BALANCED,
      { ...BALANCED, bagRatio: 5 },
      { ...BALANCED, bagRatio: 20 },
      { ...BALANCED, bagRatio: 20, featureShare: 0.5 },
    ],
  },
  // Labels choose its sample size here and nothing else.
  { name: 'isolation', learner: 'isolation', candidates: [{ sampleRows: 256 }, { sampleRows: 1024 }] },
];

/** With all the history: few settings, since each fit is of a million rows. */
export const HISTORY_CONTENDERS: Contender[] = [
  {
    name: 'trees',
    learner: 'trees',
    candidates: [{ ...BOOSTING, maxLeaves: 16, rowShare: 0.5 }],
  },
];

/** One fit and its figures on the fold's test week. */
export interface Task {
  contender: string;
  learner: string;
  set: FeatureSet;
  span: TrainSpan;
  /** First training day. */
  fold: string;
  options: Record<string, unknown>;
  /** Fits on the earlier part first, and again on all with what the later part settled; for the ensemble. */
  settle: boolean;
}

export interface Figures {
  ap: number;
  auc: number;
  cards: number;
  /** Processor time of the fit. */
  seconds: number;
}
