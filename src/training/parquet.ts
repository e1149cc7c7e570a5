import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects, type SchemaElement } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { type CsvHandler, FileError, type ReadOptions, type ReadSummary } from './csv.ts';
import { OutOfOrder } from './out-of-order.ts';

const ROWS_AT_ONCE = 20_000;

/** Reads a Parquet file as if it were text rows, a slice of rows at a time. `line` is the row, from 1. */
export async function readParquet(path: string, handler: CsvHandler, options: ReadOptions = {}): Promise<ReadSummary> {
  const { maxErrors = 0, onError, onProgress } = options;
  const file = await asyncBufferFromFile(path);
  const metadata = await parquetMetadataAsync(file).catch((error: Error) => {
    throw new FileError(`${path} is no Parquet file, or is cut off (${error.message}).`);
  });
  const columns = columnsOf(metadata.schema);
  const names = columns.map(({ name }) => name);
  // What is nested is no cell: such a column is there, and says nothing.
  const nested = columns.filter(({ num_children: children }) => children).map(({ name }) => name);
  if (nested.length > 0) options.say?.(`Columns that hold others or lists say nothing here: ${nested.join(', ')}.`);
  const flat = columns.filter(({ num_children: children }) => !children).map(({ name }) => name);
  const unzoned = columns.filter(isUnzoned).map(({ name }) => name);
  if (unzoned.length > 0) options.say?.(`Times without a zone are taken as of UTC: ${unzoned.join(', ')}.`);
  const total = Number(metadata.num_rows);
  handler.header(names, new Set(columns.filter(isNumber).map(({ name }) => name)));
  const fields: string[] = new Array(names.length);
  const summary = { rows: 0, errors: 0 };
  let damaged = 0;
  for (let from = 0; from < total; from += ROWS_AT_ONCE) {
    const rowEnd = Math.min(total, from + ROWS_AT_ONCE);
    const rows = await parquetReadObjects({ file, metadata, compressors, columns: flat, rowStart: from, rowEnd });
    for (let i = 0; i < rows.length; i++) {
      for (let c = 0; c < names.length; c++) {
        fields[c] = asText(rows[i][names[c]]);
        if (fields[c].includes(NO_SIGN)) damaged++;
      }
      try {
        handler.row(fields, from + i + 1);
        summary.rows++;
      } catch (error) {
        if (error instanceof OutOfOrder) throw error;
        const failure = new FileError(`${path}, row ${from + i + 1}: ${(error as Error).message}`);
        if (++summary.errors > maxErrors) throw failure;
        onError?.(failure);
      }
    }
    if (options.between) await options.between();
    onProgress?.(Math.round((rowEnd / total) * file.byteLength), file.byteLength);
  }
  if (damaged > 0)
    options.say?.(
      `Cells with the sign that stands for bytes that are no text (U+FFFD), by which others are one: ${damaged}.`,
    );
  return summary;
}

/** Children of the root, in order; the schema is its tree in depth-first order. */
function columnsOf([root, ...rest]: SchemaElement[]): SchemaElement[] {
  const columns: SchemaElement[] = [];
  let at = 0;
  const skip = (): void => {
    for (let children = rest[at++].num_children ?? 0; children > 0; children--) skip();
  };
  for (let i = 0; i < (root.num_children ?? 0); i++) {
    columns.push(rest[at]);
    skip();
  }
  return columns;
}

const isUnzoned = ({ logical_type: type, converted_type: former }: SchemaElement) =>
  type === undefined ? former === 'DATE' : type.type === 'DATE' || (type.type === 'TIMESTAMP' && !type.isAdjustedToUTC);

const NUMBERS = ['INT32', 'INT64', 'FLOAT', 'DOUBLE'];

const isNumber = ({ type, converted_type: former, logical_type: logical }: SchemaElement) =>
  NUMBERS.includes(type ?? '') || former === 'DECIMAL' || logical?.type === 'DECIMAL';

const NO_SIGN = '\ufffd';

function asText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Date) return value.toISOString();
  return String(value);
}
