import { type CsvHandler, type ReadOptions, type ReadSummary, readCsv } from './csv.ts';
import { readParquet } from './parquet.ts';

/** Whoever reads a file says where what was assumed of it is told; a file that is read again for its rows is told of then. */
export interface TableOptions extends ReadOptions {
  say: (text: string) => void;
}

/** Reads the rows of a .csv, .csv.gz or .parquet file. Throws `FileError`. */
export const readTable = (path: string, handler: CsvHandler, options: TableOptions): Promise<ReadSummary> =>
  path.endsWith('.parquet') ? readParquet(path, handler, options) : readCsv(path, handler, options);

/** Reads a file for something else than its rows' sake. */
export const UNTOLD = { say: () => {} };
