import { entityKey } from '../domain/entity.ts';
import { createRates } from '../domain/rates.ts';
import { type EntityNaming, entityKeys, eventOf, word } from '../engine/event.ts';
import { detectTime } from '../intake/detect-time.ts';
import { type TimeReader, timeReader } from '../intake/time-format.ts';
import type { IntakeRules } from '../intake/transaction.ts';
import { doubledHourNote } from '../intake/zone.ts';
import { cellReader } from './cells.ts';
import type { ColumnMap } from './column-map.ts';
import type { CsvHandler, FileError, ReadOptions, ReadSummary } from './csv.ts';
import { outcomeIndex } from './file-events.ts';
import { asWritten, bindHeader } from './header.ts';
import { blankRow, type History, type HistoryRow } from './history.ts';
import { createNotes } from './notes.ts';
import { detectStyle, numberKinds } from './number-style.ts';
import { OutOfOrder } from './out-of-order.ts';
import { orderCheck, placer } from './row-order.ts';
import { createRowReader, type FileRow, type RowReader } from './rows.ts';
import { readSorted } from './sorted-file.ts';
import { readTable, type TableOptions, UNTOLD } from './table.ts';

export interface FileOptions extends ReadOptions {
  /** What the configuration says of money and time; US dollars without rates by default. */
  rules?: IntakeRules;
  /**
   * `strict`: throws `OutOfOrder` at the first row that belongs before an earlier one by time, id or content. `sorted`: all rows, sorted so,
   * whatever the file's order. By default rows come as they stand.
   */
  order?: 'strict' | 'sorted';
  /** Milliseconds: rows that say they are of a later day are told. */
  now?: number;
  /** SHA-256 of the rows in order, where they were sorted. */
  onSorted?: (sha256: string) => void;
  /** Told at the end what was assumed and warned of, in words. */
  onNotes?: (notes: string[]) => void;
}

/** Where the rules of a configuration are of no matter. */
export const PLAIN_RULES: IntakeRules = { rates: createRates('USD', {}), ratesMaxAgeDays: Number.POSITIVE_INFINITY };

/** Reads the rows of a .csv, .csv.gz or .parquet file, each as the API would take it. `onRow` throws to say that a row is bad. */
export async function readRows(
  path: string,
  map: ColumnMap,
  options: FileOptions,
  onRow: (row: FileRow, line: number) => void,
): Promise<ReadSummary> {
  const { rules = PLAIN_RULES, onNotes, order, now } = options;
  const notes = createNotes();
  const known = await withFormats(path, map, (text) => notes.say(text));
  let read: RowReader;
  let clean: (fields: string[]) => void;
  let check: (fields: readonly string[], line: number) => void = () => {};
  const handler: CsvHandler = {
    header: (names, typed) => {
      const time = readOnce(timeReader(known));
      read = createRowReader(names, known, rules, { notes, now, typed, time });
      clean = cellReader(names, known);
      if (order === 'strict') check = orderCheck(placer(names, known, time));
    },
    row: (fields, line) => {
      clean(fields);
      check(fields, line);
      onRow(read(fields, line), line);
    },
  };
  let told = () => notes.told();
  try {
    const reading: TableOptions = { ...options, say: notes.say };
    if (order !== 'sorted') return await readTable(path, handler, reading);
    notes.say('The rows are not in order: they are sorted by time, then by id, then by what they hold.');
    const source = (into: CsvHandler, own: ReadOptions) => readTable(path, into, { ...reading, ...own });
    const { sha256, ...summary } = await readSorted({
      read: source,
      placeOf: (header) => placer(header, known),
      options: reading,
      handler,
    });
    options.onSorted?.(sha256);
    return summary;
  } catch (error) {
    // It is read again.
    if (error instanceof OutOfOrder) told = () => [];
    throw error;
  } finally {
    const lines = told();
    if (lines.length > 0) onNotes?.(lines);
  }
}

