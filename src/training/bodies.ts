import { type CsvHandler, type ReadOptions, readCsv } from './csv.ts';
import { type ColumnMap, timeReader } from './formats.ts';
import { readParquet } from './parquet.ts';
import { decimal, rfc3339, truth } from './values.ts';

/** A row of a history file as a client would have sent it, and the truth about it. Strings, not hashes. */
export interface HistoryBody {
  body: Record<string, unknown>;
  time: number;
  fraud: boolean;
  /** Milliseconds; NaN where the file does not say. */
  labelledAt: number;
}

const WORDS = [
  'id',
  'userId',
  'currency',
  'productCategory',
  'customerLocation',
  'merchantId',
  'cardId',
  'deviceId',
  'ip',
  'email',
  'country',
  'channel',
];
const NUMBERS = ['amount', 'accountAgeDays', 'latitude', 'longitude'];

/** Reads a history as request bodies. `onRow` throws to say that a row is bad. */
export function readBodies(
  path: string,
  map: ColumnMap,
  options: ReadOptions,
  onRow: (row: HistoryBody) => void,
): Promise<{ rows: number; errors: number }> {
  const timeOf = timeReader(map);
  const moment = { time: 0, offsetMinutes: 0 };
  let at: (field: string) => number;
  const handler: CsvHandler = {
    header(names) {
      at = (field) => names.indexOf(map.columns[field] ?? field);
      for (const field of ['userId', 'amount', 'transactionDate'])
        if (at(field) < 0) throw new Error(`There is no column ${map.columns[field] ?? field} (for ${field}).`);
    },
    row(fields) {
      const textOf = (field: string) => fields[at(field)] ?? '';
      const body: Record<string, unknown> = {};
      for (const field of WORDS) if (textOf(field) !== '') body[field] = textOf(field);
      for (const field of NUMBERS) if (textOf(field) !== '') body[field] = decimal(textOf(field), field);
      const date = textOf('transactionDate');
      const { time } = timeOf(date, moment);
      // The text itself keeps the payer's own clock.
      body.transactionDate = map.timeUnit === undefined ? date : new Date(time).toISOString();
      const known = textOf('labelledAt');
      onRow({
        body,
        time,
        fraud: truth(textOf('isFraud'), map.fraudValue),
        labelledAt: known === '' ? Number.NaN : rfc3339(known, { time: 0, offsetMinutes: 0 }).time,
      });
    },
  };
  return path.endsWith('.parquet') ? readParquet(path, handler, options) : readCsv(path, handler, options);
}
