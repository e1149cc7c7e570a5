import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { readConfig } from '../config.ts';
import { carriedSchema } from '../domain/own-columns.ts';
import type { Dataset } from '../training/dataset.ts';
import { copyWords } from '../training/encoding.ts';
import { only } from '../training/fold-fit.ts';
import { LEARNERS } from '../training/learners.ts';
import { refuseOneClass } from '../training/parts.ts';
import { type Period, setPeriod, splitPeriod } from '../training/period.ts';
import { earlierPeriods, runFold } from '../training/prequential.ts';
import { CATALOGUES, catalogueOf, optionsFor, PRESETS, type Preset, presetOf } from '../training/presets.ts';
import { publish } from '../training/publish.ts';
import type { FoldReport, Report } from '../training/report.ts';
import type { SearchBudget } from '../training/search.ts';
import { type CostMatrix, DEFAULT_COSTS } from '../training/thresholds.ts';
import { type TrainRequest, trainModel } from '../training/train.ts';
import type { TuningReport } from '../training/tuning-report.ts';
import { dataDirEnv, fileSource } from './history.ts';
import { codeVersion, defaultModelDir } from './paths.ts';
import { fixed, printPart } from './print-part.ts';
import { createProgress } from './progress.ts';
import type { TrainFlags } from './train-flags.ts';
import { type TrainSource, trainSource } from './train-source.ts';
import { printTuning, runTune, TRIALS } from './train-tune.ts';

/** What the shipped model may flag: nobody has told it what a review costs. */
const DEFAULT_ALERT_SHARE = 0.01;

export async function runTrain(file: string | undefined, flags: TrainFlags): Promise<void> {
  const from = await fileSource(flags, readConfig(dataDirEnv(flags), { modelDir: defaultModelDir }));
  const { config } = from;
  const out = flags.out ?? (flags.default ? defaultModelDir : undefined);
  if (!out) throw new Error('Say where the model goes: --out <folder>.');
  // Said before the hours that training may take.
  if (statSync(out, { throwIfNoEntry: false })?.isFile()) throw new Error(`--out ${out} is a file: name a folder.`);

  const preset = presetOf(flags.format, flags.features ?? (flags.default ? 'shipped' : undefined));
  const period: Period = { ...flags, delayDays: flags.delayDays ?? preset.delayDays };
  const source = await trainSource({
    file,
    flags,
    from,
    definitions: flags.default
      ? CATALOGUES[flags.features ?? 'shipped'](config.entityTypes)
      : catalogueOf(flags.features ?? preset.features, config, period.delayDays),
    delayDays: period.delayDays,
  });
  // Codes are put in place of words where the rows lie, which the folds still need.
  const { split } = source;
  const data = flags.folds > 1 ? copyWords(source.dataset, source.definitions) : source.dataset;
  const { train, test } = split ?? splitPeriod(data, period, flags.format === 'handbook');
  if (test.rows > 0 && !LEARNERS[flags.learner]?.unlabelled) refuseOneClass(test, 'test');

  const asked = request(flags, preset, source, period);
  if (flags.search)
    await addSearch(asked, flags.search, { train, preset, period, out, fixed: flags.set, quiet: flags.json });
  const tuning = settleByFolds(asked, source, preset, flags, { train, delayDays: period.delayDays });
  const [trainRows, testRows] = tuning
    ? [train, test].map((part) =>
        only(
          part,
          asked.definitions.map(({ name }) => name),
        ),
      )
    : [train, test];
  const bar = createProgress('fitting', 100, { unit: '%', quiet: flags.json });
  const progress = (share: number) => bar.update(Math.round(100 * share));
  const trained = trainModel(trainRows, testRows, { ...asked, progress }, () => performance.now());
  bar.stop();
  const earlier = runFolds(tuning ? only(source.dataset, trainRows.features) : source.dataset, period, flags, asked);
  const report = publish(out, trained, costsOf(flags), new Date(), earlier, tuning);
  const { replay } = source;
  if (flags.json) console.log(JSON.stringify({ out, replay, ...summary(report) }));
  else print(out, replay, report);
}

