import type { OwnColumn, OwnSchema } from '../domain/own-columns.ts';
import { Undecided } from '../intake/undecided.ts';
import type { ColumnMap } from './column-map.ts';
import { figureReader, type NumberStyle, writingsOfNumber } from './figure.ts';
import { type CellsOf, guessMap } from './guess-columns.ts';
import { guessSchema } from './guess-schema.ts';
import { asWritten, writingsOf } from './header.ts';
import { type FileOptions, type FirstRows, firstRows, isInTimeOrder, readRows, withFormats } from './history-file.ts';
import { MAPS } from './layouts.ts';
import { detectStyle, numberKinds } from './number-style.ts';
import { ULB_COLUMNS } from './ulb.ts';
import type { FileTruth } from './values.ts';

export interface Inspection {
  /** A public layout that the columns are those of. */
  format?: string;
  /** To be edited where it guesses wrong, and given as `--map`; its second half is what the file's own columns seem to be. */
  map: ColumnMap;
  /** Fields that are needed and for which no column was found. */
  missing: string[];
  /** Columns that neither half of the map uses. */
  unused: string[];
  /** What the file cannot tell and the map has to say, in words: until it does its rows are not read. */
  undecided?: string;
  /** Why, where it was a choice. */
  left: Record<string, string>;
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

const FAULTS_TOLD = 3;
/** Rows of the file's start that columns are guessed by. */
const SAMPLE_ROWS = 20_000;

/** Looks at a file as a whole: what its columns may be, its times, truth, order and span. Throws an Error where it cannot be read at all. */
export async function inspectFile(
  path: string,
  options: Pick<FileOptions, 'rules' | 'onProgress' | 'now'>,
): Promise<Inspection> {
  const first = await firstRows(path, SAMPLE_ROWS);
  const { header, rows } = first;
  if (header.length === 0) throw new Error(`${path} is empty.`);
  const found: Inspection = {
    ...{ map: { columns: {} }, missing: [], unused: [], left: {}, rows: 0, bad: 0, faults: [], repeated: 0 },
    ...{ ordered: true, truths: {}, months: [], notes: [] },
  };
  const say = (note: string) => void found.notes.push(note);
  const format = layoutOf(header);
  if (format !== undefined) found.format = format;
  if (format === 'ulb') return found;
  found.map =
    format === undefined
      ? guessMap(header, cellsOf(header, rows), say)
      : mapOfLayout(asWritten(MAPS[format], header), header);
  const isNamed = found.map.columns.userId !== undefined || found.map.constants?.type !== undefined;
  found.missing = ['transactionDate', 'isFraud'].filter((name) => found.map.columns[name] === undefined);
  if (!isNamed) found.missing.unshift('userId');
  if (format === undefined) guessOwn(found, first, say);
  found.unused = unusedOf(header, found.map);
  if (found.missing.some((name) => name !== 'isFraud')) return found;
  try {
    found.map = await withFormats(path, found.map, say);
  } catch (error) {
    if (!(error instanceof Undecided)) throw error;
    found.undecided = error.message;
    return found;
  }
  found.ordered = await isInTimeOrder(path, found.map);
  await survey(path, found, options);
  return found;
}

/** The layout's map with those of its own columns that the file has: a map of a file names nothing that the file may lack. */
function mapOfLayout(map: ColumnMap, header: readonly string[]): ColumnMap {
  if (map.schema === undefined) return map;
  const there = Object.entries(map.schema).flatMap(([name, { optional, ...own }]): [string, OwnColumn][] => {
    const columns =
      own.field === undefined || own.column !== undefined
        ? columnsOf(name, own)
        : [map.columns[String(own.field)] ?? []].flat();
    return columns.length > 0 && columns.every((column) => header.includes(column)) ? [[name, own]] : [];
  });
  return { ...map, schema: Object.fromEntries(there) };
}

/** The second half of the map, and what was left out of it. */
function guessOwn(found: Inspection, { header, rows, typed }: FirstRows, say: (note: string) => void): void {
  const used = new Set(Object.values(found.map.columns).flat());
  const plain = cellsOf(header, rows);
  const kindOf = numberKinds();
  const mapped = Object.entries(found.map.columns).flatMap(([field, column]) => {
    const kind = kindOf(field);
    return kind === undefined || Array.isArray(column) || typed.has(column)
      ? []
      : [{ name: column, cells: plain(column), most: kind.most }];
  });
  const others = header
    .filter((name) => !used.has(name) && !typed.has(name))
    .map((name) => ({ name, cells: plain(name) }))
    .filter(({ cells }) => cells.every((text) => writingsOfNumber(text).length > 0));
  const style = styleOf([mapped, [...mapped, ...others]], say);
  found.map = { ...found.map, ...style };
  const { read } = figureReader({ thousands: '', ...style });
  const asNumber = (text: string) => {
    const figure = read(text);
    // `3 KM` is no money.
    return figure !== undefined && (figure.currencies === undefined || /\p{Sc}/u.test(text)) ? figure.plain : text;
  };
  const cells: CellsOf = (name) => (typed.has(name) ? plain(name) : plain(name).map(asNumber));
  const { schema, left } = guessSchema(header, rows.length, cells, found.map.columns);
  found.left = left;
  if (Object.keys(schema).length > 0) found.map = { ...found.map, schema };
}

/** By the first of these that tells; what none does is asked for when the rows are read. */
function styleOf(samples: Parameters<typeof detectStyle>[0][], say: (note: string) => void): NumberStyle {
  for (const sample of samples)
    try {
      const { style, words } = detectStyle(sample, {});
      if (style.decimal === undefined) continue;
      if (words !== undefined) say(words);
      return style;
    } catch (error) {
      if (!(error instanceof Undecided)) throw error;
    }
  return {};
}

function cellsOf(header: readonly string[], rows: readonly string[][]): CellsOf {
  return (column) => {
    const at = header.indexOf(column);
    return rows.map((fields) => fields[at].trim()).filter((text) => text !== '');
  };
}

function unusedOf(header: readonly string[], { columns, schema = {} }: ColumnMap): string[] {
  const used = new Set([
    ...Object.values(columns).flat(),
    ...Object.entries(schema).flatMap(([name, one]) => columnsOf(name, one)),
  ]);
  return header.filter((name) => !used.has(name));
}

const columnsOf = (name: string, { column, field }: OwnSchema[string]): string[] =>
  column === undefined ? [name, ...[field].flat()] : [column].flat();

async function survey(
  path: string,
  found: Inspection,
  options: Pick<FileOptions, 'rules' | 'onProgress' | 'now'>,
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
    // What was said of its times and numbers is not said twice.
    onNotes: (notes) => void found.notes.push(...notes.filter((note) => !found.notes.includes(note))),
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
  const written = writingsOf(header);
  const isThere = (column: string) => header.includes(written(column));
  if (ULB_COLUMNS.every(isThere)) return 'ulb';
  return Object.keys(MAPS).find((name) => name !== 'assay' && Object.values(MAPS[name].columns).flat().every(isThere));
}
