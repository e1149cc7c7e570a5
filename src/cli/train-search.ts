import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { FeatureDefinition } from '../features/definition.ts';
import type { Dataset } from '../training/dataset.ts';
import { type ResamplePlan, resampled } from '../training/imbalance.ts';
import { LEARNERS } from '../training/learners.ts';
import type { Preset } from '../training/presets.ts';
import { type SearchBudget, search, searchFolds, type Trial } from '../training/search.ts';
import { SPACES } from '../training/spaces.ts';
import { openTrials } from '../training/trials.ts';
import { createProgress } from './progress.ts';

const DAY_MS = 86_400_000;
const STEPS = 1000;

export interface SearchCall {
  train: Dataset;
  definitions: readonly FeatureDefinition[];
  learner: string;
  base: Record<string, unknown>;
  /** Options that were said on the command line: these are not sought. */
  fixed: Record<string, unknown>;
  preset: Preset;
  resample: ResamplePlan;
  delayDays: number;
  seed: number;
  budget: SearchBudget;
  dataSha256: string;
  /** Where `trials.jsonl` lies. */
  out: string;
  quiet?: boolean;
}

/** The options that did best, and for the lineage how they were found. */
export function runSearch(call: SearchCall): { options: Record<string, unknown>; found: Record<string, unknown> } {
  const { train, definitions, preset, base, seed, learner } = call;
  const space = SPACES[learner];
  if (!LEARNERS[learner] || !space) throw new Error(`There is nothing to search for learner ${learner}.`);
  const { folds, gapMs } = searchFolds(train, call.delayDays * DAY_MS, definitions);
  const { validationShare, refit } = preset;
  const features = definitions.map(({ name }) => name);
  const identity = {
    learner,
    base,
    seed,
    dataSha256: call.dataSha256,
    features,
    validationShare,
    refit,
    resample: call.resample,
  };
  const period = { from: train.times[0], to: train.times[train.rows - 1], rows: train.rows, gapMs };
  const log = openTrials(join(call.out, 'trials.jsonl'), { ...identity, ...period });
  const bar = createProgress('searching', STEPS, { unit: '‰', quiet: call.quiet });
  let trials = log.done.length;
  const best = search(
    {
      folds,
      learner: LEARNERS[learner],
      space: withoutFixed(space, call.fixed),
      base,
      validationShare,
      refit,
      prepare: (rows) => resampled(rows, call.resample, definitions, seed),
      seed,
      budget: call.budget,
      done: log.done,
      onTrial(trial) {
        log.add(trial);
        trials++;
      },
      progress: (share, found) => bar.update(Math.round(STEPS * share), noteOf(trials, found)),
    },
    () => performance.now(),
  );
  bar.stop();
  if (!call.quiet) {
    console.log(
      `search: trial ${best.trial} of ${trials} did best, average precision ${best.mean.toFixed(4)} over ${folds.length} folds`,
    );
  }
  const { trial, mean, options } = best;
  return { options, found: { trial, mean, folds: folds.length, gapDays: gapMs / DAY_MS, options } };
}

function withoutFixed<T>(space: Readonly<Record<string, T>>, fixed: Record<string, unknown>): Record<string, T> {
  return Object.fromEntries(Object.entries(space).filter(([name]) => !(name in fixed)));
}

function noteOf(trials: number, best: Trial | undefined): string {
  return best ? `| ${trials} trials, best AP ${best.mean.toFixed(4)}` : '';
}