/** Order and row ask for the time of the same text, one after the other. */
function readOnce({ read, fault }: TimeReader): TimeReader {
  let text: string | undefined;
  let instant: ReturnType<TimeReader['read']>;
  return {
    fault,
    read(given) {
      if (given !== text) instant = read(given);
      text = given;
      return instant;
    },
  };
}

/** Whether the rows are in the order of their times, as far as they have any. */
export async function isInTimeOrder(path: string, map: ColumnMap): Promise<boolean> {
  const known = await withFormats(path, map, () => {});
  let check: (fields: readonly string[], line: number) => void;
  const handler: CsvHandler = {
    header: (names) => {
      check = orderCheck(placer(names, known), true);
    },
    row: (fields, line) => check(fields, line),
  };
  try {
    await readTable(path, handler, { ...UNTOLD, maxErrors: Number.POSITIVE_INFINITY });
    return true;
  } catch (error) {
    if (error instanceof OutOfOrder) return false;
    throw error;
  }
}

/** Rows at the start of a file from which the format of its times is told. */
const SAMPLE_ROWS = 1000;

class EnoughRows extends Error {}

/** The names of a file's columns. */
export async function headerOf(path: string): Promise<string[]> {
  let header: string[] | undefined;
  const handler: CsvHandler = {
    header: (names) => {
      header = names;
    },
    row: () => {
      throw new EnoughRows();
    },
  };
  await readTable(path, handler, UNTOLD).catch((error) => {
    if (header === undefined) throw error;
  });
  if (header === undefined) throw new Error(`${path} is empty.`);
  return header;
}

export interface FirstRows {
  header: string[];
  rows: string[][];
  /** Columns whose cells are numbers in the file itself. */
  typed: ReadonlySet<string>;
}

/** Up to so many rows of a file's start, their header first. */
export async function firstRows(path: string, most = SAMPLE_ROWS): Promise<FirstRows> {
  const found: FirstRows = { header: [], rows: [], typed: new Set() };
  const handler: CsvHandler = {
    header(names, typed = found.typed) {
      found.header = names;
      found.typed = typed;
    },
    row(fields) {
      found.rows.push(fields.slice(0, found.header.length));
      if (found.rows.length >= most) throw new EnoughRows();
    },
  };
  // What is wrong with its rows is told when they are read.
  await readTable(path, handler, UNTOLD).catch((error) => {
    if (found.header.length === 0) throw error;
  });
  return found;
}

/** The map with columns as the header writes them, and with how times and numbers are written, which the first rows tell where the map does not. */
export async function withFormats(path: string, given: ColumnMap, say: (text: string) => void): Promise<ColumnMap> {
  const first = await firstRows(path);
  const { header, rows } = first;
  const map = asWritten(given, header, say);
  const isTimed = map.timeFormat !== undefined || map.timeUnit !== undefined;
  const known = isTimed ? declaredTimes(header, rows, map, say) : withTimes(header, rows, map, say);
  const doubled = known.timeZone === undefined || known.timeUnit ? undefined : doubledHourNote(known.timeZone);
  if (doubled !== undefined) say(doubled);
  return withNumbers(first, known, say);
}

function timesOf(header: string[], rows: string[][], map: ColumnMap): string[] {
  const at = [map.columns.transactionDate ?? 'transactionDate'].flat().map((column) => header.indexOf(column));
  if (at.some((index) => index < 0)) return [];
  return rows.map((fields) => at.map((index) => fields[index]).join(' ')).filter((text) => text.trim() !== '');
}

/** A map that says how times are written may leave open of which zone they are. */
function declaredTimes(header: string[], rows: string[][], map: ColumnMap, say: (text: string) => void): ColumnMap {
  const { read } = timeReader(map);
  if (timesOf(header, rows, map).some((text) => read(text.trim())?.unzoned))
    say('Times without an offset are taken as of UTC: the map says no timeZone.');
  return map;
}

