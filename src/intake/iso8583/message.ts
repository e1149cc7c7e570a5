import { isCardNumber } from '../../domain/cards.ts';
import { minorDigits } from '../../domain/currency.ts';
import { AssayError, type FieldError } from '../../domain/errors.ts';
import { type FieldName, fieldOf } from '../../domain/fields.ts';
import { countryOfNumber, currencyOfNumber } from '../../domain/numeric-codes.ts';
import { screen } from '../card-numbers.ts';
import { refusal } from '../faults.ts';
import { type Taken, takeSubmission } from '../submission.ts';
import type { Telling } from '../telling.ts';
import type { IntakeRules, Receipt } from '../transaction.ts';
import { isObject } from '../values.ts';
import {
  ELEMENTS,
  type Elements,
  elementsOf,
  isBitmap,
  listed,
  NEVER_KEPT,
  pathOf,
  type Sent,
  text,
} from './elements.ts';
import { idOf, noName } from './ids.ts';
import type { Iso8583Map, Use } from './map.ts';
import { askedBy, modeOf } from './modes.ts';
import { timeOf } from './times.ts';

/** What a message asks for: a decision; to be told of a payment; or nothing. */
export type Iso8583Message =
  | { kind: 'decide'; type: string; taken: Taken }
  | { kind: 'tell'; telling: Telling }
  | { kind: 'nothing'; type: string; why: string };

/** Elements that are read by what they mean, whatever the map says. */
const READ = new Set([0, 2, 3, 4, 7, 11, 12, 13, 22, 25, 39, 49, 90, 95]);

/**
 * A message of ISO 8583:1987 that a gateway has parsed, by the map. Throws an AssayError: `invalid_request` with the sender's
 * names of what is wrong, `card_number` where DE2 holds one and none is taken.
 */
export function takeIso8583(message: unknown, receipt: Receipt, rules: IntakeRules, map: Iso8583Map): Iso8583Message {
  if (!isObject(message))
    throw refusal([
      { path: '', message: 'must be an object of elements, such as {"mti": "0100", "4": "000000001050"}' },
    ]);
  const elements = elementsOf(message, map.names);
  const type = typeOf(elements);
  const use = useOf(type, map);
  if (use === 'ignore') return { kind: 'nothing', type, why: `${type} asks for nothing here.` };
  if (elements.faults.length > 0) throw refusal(elements.faults);
  return use === 'decide' ? toDecide(type, elements, receipt, rules, map) : toTell(use, elements, receipt, map);
}

/** A repetition (0101) is its first (0100), whoever it comes from (0102). */
function typeOf({ byNumber, faults }: Elements): string {
  const sent = byNumber.get(0);
  if (sent === undefined) {
    const wrong = faults.find(({ message }) => message === `must be ${ELEMENTS[0][1]}`);
    throw refusal([wrong ?? { path: '/mti', message: 'is required: the type of the message, such as 0100' }]);
  }
  if (sent.text[0] !== '0')
    throw refusal([
      { path: `/${sent.key}`, message: `is ${sent.text}, of another version; read is that of 1987 (0100, 0200, …)` },
    ]);
  return `${sent.text.slice(0, 3)}0`;
}

function useOf(type: string, { messages, names }: Iso8583Map): Use {
  const use = messages[type];
  if (use !== undefined) return use;
  const path = [...names].find(([, number]) => number === 0)?.[0] ?? 'mti';
  throw refusal([
    {
      path: `/${path}`,
      message: `is ${type}, of which the map’s messages say nothing (decide, answer, reversal, settled or ignore)`,
    },
  ]);
}

