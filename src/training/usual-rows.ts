import { holdsCardNumber } from '../domain/cards.ts';
import type { FieldError } from '../domain/errors.ts';
import {
  DETAIL_NAMES,
  type DetailName,
  type Field,
  type FieldName,
  fieldOf,
  movesMoney,
  RESERVED_IDS,
  type TransactionType,
} from '../domain/fields.ts';
import { recent } from '../domain/recent.ts';
import type { Transaction } from '../domain/transaction.ts';
import { shortDecimal } from '../intake/decimal.ts';
import { takeMoney } from '../intake/money.ts';
import type { Instant } from '../intake/time.ts';
import type { IntakeRules } from '../intake/transaction.ts';
import { takeValue } from '../intake/values.ts';
import { fieldValue } from './values.ts';

/** `id` is for a row that brings none. */
export type UsualRows = (
  fields: readonly string[],
  instant: Instant,
  id: string | undefined,
) => Transaction | undefined;

/** How a field's numbers are read; NaN for a text that is to go through the intake. */
export type NumberOf = (name: FieldName) => (text: string) => number;

/** What the intake would keep of a text that is not empty; undefined where it would say anything of it, or may. */
type Keep = (text: string) => unknown;

const MAX_ID = 255;
const CARD_DIGITS = 13;

/**
 * The transaction that the intake makes of a row in which every value has the usual shape of its field and nothing but its money
 * is to be warned of: millions of a file's rows are so. Undefined for any other row, which has to go through the intake itself.
 * No rule of the intake is here: values of few spellings are taken once and remembered, for the others this looks for less than
 * the intake lets pass.
 */
export function usualRows(
  columns: ReadonlyMap<string, number[]>,
  rules: IntakeRules,
  numberOf: NumberOf = () => shortDecimal,
): UsualRows {
  const names = [...columns.keys()];
  const isOne = names.every((name) => name === 'transactionDate' || columns.get(name)!.length === 1);
  if (!isOne || names.some((name) => name.startsWith('metadata.'))) return () => undefined;
  const place = (name: FieldName) => columns.get(name)?.[0] ?? -1;
  const [idAt, userAt, amountAt] = [place('id'), place('userId'), place('amount')];
  const [currencyAt, typeAt] = [place('currency'), place('type')];
  const keep = (name: FieldName) => keeper(name, rules, numberOf(name));
  const [idOf, userOf, amountOf] = [keep('id'), keep('userId'), keep('amount')];
  const [currencyOf, typeOf] = [keep('currency'), keep('type')];
  const details = DETAIL_NAMES.filter((name) => columns.has(name)).map((name) => ({
    name: name as DetailName,
    at: place(name),
    keep: keep(name),
  }));
  const minDate = rules.transactionMinDate ?? Number.NEGATIVE_INFINITY;
  const textAt = (fields: readonly string[], at: number) => (at < 0 ? '' : fields[at]);
  const kept = (keep: Keep, text: string) => (text === '' ? undefined : keep(text));

  return (fields, { time, offsetMinutes }, otherId) => {
    const currencyText = textAt(fields, currencyAt);
    const typeText = textAt(fields, typeAt);
    const amountText = textAt(fields, amountAt);
    const id = (otherId ?? kept(idOf, fields[idAt])) as string | undefined;
    const userId = kept(userOf, fields[userAt]) as string | undefined;
    const currency = kept(currencyOf, currencyText) as string | undefined;
    const type = (typeText === '' ? 'payment' : typeOf(typeText)) as TransactionType | undefined;
    const amount = kept(amountOf, amountText) as number | undefined;
    if (id === undefined || userId === undefined || type === undefined || time < minDate) return undefined;
    if (currency === undefined && currencyText !== '') return undefined;
    if (amount === undefined && (amountText !== '' || movesMoney(type))) return undefined;
    const warnings: string[] = [];
    const faults: FieldError[] = [];
    const money = takeMoney({ amount, currency, time }, rules, faults, warnings, '');
    if (faults.length > 0) return undefined;
    const transaction: Transaction = {
      id,
      userId,
      type,
      amount: money.amount,
      amountMinor: money.amountMinor,
      currency: money.currency,
      amountBase: money.amountBase,
      baseRate: money.baseRate,
      time,
      offsetMinutes,
      dated: true,
      receivedAt: time,
      warnings,
    };
    for (const { name, at, keep } of details) {
      const text = fields[at];
      if (text === '') continue;
      const value = keep(text);
      if (value === undefined) return undefined;
      transaction[name] = value as never;
    }
    return transaction;
  };
}

function keeper(name: FieldName, { cards }: IntakeRules, numberOf: (text: string) => number): Keep {
  const field: Field = fieldOf(name);
  const taken = (text: string): unknown => {
    const { kept, fault, warning } = takeValue(field, fieldValue(name, text), name);
    return fault === undefined && warning === undefined ? kept : undefined;
  };
  switch (field.kind) {
    case 'id': {
      if (name === 'id') return (text) => (isPlain(text) && !RESERVED_IDS.includes(text) ? text : undefined);
      const isScreened = name === 'cardId' && cards !== undefined;
      return (text) =>
        isPlain(text) && !(isScreened && text.length >= CARD_DIGITS && holdsCardNumber(text)) ? text : undefined;
    }
    case 'number':
    case 'amount': {
      const [least, most] = [field.minimum!, field.maximum!];
      return (text) => {
        const value = numberOf(text);
        return value >= least && value <= most ? value : undefined;
      };
    }
    case 'ip':
    case 'email':
      return taken;
    default:
      return recent(taken);
  }
}

/** Printable ASCII that begins with more than a blank, not too long for a name. */
function isPlain(text: string): boolean {
  if (text.length > MAX_ID || text[0] === ' ') return false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x20 || code > 0x7e) return false;
  }
  return true;
}
