import { Digits } from '../digits.ts';
import { isObject } from '../values.ts';
import type { Element } from './element.ts';
import { TYPES } from './tables.generated.ts';

/** Under which the value of a leaf stands that has an attribute too. */
const VALUES = ['#text', 'value', 'amt', 'Amt', '$', '_', '$value'];

/**
 * The JSON form of an element: an object of its elements by name, lists where one stands more than once, in any order; a text, number
 * or boolean for a leaf; of one with an attribute an object such as `{"Ccy": "EUR", "value": "12.30"}`, the attribute with an `@`
 * before it or without.
 */
export function elementOf(name: string, value: unknown, type: string): Element {
  const rows = TYPES[type];
  if (type === 'any')
    return {
      name,
      attributes: {},
      text: '',
      children: isObject(value) ? Object.keys(value).map((key) => elementOf(key, value[key], 'any')) : [],
    };
  if (rows === undefined) return leafOf(name, value);
  // A list or null within a list is no element, not an empty one.
  if (!isObject(value))
    return { name, attributes: {}, text: value === '' ? '' : scalar(value) || 'null', children: [] };
  const order = new Map(rows.map(([child], index) => [child, index]));
  const place = (key: string) => order.get(key) ?? rows.length;
  const keys = Object.keys(value).filter((key) => !key.startsWith('@') && value[key] !== null);
  const children = keys
    .sort((a, b) => place(a) - place(b))
    .flatMap((key) => {
      const inner = rows[place(key)]?.[3] ?? 'any';
      return [value[key]].flat().map((one) => elementOf(key, one, inner));
    });
  return { name, attributes: {}, text: '', children };
}

function leafOf(name: string, value: unknown): Element {
  if (!isObject(value) || value instanceof Digits) return { name, attributes: {}, text: scalar(value), children: [] };
  const held = VALUES.find((key) => key in value);
  const attributes = Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== held)
      .map(([key, one]) => {
        const bare = key.replace(/^@/, '');
        // One that is given twice is left with its `@`, and refused for that.
        return [bare !== key && Object.hasOwn(value, bare) ? key : bare, scalar(one)];
      }),
  );
  return { name, attributes, text: held === undefined ? '' : scalar(value[held]), children: [] };
}

/** A number as it was sent, as far as JavaScript writes it without an exponent. */
function scalar(value: unknown): string {
  if (value instanceof Digits) return value.source;
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}
