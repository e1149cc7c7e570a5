import { FIELD_NAMES, type FieldName } from '../../domain/fields.ts';
import { didYouMean } from '../../domain/nearest.ts';
import type { Zone } from '../time.ts';
import { isObject } from '../values.ts';
import { zoneOf } from '../zone.ts';
import { MAX_ELEMENT, NEVER_KEPT, numberOf } from './elements.ts';
import { ASKED, type Asked, CONDITIONS, ENTRY_MODES, type Mode } from './modes.ts';

/** What becomes of a message by its type. `settled`: it tells that the money moved. */
export const USES = ['decide', 'answer', 'reversal', 'settled', 'ignore'] as const;
export type Use = (typeof USES)[number];

/** How messages of ISO 8583 are read: docs/iso8583.md. */
export interface Iso8583Map {
  /** What a gateway calls elements, beside their numbers. */
  names: ReadonlyMap<string, number>;
  /** Fields of a transaction, each from the first of these elements that a message has. */
  fields: Readonly<Partial<Record<FieldName, readonly number[]>>>;
  /** The id is made of the first of these lists whose elements are all there. */
  id: readonly (readonly number[])[];
  metadata: Readonly<Record<string, number>>;
  /** Elements that are left out and not told. */
  left: ReadonlySet<number>;
  /** Of DE12 and DE13. */
  zone: Zone | undefined;
  entryModes: Readonly<Record<string, Mode>>;
  conditions: Readonly<Record<string, Mode>>;
  /** By the first two digits of DE3, over those of the standard. */
  processing: Readonly<Record<string, Asked>>;
  messages: Readonly<Record<string, Use>>;
  /** Values of DE39 that say yes. */
  approved: ReadonlySet<string>;
}

export const DEFAULT_MAP: Iso8583Map = {
  names: new Map([['mti', 0]]),
  fields: {
    userId: [102, 2],
    cardId: [2],
    payeeId: [103],
    merchantId: [42],
    mcc: [18],
    country: [19],
    cardCountry: [20],
  },
  id: [
    [32, 37, 41],
    [32, 7, 11],
  ],
  metadata: {
    ...{ processingCode: 3, stan: 11, settlementDate: 15, entryMode: 22, conditionCode: 25, acquirer: 32 },
    ...{ retrievalReference: 37, terminal: 41, merchantNameLocation: 43 },
    ...{ settlementAmount: 5, billingAmount: 6, settlementCurrency: 50, billingCurrency: 51 },
  },
  left: new Set(),
  zone: undefined,
  entryModes: ENTRY_MODES,
  conditions: CONDITIONS,
  processing: {},
  messages: {
    ...{
      '0100': 'decide',
      '0200': 'decide',
      '0110': 'answer',
      '0210': 'answer',
      '0400': 'reversal',
      '0420': 'reversal',
    },
    ...{ '0130': 'ignore', '0230': 'ignore', '0410': 'ignore', '0430': 'ignore' },
    ...{ '0800': 'ignore', '0810': 'ignore', '0820': 'ignore', '0830': 'ignore' },
  },
  approved: new Set(['00', '08', '10', '11', '16', '85']),
};

/** Fields that have a way of their own. */
const OWN_WAY: Readonly<Record<string, string>> = {
  ...{ id: 'id', amount: 'DE4', currency: 'DE49', transactionDate: 'DE7, DE12 and DE13', type: 'processing' },
  ...{ remote: 'entryModes and conditions', initiator: 'entryModes and conditions', metadata: 'metadata' },
};
const MAPPABLE = FIELD_NAMES.filter((name) => !(name in OWN_WAY));
const KEYS = [
  'names',
  'fields',
  'id',
  'metadata',
  'left',
  'timeZone',
  'entryModes',
  'conditions',
  'processing',
  'messages',
  'approved',
];
const MODE_KEYS = ['remote', 'initiator', 'channel'];

