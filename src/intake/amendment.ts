import type { FieldError } from '../domain/errors.ts';
import { DETAIL_NAMES, type FieldName, fieldOf, isPersonal } from '../domain/fields.ts';
import { need, refusal } from './faults.ts';
import { takeMoney } from './money.ts';
import { unzonedWarning } from './time.ts';
import { earlyWarnings, type IntakeRules, isAbsent, MAX_AHEAD_MS } from './transaction.ts';
import { instantOf, takeValue } from './values.ts';

export interface Amendment {
  changes: Record<string, unknown>;
  personal: Record<string, unknown>;
  /** What of it is taken otherwise than it was sent, or hardly meant. */
  warnings: string[];
}

/** The fields that always hold something: they change, and do not go. */
const KEPT = ['userId', 'amount', 'currency', 'transactionDate'] as const;

/** What an amendment changes, as the journal keeps it; null removes an optional field. `current` is the transaction as it reads now. */
export function takeAmendment(
  body: Record<string, unknown>,
  current: { amount: number | null; currency: string; transactionDate: string },
  now: number,
  rules: IntakeRules,
): Amendment {
  const errors: FieldError[] = [];
  const warnings: string[] = [];
  const changes: Record<string, unknown> = {};
  const personal: Record<string, unknown> = {};
  const take = (name: FieldName) => {
    const value = body[name];
    if (isAbsent(value)) return undefined;
    const { kept, fault, warning } = takeValue(fieldOf(name), value, name);
    if (warning !== undefined) warnings.push(warning);
    need(errors, `/${name}`, fault);
    return fault === undefined ? kept : undefined;
  };
  const [userId, amount, currency, date] = KEPT.map(take);
  if (userId !== undefined) changes.userId = userId;
  if (amount !== undefined || currency !== undefined) {
    const paid = (amount as number | undefined) ?? current.amount ?? undefined;
    Object.assign(
      changes,
      takeMoney(
        {
          amount: paid,
          currency: (currency as string | undefined) ?? current.currency,
          time: Date.parse(String(date ?? current.transactionDate)),
        },
        rules,
        errors,
        warnings,
        '',
      ),
    );
  }
  if (date !== undefined) {
    const { time, offsetMinutes, unzoned } = instantOf(date);
    if (unzoned) warnings.push(unzonedWarning('transactionDate'));
    if (time > now + MAX_AHEAD_MS) need(errors, '/transactionDate', 'must not be ahead');
    else Object.assign(changes, { time, offsetMinutes, dated: true });
    warnings.push(...earlyWarnings(time, rules));
  }
  for (const name of DETAIL_NAMES) {
    const removed = body[name] === null || body[name] === '';
    const value = removed ? null : take(name);
    if (value !== undefined) (isPersonal(name) ? personal : changes)[name] = value;
  }
  if (errors.length === 0 && Object.keys(changes).length + Object.keys(personal).length === 0)
    need(errors, '', 'must name at least one field that can change');
  if (errors.length > 0) throw refusal(errors);
  return { changes, personal, warnings };
}
