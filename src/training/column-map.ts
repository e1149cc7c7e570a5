import { readFile } from 'node:fs/promises';
import { didYouMean } from '../domain/nearest.ts';
import { type OwnSchema, parseOwnSchema } from '../domain/own-columns.ts';
import { TIME_UNITS, type TimeSpec, timeReader } from '../intake/time-format.ts';
import { type NumberStyle, THOUSANDS } from './figure.ts';
import { checkMapFields } from './header.ts';

/**
 * What a foreign file calls things: our field → its column. Fields are those of the API's transaction (`metadata.x` for its
 * metadata), plus `isFraud` and `labelledAt`. `transactionDate` may stand in several columns, such as a date and a time.
 */
export interface ColumnMap extends TimeSpec, NumberStyle {
  columns: Record<string, string | string[]>;
  /** The word or words that mean fraud in `isFraud`; without it those of `truth` in `values.ts`. */
  fraudValue?: string | string[];
  /** Columns that have the name of a field, or look like one, and are not it. */
  ignore?: string[];
  /** What every row has of a field for which the file has no column, such as `{"type": "registration"}`. */
  constants?: Record<string, string>;
  /** Texts that stand for nothing, by column, or `*` for any: `{"bank_months_count": "-1", "*": ["NA", "null"]}`. */
  missing?: Record<string, string | string[]>;
  /** Columns of one's own: see `domain/own-columns.ts`. */
  schema?: OwnSchema;
}

/** `TX_TIME_SECONDS` counts from here. */
export const HANDBOOK_ORIGIN = Date.UTC(2018, 3, 1);

/** The Fraud Detection Handbook's transactions: the customer is user and card, the terminal is the merchant. */
export const HANDBOOK_MAP: ColumnMap = {
  columns: {
    id: 'TRANSACTION_ID',
    userId: 'CUSTOMER_ID',
    cardId: 'CUSTOMER_ID',
    merchantId: 'TERMINAL_ID',
    amount: 'TX_AMOUNT',
    transactionDate: 'TX_TIME_SECONDS',
    isFraud: 'TX_FRAUD',
  },
  timeUnit: 'seconds',
  timeOrigin: new Date(HANDBOOK_ORIGIN).toISOString(),
};

const MAP_KEYS = [
  'columns',
  'fraudValue',
  'amountPrefix',
  'ignore',
  'timeFormat',
  'timeZone',
  'timeUnit',
  'timeOrigin',
  'constants',
  'missing',
  'decimal',
  'thousands',
  'schema',
];

/** What else a file of another kind has in its map, and what its fields are checked by. */
export interface OtherMap {
  keys: readonly string[];
  checkFields(map: ColumnMap): void;
}

const HISTORY_MAP: OtherMap = { keys: [], checkFields: checkMapFields };

/** Reads a `--map` file. Throws an Error that says what is wrong with it. */
export async function readColumnMap(path: string, { keys, checkFields } = HISTORY_MAP): Promise<ColumnMap> {
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw new Error(`${path}: ${error.message}`);
  });
  const map = parsed<ColumnMap>(path, text);
  const isText = (value: unknown) => typeof value === 'string';
  const isColumn = (value: unknown) =>
    isText(value) || (Array.isArray(value) && value.length > 0 && value.every(isText));
  if (typeof map?.columns !== 'object' || map.columns === null || !Object.values(map.columns).every(isColumn))
    throw new Error(`${path}: needs {"columns": {"userId": "<column>", …}}.`);
  const known = [...MAP_KEYS, ...keys];
  for (const key of Object.keys(map))
    if (!known.includes(key))
      throw new Error(`${path}: a map has no ${didYouMean(key, known)}; it has ${known.join(', ')}.`);
  if (map.schema !== undefined) map.schema = schemaIn(path, text, map.schema);
  try {
    checkFields(map);
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message}`);
  }
  if (map.timeUnit !== undefined && !TIME_UNITS.includes(map.timeUnit))
    throw new Error(`${path}: timeUnit is one of ${TIME_UNITS.join(', ')}.`);
  for (const name of ['timeFormat', 'timeZone', 'timeOrigin', 'amountPrefix'] as const)
    if (map[name] !== undefined && !isText(map[name])) throw new Error(`${path}: ${name} is a text.`);
  if (map.fraudValue !== undefined && !isColumn(map.fraudValue))
    throw new Error(`${path}: fraudValue is a text or a list of texts.`);
  if (map.ignore !== undefined && !(Array.isArray(map.ignore) && map.ignore.every(isText)))
    throw new Error(`${path}: ignore is a list of columns.`);
  const isTexts = (value: unknown, isOne: (one: unknown) => boolean) =>
    typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every(isOne);
  if (map.constants !== undefined && !isTexts(map.constants, isText))
    throw new Error(`${path}: constants is an object of texts, such as {"type": "registration"}.`);
  if (map.missing !== undefined && !isTexts(map.missing, isColumn))
    throw new Error(`${path}: missing is an object of columns and texts, such as {"months": "-1", "*": ["NA"]}.`);
  if (map.decimal !== undefined && map.decimal !== '.' && map.decimal !== ',')
    throw new Error(`${path}: decimal is "." or ",".`);
  if (map.thousands !== undefined && !THOUSANDS.includes(map.thousands))
    throw new Error(`${path}: thousands is one of ${THOUSANDS.map((one) => JSON.stringify(one)).join(', ')}.`);
  if (map.thousands !== undefined && map.thousands === map.decimal)
    throw new Error(
      `${path}: decimal and thousands are both ${JSON.stringify(map.decimal)}: 1,234.50 has "." and ",".`,
    );
  try {
    timeReader(map);
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message}`);
  }
  return map;
}

/** Reads a `--schema` file: the schema alone, or a map that holds one. Throws an Error that says where what is wrong. */
export async function readOwnSchema(path: string): Promise<OwnSchema | undefined> {
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw new Error(`${path}: ${error.message}`);
  });
  const said = parsed<Record<string, unknown>>(path, text);
  const isMap = typeof said?.columns === 'object' && said.columns !== null && !('type' in said.columns);
  if (isMap) return said.schema === undefined ? undefined : schemaIn(path, text, said.schema);
  return schemaIn(path, text, said);
}

function parsed<T>(path: string, text: string): T {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message}`);
  }
}

/** With the line of the entry that is wrong. */
function schemaIn(path: string, text: string, said: unknown): OwnSchema {
  try {
    return parseOwnSchema(said);
  } catch (error) {
    const { message } = error as Error;
    const entry = /^schema: ("(?:[^"\\]|\\.)*")/.exec(message)?.[1];
    const at = entry === undefined ? -1 : text.indexOf(entry, Math.max(0, text.indexOf('"schema"')));
    const line = at < 0 ? '' : `, line ${text.slice(0, at).split('\n').length}`;
    throw new Error(`${path}${line}: ${message}`);
  }
}
