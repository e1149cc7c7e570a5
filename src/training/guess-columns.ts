import { FIELD_NAMES, type FieldName, fieldOf } from '../domain/fields.ts';
import { sameWriting } from '../domain/nearest.ts';
import { takeValue } from '../intake/values.ts';
import type { ColumnMap } from './column-map.ts';
import { writingsOfNumber } from './figure.ts';
import { KNOWN_COLUMNS } from './header.ts';
import { fieldValue, truth } from './values.ts';

/** What other files call our fields, the likelier first; any writing of them. */
const CALLED: Record<string, readonly string[]> = {
  id: [
    ...['id', 'transaction_id', 'trans_id', 'txn_id', 'trans_num', 'payment_id', 'order_id', 'event_id'],
    ...['application_id', 'registration_id'],
  ],
  userId: [
    ...['user_id', 'customer_id', 'customer', 'user', 'client_id', 'client', 'account_id', 'account', 'entity_id'],
    ...['member_id', 'payer_id', 'sender_id', 'cc_num', 'card_id', 'card_number'],
  ],
  amount: [
    ...['amount', 'transaction_amount', 'transaction_amt', 'tx_amount', 'amt', 'value', 'price', 'total', 'sum'],
    ...['purchase_value', 'purchase_amount', 'order_amount', 'payment_amount', 'transaction_value'],
  ],
  transactionDate: [
    ...['transaction_date', 'transaction_time', 'timestamp', 'datetime', 'date_time', 'trans_date_trans_time'],
    ...['event_timestamp', 'event_time', 'transaction_timestamp', 'transaction_datetime', 'ts', 'created_at'],
    ...['purchase_time', 'purchase_date', 'signup_time', 'signup_date', 'registered_at', 'registration_date'],
    ...['time', 'date'],
  ],
  isFraud: [
    ...['is_fraud', 'fraud', 'fraud_flag', 'fraud_label', 'fraud_bool', 'tx_fraud', 'is_fraudulent', 'fraudulent'],
    ...['fraud_indicator', 'event_label', 'is_chargeback', 'chargeback', 'label', 'class', 'target'],
  ],
  currency: ['currency', 'currency_code'],
  cardId: ['card_id', 'card', 'cc_num', 'card_token', 'card_number'],
  merchantId: ['merchant_id', 'merchant', 'terminal_id', 'merchant_name'],
  deviceId: ['device_id', 'device', 'device_fingerprint', 'fingerprint', 'device_hash'],
  payeeId: ['payee_id', 'payee', 'beneficiary_id', 'beneficiary', 'recipient_id', 'receiver_id'],
  ip: ['ip', 'ip_address', 'ip_addr'],
  email: ['email', 'email_address', 'mail'],
  country: ['country', 'country_code', 'billing_country'],
  productCategory: ['product_category', 'category', 'merchant_category', 'product'],
  customerLocation: ['customer_location', 'location', 'city', 'customer_city', 'billing_city'],
  channel: ['channel'],
  cardBin: ['card_bin', 'bin', 'iin'],
  mcc: ['mcc', 'mcc_code', 'merchant_category_code'],
  accountAgeDays: ['account_age_days', 'account_age'],
  labelledAt: ['labelled_at', 'labeled_at', 'label_timestamp', 'chargeback_date', 'fraud_reported_at'],
};

/** Rows' cells of a column that are not blank. */
export type CellsOf = (column: string) => string[];

/** Share of a column's cells that may be no value of the field that its name promises. */
const BAD_MOST = 0.1;
const CLOCK = /^\d{1,2}:\d{2}(?::\d{2})?/;
const LOOKS_DATED = /^(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4})(?:[T ]\d{1,2}:\d{2}.*)?$/;

