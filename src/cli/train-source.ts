import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import type { Config } from '../config.ts';
import type { OwnSchema } from '../domain/own-columns.ts';
import type { Encoding, FeatureDefinition } from '../features/definition.ts';
import { type Dataset, take } from '../training/dataset.ts';
import { assertRows, extractDataset } from '../training/extract.ts';
import type { CostSample } from '../training/feature-cost.ts';
import type { History } from '../training/history.ts';
import { LEARNERS } from '../training/learners.ts';
import { matrixParts, readMatrix } from '../training/matrix-file.ts';
import { sha256OfMatrix, sha256OfRows } from '../training/rows-hash.ts';
import { truthsTold } from '../training/truths.ts';
import { parseUlb, readUlb, ulbCatalogue } from '../training/ulb.ts';
import { syntheticUlb } from '../training/ulb-synthetic.ts';
import { type FileSource, historyOf, matrixTold, sha256OfFile } from './history.ts';
import { readJournalDataset } from './journal-source.ts';
import { createProgress } from './progress.ts';
import type { TrainFlags } from './train-flags.ts';

/** Rows to train on, wherever they come from. */
export interface TrainSource {
  dataset: Dataset;
  definitions: FeatureDefinition[];
  /** Columns of one's own that they read. */
  schema?: OwnSchema;
  /** To measure on what features cost, where a history was replayed. */
  sample?: CostSample;
  /** Of a matrix that came back: its own parts, and codes that its columns hold already. */
  split?: { train: Dataset; test: Dataset; validationRows: number; encodings: Record<string, Encoding> };
  /** Hex SHA-256 of what was read. */
  sha256: string;
  /** For the lineage. */
  what: Record<string, unknown>;
  /** How reading, and replaying where there was something to replay, went. */
  replay: { rows: number; skipped: number; seconds: number; perSecond: number; peakMemoryMb: number };
}

const DAY_MS = 86_400_000;
const SYNTHETIC_ROWS = 60_000;
const NEWEST_EVENTS = 200;

interface SourceRequest {
  file: string | undefined;
  flags: TrainFlags;
  from: FileSource;
  definitions: FeatureDefinition[];
  delayDays: number;
}

/** Replays a history through profiles and features, or reads a file that is a matrix already. */
export function trainSource(request: SourceRequest): Promise<TrainSource> {
  const { file, flags } = request;
  if ([file, flags.matrix, flags.journal, flags.default].filter(Boolean).length > 1)
    throw new Error('One of a file, --matrix, --journal and --default is what is trained on.');
  if (flags.matrix !== undefined) return fromMatrix(flags.matrix, flags);
  if (flags.journal) return fromJournal(request);
  if (flags.format === 'ulb' && !flags.map) return matrix(file, flags);
  if (flags.synthetic !== undefined) throw new Error('--synthetic goes with --format ulb; else there is --default.');
  return replayed(request);
}

/** A matrix that `assay matrix` wrote, perhaps changed in a notebook. */
async function fromMatrix(path: string, flags: TrainFlags): Promise<TrainSource> {
  for (const [name, said] of Object.entries({
    ...{ '--folds': flags.folds > 1, '--features': flags.features, '--map': flags.map, '--schema': flags.schema },
    ...{ '--train-from': flags.trainFrom, '--train-to': flags.trainTo, '--delay-days': flags.delayDays },
    ...{ '--test-from': flags.testFrom, '--test-to': flags.testTo, '--unlabelled': flags.unlabelled },
  }))
    if (said) throw new Error(`${name} goes with a history: a matrix has its features, parts and labels already.`);
  const began = performance.now();
  const read = await readMatrix(path);
  const { definitions, encodings, schema, dataSha256, what } = read.head;
  const { data } = read;
  const left = read.parts.filter((part) => part === 'gap').length;
  if (left > 0) console.error(`note: ${left} rows are of no part (gap) and are left out`);
  return {
    ...{ dataset: data, definitions, schema, split: { ...matrixParts(read, take), encodings } },
    sha256: await sha256OfFile(path),
    what: { ...what, matrixOf: dataSha256 },
    replay: figures(data.rows, 0, (performance.now() - began) / 1000),
  };
}

/** What was decided here. */
async function fromJournal({ flags, from: { config }, definitions }: SourceRequest): Promise<TrainSource> {
  const began = performance.now();
  const { found, what } = await readJournalDataset(flags, config, definitions);
  const { dataset, decisions, sha256 } = found;
  return {
    ...{ dataset, definitions, schema: config.schema, sha256, what },
    replay: figures(decisions, 0, (performance.now() - began) / 1000),
  };
}

