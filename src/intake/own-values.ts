import { sameWriting } from '../domain/nearest.ts';
import type { OwnSchema, OwnType } from '../domain/own-columns.ts';
import { type OwnReader, ownBoolean, ownNumber, ownReader, ownTime } from '../domain/own-values.ts';
import { quoted, told } from './names.ts';

/** Warns of values of one's own columns that are not of the type that the schema says. Values are nobody's to read: names alone are told. */
export type OwnWarnings = (body: object, warnings: string[]) => void;

const METADATA = 'metadata.';

/** What is read in another way, or not at all; undefined where the value is of its type. */
const CHECKS: Record<OwnType, (value: unknown) => 'read' | 'lost' | undefined> = {
  number: asNumber,
  place: asNumber,
  boolean: (value) =>
    typeof value === 'boolean'
      ? undefined
      : Number.isNaN(ownBoolean(value))
        ? 'lost'
        : isText(value)
          ? 'read'
          : undefined,
  time: (value) => (Number.isNaN(ownTime(value)) ? 'lost' : undefined),
  category: (value) => (typeof value === 'object' ? 'lost' : undefined),
  entity: (value) => (isText(value) || typeof value === 'number' ? undefined : 'lost'),
};
const WANTED: Record<OwnType, string> = {
  number: 'a number',
  place: 'a number',
  boolean: 'true or false',
  time: 'a date or an RFC 3339 time',
  category: 'a text',
  entity: 'a text',
};

function asNumber(value: unknown): 'read' | 'lost' | undefined {
  if (typeof value === 'number') return undefined;
  return Number.isNaN(ownNumber(value)) ? 'lost' : 'read';
}

const isText = (value: unknown): value is string => typeof value === 'string';

interface Own {
  field: string;
  type: OwnType;
  read: OwnReader;
}

/** By a schema; the API's own fields are checked where all of them are. Undefined where there is nothing to check. */
export function ownWarnings(schema: OwnSchema | undefined): OwnWarnings | undefined {
  const all = Object.values(schema ?? {}).flatMap(({ type, field }) =>
    [field].flat().map((one): Own => ({ type, field: one, read: ownReader(one) })),
  );
  const own = all.filter(({ field }) => field.startsWith(METADATA));
  if (own.length === 0) return undefined;
  const names = new Set(own.map(({ field }) => field.slice(METADATA.length)));
  return (body, warnings) => {
    const { metadata } = body as { metadata?: unknown };
    if (typeof metadata !== 'object' || metadata === null) return;
    const source = { details: body };
    for (const { field, type, read } of own) {
      const value = read(source);
      if (value === undefined || value === null || value === '') continue;
      const found = CHECKS[type](value);
      if (found === 'lost')
        warnings.push(`${shown(field)} is not ${WANTED[type]}, as the schema has it: to the model it is missing.`);
      else if (found === 'read') warnings.push(`${shown(field)} is a text; it is read as ${WANTED[type]}.`);
    }
    const slips = Object.keys(metadata).flatMap((name) => {
      if (names.has(name)) return [];
      const meant = [...names].find((one) => sameWriting(one, name) && !Object.hasOwn(metadata, one));
      return meant === undefined ? [] : [`${quoted(METADATA + name)} (did you mean ${shown(METADATA + meant)}?)`];
    });
    if (slips.length > 0) warnings.push(`Not a column of the schema: ${told(slips, String)}.`);
  };
}

const shown = (field: string) => field.slice(0, 60);
