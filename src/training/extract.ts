import type { Event } from '../domain/event.ts';
import { TRANSACTION_TYPES } from '../domain/fields.ts';
import { createReplay } from '../engine/replay.ts';
import { compile, type Extractor } from '../features/compile.ts';
import type { Encoding, FeatureDefinition } from '../features/definition.ts';
import { createProfiles, type MemoryProfiles } from '../profiles/memory.ts';
import { type Dataset, take } from './dataset.ts';
import { newestEvents } from './feature-cost.ts';
import type { History, HistoryRow } from './history.ts';
import { OutOfOrder } from './out-of-order.ts';
import { createTruthKeeper, type TruthCounts, type Unlabelled } from './truths.ts';

export interface ExtractOptions {
  definitions: readonly FeatureDefinition[];
  entityTypes: readonly string[];
  /** Without them, encoded features come out as word hashes: see `encoding.ts`. */
  encodings?: Record<string, Encoding>;
  /** Event times, milliseconds: rows in [from, to) become the dataset, those outside are only learnt. */
  from?: number;
  to?: number;
  /**
   * After how long a label is known where the file does not say. Undefined: such a fraud never comes to light (its row is
   * still labelled fraud in the dataset, which holds the truth).
   */
  delayMs?: number;
  /** What rows without a label are. Undefined: an Error says how many there are. */
  unlabelled?: Unlabelled;
  /** Of the newest events so many are kept, to measure on them what features cost. */
  newestEvents?: number;
}

export interface Extracted {
  dataset: Dataset;
  extractor: Extractor;
  /** What was learnt of the whole file. */
  profiles: MemoryProfiles;
  rows: number;
  frauds: number;
  /** Rows of the period by what is said of their truth. */
  truths: TruthCounts;
  /** Bad rows that were skipped. */
  errors: number;
  /** Rows that came before an earlier one in time. */
  disorder: number;
  /** First and last time of all rows, milliseconds; infinite without any. */
  oldest: number;
  newest: number;
  newestEvents: Event[];
}

/** Throws an Error that says what there is, where nothing is in the period (or nothing at all). */
export function assertRows(name: string, { dataset, rows, oldest, newest }: Extracted): void {
  if (rows === 0) throw new Error(`${name} has a header and no rows.`);
  if (dataset.rows > 0) return;
  const [from, to] = [oldest, newest].map((time) => new Date(time).toISOString().slice(0, 10));
  throw new Error(
    `${name} has ${rows} rows from ${from} to ${to}, and none in the period that was asked for with a truth to learn or measure by.`,
  );
}

/**
 * Replays a history in time order through profiles and features as they serve, and gathers vectors as columns. Each row
 * is scored before it is learnt; labels are learnt when they become known. A row that comes late is learnt at its own time,
 * as online, and seen by those after it; `sortedByTime` puts a whole history in order first.
 */
export async function extractDataset(history: History, options: ExtractOptions): Promise<Extracted> {
  try {
    return await extractOnce(history, options);
  } catch (error) {
    if (!(error instanceof OutOfOrder)) throw error;
    // The file has found itself out of order, and is sorted from now on: what was learnt of it so far is nothing.
    return extractOnce(history, options);
  }
}

async function extractOnce(history: History, options: ExtractOptions): Promise<Extracted> {
  const { definitions, entityTypes, encodings, delayMs, from = -Infinity, to = Infinity } = options;
  const extractor = compile(definitions, { entityTypes, encodings });
  const profiles = createProfiles({ entityTypes, columns: extractor.columns });
  const replay = createReplay(profiles);
  const builder = createBuilder(extractor.names);
  const vector = new Float64Array(extractor.names.length);
  const truths = createTruthKeeper(options.unlabelled, delayMs ?? 0);
  const latest = options.newestEvents === undefined ? undefined : newestEvents(options.newestEvents);
  let kept = 0;
  let frauds = 0;
  let disorder = 0;
  let newest = -Infinity;
  let oldest = Infinity;
  const { rows, errors, words } = await history((row) => {
    const { event, fraud } = row;
    if (event.time < oldest) oldest = event.time;
    if (event.time < newest) disorder++;
    else newest = event.time;
    if (fraud) frauds++;
    latest?.add(event);
    replay.advance(event.time);
    if (event.time >= from && event.time < to && truths.take(row, kept)) {
      kept++;
      extractor.extract(profiles, event, vector);
      builder.add(row, vector);
    }
    replay.learn(event, fraud, labelTime(row, delayMs));
    for (const { outcome, at } of row.told ?? []) replay.tell(event, outcome, at);
  });
  const dataset = builder.build(words);
  const certain = truths.kept(dataset.rows, dataset.times, newest);
  const labelled = certain === undefined ? dataset : take(dataset, certain);
  const ordered = disorder === 0 ? labelled : take(labelled, timeOrder(labelled));
  const counted = { rows, frauds, truths: truths.counts, errors, disorder };
  return { dataset: ordered, extractor, profiles, ...counted, oldest, newest, newestEvents: latest?.events() ?? [] };
}

