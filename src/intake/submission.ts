import type { Transaction } from '../domain/transaction.ts';
import { type BodyHashes, bodyHashes } from './body-hash.ts';
import { isCardNumber } from './faults.ts';
import { type IntakeRules, type Receipt, screened, takeIn } from './transaction.ts';
import { isObject } from './values.ts';

/** A transaction to decide, and what tells a repetition of its body from another body under the same id. */
export interface Taken extends BodyHashes {
  transaction: Transaction;
}

function uncarded(body: Record<string, unknown>, receipt: Receipt, rules: IntakeRules) {
  try {
    return screened(body, rules);
  } catch (error) {
    // Refused in any case: with what else is wrong beside it.
    if (isCardNumber(error)) takeIn(body, receipt, rules);
    throw error;
  }
}

/** A parsed body of any door, to be decided. Throws `invalid_request` with every fault. */
export function takeSubmission(body: unknown, receipt: Receipt, rules: IntakeRules): Taken {
  if (!isObject(body)) return takeIn(body, receipt, rules) as never;
  // Hashed without card numbers: whoever knows the rest of a body could find them by its hash.
  const { body: kept, warnings } = uncarded(body, receipt, rules);
  const transaction = takeIn(kept, receipt, { ...rules, cards: undefined });
  transaction.warnings.unshift(...warnings);
  return { transaction, ...bodyHashes(kept) };
}
