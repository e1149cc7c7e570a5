import { performance } from 'node:perf_hooks';
import { type Config, readConfig } from '../config.ts';
import { extractDataset } from '../training/extract.ts';
import { type Period, splitPeriod } from '../training/period.ts';
import { CATALOGUES, presetOf } from '../training/presets.ts';
import { publish } from '../training/publish.ts';
import type { Report } from '../training/report.ts';
import { DEFAULT_COSTS } from '../training/thresholds.ts';
import { type TrainRequest, trainModel } from '../training/train.ts';
import { type HistoryFlags, historyOf, sha256OfFile } from './history.ts';
import { codeVersion, defaultModelDir } from './paths.ts';
import { fixed, printPart } from './print-part.ts';
import { createProgress } from './progress.ts';

export interface TrainFlags extends HistoryFlags {
  out?: string;
  name: string;
  learner: string;
  features?: string;
  trainFrom?: number;
  trainTo?: number;
  testFrom?: number;
  testTo?: number;
  delayDays?: number;
  resample: 'none' | 'smote' | 'weights';
  alertShare?: number;
  alertsPerDay?: number;
  seed: number;
  set: Record<string, unknown>;
  default?: boolean;
}

const DAY_MS = 86_400_000;

export async function runTrain(file: string | undefined, flags: TrainFlags): Promise<void> {
  const config = readConfig(process.env, { modelDir: defaultModelDir });
  const { history, sha256, what } = flags.default
    ? await generated(config, flags)
    : await fromFile(file, flags, config);
  const out = flags.out ?? (flags.default ? defaultModelDir : undefined);
  if (!out) throw new Error('Say where the model goes: --out <folder>.');

  const preset = presetOf(flags.format);
  const definitions = CATALOGUES[flags.features ?? preset.features];
  const period: Period = { ...flags, delayDays: flags.delayDays ?? preset.delayDays };
  const replayed = performance.now();
  const extracted = await extractDataset(history, {
    definitions,
    entityTypes: config.entityTypes,
    from: flags.trainFrom,
    to: flags.testTo,
    delayMs: period.delayDays * DAY_MS,
  });
  const replaySeconds = (performance.now() - replayed) / 1000;
  const { train, test } = splitPeriod(extracted.dataset, period, flags.format === 'handbook');

  const bar = createProgress('fitting', 100, { unit: '%', quiet: flags.json });
  const trained = trainModel(
    train,
    test,
    request(flags, preset, definitions, period, await sha256(), what, bar.update),
    () => performance.now(),
  );
  bar.stop();
  const report = publish(out, trained, DEFAULT_COSTS);
  const replay = {
    rows: extracted.rows,
    skipped: extracted.errors,
    seconds: round(replaySeconds),
    perSecond: Math.round(extracted.rows / replaySeconds),
    peakMemoryMb: Math.round(process.resourceUsage().maxRSS / 1024),
  };
  if (flags.json) console.log(JSON.stringify({ out, replay, ...summary(report) }));
  else print(out, replay, report);
}

function request(
  flags: TrainFlags,
  preset: ReturnType<typeof presetOf>,
  definitions: TrainRequest['definitions'],
  period: Period,
  dataSha256: string,
  what: Record<string, unknown>,
  progress: (percent: number) => void,
): TrainRequest {
  const budget = { alertShare: flags.alertShare, alertsPerDay: flags.alertsPerDay, declinePrecision: 0.5 };
  return {
    name: flags.name,
    learner: flags.learner,
    options: {
      ...preset.options[flags.learner],
      ...(flags.resample === 'weights' ? { positiveWeight: 'balanced' } : {}),
      ...flags.set,
    },
    definitions,
    validationShare: preset.validationShare,
    refit: preset.refit,
    thresholds: {
      costs: DEFAULT_COSTS,
      budget: flags.alertShare === undefined && flags.alertsPerDay === undefined ? undefined : budget,
    },
    seed: flags.seed,
    lineage: {
      dataSha256,
      codeVersion: codeVersion(),
      options: { ...what, delayDays: period.delayDays, resample: flags.resample },
    },
    progress: (share) => progress(Math.round(100 * share)),
  };
}

async function fromFile(file: string | undefined, flags: TrainFlags, config: Config) {
  if (!file) throw new Error('Which file? assay train <file> --out <folder>, or --default.');
  const history = await historyOf(file, flags, config, 'replaying');
  return { history, sha256: () => sha256OfFile(file), what: { format: flags.map ? 'map' : flags.format } };
}

/** The stream that the shipped model learns from. Its hash is that of the file that `assay generate` would write. */
async function generated(config: Config, flags: TrainFlags) {
  const { generatedHistory, DEFAULT_STREAM } = await import('./generated-history.ts');
  const options = { ...DEFAULT_STREAM, seed: flags.seed };
  const source = generatedHistory(options, config, flags.json);
  return { ...source, what: { format: 'generated', ...options } };
}

function summary(report: Report) {
  const { train, validation, test } = report;
  const brief = (part: typeof test) => {
    if (!part) return undefined;
    const { curves: _curves, byWeek: _weeks, ...figures } = part;
    return figures;
  };
  return { model: report.model, train: brief(train), validation: brief(validation), test: brief(test) };
}

function print(out: string, replay: Record<string, number>, report: Report): void {
  const { model } = report;
  console.log(
    `replayed ${replay.rows} transactions in ${replay.seconds} s (${replay.perSecond}/s), peak memory ${replay.peakMemoryMb} MB`,
  );
  if (replay.skipped > 0) console.log(`skipped ${replay.skipped} bad rows`);
  for (const name of ['train', 'validation', 'test'] as const) {
    const part = report[name];
    if (part) printPart(name, part);
  }
  console.log(
    `thresholds: review from ${fixed(model.thresholds.review)}, decline from ${fixed(model.thresholds.decline)}`,
  );
  console.log(`model ${model.name} ${model.version} and its report are in ${out}`);
}

const round = (value: number) => Math.round(value * 100) / 100;