async function matrix(file: string | undefined, flags: TrainFlags): Promise<TrainSource> {
  const began = performance.now();
  const read = flags.synthetic === undefined ? await fromUlbFile(file, flags) : await fromSynthetic(flags);
  const { dataset, errors } = read;
  return {
    dataset,
    definitions: ulbCatalogue,
    sha256: read.sha256,
    what: read.what,
    replay: figures(dataset.rows, errors, (performance.now() - began) / 1000),
  };
}

async function fromUlbFile(file: string | undefined, flags: TrainFlags) {
  if (!file) throw new Error('Which file? assay train <file> --format ulb --out <folder>, or --synthetic.');
  if (!existsSync(file)) throw new Error(`There is no file ${file}.`);
  const bar = createProgress('reading', 1, { unit: 'bytes', quiet: flags.json });
  const read = await readUlb(file, {
    ...matrixTold(flags),
    onProgress(bytes, total) {
      bar.total(total);
      bar.update(bytes);
    },
  }).finally(bar.stop);
  return { ...read, sha256: sha256OfMatrix(read.dataset), what: { format: 'ulb' } };
}

async function fromSynthetic(flags: TrainFlags) {
  const rows = typeof flags.synthetic === 'number' ? flags.synthetic : SYNTHETIC_ROWS;
  const options = { rows, seed: flags.seed };
  const hash = createHash('sha256');
  function* pieces() {
    for (const text of syntheticUlb(options)) {
      hash.update(text);
      yield Buffer.from(text);
    }
  }
  const read = await parseUlb(pieces());
  return { ...read, sha256: hash.digest('hex'), what: { format: 'ulb', synthetic: options } };
}

async function replayed({ file, flags, from, definitions, delayDays }: SourceRequest): Promise<TrainSource> {
  const { config } = from;
  const { history, sha256, what } = flags.default ? await generated(config, flags) : await fromFile(file, flags, from);
  const began = performance.now();
  const extracted = await extractDataset(history, {
    definitions,
    entityTypes: config.entityTypes,
    // Folds before the period train on rows before it.
    from: flags.folds > 1 ? undefined : flags.trainFrom,
    to: flags.testTo,
    delayMs: delayDays * DAY_MS,
    unlabelled: flags.unlabelled ?? (LEARNERS[flags.learner]?.unlabelled ? 'keep' : undefined),
    newestEvents: NEWEST_EVENTS,
  });
  const { dataset, rows, errors, truths } = extracted;
  assertRows(file ?? 'The stream', extracted);
  const told = truthsTold(truths);
  if (told !== undefined) console.error(`note: ${told}`);
  const seconds = (performance.now() - began) / 1000;
  const lineage = told === undefined ? what : { ...what, truths, unlabelled: flags.unlabelled };
  const { schema } = config;
  return {
    dataset,
    definitions,
    schema,
    sha256: await sha256(),
    what: lineage,
    sample: { profiles: extracted.profiles, entityTypes: config.entityTypes, events: extracted.newestEvents },
    replay: figures(rows, errors, seconds),
  };
}

async function fromFile(
  file: string | undefined,
  flags: TrainFlags,
  from: FileSource,
): Promise<{ history: History; sha256: () => Promise<string>; what: Record<string, unknown> }> {
  if (!file) throw new Error('Which file? assay train <file> --out <folder>, or --default.');
  // Of the rows in order: the same rows in any order, however the file is written, are the same data.
  let sorted: string | undefined;
  const history = await historyOf(file, from, flags, 'replaying', (sha256) => {
    sorted = sha256;
  });
  return {
    history,
    sha256: async () => sorted ?? sha256OfRows(file),
    what: { format: flags.map ? 'map' : flags.format },
  };
}

/** The stream that the shipped model learns from. Its hash is that of the file that `assay generate` would write. */
async function generated(config: Config, flags: TrainFlags) {
  const { generatedHistory, DEFAULT_STREAM } = await import('./generated-history.ts');
  const options = { ...DEFAULT_STREAM, seed: flags.seed };
  const source = generatedHistory(options, config, flags.json);
  return {
    // What says nothing of anybody's past has nothing to say of a login.
    history: flags.features === 'stateless' ? paymentsOf(source.history) : source.history,
    sha256: async () => source.sha256(),
    what: { format: 'generated', ...options } as Record<string, unknown>,
  };
}

function paymentsOf(history: History): History {
  return (onRow) => history((row) => row.event.type === 0 && onRow(row));
}

function figures(rows: number, skipped: number, seconds: number): TrainSource['replay'] {
  return {
    rows,
    skipped,
    seconds: Math.round(seconds * 100) / 100,
    perSecond: Math.round(rows / seconds),
    peakMemoryMb: Math.round(process.resourceUsage().maxRSS / 1024),
  };
}
