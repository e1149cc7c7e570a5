/** The layout of the ULB / Worldline credit-card set: Time, V1..V28, Amount, Class. The file is the matrix itself. */
import type { FeatureDefinition } from '../features/definition.ts';
import { type CsvHandler, parseCsv, type ReadSummary } from './csv.ts';
import { type Dataset, take } from './dataset.ts';
import { type FigureReader, figureReader } from './figure.ts';
import { fileNumbers } from './file-numbers.ts';
import { columnFinder } from './header.ts';
import { readTable, type TableOptions, UNTOLD } from './table.ts';
import { decimal, truth } from './values.ts';

/**
 * What a model reads. `Time` is not among them: it counts from the first row of a file, so it only says in which order
 * the rows came, and a later row is beyond everything that was trained on.
 */
export const ULB_FEATURES: readonly string[] = [...Array.from({ length: 28 }, (_, i) => `V${i + 1}`), 'Amount'];

/** Of a file of that layout. */
export const ULB_COLUMNS: readonly string[] = ['Time', ...ULB_FEATURES, 'Class'];

export const ulbCatalogue: FeatureDefinition[] = ULB_FEATURES.map((name) => ({ name, operation: 'column' }));

/** Where `Time` counts from, for reports: the public set is of two days of September 2013, which ones is not said. */
export const ULB_ORIGIN = Date.UTC(2013, 8, 1);

export interface UlbData {
  /** In order of Time, then of what the rows hold: whatever the file's. */
  dataset: Dataset;
  /** Bad rows that were skipped. */
  errors: number;
}

/** Reads a .csv, .csv.gz or .parquet file. Throws `FileError` with the line where a value is not a number. */
export async function readUlb(path: string, options: TableOptions): Promise<UlbData> {
  const readerOf = await fileNumbers(path, ['Time', ...ULB_FEATURES], {}, options.say);
  return gather((handler) => readTable(path, handler, options), options.say, readerOf);
}

/** The same from CSV text in pieces. */
export function parseUlb(pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<UlbData> {
  return gather((handler) => parseCsv(pieces, handler), UNTOLD.say);
}

async function gather(
  read: (handler: CsvHandler) => Promise<ReadSummary>,
  say: TableOptions['say'],
  readerOf: (name: string) => FigureReader = () => figureReader({}),
): Promise<UlbData> {
  const readers = ULB_FEATURES.map(readerOf);
  const ofTime = readerOf('Time');
  /** No column of this layout is of currencies. */
  const numberOf = (text: string, name: string, { read: figureOf }: FigureReader) => {
    const figure = figureOf(text);
    return decimal(figure?.currencies === undefined ? (figure?.plain ?? text) : text, name);
  };
  const columns: number[][] = ULB_FEATURES.map(() => []);
  const times: number[] = [];
  const labels: number[] = [];
  let at: number[] = [];
  let timeAt = -1;
  let classAt = -1;
  const vector = new Float64Array(ULB_FEATURES.length);
  const { errors } = await read({
    header(names) {
      const finder = columnFinder(names);
      const place = (name: string) => {
        const index = finder.at(name);
        if (index < 0) throw new Error(`There is no column ${name}; Time, V1 to V28, Amount and Class are needed.`);
        return index;
      };
      at = ULB_FEATURES.map(place);
      timeAt = place('Time');
      classAt = place('Class');
      finder.told().forEach(say);
    },
    row(fields) {
      const time = numberOf(fields[timeAt], 'Time', ofTime);
      if (Number.isNaN(time)) throw new Error('Time is empty');
      for (let i = 0; i < at.length; i++) vector[i] = numberOf(fields[at[i]], ULB_FEATURES[i], readers[i]);
      const isFraud = truth(fields[classAt]);
      if (isFraud !== 'fraud' && isFraud !== 'legitimate')
        throw new Error(`Class ${fields[classAt]} is neither 0 nor 1`);
      labels.push(isFraud === 'fraud' ? 1 : 0);
      times.push(ULB_ORIGIN + Math.round(time * 1000));
      for (let i = 0; i < at.length; i++) columns[i].push(vector[i]);
    },
  });
  const rows = times.length;
  const dataset: Dataset = {
    features: [...ULB_FEATURES],
    rows,
    columns: columns.map((column) => Float64Array.from(column)),
    labels: Uint8Array.from(labels),
    times: Float64Array.from(times),
    // What is at stake is 0 where nobody says; the feature stays missing.
    amounts: Float64Array.from(columns[columns.length - 1], (amount) => amount || 0),
    cards: new Float64Array(rows),
  };
  const ofOneTime = (a: number, b: number) => {
    for (const column of columns) {
      const order = compare(column[a], column[b]);
      if (order !== 0) return order;
    }
    return labels[a] - labels[b] || a - b;
  };
  const order = Uint32Array.from({ length: rows }, (_, row) => row).sort(
    (a, b) => times[a] - times[b] || ofOneTime(a, b),
  );
  return { dataset: take(dataset, order), errors };
}

/** What is missing first. */
const compare = (a: number, b: number) => (Number.isNaN(a) ? (Number.isNaN(b) ? 0 : -1) : Number.isNaN(b) ? 1 : a - b);