function request(
  flags: TrainFlags,
  preset: ReturnType<typeof presetOf>,
  { definitions, schema, split, sha256, what }: TrainSource,
  period: Period,
): TrainRequest {
  return {
    name: flags.name,
    learner: flags.learner,
    options: { ...optionsFor(preset, flags.learner), ...flags.set },
    definitions,
    schema: carriedSchema(schema),
    validationShare: preset.validationShare,
    ...(split ? { validationRows: split.validationRows, encodings: split.encodings } : {}),
    refit: refitOf(flags, preset),
    resample: { kind: flags.resample, ratio: flags.resampleRatio },
    thresholds: thresholdsOf(flags),
    seed: flags.seed,
    lineage: {
      dataSha256: sha256,
      codeVersion: codeVersion(),
      options: {
        ...what,
        delayDays: period.delayDays,
        resample: flags.resample,
        ...(flags.resampleRatio === undefined ? {} : { resampleRatio: flags.resampleRatio }),
      },
    },
  };
}

/** Where nothing is said, what the preset has settled; else it is weighed, but for the models that ship, whose training is pinned. */
function refitOf(
  { refit, default: isShipped, format, features, learner }: TrainFlags,
  preset: Preset,
): TrainRequest['refit'] {
  if (refit !== undefined) return refit === 'never' ? false : refit;
  const isPinned = isShipped || format === 'ulb' || features === 'stateless' || LEARNERS[learner]?.unlabelled;
  return preset.refit || (isPinned ? false : 'choose');
}

/** The same training on the periods before, where more than one fold is asked for. */
function runFolds(data: Dataset, period: Period, flags: TrainFlags, asked: TrainRequest): FoldReport[] {
  if (flags.folds <= 1) return [];
  const moving = flags.trainFrom !== undefined;
  const periods = earlierPeriods(data, setPeriod(data, period), flags.folds - 1, moving);
  const bar = createProgress('folds', periods.length, { unit: 'folds', quiet: flags.json });
  const folds = periods.map((fold, i) => {
    const measured = runFold(data, fold, flags.format === 'handbook', asked);
    bar.update(i + 1);
    return measured;
  });
  bar.stop();
  return folds;
}

interface SearchContext {
  train: Dataset;
  preset: Preset;
  period: Period;
  out: string;
  fixed: Record<string, unknown>;
  quiet?: boolean;
}

/** Puts the options that a search finds on the training rows into the request. */
async function addSearch(asked: TrainRequest, budget: SearchBudget, context: SearchContext): Promise<void> {
  const { runSearch } = await import('./train-search.ts');
  const { learner, options: base, definitions, seed, lineage } = asked;
  const { delayDays } = context.period;
  const { dataSha256 } = lineage;
  const { options, found } = runSearch({
    ...context,
    resample: asked.resample ?? { kind: 'none' },
    delayDays,
    definitions,
    learner,
    base,
    seed,
    budget,
    dataSha256,
  });
  asked.options = { ...base, ...options };
  asked.lineage = { ...lineage, options: { ...lineage.options, search: found } };
}

/** Whether features and options are chosen on folds: of trees on a history, where the format has no options of its own. */
function isTuned(flags: TrainFlags, preset: Preset, { split }: TrainSource): boolean {
  const { tune, learner, search, default: isShipped, resample, features } = flags;
  const isPlain = preset === PRESETS.assay && learner === 'trees' && !isShipped && split === undefined;
  if (tune !== undefined && tune > 0 && (!isPlain || search))
    throw new Error(
      `--tune chooses features and options of trees on a history, not ${search ? 'beside --search' : 'here'}.`,
    );
  return isPlain && tune !== 0 && !search && resample === 'none' && (features ?? 'default') === 'default';
}

/** Puts the features and the options that folds of the training part settle into the request. */
function settleByFolds(
  asked: TrainRequest,
  source: TrainSource,
  preset: Preset,
  flags: TrainFlags,
  { train, delayDays }: { train: Dataset; delayDays: number },
): TuningReport | undefined {
  if (!isTuned(flags, preset, source)) return undefined;
  const { definitions, options, seed, lineage } = asked;
  const { set, tune: trials = TRIALS, maxFeatures, json } = flags;
  const told = runTune({
    ...{ train, definitions, delayDays, base: options, fixed: set, maxFeatures, trials, seed },
    ...{ sample: source.sample, quiet: json },
  });
  if (told === undefined) return undefined;
  const kept = new Set(told.features.map(({ name }) => name));
  asked.definitions = definitions.filter(({ name }) => kept.has(name));
  asked.options = { ...options, ...told.options };
  const { merit } = told.candidates[told.chosen];
  asked.lineage = { ...lineage, options: { ...lineage.options, tuned: { trials, of: definitions.length, merit } } };
  return told;
}

