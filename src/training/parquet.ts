import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
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
  const names = metadata.schema.filter((element) => element.num_children === undefined).map((element) => element.name);
  const total = Number(metadata.num_rows);
  handler.header(names);
  const fields: string[] = new Array(names.length);
  const summary = { rows: 0, errors: 0 };
  for (let from = 0; from < total; from += ROWS_AT_ONCE) {
    const rowEnd = Math.min(total, from + ROWS_AT_ONCE);
    const rows = await parquetReadObjects({ file, metadata, compressors, columns: names, rowStart: from, rowEnd });
    for (let i = 0; i < rows.length; i++) {
      for (let c = 0; c < names.length; c++) fields[c] = asText(rows[i][names[c]]);
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
  return summary;
}

function asText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Date) return value.toISOString();
  return String(value);
}