/** A map by what columns are called and hold; a column is taken once, but for a card that is all there is of a customer. */
export function guessMap(header: readonly string[], cellsOf: CellsOf, say: (note: string) => void): ColumnMap {
  const columns: Record<string, string | string[]> = {};
  const ignore: string[] = [];
  for (const field of new Set([...Object.keys(CALLED), ...KNOWN_COLUMNS])) {
    const column = [field, ...(CALLED[field] ?? [])]
      .map((name) => header.find((one) => sameWriting(one, name)))
      .find((one) => one !== undefined);
    if (column === undefined) continue;
    if (holds(field, cellsOf(column))) columns[field] = column;
    else if (KNOWN_COLUMNS.some((name) => sameWriting(name, column))) ignore.push(column);
  }
  const dated = timeColumns(header, columns.transactionDate as string | undefined, cellsOf);
  if (dated !== undefined) columns.transactionDate = dated;
  const map: ColumnMap = { columns };
  if (columns.amount === undefined && columns.type === undefined) {
    const type = header.some((name) => /log_?(?:in|on)/i.test(name)) ? 'login' : 'registration';
    map.constants = { type };
    say(`No column has amounts: each row is taken as a ${type}; a column of them is mapped as amount.`);
  } else if (columns.userId === undefined) {
    const stand = columns.cardId ?? columns.email ?? columns.deviceId;
    if (stand !== undefined) {
      columns.userId = stand;
      say(`No column names the user: ${stand} stands for them.`);
    }
  }
  const fraudValue = columns.isFraud === undefined ? undefined : fraudWord(cellsOf(columns.isFraud as string), say);
  if (fraudValue !== undefined) map.fraudValue = fraudValue;
  return ignore.length > 0 ? { ...map, ignore } : map;
}

/** Whether a column may be the field; those that every file needs are taken at their name, and what is wrong with them is told. */
function holds(field: string, cells: readonly string[]): boolean {
  if (['userId', 'amount', 'transactionDate', 'isFraud'].includes(field)) return true;
  if (!(FIELD_NAMES as readonly string[]).includes(field)) return true;
  const name = field as FieldName;
  const isValue = (text: string) => takeValue(fieldOf(name), fieldValue(name, text), name).fault === undefined;
  // How the file writes its numbers is not known yet.
  const bad = cells.filter((text) => !isValue(text) && !writingsOfNumber(text).some(isValue));
  return bad.length <= BAD_MOST * cells.length;
}

/** A date and a clock beside it are one time; where no name says so, a column whose cells look like one. */
function timeColumns(header: readonly string[], named: string | undefined, cellsOf: CellsOf) {
  const isAll = (column: string, pattern: RegExp) => {
    const cells = cellsOf(column);
    return cells.length > 0 && cells.filter((text) => pattern.test(text)).length >= (1 - BAD_MOST) * cells.length;
  };
  const clocks = header.filter((name) => /time|clock|hour/i.test(name) && isAll(name, CLOCK));
  if (named === undefined || clocks.includes(named)) {
    const date = header.find((name) => isAll(name, LOOKS_DATED));
    return date !== undefined && named !== undefined ? [date, named] : date;
  }
  const isDate = isAll(named, /^[\d./-]+$/) && isAll(named, LOOKS_DATED);
  return isDate && clocks.length > 0 ? [named, clocks[0]] : named;
}

const BAD_WORDS = /^(?:bad|fraud.*|scam.*|chargeback|cb|confirmed.*|positive|suspicious|malicious|fake|anomal.*|t)$/i;

/** The word of a label that means fraud, where it is none that every file may use: by what it says, else the rarer of two. */
function fraudWord(cells: readonly string[], say: (note: string) => void): string | undefined {
  if (cells.every((text) => truth(text) !== undefined)) return undefined;
  const counts = new Map<string, number>();
  for (const text of cells) counts.set(text.trim(), (counts.get(text.trim()) ?? 0) + 1);
  const words = [...counts.keys()];
  const named = words.filter((word) => BAD_WORDS.test(word));
  const word = named.length === 1 ? named[0] : words.length === 2 ? rarer(counts) : undefined;
  const shown = words.slice(0, 8).map((one) => `${JSON.stringify(one)} (${counts.get(one)})`);
  say(
    word === undefined
      ? `The truth's words are ${shown.join(', ')}: say by fraudValue which mean fraud.`
      : `The truth's words are ${shown.join(' and ')}: ${JSON.stringify(word)} is taken as fraud.`,
  );
  return word;
}

const rarer = (counts: ReadonlyMap<string, number>) => [...counts].sort((a, b) => a[1] - b[1])[0][0];
