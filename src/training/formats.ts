import { readFile } from 'node:fs/promises';
import { canonicalCountry } from '../domain/countries.ts';
import { canonicalEntity, entityKey } from '../domain/entity.ts';
import { hash53 } from '../domain/hash.ts';
import { word } from '../engine/event.ts';
import { type CsvHandler, type ReadOptions, readCsv } from './csv.ts';
import { blankRow, type History, type HistoryRow } from './history.ts';
import { readParquet } from './parquet.ts';
import { decimal, rfc3339, truth } from './values.ts';

export interface FormatOptions {
  entityTypes: readonly string[];
  /** Field of configured entity types, by type, as in the configuration. In a flat file it is the column's name. */
  entityFields?: Readonly<Record<string, string>>;
  /** Bits of an IPv6 address that name a network. */
  ipv6Prefix?: number;
  /** Units of base currency for one unit; a currency that is not listed is taken as it is. */
  currencyRates?: Readonly<Record<string, number>>;
  /** Filled with what the hashes of categories, channels and countries stand for. */
  words?: Map<number, string>;
}

/** Different words that are remembered: more are no segments. */
const WORDS_MOST = 10_000;

/** Fills a row from the fields of one line. Throws an Error that says what is wrong with it. */
export type Fill = (fields: readonly string[], row: HistoryRow) => void;

/** Binds a format to the header of a file. Throws an Error where a needed column is missing. */
export type Format = (header: readonly string[], options: FormatOptions) => Fill;

/**
 * What a foreign file calls things: our field → its column. Fields are those of the API's transaction, plus `isFraud`
 * and `labelledAt`. `transactionDate` may be RFC 3339 or, with `timeUnit`, a number counted from `timeOrigin`.
 */
export interface ColumnMap {
  columns: Record<string, string>;
  timeUnit?: 'seconds' | 'milliseconds';
  /** RFC 3339; the epoch by default. */
  timeOrigin?: string;
  /** The word that means fraud in `isFraud`; 1, true and fraud by default. */
  fraudValue?: string;
}

/** Needed in any file; `id` too is needed for entries to be told apart, but is derived from the line where absent. */
const REQUIRED = ['userId', 'amount', 'transactionDate'];

/** The generator's file, or any with the API's names. */
export const assayFormat: Format = (header, options) => mappedFormat(MAPS.assay)(header, options);

export function mappedFormat(map: ColumnMap): Format {
  return (header, options) => {
    const column = (field: string) => header.indexOf(map.columns[field] ?? field);
    for (const field of REQUIRED) {
      if (column(field) < 0) {
        throw new Error(
          `There is no column ${map.columns[field] ?? field} (for ${field}); there are ${header.join(', ')}.`,
        );
      }
    }
    const timeOf = timeReader(map);
    const fillEntities = entityReader(column, options);
    const at = {
      id: column('id'),
      amount: column('amount'),
      currency: column('currency'),
      time: column('transactionDate'),
      country: column('country'),
      category: column('productCategory'),
      channel: column('channel'),
      location: column('customerLocation'),
      latitude: column('latitude'),
      longitude: column('longitude'),
      accountAgeDays: column('accountAgeDays'),
      isFraud: column('isFraud'),
      labelledAt: column('labelledAt'),
    };
    const card = column('cardId');
    const user = column('userId');
    const textAt = (fields: readonly string[], index: number) => (index < 0 ? '' : fields[index]);
    const { words } = options;
    const noted = (text: string) => {
      const hash = word(text);
      if (words && hash !== 0 && words.size < WORDS_MOST && !words.has(hash)) words.set(hash, text);
      return hash;
    };
    const moment = { time: 0, offsetMinutes: 0 };
    let unnamed = 0;
    return (fields, row) => {
      const { event } = row;
      if (fields[user] === '') throw new Error('userId is empty');
      timeOf(fields[at.time], moment);
      event.time = moment.time;
      event.offsetMinutes = moment.offsetMinutes;
      row.id = at.id < 0 ? `row-${++unnamed}` : fields[at.id];
      event.id = hash53(row.id);
      event.amount = decimal(fields[at.amount], 'amount') * (options.currencyRates?.[textAt(fields, at.currency)] ?? 1);
      if (!(event.amount >= 0)) throw new Error(`amount ${fields[at.amount]} is not a number of at least 0`);
      event.country = noted(canonicalCountry(textAt(fields, at.country)));
      event.category = noted(textAt(fields, at.category));
      event.channel = noted(textAt(fields, at.channel));
      event.location = word(textAt(fields, at.location));
      event.latitude = decimal(textAt(fields, at.latitude), 'latitude');
      event.longitude = decimal(textAt(fields, at.longitude), 'longitude');
      event.accountAgeDays = decimal(textAt(fields, at.accountAgeDays), 'accountAgeDays');
      fillEntities(fields, event.entities);
      row.fraud = truth(textAt(fields, at.isFraud), map.fraudValue);
      row.labelledAt = textAt(fields, at.labelledAt) === '' ? Number.NaN : rfc3339(fields[at.labelledAt], moment).time;
      const cardId = textAt(fields, card);
      row.card = cardId === '' ? entityKey('user', fields[user]) : entityKey('card', cardId);
    };
  };
}

