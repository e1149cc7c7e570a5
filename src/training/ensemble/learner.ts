/** Several learners as one behind the `Learner` port: averaged in log-odds or stacked, chosen on validation. */
import { encodeEnsemble, ensembleScorer } from '../../models/ensemble.ts';
import type { Dataset } from '../dataset.ts';
import type { Fitted, Learner } from '../learner.ts';
import { scoreRows } from '../score-rows.ts';
import { type Combination, type CombineKind, chooseCombination } from './combine.ts';

/**
 * An option of a member is named `member.option`, such as `trees.rounds`.
 */
export interface EnsembleOptions extends Record<string, unknown> {
  /** Names of learners, by commas. */
  members: string;
  combine: CombineKind | 'validation';
  /** Of the stacking regression: inverse strength of its penalty. */
  c: number;
  /** What a fit with validation settled on: the weights are then not sought again. */
  combination?: Combination;
  seed: number;
}

export const ENSEMBLE_DEFAULTS: EnsembleOptions = {
  members: 'trees,forest,logistic,network',
  combine: 'validation',
  c: 1,
  seed: 1,
};

export interface FittedEnsemble extends Fitted {
  combination: Combination;
  members: { name: string; fitted: Fitted }[];
}

/** The learner over those of `learners` that its options name. */
export function createEnsembleLearner(learners: Readonly<Record<string, Learner<object>>>): Learner<EnsembleOptions> {
  return {
    name: 'ensemble',
    defaults: ENSEMBLE_DEFAULTS,
    fit: (train, validation, options, progress) => fitEnsemble(learners, train, validation, options, progress),
  };
}

/**
 * Members stop early on `validation`, and what they then say of it sets the weights. Without validation and without a
 * settled combination, their log-odds are averaged as they are.
 */
export function fitEnsemble(
  learners: Readonly<Record<string, Learner<object>>>,
  train: Dataset,
  validation: Dataset | undefined,
  options: Partial<EnsembleOptions> = {},
  progress?: (share: number) => void,
): FittedEnsemble {
  const settings: EnsembleOptions = { ...ENSEMBLE_DEFAULTS, ...options };
  const names = memberNames(settings, learners);
  const members = names.map((name, i) => {
    const own = { ...learners[name].defaults, ...optionsOfMember(settings, name), seed: settings.seed };
    const share = progress && ((done: number) => progress((i + done) / names.length));
    return { name, fitted: learners[name].fit(train, validation, own, share) };
  });
  const combination = combinationOf(settings, members, validation);
  return {
    ...ensembleScorer(
      combination.intercept,
      heard(members, combination).map(({ weight, fitted }) => ({ weight, scorer: fitted })),
    ),
    combination,
    members,
    settled: { combination, ...settledByMembers(members) },
    importance: importanceOf(members, combination),
    toArtifact: () => {
      const parts = heard(members, combination).map(({ name, weight, fitted }) => ({
        name,
        weight,
        ...fitted.toArtifact(),
      }));
      return { kind: 'ensemble', ...encodeEnsemble({ intercept: combination.intercept, members: parts }) };
    },
  };
}

type Members = FittedEnsemble['members'];

function memberNames({ members }: EnsembleOptions, learners: Readonly<Record<string, Learner<object>>>): string[] {
  const names = members.split(',').map((name) => name.trim());
  for (const name of names) {
    if (!learners[name]) throw new RangeError(`members must be of ${Object.keys(learners).join(', ')}, got ${name}`);
  }
  if (new Set(names).size < names.length) throw new RangeError(`members must be named once each, got ${members}`);
  return names;
}

function optionsOfMember(options: EnsembleOptions, name: string): Record<string, unknown> {
  const prefix = `${name}.`;
  const own = Object.entries(options).filter(([key]) => key.startsWith(prefix));
  return Object.fromEntries(own.map(([key, value]) => [key.slice(prefix.length), value]));
}

function combinationOf(options: EnsembleOptions, members: Members, validation: Dataset | undefined): Combination {
  if (options.combination) return options.combination;
  if (!validation || validation.rows === 0) {
    return { kind: 'average', intercept: 0, weights: members.map(() => 1 / members.length) };
  }
  const scores = members.map(({ fitted }) => scoreRows({ score: fitted.score, calibrate: Number }, validation).raw);
  return chooseCombination({ scores, labels: validation.labels }, options.c, options.combine);
}

/** Members with a weight. */
function heard(members: Members, { weights }: Combination) {
  return members.map((member, i) => ({ ...member, weight: weights[i] })).filter(({ weight }) => weight !== 0);
}

function settledByMembers(members: Members): Record<string, unknown> {
  const all = members.flatMap(({ name, fitted }) =>
    Object.entries(fitted.settled ?? {}).map(([key, value]) => [`${name}.${key}`, value] as const),
  );
  return Object.fromEntries(all);
}

/** Shares of gain of the members that know such a thing, by their weights. */
function importanceOf(members: Members, combination: Combination): Fitted['importance'] {
  const known = heard(members, combination).filter(({ fitted }) => fitted.importance);
  if (known.length === 0) return undefined;
  const size = known[0].fitted.importance!.gain.length;
  const gain = new Float64Array(size);
  const splits = new Float64Array(size);
  for (const { weight, fitted } of known) {
    const own = fitted.importance!;
    const total = Array.from(own.gain).reduce((sum, x) => sum + x, 0) || 1;
    for (let i = 0; i < size; i++) {
      gain[i] += (weight * own.gain[i]) / total;
      splits[i] += own.splits[i];
    }
  }
  return { gain, splits };
}