/** Row numbers by time; those of one moment stay as they are. */
export function timeOrder({ rows, times }: Dataset): Uint32Array {
  return Uint32Array.from({ length: rows }, (_, row) => row).sort((a, b) => times[a] - times[b] || a - b);
}

/** A legitimate row without a time of its own needs no label: unlabelled counts as not fraud. */
function labelTime(row: HistoryRow, delayMs: number | undefined): number {
  if (row.truth !== undefined && row.truth !== 'fraud' && row.truth !== 'legitimate') return Number.NaN;
  if (!Number.isNaN(row.labelledAt)) return row.labelledAt;
  return row.fraud && delayMs !== undefined ? row.event.time + delayMs : Number.NaN;
}

const FIRST_ROWS = 4096;
/** Fields of an event whose words part a report's rows; its type beside them, where there are several. */
const WORD_FIELDS = ['category', 'channel', 'country'] as const;
const TYPE_NAMES = ['', ...TRANSACTION_TYPES];
const CODES_MOST = 1 << 16;

/** Gathers rows with their vectors as columns. */
export function createBuilder(features: readonly string[]) {
  let capacity = FIRST_ROWS;
  let rows = 0;
  const columns = features.map(() => new Float64Array(capacity));
  let labels = new Uint8Array(capacity);
  let times = new Float64Array(capacity);
  let amounts = new Float64Array(capacity);
  let cards = new Float64Array(capacity);
  const codes = WORD_FIELDS.map(() => new Uint16Array(capacity));
  const codeOf = WORD_FIELDS.map(() => new Map([[0, 0]]));
  let types = new Uint16Array(capacity);
  let hasOthers = false;

  function grow(): void {
    capacity *= 2;
    const larger = (old: Float64Array) => {
      const array = new Float64Array(capacity);
      array.set(old);
      return array;
    };
    for (let c = 0; c < columns.length; c++) columns[c] = larger(columns[c]);
    times = larger(times);
    amounts = larger(amounts);
    cards = larger(cards);
    const wider = new Uint8Array(capacity);
    wider.set(labels);
    labels = wider;
    const longer = (old: Uint16Array<ArrayBuffer>) => {
      const array = new Uint16Array(capacity);
      array.set(old);
      return array;
    };
    for (let w = 0; w < codes.length; w++) codes[w] = longer(codes[w]);
    types = longer(types);
  }

  function code(field: number, hash: number): number {
    const known = codeOf[field].get(hash);
    if (known !== undefined) return known;
    if (codeOf[field].size === CODES_MOST) return 0;
    codeOf[field].set(hash, codeOf[field].size);
    return codeOf[field].size - 1;
  }

  return {
    add({ event, fraud, card }: HistoryRow, vector: Float64Array): void {
      if (rows === capacity) grow();
      for (let c = 0; c < columns.length; c++) columns[c][rows] = vector[c];
      labels[rows] = fraud ? 1 : 0;
      times[rows] = event.time;
      // Without an amount there is nothing to add up.
      amounts[rows] = event.amount || 0;
      cards[rows] = card;
      for (let w = 0; w < codes.length; w++) codes[w][rows] = code(w, event[WORD_FIELDS[w]]);
      types[rows] = event.type + 1;
      hasOthers ||= event.type !== 0;
      rows++;
    },
    build: (words?: ReadonlyMap<number, string>): Dataset => ({
      features: [...features],
      rows,
      columns: columns.map((column) => column.subarray(0, rows)),
      labels: labels.subarray(0, rows),
      times: times.subarray(0, rows),
      amounts: amounts.subarray(0, rows),
      cards: cards.subarray(0, rows),
      words: words && [
        ...WORD_FIELDS.map((field, w) => ({
          field,
          names: Array.from(codeOf[w].keys(), (hash) => words.get(hash) ?? ''),
          codes: codes[w].subarray(0, rows),
        })),
        ...(hasOthers ? [{ field: 'type', names: TYPE_NAMES, codes: types.subarray(0, rows) }] : []),
      ],
    }),
  };
}