export function timeReader(map: ColumnMap) {
  const { timeUnit, timeOrigin } = map;
  if (timeUnit === undefined) return rfc3339;
  const scale = timeUnit === 'seconds' ? 1000 : 1;
  const origin = timeOrigin === undefined ? 0 : rfc3339(timeOrigin, { time: 0, offsetMinutes: 0 }).time;
  return (text: string, out: { time: number; offsetMinutes: number }) => {
    out.time = origin + Math.round(decimal(text, 'transactionDate') * scale);
    out.offsetMinutes = 0;
    if (Number.isNaN(out.time)) throw new Error('transactionDate is empty');
    return out;
  };
}

const ENTITY_FIELDS: Record<string, string> = {
  user: 'userId',
  card: 'cardId',
  device: 'deviceId',
  ip: 'ip',
  merchant: 'merchantId',
  email: 'email',
  network: 'ip',
  mailbox: 'email',
  bin: 'cardBin',
  payee: 'payeeId',
};

function entityReader(column: (field: string) => number, options: FormatOptions) {
  const { entityTypes, entityFields, ipv6Prefix } = options;
  const nameOf = (type: string, text: string) =>
    entityFields?.[type] === undefined ? canonicalEntity(type, text, ipv6Prefix) : text;
  const columns = entityTypes.map((type) => column(ENTITY_FIELDS[type] ?? entityFields?.[type] ?? type));
  return (fields: readonly string[], out: Float64Array): void => {
    for (let i = 0; i < columns.length; i++) {
      const text = columns[i] < 0 ? '' : fields[columns[i]];
      out[i] = text === '' ? 0 : entityKey(entityTypes[i], nameOf(entityTypes[i], text));
    }
  };
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

/** The column maps that `--format` names; the API's own names need none. Others come as a file. */
export const MAPS: Readonly<Record<string, ColumnMap>> = { assay: { columns: {} }, handbook: HANDBOOK_MAP };

export const handbookFormat: Format = mappedFormat(HANDBOOK_MAP);

/** The formats that `--format` names. Others come as a column map. */
export const FORMATS: Readonly<Record<string, Format>> = { assay: assayFormat, handbook: handbookFormat };

/** Reads a `--map` file. Throws an Error that says what is wrong with it. */
export async function readColumnMap(path: string): Promise<ColumnMap> {
  const map = JSON.parse(await readFile(path, 'utf8')) as ColumnMap;
  const isText = (value: unknown) => typeof value === 'string';
  if (typeof map.columns !== 'object' || map.columns === null || !Object.values(map.columns).every(isText)) {
    throw new Error(`${path}: needs {"columns": {"userId": "<column>", …}}.`);
  }
  if (map.timeUnit !== undefined && map.timeUnit !== 'seconds' && map.timeUnit !== 'milliseconds') {
    throw new Error(`${path}: timeUnit is seconds or milliseconds.`);
  }
  return map;
}

/** The history in a .csv, .csv.gz or .parquet file. */
export function openHistory(path: string, format: Format, options: FormatOptions & ReadOptions): History {
  return async (onRow) => {
    const row = blankRow(options.entityTypes);
    const words = new Map<number, string>();
    let fill: Fill;
    const handler: CsvHandler = {
      header: (names) => {
        fill = format(names, { ...options, words });
      },
      row: (fields) => {
        fill(fields, row);
        onRow(row);
      },
    };
    const read = path.endsWith('.parquet') ? readParquet : readCsv;
    return { ...(await read(path, handler, options)), words };
  };
}
