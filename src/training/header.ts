import { FIELD_NAMES } from '../domain/fields.ts';
import { didYouMean, isSlipOf, nearest, sameWriting } from '../domain/nearest.ts';
import type { OwnSchema } from '../domain/own-columns.ts';
import { EVENT_COLUMNS, LIFE_COLUMNS } from './file-events.ts';

/** The part of a map that is of columns. */
interface Columns {
  columns: Record<string, string | string[]>;
  ignore?: string[];
  constants?: Record<string, string>;
  missing?: Record<string, string | string[]>;
  schema?: OwnSchema;
}

/** Fields that tell rows apart: no row has them of all. */
const OF_ONE_ROW: readonly string[] = ['id', 'userId', 'transactionDate', 'metadata'];

/** What a history file may say besides the transaction's own fields. */
export const TRUTH_COLUMNS = ['isFraud', 'labelledAt', 'fraudKind', ...EVENT_COLUMNS, ...LIFE_COLUMNS];

/** Every column that a history file may have, `metadata.*` aside. */
export const KNOWN_COLUMNS: readonly string[] = [
  ...FIELD_NAMES.filter((name) => name !== 'metadata'),
  ...TRUTH_COLUMNS,
];

/** Names of columns to those of a header that differ by no more than case, as long as one alone does. */
export function writingsOf(header: readonly string[]): (column: string) => string {
  const written = new Map<string, string | undefined>();
  for (const name of header) {
    const plain = name.toLowerCase();
    written.set(plain, written.has(plain) ? undefined : name);
  }
  return (column) => (header.includes(column) ? column : (written.get(column.trim().toLowerCase()) ?? column));
}

/** The columns of a file that is no history, whatever their case, and what is to be told of those that it has. */
export interface ColumnFinder {
  /** -1 where there is none. Throws an Error where two are called so. */
  at(column: string): number;
  /** Asked when all were looked for. */
  told(): string[];
}

export function columnFinder(header: readonly string[]): ColumnFinder {
  const written = writingsOf(header);
  const used = new Set<number>();
  const others = new Set<string>();
  return {
    at(column) {
      const name = written(column);
      const at = header.indexOf(name);
      if (at < 0) return at;
      if (header.indexOf(name, at + 1) >= 0)
        throw new Error(`Two columns are called ${JSON.stringify(name)}: which of them is meant cannot be told.`);
      if (name !== column) others.add(`${column} as ${name}`);
      used.add(at);
      return at;
    },
    told: () => [othersTold(others), unusedTold(header, used)].filter((text) => text !== undefined),
  };
}

const othersTold = (others: ReadonlySet<string>) =>
  others.size === 0 ? undefined : `Columns are found though the file writes them otherwise: ${[...others].join(', ')}.`;

/** What nothing reads, in words. */
export function unusedTold(header: readonly string[], used: ReadonlySet<number>): string | undefined {
  const unused = header.filter((_, index) => !used.has(index));
  return unused.length === 0 ? undefined : `Columns that are not used: ${unused.join(', ')}.`;
}

/** The map with its columns as the header writes them; `say` is told of each that differs. */
export function asWritten<T extends Columns>(
  map: T,
  header: readonly string[],
  say: (text: string) => void = () => {},
): T {
  const written = writingsOf(header);
  const others = new Set<string>();
  const one = (column: string) => {
    const name = written(column);
    if (name !== column) others.add(`${column} as ${name}`);
    return name;
  };
  const every = <C extends string | string[]>(columns: C) =>
    (Array.isArray(columns) ? columns.map(one) : one(columns as string)) as C;
  const { columns, ignore, missing, schema } = map;
  const result: T = {
    ...map,
    columns: mapped(columns, every),
    ...(ignore === undefined ? {} : { ignore: ignore.map(written) }),
    ...(missing === undefined
      ? {}
      : { missing: Object.fromEntries(Object.entries(missing).map(([name, texts]) => [written(name), texts])) }),
    ...(schema === undefined
      ? {}
      : { schema: mapped(schema, (own) => (own.column === undefined ? own : { ...own, column: every(own.column) })) }),
  };
  const told = othersTold(others);
  if (told !== undefined) say(told);
  return result;
}

const mapped = <T>(record: Record<string, T>, change: (value: T) => T): Record<string, T> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));

/** Throws an Error where a map names a field that there is not: what is told of it would be lost in silence. */
export function checkMapFields(map: Columns): void {
  const constant = FIELD_NAMES.filter((name) => !OF_ONE_ROW.includes(name));
  for (const field of Object.keys(map.constants ?? {})) {
    if (!(constant as readonly string[]).includes(field))
      throw new Error(
        `constants has no ${didYouMean(field, constant)}: a value for all rows is of one of ${constant.join(', ')}.`,
      );
    if (map.columns[field] !== undefined)
      throw new Error(`${field} is in a column and under constants: which is meant?`);
  }
  for (const field of Object.keys(map.columns)) {
    if (KNOWN_COLUMNS.includes(field) || (field.startsWith('metadata.') && field.length > 'metadata.'.length)) continue;
    const hint = nearest(field, KNOWN_COLUMNS);
    throw new Error(
      `The map names a field ${JSON.stringify(field)} that there is not${hint ? `: did you mean ${hint}?` : `; there are ${KNOWN_COLUMNS.join(', ')}, metadata.*.`}`,
    );
  }
}

