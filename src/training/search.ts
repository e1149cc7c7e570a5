/**
 * A small search for a learner's options, on the training part alone: folds that lie one after another in time, a random
 * half of the trials anywhere, the other half around the best so far. Trial n is the same for a seed and the trials
 * before it, so a search that was broken off goes on as if it had not been.
 */
import type { FeatureDefinition } from '../features/definition.ts';
import type { Dataset } from './dataset.ts';
import { applyEncodings, copyWords, learnEncodings } from './encoding.ts';
import type { Learner } from './learner.ts';
import { averagePrecision } from './metrics.ts';
import { applyPrior, learnPrior } from './priors.ts';
import { scoreRows } from './score-rows.ts';
import { drawOptions, type Space } from './spaces.ts';
import { between, splitByTime } from './split.ts';

export interface SearchFold {
  train: Dataset;
  test: Dataset;
}

export interface Trial {
  trial: number;
  /** What was drawn; for the first, nothing: the options that would have been used without a search. */
  options: Record<string, unknown>;
  /** Average precision by fold. */
  folds: number[];
  mean: number;
}

/** Whichever comes first. */
export interface SearchBudget {
  trials?: number;
  minutes?: number;
}

const FOLDS = 3;
/** Without a limit of trials, minutes limit them; this is only against a loop without end. */
const TRIALS_MOST = 10_000;

/**
 * Three test blocks cut from the later half of the rows' time; each fold trains on all before its block, less the label
 * delay where that leaves at least half of it. Throws where the rows hold too few frauds for that.
 */
export function searchFolds(
  train: Dataset,
  delayMs: number,
  definitions: readonly FeatureDefinition[],
): { folds: SearchFold[]; gapMs: number } {
  const start = train.times[0];
  const span = train.times[train.rows - 1] + 1 - start;
  const gapMs = delayMs <= span / 4 ? delayMs : 0;
  const folds = Array.from({ length: FOLDS }, (_, i): SearchFold => {
    const from = start + span * (0.5 + i / (2 * FOLDS));
    const fold = {
      train: between(train, start, from - gapMs),
      test: between(train, from, start + span * (0.5 + (i + 1) / (2 * FOLDS))),
    };
    return encoded(fold, definitions);
  }).filter(({ train, test }) => train.labels.includes(1) && test.labels.includes(1) && test.labels.includes(0));
  if (folds.length === 0) throw new Error('There are too few frauds among the training rows for a search.');
  return { folds, gapMs };
}

/** Codes of words are learnt on the fold's own training rows; the rows of the caller keep their words. */
function encoded(fold: SearchFold, definitions: readonly FeatureDefinition[]): SearchFold {
  if (fold.train.rows === 0 || fold.test.rows === 0) return fold;
  const own = { train: copyWords(fold.train, definitions), test: copyWords(fold.test, definitions) };
  const encodings = learnEncodings(own.train, definitions);
  const prior = learnPrior(own.train);
  for (const part of [own.train, own.test]) {
    applyEncodings(part, definitions, encodings);
    applyPrior(part, definitions, prior);
  }
  return own;
}

export interface SearchRequest {
  folds: SearchFold[];
  learner: Learner<object>;
  space: Space;
  /** What trials start from: the learner's own where it says nothing. */
  base: Record<string, unknown>;
  /** As in the training to come: the share that settles, and whether all rows are fitted again. */
  validationShare: number;
  refit: boolean;
  /** What is done to rows before they train, such as resampling; never to those that measure. */
  prepare?(rows: Dataset): Dataset;
  seed: number;
  budget: SearchBudget;
  /** Trials of a search that was broken off. */
  done: Trial[];
  onTrial(trial: Trial): void;
  /** Share of the budget spent, and the best so far. */
  progress?(share: number, best: Trial | undefined): void;
}

/** Runs trials until the budget is spent, the first one at least, and returns the best. */
export function search(request: SearchRequest, stopwatch: () => number): Trial {
  const { budget, done } = request;
  if (budget.trials === undefined && budget.minutes === undefined) {
    throw new RangeError('a search needs a budget of trials or minutes');
  }
  const most = Math.min(budget.trials ?? TRIALS_MOST, TRIALS_MOST);
  const limitMs = (budget.minutes ?? Number.POSITIVE_INFINITY) * 60_000;
  const began = stopwatch();
  const trials = done.slice(0, most);
  let best = bestOf(trials);
  while (trials.length === 0 || (trials.length < most && stopwatch() - began < limitMs)) {
    const options = optionsOfTrial(request, trials.length, best);
    const spent = () => Math.max(trials.length / most, (stopwatch() - began) / limitMs);
    const folds = request.folds.map((fold) => {
      const precision = runFold(fold, request, options);
      request.progress?.(Math.min(1, spent()), best);
      return precision;
    });
    const trial = { trial: trials.length, options, folds, mean: folds.reduce((sum, x) => sum + x, 0) / folds.length };
    trials.push(trial);
    request.onTrial(trial);
    best = bestOf(trials);
  }
  request.progress?.(1, best);
  return best!;
}

/** The first of equals. */
export function bestOf(trials: Trial[]): Trial | undefined {
  return trials.reduce<Trial | undefined>((best, trial) => (best && best.mean >= trial.mean ? best : trial), undefined);
}

function optionsOfTrial({ space, seed }: SearchRequest, index: number, best: Trial | undefined) {
  if (index === 0) return {};
  const own = Math.imul(seed, 0x9e3779b1) + index;
  const around = index % 2 === 0 && best && Object.keys(best.options).length > 0 ? best.options : undefined;
  return drawOptions(space, own, around);
}

function runFold({ train, test }: SearchFold, request: SearchRequest, options: Record<string, unknown>): number {
  const { learner, base, validationShare, refit, seed, prepare = (rows) => rows } = request;
  const all = { ...learner.defaults, ...base, ...options, seed };
  const { first, last } = splitByTime(train, validationShare);
  const settled = learner.fit(prepare(first), last, all);
  const fitted = refit ? learner.fit(prepare(train), undefined, { ...all, ...settled.settled }) : settled;
  return averagePrecision(scoreRows({ score: fitted.score, calibrate: Number }, test).raw, test.labels);
}
