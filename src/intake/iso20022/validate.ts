import type { FieldError } from '../../domain/errors.ts';
import { nearest } from '../../domain/nearest.ts';
import { MAX_FAULTS } from '../faults.ts';
import type { Element } from './element.ts';
import { amountFault, facetOf, ibanFault } from './facets.ts';
import { type Row, TYPES } from './tables.generated.ts';

/**
 * Checks an element against its type, and what the schemas let pass besides: check digits of IBANs, currencies, parts of their
 * smallest unit. Each fault is told with the path of its element; beyond the 20th none is looked for.
 */
export function validate(element: Element, type: string, path: string, errors: FieldError[]): void {
  if (errors.length >= MAX_FAULTS) return;
  if (type === 'any') {
    if (element.children.length !== 1 || element.text.trim() !== '')
      errors.push({ path, message: 'must hold one element, and nothing else' });
    return;
  }
  const rows = TYPES[type];
  if (rows === undefined) {
    leaf(element, type, path, errors);
    return;
  }
  if (element.text.trim() !== '') errors.push({ path, message: 'holds elements, and no text beside them' });
  for (const name of Object.keys(element.attributes)) errors.push({ path, message: `has no attribute ${name}` });
  if (type.endsWith('Choice')) choice(element, rows, path, errors);
  else sequence(element, rows, path, errors);
}

/** Exactly one of them. */
function choice({ children }: Element, rows: readonly Row[], path: string, errors: FieldError[]): void {
  const [first, second] = children;
  const row = rows.find(([name]) => name === first?.name);
  const names = rows.map(([name]) => name);
  if (first === undefined) errors.push({ path, message: `must hold one of ${names.join(', ')}` });
  else if (row === undefined) unknown(first, names, path, errors);
  else if (second !== undefined) errors.push({ path, message: `must hold one of ${names.join(', ')} alone` });
  else validate(first, row[3], `${path}/${first.name}`, errors);
}

function sequence({ children }: Element, rows: readonly Row[], path: string, errors: FieldError[]): void {
  const names = rows.map(([name]) => name);
  let next = 0;
  for (const [name, least, most, type] of rows) {
    const from = next;
    while (children[next]?.name === name) next++;
    const count = next - from;
    // It may stand further on, where it is out of order; that is told below.
    if (count < least && !children.some((child) => child.name === name))
      errors.push({ path: `${path}/${name}`, message: 'is required' });
    if (most > 0 && count > most)
      errors.push({ path: `${path}/${name}`, message: `may stand ${most === 1 ? 'once' : `${most} times`}` });
    for (let i = from; i < next; i++)
      validate(children[i], type, `${path}/${name}${most === 1 ? '' : `[${i - from + 1}]`}`, errors);
    if (children[next] !== undefined && !names.includes(children[next].name)) {
      unknown(children[next], names, path, errors);
      return;
    }
  }
  if (next < children.length) {
    const { name } = children[next];
    const before = rows[names.indexOf(name) + 1]?.[0];
    errors.push({ path: `${path}/${name}`, message: `is out of order${before ? `: it comes before ${before}` : ''}` });
  }
}

function leaf(element: Element, type: string, path: string, errors: FieldError[]): void {
  const { text, attributes, children } = element;
  if (children.length > 0) errors.push({ path: `${path}/${children[0].name}`, message: 'is not known there' });
  const fault = facetOf(type)(text);
  if (fault) errors.push({ path, message: fault });
  const asked = / @(\w+)$/.exec(type)?.[1];
  for (const name of Object.keys(attributes))
    if (name !== asked) errors.push({ path, message: `has no attribute ${name}` });
  if (asked === 'Ccy') {
    const currency = attributes.Ccy;
    const wrong =
      currency === undefined
        ? 'is required'
        : /^[A-Z]{3}$/.test(currency)
          ? undefined
          : 'must be three capital letters';
    if (wrong) errors.push({ path: `${path}/@Ccy`, message: wrong });
    else if (!fault) {
      const told = amountFault(text, currency);
      if (told) errors.push({ path, message: told });
    }
  } else if (asked !== undefined && attributes[asked] === undefined)
    errors.push({ path: `${path}/@${asked}`, message: 'is required' });
  if (element.name === 'IBAN' && !fault) {
    const told = ibanFault(text);
    if (told) errors.push({ path, message: told });
  }
}

function unknown({ name }: Element, names: string[], path: string, errors: FieldError[]): void {
  const meant = nearest(name, names);
  errors.push({ path: `${path}/${name}`, message: `is not known there${meant ? `; did you mean ${meant}?` : ''}` });
}
