import type { FieldError } from '../domain/errors.ts';
import {
  DETAIL_NAMES,
  FIELD_NAMES,
  type FieldName,
  fieldOf,
  movesMoney,
  RESERVED_IDS,
  type TransactionType,
} from '../domain/fields.ts';
import type { Transaction } from '../domain/transaction.ts';
import { type CardRule, type Screened, screen } from './card-numbers.ts';
import { need, refusal } from './faults.ts';
import { type MoneyRules, takeMoney } from './money.ts';
import { warnOfUnknown } from './names.ts';
import { unfitId } from './text.ts';
import type { Instant } from './time.ts';
import { instantOf, isObject, takeValue } from './values.ts';

/** What the configuration says of what comes in. */
export interface IntakeRules extends MoneyRules {
  /** Absent where a body comes from a door that has dealt with card numbers. */
  cards?: CardRule;
  /** Milliseconds: what is said to have happened before is taken, and warned of. */
  transactionMinDate?: number;
}

export interface Receipt {
  /** Used where the body brings no id. */
  id: string;
  /** Milliseconds. */
  receivedAt: number;
}

export const MAX_AHEAD_MS = 5 * 60_000;

/** Fields without a fault, as they are kept. */
type Values = Partial<Record<FieldName, unknown>>;

/**
 * A body of any door as the transaction that is decided: checked, rounded, dated, in canonical form, warned about. null is
 * absence. Throws `invalid_request` with every fault found, each under `at`.
 */
export function takeIn(sent: unknown, receipt: Receipt, rules: IntakeRules, at = ''): Transaction {
  if (!isObject(sent)) throw refusal([{ path: at, message: 'must be an object' }]);
  const errors: FieldError[] = [];
  const { body, warnings } = screened(sent, rules, at);
  const values = takeValues(body, errors, warnings, at);
  const type = (values.type ?? 'payment') as TransactionType;
  const id = (values.id ?? receipt.id) as string;
  if (values.id === undefined) need(errors, `${at}/id`, unfitId(id));
  if (RESERVED_IDS.includes(id)) need(errors, `${at}/id`, 'is a word of the API’s own addresses; choose another');
  const when = takeTime(values.transactionDate as string | undefined, receipt.receivedAt, rules, warnings);
  const { amount, currency } = values as { amount?: number; currency?: string };
  const money = takeMoney({ amount, currency, time: when.time }, rules, errors, warnings, at);
  warnOfUnknown(body, warnings);
  if (errors.length > 0) throw refusal(errors);
  const transaction: Transaction = {
    id,
    userId: values.userId as string,
    type,
    ...money,
    ...when,
    receivedAt: receipt.receivedAt,
    warnings,
  };
  for (const name of DETAIL_NAMES) if (values[name] !== undefined) transaction[name] = values[name] as never;
  return transaction;
}

/** The body without card numbers. */
export function screened(body: Record<string, unknown>, { cards }: IntakeRules, at = ''): Screened<typeof body> {
  return cards === undefined ? { body, warnings: [] } : screen(body, cards, at);
}

/** Every field that says something, checked and kept; an empty word says nothing. */
function takeValues(body: Record<string, unknown>, errors: FieldError[], warnings: string[], at: string): Values {
  const values: Values = {};
  const isPaid = movesMoney((body.type ?? undefined) as TransactionType | undefined);
  for (const name of FIELD_NAMES) {
    const value = body[name];
    const field = fieldOf(name);
    if (isAbsent(value)) {
      if (field.required || (name === 'amount' && isPaid)) need(errors, `${at}/${name}`, 'is required');
      continue;
    }
    if (value === '' && field.kind === 'words') continue;
    const { kept, fault, warning } = takeValue(field, value, name);
    if (fault !== undefined) need(errors, `${at}/${name}`, fault);
    else values[name] = kept;
    if (warning !== undefined) warnings.push(warning);
  }
  return values;
}

export const isAbsent = (value: unknown): value is undefined | null => value === undefined || value === null;

interface When extends Instant {
  dated: boolean;
}

function takeTime(text: string | undefined, receivedAt: number, rules: IntakeRules, warnings: string[]): When {
  if (text === undefined) return { time: receivedAt, offsetMinutes: 0, dated: false };
  const { time, offsetMinutes } = instantOf(text);
  if (time > receivedAt + MAX_AHEAD_MS) {
    warnings.push('transactionDate is more than 5 minutes ahead; the time of receipt is used.');
    return { time: receivedAt, offsetMinutes, dated: true };
  }
  const { transactionMinDate } = rules;
  if (transactionMinDate !== undefined && time < transactionMinDate)
    warnings.push(
      `transactionDate ${dayOf(time)} is before ${dayOf(transactionMinDate)} (TRANSACTION_MIN_DATE); were seconds taken for milliseconds?`,
    );
  return { time, offsetMinutes, dated: true };
}

const dayOf = (time: number) => new Date(time).toISOString().slice(0, 10);