/**
 * Fields by name, each with the columns that it stands in. Throws an Error for a mapped column that the file does not have, for two
 * columns of one name, and for a column that nothing uses though it looks like a field: with a map only where it is that field in
 * another writing (`card_id`), without one a slip is enough (`isFrud`).
 */
export function bindHeader(header: readonly string[], map: Columns): Map<string, number[]> {
  refuseTwice(header);
  checkMapFields(map);
  const columns = new Map<string, number[]>();
  const names = new Set([
    ...KNOWN_COLUMNS,
    ...Object.keys(map.columns),
    ...header.filter((name) => name.startsWith('metadata.')),
  ]);
  for (const name of names) {
    // By its own name unless the map says that it is something else.
    if (map.columns[name] === undefined && (map.ignore?.includes(name) || map.constants?.[name] !== undefined))
      continue;
    const at = [map.columns[name] ?? name].flat().map((column) => header.indexOf(column));
    if (at.every((index) => index >= 0)) columns.set(name, at);
    else if (map.columns[name] !== undefined) throw noColumn(header, map, name);
  }
  bindOwn(header, map, columns);
  for (const name of Object.keys(map.missing ?? {}))
    if (name !== '*' && !header.includes(name))
      throw new Error(`missing names a column ${didYouMean(name, header)} that the file has not.`);
  refuseLookalikes(header, map, columns);
  return columns;
}

/** Columns of one's own that the map's first half does not place: by what the schema calls them, by their field, or by their name. */
function bindOwn(header: readonly string[], map: Columns, columns: Map<string, number[]>): void {
  for (const [name, own] of Object.entries(map.schema ?? {})) {
    const fields = [own.field].flat();
    for (const [i, field] of fields.entries()) {
      if (columns.has(field)) continue;
      const said = [own.column ?? []].flat()[i];
      const named = said ?? (fields.length === 1 && header.includes(name) ? name : field);
      const at = header.indexOf(named);
      if (at >= 0) columns.set(field, [at]);
      else if (!own.optional) throw noOwnColumn(header, name, field, said ?? (fields.length === 1 ? name : field));
    }
  }
}

function noOwnColumn(header: readonly string[], name: string, field: string, column: string): Error {
  const hint = nearest(column, header);
  return new Error(
    `The schema's ${name} (${field}) is in no column: there is none called ${column}; there are ${header.join(', ')}.${hint ? ` Did you mean ${hint}?` : ''}`,
  );
}

function refuseTwice(header: readonly string[]): void {
  const seen = new Map<string, number>();
  for (const [index, name] of header.entries()) {
    const before = seen.get(name);
    if (name !== '' && before !== undefined)
      throw new Error(
        `Columns ${before + 1} and ${index + 1} are both called ${JSON.stringify(name)}: which of them is meant cannot be told.`,
      );
    seen.set(name, index);
  }
}

/** `known`: what a file may say, of which `columns` are found. */
export function refuseLookalikes(
  header: readonly string[],
  map: Columns,
  columns: ReadonlyMap<string, number[]>,
  known = KNOWN_COLUMNS,
): void {
  const used = new Set([...columns.values()].flat());
  const isMapped = Object.keys(map.columns).length > 0;
  const unbound = known.filter((name) => !columns.has(name));
  const looksLike = isMapped ? sameWriting : isSlipOf;
  for (const [index, name] of header.entries()) {
    if (used.has(index) || map.ignore?.includes(name)) continue;
    const field = unbound.find((one) => looksLike(name, one));
    if (field === undefined) continue;
    throw new Error(
      `The column ${JSON.stringify(name)} looks like the field ${field} and would not be used: rename it, map it ` +
        `({"columns": {${JSON.stringify(field)}: ${JSON.stringify(name)}}}), or name it under "ignore" in the map.`,
    );
  }
}

/** That a column is not there, with the nearest one that is. */
export function noColumn(header: readonly string[], map: Columns, field: string): Error {
  const asked = [map.columns[field] ?? field].flat();
  const missing = asked.filter((name) => !header.includes(name));
  const hint = missing.length > 0 ? nearest(missing[0], header) : undefined;
  return new Error(
    `There is no column ${missing.join(' and no ')} (for ${field}); there are ${header.join(', ')}.${hint ? ` Did you mean ${hint}?` : ''}`,
  );
}