/** What a map file says over the default. Throws an Error that says line and what is wrong. `path` stands before it. */
export function readIso8583Map(text: string, path: string): Iso8583Map {
  const fail = (key: string | undefined, message: string): never => {
    const at = key === undefined ? -1 : text.indexOf(JSON.stringify(key));
    throw new Error(`${path}${at < 0 ? '' : `, line ${text.slice(0, at).split('\n').length}`}: ${message}`);
  };
  let said: unknown;
  try {
    said = JSON.parse(text);
  } catch (error) {
    return fail(undefined, (error as Error).message);
  }
  if (!isObject(said)) return fail(undefined, 'needs an object, such as {"names": {"pan": 2}}');
  for (const key of Object.keys(said))
    if (!KEYS.includes(key)) fail(key, `a map has no ${didYouMean(key, KEYS)}; it has ${KEYS.join(', ')}`);
  const part = (key: string): [string, unknown][] => {
    const value = said[key] ?? {};
    return isObject(value) ? Object.entries(value) : fail(key, `${key} must be an object`);
  };

  const names = new Map(DEFAULT_MAP.names);
  for (const [own, number] of part('names').map(([name, value]) => [name, number_(value, name)] as const)) {
    if (numberOf(own) !== undefined && numberOf(own) !== number)
      fail(own, `names: ${own} is element ${numberOf(own)} by itself`);
    names.set(own, number);
  }
  /** By number, or by a name that the map gives. */
  function number_(value: unknown, key: string, lowest = 0): number {
    const number =
      typeof value === 'number' ? value : typeof value === 'string' ? (names.get(value) ?? numberOf(value)) : undefined;
    if (number === undefined || !Number.isInteger(number) || number < lowest || number > MAX_ELEMENT)
      return fail(
        key,
        `${key}: ${JSON.stringify(value)?.slice(0, 40)} is no element; give a number of ${lowest} to ${MAX_ELEMENT}, or a name of names`,
      );
    return number;
  }
  /** Of what is kept. */
  function kept(value: unknown, key: string): number {
    const number = number_(value, key, 2);
    if (number in NEVER_KEPT) fail(key, `${key}: element ${number} is ${NEVER_KEPT[number]}, which is never kept`);
    return number;
  }
  const list = (key: string, inner = said[key]): unknown[] =>
    Array.isArray(inner) ? inner : fail(key, `${key} must be a list`);

  const fields: Record<string, readonly number[]> = { ...DEFAULT_MAP.fields };
  for (const [name, value] of part('fields')) {
    if (name in OWN_WAY) fail(name, `fields: ${name} comes by ${OWN_WAY[name]}`);
    if (!MAPPABLE.includes(name as FieldName))
      fail(name, `fields: a transaction has no ${didYouMean(name, MAPPABLE)}; of elements come ${MAPPABLE.join(', ')}`);
    // null takes a field of the default away.
    fields[name] = value === null ? [] : (Array.isArray(value) ? value : [value]).map((one) => kept(one, name));
  }
  const metadata: Record<string, number> = { ...DEFAULT_MAP.metadata };
  for (const [name, value] of part('metadata')) {
    if (value === null) delete metadata[name];
    else metadata[name] = kept(value, name);
    if (metadata[name] === 2) fail(name, `metadata: ${name} is the card number; it goes where fields say`);
  }
  const id =
    said.id === undefined
      ? DEFAULT_MAP.id
      : list('id').map((one) => list('id', one).map((element) => kept(element, 'id')));
  if (id.length === 0 || id.some((elements) => elements.length === 0))
    fail('id', 'id must be lists of elements, such as [[32, 37, 41]]');
  return {
    names,
    fields,
    id,
    metadata,
    left: new Set(said.left === undefined ? [] : list('left').map((one) => number_(one, 'left', 2))),
    zone: said.timeZone === undefined ? undefined : zone(said.timeZone, fail),
    entryModes: modes('entryModes', DEFAULT_MAP.entryModes),
    conditions: modes('conditions', DEFAULT_MAP.conditions),
    processing: choices('processing', /^\d\d$/, 'the first two digits of DE3', ASKED, {}),
    messages: choices('messages', /^0\d\d0$/, 'a type such as 0120', USES, DEFAULT_MAP.messages),
    approved: said.approved === undefined ? DEFAULT_MAP.approved : new Set(list('approved').map(code)),
  };

  function code(value: unknown): string {
    return typeof value === 'string' && /^[0-9A-Za-z]{2}$/.test(value)
      ? value
      : fail(
          'approved',
          `approved: ${JSON.stringify(value)} is no value of DE39; give texts of 2 characters, such as "00"`,
        );
  }

  function modes(key: string, before: Readonly<Record<string, Mode>>): Record<string, Mode> {
    const after: Record<string, Mode> = { ...before };
    for (const [name, value] of part(key)) {
      if (!/^\d\d$/.test(name)) fail(name, `${key}: ${JSON.stringify(name)} is no code of two digits`);
      if (!isObject(value)) return fail(name, `${key}: ${name} must be an object, such as {"remote": true}`);
      for (const own of Object.keys(value))
        if (!MODE_KEYS.includes(own))
          fail(own, `${key}: a mode has no ${didYouMean(own, MODE_KEYS)}; it has ${MODE_KEYS.join(', ')}`);
      const { remote, initiator, channel } = value;
      if (remote !== undefined && typeof remote !== 'boolean')
        fail(name, `${key}: remote of ${name} must be true or false`);
      if (initiator !== undefined && initiator !== 'customer' && initiator !== 'merchant')
        fail(name, `${key}: initiator of ${name} must be customer or merchant`);
      if (channel !== undefined && typeof channel !== 'string') fail(name, `${key}: channel of ${name} must be a text`);
      after[name] = value as Mode;
    }
    return after;
  }

  function choices<T extends string>(
    key: string,
    form: RegExp,
    words: string,
    allowed: readonly T[],
    before: Readonly<Record<string, T>>,
  ): Record<string, T> {
    const after: Record<string, T> = { ...before };
    for (const [name, value] of part(key)) {
      if (!form.test(name)) fail(name, `${key}: ${JSON.stringify(name)} is not ${words}`);
      if (!allowed.includes(value as T)) {
        const meant = typeof value === 'string' ? didYouMean(value, allowed) : JSON.stringify(value);
        fail(name, `${key}: ${name} cannot be ${meant}; it is one of ${allowed.join(', ')}`);
      }
      after[name] = value as T;
    }
    return after;
  }
}

function zone(name: unknown, fail: (key: string, message: string) => never): Zone {
  try {
    return zoneOf(String(name));
  } catch (error) {
    return fail('timeZone', `timeZone: ${(error as Error).message}`);
  }
}
