import type { Element } from '../../src/intake/iso20022/element.ts';
import { MESSAGES, TYPES } from '../../src/intake/iso20022/tables.generated.ts';

/** A valid value of each kind of leaf that has a pattern. */
const LIKE: readonly [RegExp, string][] = [
  [/^\[a-f0-9\]\{8\}/, '5f1c0e2a-9b7d-4e3f-8a6b-2c4d6e8f0a1b'],
  [/^\[A-Z\]\{2,2\}\[0-9\]\{2,2\}\[a-zA-Z/, 'DE89370400440532013000'],
  [/^\[A-Z\]\{2,2\}$/, 'DE'],
  [/^\[A-Z\]\{3,3\}$/, 'EUR'],
  [/^\[A-Z0-9\]\{18,18\}/, '529900T8BM49AURSDO55'],
  [/^\[A-Z0-9\]\{4,4\}|^\[A-Z\]\{6,6\}/, 'DEUTDEFF'],
  [/^\\\+/, '+49-30123456'],
  [/^\[0-9\]\{1,15\}/, '1'],
  [/^\[0-9\]\{2\}/, '12'],
  [/^\[a-zA-Z0-9\]\{4\}/, 'AB12'],
  [/^\(\[0-9A-F\]/, 'AB'.repeat(32)],
  [/^\[0-9a-fA-F\]/, 'ab'],
];

function sampleOf(type: string): string {
  const [kind, first] = type.split(' ');
  if (kind === 'text') return 'x'.repeat(Math.max(1, Number(first)));
  if (kind === 'like') {
    const found = LIKE.find(([shape]) => shape.test(type.slice('like '.length)));
    if (!found) throw new Error(`No value for ${type}`);
    return found[1];
  }
  if (kind === 'one') return type.split(' ')[2];
  return {
    decimal: '1',
    date: '2026-11-02',
    dateTime: '2026-11-02T10:00:00Z',
    time: '10:00:00',
    year: '2026',
    base64: 'AAECAw==',
    boolean: 'true',
  }[kind]!;
}

export interface Choices {
  /** Whether what may be left out stands there, this deep at most. */
  optional: number;
  /** Of a choice: which one, by its place. */
  choose: number;
}

/** An element of a type with all it must have, and what it may have as far as asked. */
export function elementOf(name: string, type: string, choices: Choices, depth = 0): Element {
  const rows = TYPES[type];
  if (type === 'any')
    return { name, attributes: {}, text: '', children: [{ name: 'Own', attributes: {}, text: '', children: [] }] };
  if (rows === undefined)
    return { name, attributes: type.endsWith(' @Ccy') ? { Ccy: 'EUR' } : {}, text: sampleOf(type), children: [] };
  const wanted = type.endsWith('Choice')
    ? [rows[choices.choose % rows.length]]
    : rows.filter(([, least]) => least > 0 || depth < choices.optional);
  const children = wanted.map(([child, , , inner]) => elementOf(child, inner, choices, depth + 1));
  return { name, attributes: {}, text: '', children };
}

export function messageOf(name: string, choices: Choices): Element {
  const [root, type] = MESSAGES[name];
  return elementOf(root, type, choices);
}

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

export function xmlOf({ name, attributes, text, children }: Element): string {
  const told = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(value)}"`);
  return `<${name}${told.join('')}>${escaped(text)}${children.map(xmlOf).join('')}</${name}>`;
}

export const documentOf = (name: string, body: Element) =>
  `<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:${name}">${xmlOf(body)}</Document>`;

export function jsonOf({ attributes, text, children }: Element): unknown {
  if (children.length === 0) return Object.keys(attributes).length > 0 ? { ...attributes, value: text } : text;
  const byName = Map.groupBy(children, ({ name }) => name);
  return Object.fromEntries(
    [...byName].map(([name, ones]) => [name, ones.length > 1 ? ones.map(jsonOf) : jsonOf(ones[0])]),
  );
}

/** Every element with its path, the way the validator tells it. */
export function* pathsOf(
  element: Element,
  type: string,
  path: string,
): Generator<{ path: string; parent: Element; index: number; must: boolean }> {
  const rows = TYPES[type];
  if (rows === undefined) return;
  for (const [index, child] of element.children.entries()) {
    const [, least, most, inner] = rows.find(([name]) => name === child.name)!;
    yield { path: `${path}/${child.name}`, parent: element, index, must: least > 0 || type.endsWith('Choice') };
    yield* pathsOf(child, inner, `${path}/${child.name}${most === 1 ? '' : '[1]'}`);
  }
}