/** The three models of `/api/v1/predict_fraud`, on the stream that the default model learns from. */
export async function runTrainStateless(flags: TrainFlags): Promise<void> {
  const folder = flags.out ?? join(dirname(defaultModelDir), 'stateless');
  for (const learner of ['logistic', 'network', 'trees'])
    await runTrain(undefined, {
      ...flags,
      learner,
      name: `stateless-${learner}`,
      out: join(folder, learner),
      default: true,
      features: 'stateless',
      twoWay: true,
    });
}

/** By cost unless the flags say otherwise; the shipped model's by its share of alerts. */
function thresholdsOf(flags: TrainFlags): TrainRequest['thresholds'] {
  const { alertShare, alertsPerDay, precision, declinePrecision } = flags;
  const said = [alertShare, alertsPerDay, precision].filter((each) => each !== undefined);
  if (said.length > 1) throw new Error('One of --alert-share, --alerts-per-day and --precision sets the thresholds.');
  const costs = costsOf(flags);
  if (precision !== undefined) return { costs, precision: { flagged: precision, declined: declinePrecision } };
  if (said.length > 0) return { costs, budget: { alertShare, alertsPerDay, declinePrecision } };
  const unasked = flags.default && !flags.twoWay && Object.keys(flags.cost).length === 0;
  return unasked ? { costs, budget: { alertShare: DEFAULT_ALERT_SHARE, declinePrecision } } : { costs };
}

/** Where nobody reviews, a review that costs more than any payment is never chosen. */
function costsOf({ twoWay, cost }: TrainFlags): CostMatrix {
  for (const [name, amount] of Object.entries(cost)) {
    if (!(name in DEFAULT_COSTS))
      throw new Error(`--cost knows ${Object.keys(DEFAULT_COSTS).join(', ')}, not ${name}.`);
    if (!(typeof amount === 'number' && amount >= 0)) throw new Error(`--cost ${name} is a number of at least 0.`);
  }
  return { ...DEFAULT_COSTS, ...(cost as Partial<CostMatrix>), ...(twoWay ? { review: 1e9 } : {}) };
}

function summary(report: Report) {
  const { train, validation, test } = report;
  const brief = (part: typeof test) => {
    if (!part) return undefined;
    const { curves: _curves, byWeek: _weeks, bySegment: _segments, ...figures } = part;
    return figures;
  };
  const parts = { train: brief(train), validation: brief(validation), test: brief(test) };
  return { model: report.model, ...parts, tuning: report.tuning, refit: report.refit, folds: report.folds };
}

function print(out: string, replay: TrainSource['replay'], report: Report): void {
  const { model } = report;
  console.log(
    `replayed ${replay.rows} transactions in ${replay.seconds} s (${replay.perSecond}/s), peak memory ${replay.peakMemoryMb} MB`,
  );
  if (replay.skipped > 0) console.log(`skipped ${replay.skipped} bad rows`);
  for (const name of ['train', 'validation', 'test'] as const) {
    const part = report[name];
    if (part) printPart(name, part);
  }
  const { refit, tuning } = report;
  if (tuning) printTuning(tuning);
  if (refit?.validation) {
    const { once, again } = refit.validation;
    const said = refit.refitted ? 'fitted again on all training rows' : 'not fitted again, which did clearly worse';
    console.log(
      `${said}: average precision on validation ${fixed(once.averagePrecision)} once, ${fixed(again.averagePrecision)} again`,
    );
  }
  for (const fold of report.folds ?? [])
    console.log(
      `fold       ${fold.from.slice(0, 10)} to ${fold.to.slice(0, 10)}: average precision ${fixed(fold.averagePrecision)}, ROC AUC ${fixed(fold.rocAuc)}, ECE ${fixed(fold.ece)}`,
    );
  console.log(
    `thresholds: review from ${fixed(model.thresholds.review)}, decline from ${fixed(model.thresholds.decline)}`,
  );
  console.log(`model ${model.name} ${model.version} and its report are in ${out}`);
}