function toDecide(
  type: string,
  elements: Elements,
  receipt: Receipt,
  rules: IntakeRules,
  map: Iso8583Map,
): Iso8583Message {
  const { byNumber } = elements;
  const processing = byNumber.get(3)?.text;
  const asked = processing === undefined ? 'payment' : (map.processing[processing.slice(0, 2)] ?? askedBy(processing));
  if (asked === 'none') return { kind: 'nothing', type, why: `DE3 ${processing} asks for no money.` };
  const faults: FieldError[] = [];
  const warnings = [...elements.warnings, ...leftOut(byNumber, map)];
  if (processing === undefined) warnings.push('There is no DE3: it is taken as a payment.');
  else if (asked === undefined)
    warnings.push(
      `DE3 ${processing} is of national use: it is taken as a payment (processing in the map says another).`,
    );
  else if (asked === 'payout') warnings.push(`DE3 ${processing} pays the cardholder: it is taken as a payout.`);
  const { values, warnings: screenedOf } = withoutCards(byNumber, rules, map);
  const currency = currencyOf(byNumber.get(49), faults, warnings);
  const told = timeOf(
    { transmission: text(byNumber, 7), time: text(byNumber, 12), date: text(byNumber, 13) },
    receipt.receivedAt,
    map.zone,
  );
  if (told.fault) faults.push({ path: pathOf(byNumber, told.fault.element), message: told.fault.message });
  const minor = byNumber.get(4)?.text;
  const body: Record<string, unknown> = {
    id: idOf(byNumber, map, warnings),
    type: asked ?? 'payment',
    amount: minor === undefined ? undefined : majorOf(minor, currency ?? 'USD'),
    currency,
    transactionDate: told.instant && rfc3339(told.instant),
    instrument: 'card',
    ...modeOf(
      map.entryModes[text(byNumber, 22)?.slice(0, 2) ?? ''],
      map.conditions[text(byNumber, 25) ?? ''],
      warnings,
    ),
    ...cardDigits(byNumber.get(2), rules, warnings),
    metadata: Object.fromEntries([
      ['message', type],
      ...Object.entries(map.metadata).flatMap(([name, number]) =>
        values.has(number) ? [[name, values.get(number)]] : [],
      ),
    ]),
  };
  const from: Partial<Record<string, number>> = { amount: 4, currency: 49, transactionDate: 7, id: map.id[0][0] };
  for (const [name, numbers] of Object.entries(map.fields) as [FieldName, readonly number[]][]) {
    const number = numbers.find((one) => values.has(one));
    from[name] = number ?? numbers[0];
    if (number !== undefined) body[name] = fieldValue(name, values.get(number)!, pathOf(byNumber, number), faults);
  }
  if (faults.length > 0) throw refusal(faults);
  try {
    const taken = takeSubmission(defined(body), receipt, rules);
    taken.transaction.warnings.unshift(...warnings, ...screenedOf, ...told.warnings);
    return { kind: 'decide', type, taken };
  } catch (error) {
    throw inElements(error, from, byNumber);
  }
}

/** An answer, a reversal, or news of a payment: told as an event of it. */
function toTell(use: Use, elements: Elements, receipt: Receipt, map: Iso8583Map): Iso8583Message {
  const { byNumber } = elements;
  const warnings = [...elements.warnings];
  const transactionId = idOf(byNumber, map, warnings, use === 'reversal');
  if (transactionId === undefined) throw refusal([noName(map)]);
  // Nothing of an event has a local hour.
  const told = timeOf(
    { transmission: text(byNumber, 7), time: text(byNumber, 12), date: text(byNumber, 13) },
    receipt.receivedAt,
    map.zone,
  );
  if (told.fault) throw refusal([{ path: pathOf(byNumber, told.fault.element), message: told.fault.message }]);
  const at = new Date(told.instant?.time ?? receipt.receivedAt).toISOString();
  warnings.push(...told.warnings);
  const faults: FieldError[] = [];
  const sent = byNumber.get(49);
  const currency = sent && currencyOf(sent, faults, warnings)?.toUpperCase();
  const amount = (minor: string | undefined) => {
    if (minor === undefined) return undefined;
    if (sent === undefined) faults.push({ path: '/49', message: 'is required where an amount is told' });
    return majorOf(minor, currency ?? 'USD');
  };
  const code = text(byNumber, 39);
  const event: Record<string, unknown> = { at, code };
  if (use === 'settled') Object.assign(event, { type: 'settled', amount: amount(text(byNumber, 4)) });
  else if (use === 'answer') {
    if (code === undefined)
      throw refusal([{ path: pathOf(byNumber, 39), message: 'is required: an answer without it says nothing' }]);
    event.type = map.approved.has(code) ? 'authorized' : 'refused';
    // 10: approved for a part.
    if (code === '10') event.amount = amount(text(byNumber, 4));
  } else {
    const original = text(byNumber, 90)?.slice(0, 4);
    event.type = original?.startsWith('02') ? 'refunded' : 'voided';
    if (original === undefined) warnings.push('There is no DE90: what is reversed is taken for an authorization.');
    const [whole, left] = [text(byNumber, 4), text(byNumber, 95)?.slice(0, 12)];
    if (whole !== undefined && left !== undefined && Number(left) > 0) {
      const reversed = Number(whole) - Number(left);
      if (reversed < 0) faults.push({ path: pathOf(byNumber, 95), message: `leaves more than DE4, ${whole}` });
      else event.amount = amount(String(reversed));
    }
  }
  if (faults.length > 0) throw refusal(faults);
  /** An amount of another currency than the payment's says nothing of it. */
  const assertFits = (ofPayment: string) => {
    if (event.amount !== undefined && currency !== ofPayment)
      throw refusal([{ path: '/49', message: `is ${currency}, and the payment is in ${ofPayment}` }]);
  };
  return { kind: 'tell', telling: { transactionId, kind: 'event', body: defined(event), warnings, assertFits } };
}

