import { sameWriting } from '../domain/nearest.ts';
import type { ColumnMap } from './column-map.ts';
import { KNOWN_COLUMNS } from './header.ts';
import { type FileOptions, headerOf, isInTimeOrder, readRows, withTimes } from './history-file.ts';
import { MAPS } from './layouts.ts';
import type { FileTruth } from './values.ts';

export interface Inspection {
  /** A public layout that the columns are those of. */
  format?: string;
  /** To be edited where it guesses wrong, and given as `--map`. */
  map: ColumnMap;
  /** Fields that are needed and for which no column was found. */
  missing: string[];
  /** Columns that the map does not use. */
  unused: string[];
  rows: number;
  /** Rows that are refused, and the first of them in words. */
  bad: number;
  faults: string[];
  repeated: number;
  ordered: boolean;
  /** First and last time, RFC 3339. */
  from?: string;
  to?: string;
  truths: Partial<Record<FileTruth, number>>;
  months: { month: string; rows: number; frauds: number }[];
  notes: string[];
}

/** What other files call our fields, the likelier first; any writing of them. */
const CALLED: Record<string, readonly string[]> = {
  id: ['id', 'transaction_id', 'trans_id', 'txn_id', 'trans_num', 'payment_id', 'order_id'],
  userId: ['user_id', 'customer_id', 'customer', 'user', 'client_id', 'account_id', 'account', 'cc_num', 'card_id'],
  amount: ['amount', 'transaction_amount', 'transaction_amt', 'tx_amount', 'amt', 'value', 'price', 'total'],
  transactionDate: [
    'transaction_date',
    'transaction_time',
    'timestamp',
    'datetime',
    'date_time',
    'trans_date_trans_time',
    'event_time',
    'ts',
    'created_at',
    'time',
    'date',
  ],
  isFraud: [
    'is_fraud',
    'fraud',
    'fraud_flag',
    'fraud_label',
    'fraud_bool',
    'tx_fraud',
    'chargeback',
    'label',
    'class',
    'target',
  ],
  currency: ['currency', 'currency_code'],
  cardId: ['card_id', 'card', 'cc_num', 'card_token'],
  merchantId: ['merchant_id', 'merchant', 'terminal_id', 'merchant_name'],
  deviceId: ['device_id', 'device', 'device_fingerprint'],
  ip: ['ip', 'ip_address', 'ip_addr'],
  email: ['email', 'email_address'],
  country: ['country', 'country_code'],
  productCategory: ['product_category', 'category', 'merchant_category', 'product'],
  channel: ['channel'],
  labelledAt: ['labelled_at', 'labeled_at', 'chargeback_date', 'fraud_reported_at'],
};
const NEEDED = ['userId', 'amount', 'transactionDate', 'isFraud'];
const FAULTS_TOLD = 3;

/** Looks at a file as a whole: what its columns may be, its times, truth, order and span. Throws an Error where it cannot be read at all. */
export async function inspectFile(
  path: string,
  options: Pick<FileOptions, 'rules' | 'onProgress'>,
): Promise<Inspection> {
  const header = await headerOf(path);
  const format = layoutOf(header);
  const guessed = format === undefined ? guess(header) : MAPS[format];
  const missing = NEEDED.filter((name) => guessed.columns[name] === undefined);
  const used = new Set(Object.values(guessed.columns).flat());
  const found: Inspection = {
    ...{ format, map: guessed, missing, unused: header.filter((name) => !used.has(name)) },
    ...{ rows: 0, bad: 0, faults: [], repeated: 0, ordered: true, truths: {}, months: [], notes: [] },
  };
  if (missing.some((name) => name !== 'isFraud')) return found;
  found.map = await withTimes(path, guessed, (note) => found.notes.push(note));
  found.ordered = await isInTimeOrder(path, found.map);
  await survey(path, found, options);
  return found;
}

async function survey(
  path: string,
  found: Inspection,
  options: Pick<FileOptions, 'rules' | 'onProgress'>,
): Promise<void> {
  const months = new Map<string, { rows: number; frauds: number }>();
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  const reading: FileOptions = {
    ...options,
    maxErrors: Number.POSITIVE_INFINITY,
    onError: (error) => {
      if (found.faults.length < FAULTS_TOLD) found.faults.push(error.message);
    },
    onNotes: (notes) => void found.notes.push(...notes),
  };
  const { rows, errors } = await readRows(
    path,
    found.map,
    reading,
    ({ transaction: { time }, truth, fraud, repeated }) => {
      if (repeated) {
        found.repeated++;
        return;
      }
      found.truths[truth] = (found.truths[truth] ?? 0) + 1;
      from = Math.min(from, time);
      to = Math.max(to, time);
      const month = new Date(time).toISOString().slice(0, 7);
      const before = months.get(month) ?? { rows: 0, frauds: 0 };
      months.set(month, { rows: before.rows + 1, frauds: before.frauds + (fraud ? 1 : 0) });
    },
  );
  found.rows = rows;
  found.bad = errors;
  if (from <= to) [found.from, found.to] = [from, to].map((time) => new Date(time).toISOString());
  found.months = Array.from(months, ([month, counts]) => ({ month, ...counts })).sort((a, b) =>
    a.month < b.month ? -1 : 1,
  );
}

function layoutOf(header: readonly string[]): string | undefined {
  return Object.keys(MAPS).find(
    (name) =>
      name !== 'assay' &&
      Object.values(MAPS[name].columns)
        .flat()
        .every((column) => header.includes(column)),
  );
}

/** A column is taken once, but for a card that is all there is of a customer. */
function guess(header: readonly string[]): ColumnMap {
  const columns: Record<string, string> = {};
  for (const field of new Set([...Object.keys(CALLED), ...KNOWN_COLUMNS])) {
    const column = [field, ...(CALLED[field] ?? [])]
      .map((name) => header.find((one) => sameWriting(one, name)))
      .find((one) => one !== undefined);
    if (column !== undefined) columns[field] = column;
  }
  return { columns };
}
