import { FIELD_NAMES, type FieldName, fieldOf } from '../domain/fields.ts';
import type { OwnSchema } from '../domain/own-columns.ts';
import { Undecided } from '../intake/undecided.ts';
import {
  type NumberStyle,
  nameOfThousands,
  type Point,
  partsOf,
  pointSaid,
  readingsOf,
  type Thousands,
} from './figure.ts';

/** A column of numbers as the first rows have it. */
export interface NumberColumn {
  name: string;
  cells: readonly string[];
  /** No value of it is further from 0. */
  most?: number | undefined;
}

export interface DetectedStyle {
  style: Pick<NumberStyle, 'decimal' | 'thousands'>;
  /** What was assumed, in words; undefined where it is what anybody would. */
  words?: string;
}

/**
 * How the numbers of a file's first rows are written, found in all of its columns together: a cell that only one decimal sign makes a number tells
 * which it is, as 12.5, 0.250 and 1,234.50 do, and 1,234 does not. Where no cell tells, and one could be two numbers, an `Undecided` is thrown
 * that says what to declare; where cells contradict each other nothing is found, and those with a comma are refused one by one.
 */
export function detectStyle(columns: readonly NumberColumn[], said: NumberStyle): DetectedStyle {
  const declared = pointSaid(said);
  const told = new Set<Point>();
  const between: Record<Point, Set<Thousands>> = { '.': new Set(), ',': new Set() };
  let open: string | undefined;
  for (const { name, cells, most = Number.POSITIVE_INFINITY } of columns) {
    const found: { text: string; values: string[] }[] = [];
    let isLong = false;
    for (const text of cells) {
      const digits = partsOf(text, said.amountPrefix)?.digits;
      if (digits === undefined) continue;
      isLong ||= /^\d{4,}$/.test(digits);
      const readings = readingsOf(digits, said.thousands).filter(({ plain }) => Number(plain) <= most);
      for (const { decimal, thousands } of readings) if (thousands !== '') between[decimal].add(thousands);
      if (readings.length === 0 || !/[.,]/.test(digits)) continue;
      const points = new Set(readings.map(({ decimal }) => decimal));
      if (points.size === 1) told.add(readings[0].decimal);
      else found.push({ text, values: readings.map(({ plain }) => plain) });
    }
    // Where wholes are written without thousands, 1.234 has a fraction.
    const one = found.find(({ text }) => !(isLong && text.includes('.')));
    if (one !== undefined) open ??= `${name} ${JSON.stringify(one.text)} could be ${one.values.join(' or ')}`;
  }
  if (declared === undefined && told.size === 0 && open !== undefined)
    throw new Undecided(
      `${open}, and no number of the first rows tells: say "decimal": "." or "decimal": "," in the map.`,
    );
  const decimal = declared ?? (told.size === 1 ? [...told][0] : undefined);
  const kinds = [...between[decimal ?? '.']].filter((one) => decimal !== undefined || one !== ',');
  const thousands = said.thousands ?? (kinds.length === 1 ? kinds[0] : undefined);
  const style = { ...(decimal ? { decimal } : {}), ...(thousands === undefined ? {} : { thousands }) };
  const words = wordsOf(style);
  return words === undefined ? { style } : { style, words };
}

/** Undefined where a number is written as anybody would. */
function wordsOf({ decimal, thousands }: NumberStyle): string | undefined {
  if (decimal === ',') return `Numbers are read with a decimal comma: 1${thousands ?? '.'}234,56 is 1234.56.`;
  if (thousands === undefined || thousands === '') return undefined;
  return `Numbers are read with ${nameOfThousands(thousands)} between thousands: 1${thousands}234.56 is 1234.56.`;
}

export interface NumberKind {
  /** Whether a currency may stand with it. */
  money: boolean;
  most?: number | undefined;
}

/** Which fields of a history are numbers: undefined for any other. */
export function numberKinds(schema: OwnSchema = {}): (field: string) => NumberKind | undefined {
  const own = new Map(Object.values(schema).flatMap(({ type, field }) => [field].flat().map((one) => [one, type])));
  return (field) => {
    if (field === 'refundedAmount') return { money: true };
    if (field.startsWith('metadata.')) {
      const type = own.get(field);
      return type === 'number' || type === 'place' ? { money: type === 'number' } : undefined;
    }
    if (!(FIELD_NAMES as readonly string[]).includes(field)) return undefined;
    const { kind, maximum } = fieldOf(field as FieldName);
    return kind === 'amount' || kind === 'number' ? { money: kind === 'amount', most: maximum } : undefined;
  };
}