function leftOut(byNumber: Elements['byNumber'], map: Iso8583Map): string[] {
  const used = new Set([
    ...READ,
    ...map.left,
    ...map.id.flat(),
    ...Object.values(map.metadata),
    ...Object.values(map.fields).flat(),
  ]);
  const never: string[] = [];
  const unmapped: string[] = [];
  for (const number of [...byNumber.keys()].sort((a, b) => a - b)) {
    if (number in NEVER_KEPT) never.push(`DE${number} (${NEVER_KEPT[number]})`);
    else if (!used.has(number) && !isBitmap(number)) unmapped.push(`DE${number}`);
  }
  return [
    ...(never.length > 0 ? [`${listed(never)}: never kept; do not send it.`] : []),
    ...(unmapped.length > 0 ? [`${listed(unmapped)}: not in the map, left out.`] : []),
  ];
}

/** What is kept of the elements, without card numbers. A merchant's number may look like one, and is none. */
function withoutCards(byNumber: Elements['byNumber'], { cards }: IntakeRules, map: Iso8583Map) {
  const kept = new Set([...Object.values(map.fields).flat(), ...Object.values(map.metadata)]);
  const sent = [...byNumber].filter(([number]) => kept.has(number));
  const texts = Object.fromEntries(sent.filter(([number]) => number !== 42).map(([, { key, text }]) => [key, text]));
  const { body, warnings } =
    cards === undefined ? { body: texts, warnings: [] } : screen(texts, cards, '', Object.keys(texts));
  return { values: new Map(sent.map(([number, { key, text }]) => [number, body[key] ?? text])), warnings };
}

const MASKED = /^(\d{6,8})[*xX#.•]+(\d{4})$/;

/** The digits of a card that may be kept: of one that is taken as it is, or that came masked. */
function cardDigits(
  sent: Sent | undefined,
  { cards }: IntakeRules,
  warnings: string[],
): { cardBin?: string; cardLast4?: string } {
  if (sent === undefined) return {};
  const masked = MASKED.exec(sent.text);
  if (masked) {
    warnings.push('DE2 is masked: cards that show the same digits are one card here.');
    return { cardBin: masked[1], cardLast4: masked[2] };
  }
  const isTaken = (cards === undefined || cards.numbers === 'allow') && isCardNumber(sent.text);
  return isTaken ? { cardBin: sent.text.slice(0, sent.text.length >= 16 ? 8 : 6), cardLast4: sent.text.slice(-4) } : {};
}

function currencyOf(sent: Sent | undefined, faults: FieldError[], warnings: string[]): string | undefined {
  if (sent === undefined) {
    warnings.push('There is no DE49: the amount is taken in USD.');
    return undefined;
  }
  if (!/^\d/.test(sent.text)) return sent.text;
  const code = currencyOfNumber(sent.text);
  if (code === undefined)
    faults.push({ path: `/${sent.key}`, message: `is ${sent.text}, no number of ISO 4217 that is in use` });
  return code;
}

/** Decimal, not binary: the digits with a point among them. */
function majorOf(minor: string, currency: string): number {
  return Number(`${minor}e-${minorDigits(currency.toUpperCase())}`);
}

function fieldValue(name: FieldName, value: string, path: string, faults: FieldError[]): unknown {
  const { kind } = fieldOf(name);
  if (kind === 'country' && /^\d{3}$/.test(value)) {
    const code = countryOfNumber(value);
    if (code === undefined) faults.push({ path, message: `is ${value}, no number of ISO 3166-1` });
    return code;
  }
  if (kind !== 'number') return value;
  const number = Number(value);
  if (Number.isNaN(number)) faults.push({ path, message: `must be a number, for ${name}` });
  return number;
}

function rfc3339({ time, offsetMinutes }: { time: number; offsetMinutes: number }): string {
  if (offsetMinutes === 0) return new Date(time).toISOString();
  const pad = (value: number) => String(value).padStart(2, '0');
  const minutes = Math.abs(offsetMinutes);
  const offset = `${offsetMinutes < 0 ? '-' : '+'}${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`;
  return new Date(time + offsetMinutes * 60_000).toISOString().replace('Z', offset);
}

/** Faults of a transaction's fields, told of the elements that they came from. */
function inElements(error: unknown, from: Partial<Record<string, number>>, byNumber: Elements['byNumber']): unknown {
  if (!(error instanceof AssayError) || error.code !== 'invalid_request' || !error.errors) return error;
  return refusal(
    error.errors.map(({ path, message }) => {
      const name = path.split('/')[1];
      const number = from[name];
      return number === undefined
        ? { path, message }
        : { path: pathOf(byNumber, number), message: `${message} (${name})` };
    }),
  );
}

function defined(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
