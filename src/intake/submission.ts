import type { Transaction } from '../domain/transaction.ts';
import { type BodyHashes, bodyHashes } from './body-hash.ts';
import { type IntakeRules, type Receipt, takeIn } from './transaction.ts';

/** A transaction to decide, and what tells a repetition of its body from another body under the same id. */
export interface Taken extends BodyHashes {
  transaction: Transaction;
}

/** A parsed body of any door, to be decided. Throws `invalid_request` with every fault. */
export function takeSubmission(body: unknown, receipt: Receipt, rules: IntakeRules): Taken {
  const transaction = takeIn(body, receipt, rules);
  return { transaction, ...bodyHashes(body as Record<string, unknown>) };
}
