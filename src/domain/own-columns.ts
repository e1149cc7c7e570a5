import { isBuiltIn } from './entity.ts';
import { FIELD_NAMES, type FieldKind, fieldOf } from './fields.ts';
import { didYouMean } from './nearest.ts';

/**
 * Columns of one's own, told by a file: what they are called, what they are, and the field of the API they come by. The file that
 * maps a history holds it under `schema`, or it stands alone:
 *
 *   {"basketSize": "number", "job": {"type": "category", "field": "metadata.job", "column": "JOB"},
 *    "terminal": "entity", "shipTo": {"type": "place", "field": ["metadata.shipLatitude", "metadata.shipLongitude"]}}
 */
export const OWN_TYPES = ['number', 'category', 'boolean', 'time', 'place', 'entity'] as const;
export type OwnType = (typeof OWN_TYPES)[number];

export interface OwnColumn {
  type: OwnType;
  /** The API's field, such as `metadata.job`; of a place its latitude and its longitude. */
  field: string | [latitude: string, longitude: string];
  /** What a history file calls it: `field` or the name where absent. Of a place, both. */
  column?: string | [string, string];
  /** It comes of a model or of the environment: a file may lack it. */
  optional?: true;
}

/** By name. */
export type OwnSchema = Readonly<Record<string, OwnColumn>>;

const KEYS = ['type', 'field', 'column'];
const NAME = /^[A-Za-z][A-Za-z0-9_]{0,47}$/;
const KINDS: Record<OwnType, readonly FieldKind[]> = {
  number: ['number'],
  category: ['id', 'words', 'choice', 'digits', 'country', 'currency'],
  boolean: ['flag'],
  time: [],
  place: ['number'],
  entity: ['id', 'words', 'digits'],
};
/** Every payment is profiled by these already. */
const PROFILED: readonly string[] = ['userId', 'cardId', 'deviceId', 'ip', 'merchantId', 'email', 'payeeId', 'cardBin'];

/** Reads what a file says. Throws an Error that names the entry, and the nearest right word. */
export function parseOwnSchema(value: unknown): OwnSchema {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error('a schema is an object such as {"basketSize": "number", "job": {"type": "category"}}.');
  const schema: Record<string, OwnColumn> = {};
  for (const [key, said] of Object.entries(value)) {
    const [name, column] = columnOf(key, said);
    if (Object.hasOwn(schema, name)) throw new Error(`schema: ${name} is there twice.`);
    schema[name] = column;
  }
  return schema;
}

function columnOf(key: string, said: unknown): [name: string, column: OwnColumn] {
  const refuse = (what: string) => new Error(`schema: ${JSON.stringify(key.slice(0, 60))} ${what}`);
  const entry = (typeof said === 'string' ? { type: said } : said) as Record<string, unknown> | null;
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry))
    throw refuse(`is a type (${OWN_TYPES.join(', ')}) or {"type": …, "field"?: …, "column"?: …}.`);
  for (const one of Object.keys(entry))
    if (!KEYS.includes(one)) throw refuse(`has no ${didYouMean(one, KEYS)}; there are ${KEYS.join(', ')}.`);
  const type = entry.type as OwnType;
  if (!OWN_TYPES.includes(type))
    throw refuse(`is of no type ${didYouMean(String(entry.type), OWN_TYPES)}; there are ${OWN_TYPES.join(', ')}.`);
  const name = key.startsWith('metadata.') ? key.slice('metadata.'.length) : key;
  if (!NAME.test(name))
    throw refuse('is no name: letters, digits and underscores, at most 48, and "column" for what a file calls it.');
  const field = entry.field ?? (type === 'place' ? undefined : defaultField(key, name));
  const isPlace = type === 'place';
  if (isPlace ? !isPair(field) : typeof field !== 'string')
    throw refuse(isPlace ? 'needs "field": [latitude, longitude].' : 'needs "field": "metadata.…".');
  for (const one of [field].flat() as string[]) checkField(one, type, refuse);
  const column = entry.column as OwnColumn['column'];
  if (column !== undefined && (isPlace ? !isPair(column) : typeof column !== 'string'))
    throw refuse(isPlace ? 'needs "column": [latitude, longitude].' : 'needs a text as "column".');
  if (type === 'entity' && isBuiltIn(name)) throw refuse('is profiled already: give it another name.');
  return [name, { type, field: field as OwnColumn['field'], ...(column === undefined ? {} : { column }) }];
}

const isPair = (value: unknown): value is [string, string] =>
  Array.isArray(value) && value.length === 2 && value.every((one) => typeof one === 'string');

const isApiField = (name: string) => name !== 'metadata' && (FIELD_NAMES as readonly string[]).includes(name);

const defaultField = (key: string, name: string) => (key !== name ? key : isApiField(name) ? name : `metadata.${name}`);

function checkField(field: string, type: OwnType, refuse: (what: string) => Error): void {
  if (field.startsWith('metadata.') && field.length > 'metadata.'.length) return;
  if (!isApiField(field))
    throw refuse(`comes by no field ${didYouMean(field, FIELD_NAMES)}: a field of one's own is metadata.…`);
  if (type === 'entity' && PROFILED.includes(field)) throw refuse(`comes by ${field}, which is profiled already.`);
  if (!KINDS[type].includes(fieldOf(field as (typeof FIELD_NAMES)[number]).kind))
    throw refuse(`is a ${type}, and ${field} is none.`);
}

/** Both; throws an Error where one name means two things. Of two that say the same, the one that may not lack it counts. */
export function mergeSchemas(...schemas: (OwnSchema | undefined)[]): OwnSchema | undefined {
  const merged: Record<string, OwnColumn> = {};
  for (const schema of schemas)
    for (const [name, column] of Object.entries(schema ?? {})) {
      const before = merged[name];
      if (before === undefined || (before.optional && isSame(before, column))) merged[name] = column;
      else if (!isSame(before, column))
        throw new Error(
          `schema: ${name} is a ${before.type} of ${before.field} in one place and a ${column.type} of ${column.field} in another.`,
        );
    }
  return Object.keys(merged).length === 0 ? undefined : merged;
}

const isSame = (a: OwnColumn, b: OwnColumn) => a.type === b.type && String(a.field) === String(b.field);

/** The same schema, as one that files need not have. */
export function optionalSchema(schema: OwnSchema | undefined): OwnSchema | undefined {
  if (schema === undefined) return undefined;
  return Object.fromEntries(Object.entries(schema).map(([name, column]) => [name, { ...column, optional: true }]));
}

/** As a model carries it: what a file calls its columns is that file's matter. */
export function carriedSchema(schema: OwnSchema | undefined): OwnSchema | undefined {
  if (schema === undefined) return undefined;
  return Object.fromEntries(Object.entries(schema).map(([name, { type, field }]) => [name, { type, field }]));
}

/** The entity types that it adds, each with its field. */
export function ownEntities(schema: OwnSchema | undefined): Record<string, string> {
  const entities = Object.entries(schema ?? {}).filter(([, { type }]) => type === 'entity');
  return Object.fromEntries(entities.map(([name, { field }]) => [name, field as string]));
}

/** Columns that profiles of users keep for it, so that a value can be held against the user's habit: see `own-values.ts`. */
export function ownHabits(schema: OwnSchema | undefined): string[] {
  return Object.values(schema ?? {}).flatMap(({ type, field }) =>
    type === 'number' ? [`number:${field}`] : type === 'category' ? [`word:${field}`] : [],
  );
}
