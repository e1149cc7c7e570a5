import { existsSync, renameSync, rmSync } from 'node:fs';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { parquetWriteFile } from 'hyparquet-writer';
import { didYouMean } from '../domain/nearest.ts';
import type { OwnSchema } from '../domain/own-columns.ts';
import type { Encoding, FeatureDefinition } from '../features/definition.ts';
import type { Dataset } from './dataset.ts';
import type { Matrix, MatrixPart } from './matrix.ts';

/** Beside the features; no feature is called so. */
export const MATRIX_COLUMNS = ['event_time', 'label', 'weight', 'part', 'amount_base'] as const;
const PARTS: readonly string[] = ['train', 'validation', 'test', 'gap'];
const ROWS_AT_ONCE = 20_000;

/** What a matrix says of itself, in its own file. */
export interface MatrixHead {
  /** As a model carries them. */
  definitions: FeatureDefinition[];
  encodings: Record<string, Encoding>;
  schema?: OwnSchema;
  /** Hex, of what it was made of, and what that was. */
  dataSha256: string;
  what: Record<string, unknown>;
}

/** Writes it whole or not at all. A missing value is null; `head` stands in the file's own words, under `assay`. */
export function writeMatrix(out: string, { data, parts }: Matrix, head: MatrixHead): void {
  const own = [
    { name: 'event_time', data: Array.from(data.times, (time) => new Date(time)), type: 'TIMESTAMP' as const },
    { name: 'label', data: Int32Array.from(data.labels), type: 'INT32' as const },
    { name: 'weight', data: data.weights ?? new Float64Array(data.rows).fill(1), type: 'DOUBLE' as const },
    { name: 'part', data: parts, type: 'STRING' as const },
    { name: 'amount_base', data: data.amounts, type: 'DOUBLE' as const },
  ];
  const features = data.features.map((name, i) => ({
    name,
    data: Array.from(data.columns[i], (value) => (Number.isNaN(value) ? null : value)),
    type: 'DOUBLE' as const,
  }));
  const temporary = `${out}.part`;
  try {
    parquetWriteFile({
      filename: temporary,
      columnData: [...own, ...features],
      kvMetadata: [{ key: 'assay', value: JSON.stringify(head) }],
    });
    renameSync(temporary, out);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** A matrix that came back, in time order: rows of a part are those that say so. */
export interface ReadMatrix {
  head: MatrixHead;
  data: Dataset;
  parts: MatrixPart[];
}

/**
 * Reads a matrix that `writeMatrix` wrote and that a notebook may have changed: rows left out, parts moved, weights given, features
 * dropped. Throws an Error for what no server could compute (a column that is no feature of it), and for values that are none.
 */
export async function readMatrix(path: string): Promise<ReadMatrix> {
  if (!existsSync(path)) throw new Error(`There is no file ${path}.`);
  const file = await asyncBufferFromFile(path);
  const metadata = await parquetMetadataAsync(file).catch((error: Error) => {
    throw new Error(`${path} is no Parquet file, or is cut off (${error.message}).`);
  });
  const said = metadata.key_value_metadata?.find(({ key }) => key === 'assay')?.value;
  if (said === undefined)
    throw new Error(
      `${path} does not say what its features are: it needs the metadata that assay matrix wrote under "assay" ` +
        '(pyarrow: table.replace_schema_metadata(original.schema.metadata)).',
    );
  const written = JSON.parse(said) as MatrixHead;
  const names = metadata.schema.filter((element) => element.num_children === undefined).map(({ name }) => name);
  const definitions = definitionsOf(path, names, written.definitions);
  const features = definitions.map(({ name }) => name);
  const rows = Number(metadata.num_rows);
  const read = blank(features, rows);
  const reading = { file, metadata, compressors, columns: [...MATRIX_COLUMNS, ...features] };
  for (let from = 0; from < rows; from += ROWS_AT_ONCE) {
    const rowEnd = Math.min(rows, from + ROWS_AT_ONCE);
    const objects = await parquetReadObjects({ ...reading, rowStart: from, rowEnd });
    for (const [i, row] of objects.entries()) put(path, read, features, from + i, row);
  }
  return { ...ordered(read), head: { ...written, definitions } };
}

function definitionsOf(path: string, names: readonly string[], definitions: readonly FeatureDefinition[]) {
  const lacking = MATRIX_COLUMNS.filter((name) => !names.includes(name));
  if (lacking.length > 0) throw new Error(`${path} has no column ${lacking.join(', ')}.`);
  const known = definitions.map(({ name }) => name);
  const strange = names.filter(
    (name) => !known.includes(name) && !(MATRIX_COLUMNS as readonly string[]).includes(name),
  );
  if (strange.length > 0)
    throw new Error(
      `${path} has columns that are no features of its definitions, which no server could compute: ${strange
        .slice(0, 8)
        .map((name) => didYouMean(name, known))
        .join(', ')}. Leave them out, or bring them by a schema.`,
    );
  const kept = definitions.filter(({ name }) => names.includes(name));
  if (kept.length === 0) throw new Error(`${path} has no feature left.`);
  return kept;
}

function blank(features: string[], rows: number) {
  return {
    data: {
      features,
      rows,
      columns: features.map(() => new Float64Array(rows)),
      labels: new Uint8Array(rows),
      times: new Float64Array(rows),
      amounts: new Float64Array(rows),
      cards: new Float64Array(rows),
      weights: new Float64Array(rows),
    },
    parts: new Array<MatrixPart>(rows),
  };
}

type Read = ReturnType<typeof blank>;

function put(path: string, { data, parts }: Read, features: string[], at: number, row: Record<string, unknown>): void {
  const refuse = (what: string) => new Error(`${path}, row ${at + 1}: ${what}`);
  const { event_time: time, label, weight, part, amount_base: amount } = row;
  data.times[at] = time instanceof Date ? time.getTime() : Number.NaN;
  if (Number.isNaN(data.times[at])) throw refuse('event_time is no time.');
  if (Number(label) !== 0 && Number(label) !== 1) throw refuse(`label ${label} is neither 0 nor 1.`);
  data.labels[at] = Number(label);
  data.weights[at] = Number(weight);
  if (weight === null || !(data.weights[at] > 0 && data.weights[at] < Number.POSITIVE_INFINITY))
    throw refuse(`weight ${weight} is no number above 0.`);
  if (!PARTS.includes(String(part)))
    throw refuse(`part ${didYouMean(String(part), PARTS)} is none of ${PARTS.join(', ')}.`);
  parts[at] = part as MatrixPart;
  data.amounts[at] = Number(amount ?? 0);
  for (let f = 0; f < features.length; f++) {
    const value = row[features[f]];
    // A text is no number, and a blank one would be 0.
    if (typeof value === 'string')
      throw refuse(`${features[f]} ${JSON.stringify(value.slice(0, 60))} is a text, and no number.`);
    data.columns[f][at] = value === null || value === undefined ? Number.NaN : Number(value);
  }
}

/** In time order; rows of one moment stay as they are. Weights that are all 1 are none. */
function ordered({ data, parts }: Read): Omit<ReadMatrix, 'head'> {
  const weights = data.weights.every((weight) => weight === 1) ? undefined : data.weights;
  const { times, rows } = data;
  let inOrder = true;
  for (let row = 1; row < rows && inOrder; row++) inOrder = times[row] >= times[row - 1];
  if (inOrder) return { data: { ...data, weights }, parts };
  const order = Uint32Array.from({ length: rows }, (_, row) => row).sort((a, b) => times[a] - times[b] || a - b);
  const pick = <T extends Float64Array | Uint8Array>(source: T): T => {
    const picked = source.slice() as T;
    for (let row = 0; row < rows; row++) picked[row] = source[order[row]];
    return picked;
  };
  return {
    data: {
      ...data,
      columns: data.columns.map(pick),
      labels: pick(data.labels),
      times: pick(data.times),
      amounts: pick(data.amounts),
      weights: weights && pick(weights),
    },
    parts: Array.from(order, (row) => parts[row]),
  };
}

/** The rows that train, how many of the latest of them validate, and those that test. Throws an Error where validation is not the later. */
export function matrixParts({ data, parts }: ReadMatrix, take: (data: Dataset, rows: number[]) => Dataset) {
  const of = (...wanted: MatrixPart[]) => parts.flatMap((part, row) => (wanted.includes(part) ? [row] : []));
  const [train, validation] = [of('train'), of('validation')];
  if (train.length === 0 || validation.length === 0)
    throw new Error('The matrix needs rows whose part is train, and later ones whose part is validation.');
  if (data.times[validation[0]] < data.times[train[train.length - 1]])
    throw new Error(
      'Rows of the part validation must come after those of the part train: it says how the model will do on what comes.',
    );
  const test = of('test');
  if (test.length > 0 && data.times[test[0]] < data.times[validation[validation.length - 1]])
    throw new Error('Rows of the part test must come after those of the part validation.');
  return { train: take(data, [...train, ...validation]), validationRows: validation.length, test: take(data, test) };
}
