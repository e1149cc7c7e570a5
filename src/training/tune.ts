/**
 * What `assay train` settles before it trains: which features help, and how the trees are grown. All by rows of the training part alone,
 * on folds that lie one after another in time; no clock has a say, so the same rows give the same answer.
 */

import { isBuiltIn } from '../domain/entity.ts';
import type { FeatureDefinition } from '../features/definition.ts';
import { familyOf, OWN_COLUMNS } from '../features/families.ts';
import { type Dataset, slice } from './dataset.ts';
import { type FoldFit, fitFolds } from './fold-fit.ts';
import type { TreesOptions } from './gbdt/options.ts';
import { type SearchFold, searchFolds } from './search.ts';
import { drawOptions, type Space } from './spaces.ts';
import { thinned } from './thin.ts';

export interface Candidate {
  features: number;
  options: Record<string, unknown>;
  rounds: number;
  /** Average precision by fold, and their mean. */
  folds: number[];
  merit: number;
}

export interface Tuning {
  /** Of the trees, rounds among them. */
  options: Record<string, unknown>;
  /** Features that are kept, in the order of their list. */
  features: string[];
  /** Of the list that was given. `own`: columns of one's own, without which all folds did better. */
  dropped: { same: number; constant: number; unhelpful: number; own: string[] };
  /** Features kept at most, those of one's own columns aside. */
  most: number;
  folds: number;
  /** The first is what would have been without: all features and the preset's options. */
  candidates: Candidate[];
  chosen: number;
  /** Average precision on the folds without each family, the rest as chosen. */
  ablation: { family: string; features: number; without: number }[];
  /** Average precision on the last fold, trained on so many of its latest rows. */
  learningCurve: { rows: number; frauds: number; averagePrecision: number }[];
  /** Rows of the largest fold that trained and measured, thinned of legitimate ones where there were more. */
  rows: { train: number; test: number };
}

export interface TuneRequest {
  train: Dataset;
  definitions: readonly FeatureDefinition[];
  delayMs: number;
  /** What trains without tuning. */
  base: Record<string, unknown>;
  /** Options that were said: they stay. */
  fixed: Record<string, unknown>;
  /** Features kept at most. */
  features: number;
  /** Settings of the trees that are tried beyond the base. */
  trials: number;
  seed: number;
  progress?(share: number): void;
}

/** Rows of a fold that train and that measure: beyond these, legitimate ones are thinned. */
const TRAIN_ROWS = 60_000;
const TEST_ROWS = 30_000;
/** Fewer frauds than these on a fold's test rows measure nothing. */
const FRAUDS_LEAST = 10;
/** Trees at most, and rounds without a better fold after which one stops. */
const ROUNDS = 500;
const PATIENCE = 80;
/** Quick fits that rank features: what they leave unused is of no use to slower ones. */
const RANKING = { rounds: 300, learningRate: 0.03, maxLeaves: 8, minRows: 20, l2: 3, rowShare: 0.7, featureShare: 0.4 };
const SPACE: Space = {
  maxLeaves: { low: 4, high: 32, log: true, whole: true },
  learningRate: { low: 0.015, high: 0.06, log: true },
  minRows: { low: 5, high: 200, log: true, whole: true },
  l2: { low: 0.3, high: 30, log: true },
  rowShare: { low: 0.5, high: 1 },
  featureShare: { low: 0.2, high: 1 },
};

