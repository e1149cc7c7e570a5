import type { AssayError, FieldError } from '../domain/errors.ts';
import {
  DETAIL_NAMES,
  type DetailName,
  FIELD_NAMES,
  type Field,
  type FieldName,
  fieldOf,
  movesMoney,
  RESERVED_IDS,
  type TransactionType,
} from '../domain/fields.ts';
import type { Transaction } from '../domain/transaction.ts';
import { type CardRule, type Screened, screen } from './card-numbers.ts';
import { isCardNumber, need, refusal, withFaults } from './faults.ts';
import { type MoneyRules, takeMoney } from './money.ts';
import { warnOfUnknown } from './names.ts';
import type { OwnWarnings } from './own-values.ts';
import { unfitId } from './text.ts';
import { type Instant, unzonedWarning } from './time.ts';
import { instantOf, isObject, takeValue } from './values.ts';

/** What the configuration says of what comes in. */
export interface IntakeRules extends MoneyRules {
  /** Absent where a body comes from a door that has dealt with card numbers. */
  cards?: CardRule;
  /** Milliseconds: what is said to have happened before is taken, and warned of. */
  transactionMinDate?: number;
  /** Of columns of one's own; absent where a door has only texts, which are what they say. */
  own?: OwnWarnings;
}

export interface Receipt {
  /** Used where the body brings no id. */
  id: string;
  /** Milliseconds. */
  receivedAt: number;
  /** When it happened, where the door has read that in a spelling of its own. */
  instant?: Instant;
}

export const MAX_AHEAD_MS = 5 * 60_000;

/** Fields without a fault, as they are kept. */
type Values = Partial<Record<FieldName, unknown>>;
const FIELDS: ReadonlyMap<string, Field> = new Map(FIELD_NAMES.map((name) => [name, fieldOf(name)]));
const DETAILS: ReadonlySet<string> = new Set(DETAIL_NAMES);

/**
 * A body of any door as the transaction that is decided: checked, rounded, dated, in canonical form, warned about. null is
 * absence. Throws `invalid_request` with every fault found, each under `at`.
 */
export function takeIn(sent: unknown, receipt: Receipt, rules: IntakeRules, at = ''): Transaction {
  if (!isObject(sent)) throw refusal([{ path: at, message: 'must be an object' }]);
  const errors: FieldError[] = [];
  const { body, warnings, card } = uncarded(sent, rules, at);
  const values = takeValues(body, errors, warnings, at);
  const type = (values.type ?? 'payment') as TransactionType;
  const id = (values.id ?? receipt.id) as string;
  if (values.id === undefined) need(errors, `${at}/id`, unfitId(id));
  if (RESERVED_IDS.includes(id)) need(errors, `${at}/id`, 'is a word of the API’s own addresses; choose another');
  const instant =
    receipt.instant ?? (values.transactionDate === undefined ? undefined : instantOf(values.transactionDate));
  // A file says once how its times are read.
  if (instant?.unzoned && receipt.instant === undefined) warnings.push(unzonedWarning('transactionDate'));
  const when = takeTime(instant, receipt.receivedAt, rules, warnings);
  const { amount, currency } = values as { amount?: number; currency?: string };
  const money = takeMoney({ amount, currency, time: when.time }, rules, errors, warnings, at);
  const unknown: string[] = [];
  warnOfUnknown(body, unknown);
  if (card) throw withFaults(card, [...card.errors!, ...errors]);
  if (errors.length > 0) throw refused(errors, at, unknown[0]);
  warnings.push(...unknown);
  rules.own?.(body, warnings);
  const transaction: Transaction = {
    id,
    userId: values.userId as string,
    type,
    ...money,
    ...when,
    receivedAt: receipt.receivedAt,
    warnings,
  };
  for (const name in values)
    if (DETAILS.has(name)) transaction[name as DetailName] = values[name as DetailName] as never;
  return transaction;
}

/** The same, and where that is refused the body without those fields: what is wrong with the others is told beside. */
function uncarded(
  sent: Record<string, unknown>,
  rules: IntakeRules,
  at: string,
): Screened<typeof sent> & { card?: AssayError } {
  try {
    return screened(sent, rules, at);
  } catch (error) {
    if (!isCardNumber(error)) throw error;
    const body = { ...sent };
    for (const { path } of error.errors!) delete body[path.slice(at.length + 1)];
    return { body, warnings: [], card: error };
  }
}

/** The body without card numbers. */
export function screened(body: Record<string, unknown>, { cards }: IntakeRules, at = ''): Screened<typeof body> {
  return cards === undefined ? { body, warnings: [] } : screen(body, cards, at);
}

/** Every field that says something, checked and kept; an empty word says nothing. Goes by what the body holds: files have millions. */
function takeValues(body: Record<string, unknown>, errors: FieldError[], warnings: string[], at: string): Values {
  const values: Values = {};
  for (const name in body) {
    const field = FIELDS.get(name);
    const value = body[name];
    if (field === undefined || isAbsent(value) || (value === '' && field.kind === 'words')) continue;
    const { kept, fault, warning } = takeValue(field, value, name);
    if (fault !== undefined) need(errors, `${at}/${name}`, fault);
    else values[name as FieldName] = kept;
    if (warning !== undefined) warnings.push(warning);
  }
  if (isAbsent(body.userId)) need(errors, `${at}/userId`, 'is required');
  if (isAbsent(body.amount) && movesMoney((body.type ?? undefined) as TransactionType | undefined))
    need(errors, `${at}/amount`, 'is required');
  return values;
}

/** The refusal of a body, its faults in the order of the table whatever that of the body; a missing field may stand there misspelt. */
function refused(errors: FieldError[], at: string, unknown: string | undefined): AssayError {
  const place = ({ path }: FieldError) => FIELD_NAMES.indexOf(path.slice(at.length + 1) as FieldName);
  return refusal(
    errors.sort((a, b) => place(a) - place(b)),
    unknown,
  );
}

export const isAbsent = (value: unknown): value is undefined | null => value === undefined || value === null;

interface When extends Instant {
  dated: boolean;
}

function takeTime(instant: Instant | undefined, receivedAt: number, rules: IntakeRules, warnings: string[]): When {
  if (instant === undefined) return { time: receivedAt, offsetMinutes: 0, dated: false };
  const { time, offsetMinutes } = instant;
  if (time > receivedAt + MAX_AHEAD_MS) {
    warnings.push('transactionDate is more than 5 minutes ahead; the time of receipt is used.');
    return { time: receivedAt, offsetMinutes, dated: true };
  }
  warnings.push(...earlyWarnings(time, rules));
  return { time, offsetMinutes, dated: true };
}

/** What is said of a time that is taken, and hardly meant. */
export function earlyWarnings(time: number, { transactionMinDate }: IntakeRules): string[] {
  if (transactionMinDate === undefined || time >= transactionMinDate) return [];
  return [
    `transactionDate ${dayOf(time)} is before ${dayOf(transactionMinDate)} (TRANSACTION_MIN_DATE); were seconds taken for milliseconds?`,
  ];
}

const dayOf = (time: number) => new Date(time).toISOString().slice(0, 10);