function withTimes(header: string[], rows: string[][], map: ColumnMap, say: (text: string) => void): ColumnMap {
  const texts = timesOf(header, rows, map);
  if (texts.length === 0) return map;
  const { spec, said } = detectTime(texts, map.timeZone);
  if (said !== undefined) say(said);
  return { ...map, ...spec };
}

function withNumbers({ header, rows, typed }: FirstRows, map: ColumnMap, say: (text: string) => void): ColumnMap {
  if (map.decimal !== undefined) return map;
  let columns: Map<string, number[]>;
  try {
    columns = bindHeader(header, map);
  } catch {
    // What the header lacks is told where it is read.
    return map;
  }
  const kindOf = numberKinds(map.schema);
  const clean = cellReader(header, map);
  for (const fields of rows) clean(fields);
  const numbers = [...columns].flatMap(([field, [at, ...others]]) => {
    const kind = kindOf(field);
    if (kind === undefined || others.length > 0 || typed.has(header[at])) return [];
    return [{ name: header[at], cells: rows.map((fields) => fields[at]), most: kind.most }];
  });
  const { style, words } = detectStyle(numbers, map);
  if (words !== undefined) say(words);
  return { ...map, ...style };
}

export type HistoryOptions = FileOptions & Partial<EntityNaming> & Pick<EntityNaming, 'entityTypes'>;

/** Different words that are remembered: more are no segments. */
const WORDS_MOST = 10_000;

/** Fills a row of a history, and remembers what its hashes stand for. */
export function createFiller(options: HistoryOptions): { fill(from: FileRow): HistoryRow; words: Map<number, string> } {
  const { entityTypes, entityFields = {}, ipv6Prefix } = options;
  const naming: EntityNaming = { entityTypes, entityFields, ...(ipv6Prefix === undefined ? {} : { ipv6Prefix }) };
  const row = blankRow(entityTypes);
  const words = new Map<number, string>();
  const note = (text: string | undefined) => {
    if (text === undefined || words.size >= WORDS_MOST) return;
    const hash = word(text);
    if (hash !== 0 && !words.has(hash)) words.set(hash, text);
  };
  return {
    words,
    fill({ transaction, fraud, truth, labelledAt, events }) {
      eventOf(transaction, entityKeys(transaction, naming, row.event.entities), row.event);
      row.id = transaction.id;
      row.fraud = fraud;
      row.truth = truth;
      row.labelledAt = labelledAt;
      row.told = events.length === 0 ? undefined : events.map(({ type, at }) => ({ outcome: outcomeIndex(type), at }));
      const { cardId, userId } = transaction;
      row.card = cardId === undefined ? entityKey('user', userId) : entityKey('card', cardId);
      note(transaction.country);
      note(transaction.productCategory);
      note(transaction.channel);
      return row;
    },
  };
}

/**
 * The history in a file, in order. A file that is not in order is read until that shows: then it throws `OutOfOrder`, and gives its
 * rows sorted when it is asked again. Rows that repeat an earlier one are left out, and said.
 */
export function openHistory(path: string, map: ColumnMap, options: HistoryOptions): History {
  let order: 'strict' | 'sorted' = 'strict';
  return async (onRow) => {
    const { fill, words } = createFiller(options);
    const skipped: FileError[] = [];
    let repeated = 0;
    const tell = () => {
      for (const error of skipped.splice(0)) options.onError?.(error);
    };
    const summary = await readRows(
      path,
      map,
      // What is skipped is told once the order holds, lest it be told twice.
      { ...options, order, onError: (error) => void skipped.push(error) },
      (row) => {
        if (row.repeated) repeated++;
        else onRow(fill(row));
      },
    ).catch((error: unknown) => {
      if (error instanceof OutOfOrder) order = 'sorted';
      else tell();
      throw error;
    });
    tell();
    if (repeated > 0) options.onNotes?.([`${repeated} rows repeat an earlier one and are left out.`]);
    return { ...summary, rows: summary.rows - repeated, words };
  };
}
