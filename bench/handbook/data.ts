/** The handbook's transactions as a matrix in shared memory, so that worker threads read it without copies. */
import { handbookBetter, handbookCatalogue } from '../../src/features/handbook.ts';
import { HANDBOOK_MAP } from '../../src/training/column-map.ts';
import { readCsv } from '../../src/training/csv.ts';
import { type Dataset, slice } from '../../src/training/dataset.ts';
import { extractDataset } from '../../src/training/extract.ts';
import { handbookSplit } from '../../src/training/handbook.ts';
import { openHistory } from '../../src/training/history-file.ts';
import { rowAt } from '../../src/training/split.ts';

export const DAY_MS = 86_400_000;
/** Labels are known after a week. */
export const DELAY_DAYS = 7;
/** Windows of 30 days, 7 days late, are full from here on: earlier rows train nothing. */
const FULL_WINDOWS = Date.UTC(2018, 4, 8);

/** First training day of each fold; a week of training, one of delay, one of test. */
export const TEST_FOLDS = ['2018-07-25', '2018-08-01', '2018-08-08', '2018-08-15'];
/** Their test weeks are 2018-07-11 to 2018-08-07: all before the first test week of either protocol. */
export const VALIDATION_FOLDS = ['2018-06-27', '2018-07-04', '2018-07-11', '2018-07-18'];

const LAST_DAY = Date.UTC(2018, 8, 5);

export type FeatureSet = 'handbook' | 'product';
/** What is trained on: the fold's week, or everything up to its end. */
export type TrainSpan = 'week' | 'history';

export async function loadMatrix(path: string): Promise<Dataset> {
  const entityTypes = ['user', 'merchant'];
  const { dataset } = await extractDataset(openHistory(path, HANDBOOK_MAP, { entityTypes }), {
    definitions: handbookBetter,
    entityTypes,
    delayMs: DELAY_DAYS * DAY_MS,
    from: FULL_WINDOWS,
    to: LAST_DAY,
  });
  const labels = new Uint8Array(new SharedArrayBuffer(dataset.rows));
  labels.set(dataset.labels);
  return {
    ...dataset,
    columns: dataset.columns.map(shared),
    labels,
    times: shared(dataset.times),
    amounts: shared(dataset.amounts),
    cards: shared(dataset.cards),
  };
}

function shared(values: Float64Array): Float64Array {
  const copy = new Float64Array(new SharedArrayBuffer(values.byteLength));
  copy.set(values);
  return copy;
}

/** The product's features begin with the handbook's. */
export function withFeatures(data: Dataset, set: FeatureSet): Dataset {
  const count = set === 'handbook' ? handbookCatalogue.length : data.columns.length;
  return { ...data, features: data.features.slice(0, count), columns: data.columns.slice(0, count) };
}

export function foldOf(data: Dataset, start: string, span: TrainSpan): { train: Dataset; test: Dataset } {
  const from = Date.parse(`${start}T00:00:00Z`);
  const fold = handbookSplit(data, {
    trainFrom: from,
    trainTo: from + 7 * DAY_MS,
    testFrom: from + (7 + DELAY_DAYS) * DAY_MS,
    testTo: from + (14 + DELAY_DAYS) * DAY_MS,
    delayDays: DELAY_DAYS,
  });
  // Who is known to be defrauded, and so not tested, goes by the week in either case: the test rows stay the same.
  if (span === 'history') fold.train = slice(data, 0, rowAt(data, from + 7 * DAY_MS));
  return fold;
}

/**
 * What an oracle knows of each row of `data`: 1 for a fraud of scenario 1 (amount) or 3 (customer), and for one of
 * scenario 2 (terminal) once another fraud at that terminal is at least the delay and at most 28 days old; else 0.
 */
export async function oracleScores(path: string, data: Dataset): Promise<Float64Array> {
  const known = new Float64Array(data.rows);
  const frauds = new Map<string, number[]>();
  const first = data.times[0];
  let row = 0;
  let at = { time: 0, terminal: 0, scenario: 0 };
  await readCsv(path, {
    header(names) {
      const place = (name: string) => names.indexOf(name);
      at = {
        time: place('TX_TIME_SECONDS'),
        terminal: place('TERMINAL_ID'),
        scenario: place('TX_FRAUD_SCENARIO'),
      };
    },
    row(fields) {
      const time = Date.UTC(2018, 3, 1) + 1000 * Number(fields[at.time]);
      const scenario = fields[at.scenario];
      if (scenario === '2') {
        const past = frauds.get(fields[at.terminal]) ?? [];
        frauds.set(fields[at.terminal], past);
        past.push(time);
      }
      if (time < first || row >= data.rows) return;
      if (scenario === '1' || scenario === '3') known[row] = 1;
      if (scenario === '2') known[row] = sawOne(frauds.get(fields[at.terminal])!, time) ? 1 : 0;
      row++;
    },
  });
  if (row !== data.rows) throw new Error(`the oracle saw ${row} rows, the matrix has ${data.rows}`);
  return known;
}

function sawOne(times: number[], now: number): boolean {
  return times.some((time) => time <= now - DELAY_DAYS * DAY_MS && time > now - 28 * DAY_MS);
}
