import { performance } from 'node:perf_hooks';
import type { FeatureDefinition } from '../features/definition.ts';
import type { Dataset } from '../training/dataset.ts';
import { type CostSample, costUs } from '../training/feature-cost.ts';
import { type Tuning, tune } from '../training/tune.ts';
import type { TuningReport } from '../training/tuning-report.ts';
import { fixed } from './print-part.ts';
import { createProgress } from './progress.ts';

const DAY_MS = 86_400_000;
const STEPS = 100;
/** Settings of the trees that are tried where nothing is said. */
export const TRIALS = 8;
const FEATURES = 48;

export interface TuneCall {
  train: Dataset;
  definitions: readonly FeatureDefinition[];
  delayDays: number;
  base: Record<string, unknown>;
  /** Options that were said on the command line: these are not sought. */
  fixed: Record<string, unknown>;
  maxFeatures?: number;
  trials: number;
  seed: number;
  sample?: CostSample;
  quiet?: boolean;
}

/** What helps, and how to grow the trees; undefined, and said why, where there are too few frauds to tell. */
export function runTune(call: TuneCall): TuningReport | undefined {
  const { train, definitions, base, trials, seed, sample, maxFeatures: features = FEATURES } = call;
  const bar = createProgress('tuning', STEPS, { unit: '%', quiet: call.quiet });
  const began = performance.now();
  const found = tune({
    ...{ train, definitions, delayMs: call.delayDays * DAY_MS, base, fixed: call.fixed, features, trials, seed },
    progress: (share) => bar.update(Math.round(STEPS * share)),
  });
  bar.stop();
  if ('not' in found) {
    console.error(`note: features and options are the usual ones, not chosen on folds: ${found.not}`);
    return undefined;
  }
  const seconds = Math.round((performance.now() - began) / 100) / 10;
  return { ...found, ...pricesOf(found, definitions, sample), seconds };
}

function pricesOf({ features }: Tuning, definitions: readonly FeatureDefinition[], sample: CostSample | undefined) {
  const kept = definitions.filter(({ name }) => features.includes(name));
  if (sample === undefined) return { features: kept.map(({ name }) => ({ name })) };
  const us = (list: readonly FeatureDefinition[]) => costUs(list, sample, processorMs);
  return {
    features: kept.map((one) => ({ name: one.name, us: us([one]) })),
    cost: { us: us(kept), allUs: us(definitions) },
  };
}

/** Which holds on a busy machine. */
function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** In a few lines: how it was settled, what was left out, and what each family adds. */
export function printTuning(told: TuningReport): void {
  const { candidates, chosen, features, dropped, cost, ablation, learningCurve } = told;
  const best = candidates[chosen];
  console.log(
    `tuned in ${told.seconds} s on ${told.folds} folds of the training part: average precision ${fixed(candidates[0].merit)} with all features and the usual options, ` +
      `${fixed(best.merit)} with ${features.length} features (${dropped.constant} said nothing, ${dropped.same} the same as another, ${dropped.unhelpful} did not help) and the best of ${candidates.length - 1}`,
  );
  if (dropped.own.length > 0)
    console.log(`left out, though named: ${dropped.own.join(', ')}: every fold did better without them`);
  if (cost) console.log(`a vector takes ${cost.us.toFixed(1)} µs, ${cost.allUs.toFixed(1)} µs with all features`);
  const adds = ablation.map(({ family, without }) => `${family} ${fixed(best.merit - without)}`);
  console.log(`families add: ${adds.join(', ')}`);
  const curve = learningCurve.map((one) => `${fixed(one.averagePrecision)} by ${one.rows} rows`);
  console.log(`learning curve: ${curve.join(', ')}`);
}
