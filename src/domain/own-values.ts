import { FIELD_NAMES } from './fields.ts';
import { hash53 } from './hash.ts';
import { recent } from './recent.ts';

const METADATA = 'metadata.';

/** Where the values of own columns are read: a transaction, or a record's public and personal part; or a profile's row of them. */
export interface OwnSource {
  details?: object;
  personal?: object;
  /** By the columns of `ownHabits`. */
  cells?: Readonly<Record<string, number>>;
}

/** Whether a feature may read it: metadata, or a field of the API by its name. */
export const isOwnField = (field: string): boolean =>
  field.startsWith(METADATA) ? field.length > METADATA.length : (FIELD_NAMES as readonly string[]).includes(field);

export type OwnReader = (source: OwnSource) => unknown;

/** What a transaction has under a field of the API, such as `metadata.job` (or `metadata.order.size`); undefined where it is absent. */
export function ownReader(field: string): OwnReader {
  if (!field.startsWith(METADATA))
    return ({ details, personal }) => of(details, field) ?? (personal === details ? undefined : of(personal, field));
  const name = field.slice(METADATA.length);
  const path = name.split('.');
  return ({ details, personal }) => {
    const metadata = of(details, 'metadata') ?? of(personal, 'metadata');
    const flat = of(metadata, name);
    if (flat !== undefined || path.length === 1) return flat;
    let value = metadata;
    for (const part of path) value = of(value, part);
    return value;
  };
}

function of(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Record<string, unknown>)[name];
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** A number, or the decimal text of one; else NaN. */
export function ownNumber(value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || !NUMBER.test(value)) return Number.NaN;
  const number = Number(value);
  return Number.isFinite(number) ? number : Number.NaN;
}

const BOOLEANS: Readonly<Record<string, number>> = {
  ...{ true: 1, yes: 1, y: 1, '1': 1, '1.0': 1 },
  ...{ false: 0, no: 0, n: 0, '0': 0, '0.0': 0 },
};

/** 1 or 0; NaN where it is neither. */
export function ownBoolean(value: unknown): number {
  if (value === undefined || value === null || typeof value === 'object') return Number.NaN;
  const word = String(value).toLowerCase();
  return Object.hasOwn(BOOLEANS, word) ? BOOLEANS[word] : Number.NaN;
}

const TIME = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?$/;

/** Milliseconds of an RFC 3339 time or a date, UTC where it says no offset; else NaN. */
export function ownTime(value: unknown): number {
  const found = typeof value === 'string' ? TIME.exec(value) : null;
  if (found === null) return Number.NaN;
  const text = found[0].replace(' ', 'T');
  return Date.parse(text.length > 10 && found[1] === undefined ? `${text}Z` : text);
}

const hashOfWord = recent((text) => hash53(text.toLowerCase()));

/** Hash of what stands there, in lower case; 0 where nothing does. */
export function ownWord(value: unknown): number {
  if (value === undefined || value === null || typeof value === 'object') return 0;
  const text = String(value).trim();
  return text === '' ? 0 : hashOfWord(text);
}

/** What a column of `ownHabits` holds of an event. */
export function cellReader(column: string): (source: OwnSource) => number {
  const [kind] = column.split(':', 1);
  const read = ownReader(column.slice(kind.length + 1));
  const value = kind === 'number' ? ownNumber : ownWord;
  return (source) => (source.cells === undefined ? value(read(source)) : source.cells[column]);
}

export const isOwnColumn = (column: string) => column.startsWith('number:') || column.startsWith('word:');
