import { FIELD_NAMES, fieldOf } from '../domain/fields.ts';
import { unguarded } from '../domain/formula-guard.ts';
import { ownNumber } from '../domain/own-values.ts';
import type { ColumnMap } from './column-map.ts';
import { bindHeader } from './header.ts';

const isNumeric = (field: string) =>
  (FIELD_NAMES as readonly string[]).includes(field) &&
  ['amount', 'number'].includes(fieldOf(field as (typeof FIELD_NAMES)[number]).kind);

/** Places of the columns that hold numbers: of the API's fields, of refunds, of one's own. */
export function numberColumns(header: readonly string[], map: ColumnMap): number[] {
  const own = new Set(
    Object.values(map.schema ?? {}).flatMap(({ type, field }) => (type === 'number' || type === 'place' ? field : [])),
  );
  const isNumber = (field: string) => field === 'refundedAmount' || own.has(field) || isNumeric(field);
  return [...bindHeader(header, map)].flatMap(([field, at]) => (isNumber(field) && at.length === 1 ? at : []));
}

/** Columns that say that a CSV was exported from here: then the apostrophes before what a spreadsheet would run are ours. */
const EXPORTED = ['decidedBy', 'labelState', 'policyVersion'];

/**
 * Cells as the rest reads them, in place: blanks are nothing, whatever they are made of, and so is what the map says means nothing;
 * 1.234,56 is 1234.56 where the file writes so.
 */
export function cellReader(header: readonly string[], map: ColumnMap): (fields: string[]) => void {
  const { '*': anywhere = [], ...some } = map.missing ?? {};
  const always = [anywhere].flat();
  const nothing = header.map((name) => {
    const texts = [...always, ...[some[name] ?? []].flat()].map((text) => text.trim().toLowerCase());
    const numbers = texts.map(ownNumber).filter((value) => !Number.isNaN(value));
    if (texts.length === 0) return () => false;
    // -1 and -1.0 are one value.
    return (text: string) => texts.includes(text) || (numbers.length > 0 && numbers.includes(ownNumber(text)));
  });
  const hasNothing = map.missing !== undefined;
  const isGuarded = EXPORTED.every((name) => header.includes(name));
  const { amountPrefix = '' } = map;
  const numbers = map.decimal === ',' ? numberColumns(header, map) : [];
  return (fields) => {
    for (let i = 0; i < fields.length; i++) {
      if (isGuarded) fields[i] = unguarded(fields[i]);
      if (fields[i].charCodeAt(0) <= 32 && fields[i].trim() === '') fields[i] = '';
      else if (hasNothing && nothing[i]?.(fields[i].trim().toLowerCase())) fields[i] = '';
    }
    for (const at of numbers) fields[at] = withPoint(fields[at], amountPrefix);
  };
}

const COMMA_DECIMAL = /^[+-]?(?:\d{1,3}(?:[. \u00a0\u202f]\d{3})+|\d*)(?:,\d*)?$/;

const POINT_DECIMAL = /^[+-]?\d*\.\d+$/;

/** `1.234,56` as `1234.56`. What is no such number stays, and is refused by whoever reads it: 1.23 too, which would be read otherwise than 1.234. */
export function withPoint(text: string, prefix: string): string {
  const bare = text.startsWith(prefix) ? text.slice(prefix.length) : text;
  if (!COMMA_DECIMAL.test(bare)) return POINT_DECIMAL.test(bare) ? `${text} (with a point)` : text;
  return bare.replace(/[. \u00a0\u202f]/g, '').replace(',', '.');
}

const PLAIN_POINT = /^[+-]?\d+\.(?:\d{1,2}|\d{4,})$/;
const PLAIN_COMMA = /^[+-]?(?:\d{1,3}(?:\.\d{3})+|\d+),(?:\d{1,2}|\d{4,})$/;

/** Whether the numbers of a file's first rows, by columns, are written with a decimal comma: most of some column are, and none with a point. */
export function writesCommas(columns: readonly (readonly string[])[]): boolean {
  const isMostly = (texts: readonly string[]) =>
    2 * texts.filter((text) => PLAIN_COMMA.test(text)).length > texts.filter((text) => text !== '').length;
  return columns.some(isMostly) && !columns.some((texts) => texts.some((text) => PLAIN_POINT.test(text)));
}