/** Undefined, and why, where there are too few frauds to choose by. */
export function tune(request: TuneRequest): Tuning | { not: string } {
  const { definitions, base, fixed, seed, progress } = request;
  const folds = foldsOf(request);
  if (typeof folds === 'string') return { not: folds };
  const names = definitions.map(({ name }) => name);
  const { kept, same, constant } = distinct(folds.at(-1)!.train, names);
  const steps = 4 + request.trials + 8;
  let done = 0;
  const candidates: Candidate[] = [];
  const fits: { fit: FoldFit; names: string[] }[] = [];
  const fit = (own: string[], options: Record<string, unknown>): FoldFit => {
    const all = { rounds: ROUNDS, ...options, ...fixed, seed, stopAfter: PATIENCE };
    const result = fitFolds(folds, own, all as Partial<TreesOptions>);
    progress?.(Math.min(1, ++done / steps));
    return result;
  };
  const tried = (own: string[], options: Record<string, unknown>): FoldFit => {
    const result = fit(own, options);
    const { rounds, merit, folds: byFold } = result;
    candidates.push({ features: own.length, options, rounds, folds: byFold, merit });
    fits.push({ fit: result, names: own });
    return result;
  };

  tried(names, base);
  const isOwn = ownNames(definitions);
  const mine = kept.filter((name) => isOwn.has(name));
  let others = kept.filter((name) => !isOwn.has(name));
  const most = Math.min(request.features, others.length);
  let { gains } = others.length > most ? fit(kept, RANKING) : tried(kept, RANKING);
  for (const size of sizesFrom(others.length, most)) {
    others = strongest(others, gains, size);
    ({ gains } = tried(
      names.filter((name) => others.includes(name) || mine.includes(name)),
      RANKING,
    ));
  }
  // The whole list is measured to be told, and is beyond the budget.
  const first = kept.length > 0 ? 1 : 0;
  const selected = fits[bestOf(candidates, first)].names;
  for (let trial = 0; trial < request.trials; trial++) {
    const around = trial % 2 === 1 ? { ...RANKING, ...candidates[bestOf(candidates, first)].options } : undefined;
    tried(selected, drawOptions(SPACE, Math.imul(seed, 0x9e3779b1) + trial, around));
  }
  let chosen = bestOf(candidates, first);
  const families = byFamily(definitions, fits[chosen].names);
  const { rounds: _, ...shape } = candidates[chosen].options;
  const ablation = [...families].map(([family, members]) => {
    const rest = fits[chosen].names.filter((name) => !members.includes(name));
    const without = rest.length === 0 ? undefined : fit(rest, shape);
    return { family, features: members.length, members, rest, without };
  });
  const spoilers = ablation.find(({ family }) => family === OWN_COLUMNS);
  const isSpoilt = spoilers?.without?.folds.every((merit, i) => isBetter(merit, candidates[chosen].folds[i])) === true;
  if (isSpoilt) {
    tried(spoilers!.rest, shape);
    chosen = candidates.length - 1;
  }
  const { names: features } = fits[chosen];
  const options = { ...candidates[chosen].options, rounds: candidates[chosen].rounds, stopAfter: 0, ...fixed };
  return {
    options,
    features,
    dropped: { same, constant, unhelpful: kept.length - features.length, own: isSpoilt ? spoilers!.members : [] },
    most: request.features,
    folds: folds.length,
    candidates,
    chosen,
    ablation: ablation.map(({ family, features: count, without }) => ({
      family,
      features: count,
      without: without?.merit ?? 0,
    })),
    learningCurve: learningCurve(folds.at(-1)!, features, { ...options, seed }),
    rows: { train: folds.at(-1)!.train.rows, test: folds.at(-1)!.test.rows },
  };
}

/** What somebody named by a schema is not left out for being weak, but where every fold does better without it: by so much of what it has or lacks. */
const SPOILT = 0.02;
const isBetter = (without: number, merit: number) => without > merit + SPOILT * Math.min(merit, 1 - merit);

/** Features of one's own columns, and what is known of one's own entities' whole lives. */
function ownNames(definitions: readonly FeatureDefinition[]): ReadonlySet<string> {
  const own = definitions.filter(
    (one) =>
      familyOf(one) === OWN_COLUMNS ||
      isOwnField(one.field) ||
      (one.entity !== undefined && !isBuiltIn(one.entity) && familyOf(one) === 'long memory'),
  );
  return new Set(own.map(({ name }) => name));
}

const isOwnField = (field: string | undefined) => field?.startsWith('metadata.') === true;

function byFamily(definitions: readonly FeatureDefinition[], names: readonly string[]): Map<string, string[]> {
  const families = new Map<string, string[]>();
  const kept = new Set(names);
  for (const one of definitions) {
    if (!kept.has(one.name)) continue;
    const family = isOwnField(one.field) ? OWN_COLUMNS : familyOf(one);
    families.set(family, [...(families.get(family) ?? []), one.name]);
  }
  return families;
}

function foldsOf({ train, definitions, delayMs }: TuneRequest): SearchFold[] | string {
  let made: SearchFold[];
  try {
    made = searchFolds(train, delayMs, definitions).folds;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  const enough = made.filter((fold) => frauds(fold.test) >= FRAUDS_LEAST && frauds(fold.train) >= FRAUDS_LEAST);
  if (enough.length === 0) return `fewer than ${FRAUDS_LEAST} frauds in each part of the training rows`;
  return enough.map(({ train: own, test }) => ({ train: thinned(own, TRAIN_ROWS), test: thinned(test, TEST_ROWS) }));
}

const frauds = ({ labels }: Dataset) => labels.reduce((sum, label) => sum + label, 0);

/** Features that say something, and not the same as an earlier one: a card that is the customer has all its features twice. */
function distinct(data: Dataset, names: readonly string[]): { kept: string[]; same: number; constant: number } {
  const kept: string[] = [];
  const seen = new Map<number, Float64Array[]>();
  let [same, constant] = [0, 0];
  for (const name of names) {
    const column = data.columns[data.features.indexOf(name)];
    if (column.every((value) => Object.is(value, column[0]))) {
      constant++;
      continue;
    }
    let sum = 0;
    for (let row = 0; row < column.length; row++) if (!Number.isNaN(column[row])) sum += column[row] * ((row % 97) + 1);
    const others = seen.get(sum) ?? [];
    if (others.some((other) => other.every((value, row) => Object.is(value, column[row])))) same++;
    else {
      kept.push(name);
      seen.set(sum, [...others, column]);
    }
  }
  return { kept, same, constant };
}

/** Lists that are tried: as long as may be, and each half as long as the one before. */
function sizesFrom(count: number, most: number): number[] {
  const sizes = count > most ? [most] : [];
  for (let size = Math.floor(most / 2); size >= FEATURES_LEAST && sizes.length < 3; size = Math.floor(size / 2))
    sizes.push(size);
  return sizes;
}

/** Fewer hang on the luck of the folds. */
const FEATURES_LEAST = 12;

/** In the order of the list, so that ties are not by chance. */
function strongest(names: readonly string[], gains: ReadonlyMap<string, number>, count: number): string[] {
  const ranked = names
    .map((name, i) => ({ name, i, gain: gains.get(name)! }))
    .sort((a, b) => b.gain - a.gain || a.i - b.i);
  const kept = new Set(ranked.slice(0, count).map(({ name }) => name));
  return names.filter((name) => kept.has(name));
}

/** The best from `first` on; of equals the one with fewer features, then the earlier. */
function bestOf(candidates: readonly Candidate[], first: number): number {
  let best = first;
  for (let i = first + 1; i < candidates.length; i++) {
    const [one, other] = [candidates[i], candidates[best]];
    if (one.merit > other.merit || (one.merit === other.merit && one.features < other.features)) best = i;
  }
  return best;
}

/** How much a fold's latest eighth, quarter and half of the rows would have taught, and all of them. */
function learningCurve({ train, test }: SearchFold, names: string[], options: Record<string, unknown>) {
  return [8, 4, 2, 1].flatMap((part) => {
    const from = train.rows - Math.floor(train.rows / part);
    const rows = slice(train, from, train.rows);
    if (!rows.labels.includes(1)) return [];
    const { merit } = fitFolds([{ train: rows, test }], names, { ...options, stopAfter: PATIENCE });
    return [{ rows: rows.rows, frauds: frauds(rows), averagePrecision: merit }];
  });
}
