import { isPersonal, PERSONAL_FIELDS } from '../domain/fields.ts';
import type { IntakeData, PublicTransaction } from '../domain/records.ts';
import type { Transaction } from '../domain/transaction.ts';
import type { Submission } from './engine.ts';
import { recordedEntities, word } from './event.ts';

/** What a record holds of a submission, personal fields apart. */
export function split(
  submission: Submission,
  entities: Float64Array,
  entityTypes: readonly string[],
): { data: IntakeData; personal: Record<string, unknown> } {
  const { transaction } = submission;
  // Built up: an object that fields are deleted from is slow to whoever reads it later, and many do.
  const open: Record<string, unknown> = {};
  for (const name in transaction) if (!isPersonal(name)) open[name] = transaction[name as keyof Transaction];
  const personal: Record<string, unknown> = {};
  for (const name of PERSONAL_FIELDS) if (transaction[name] !== undefined) personal[name] = transaction[name];
  const data: IntakeData = {
    transaction: open as unknown as PublicTransaction,
    ...recordedEntities(entities, entityTypes),
    location: word(transaction.customerLocation),
    bodyHash: submission.bodyHash,
  };
  if (submission.by !== undefined) data.by = submission.by;
  return { data, personal };
}

/** The transaction that was submitted, from its record. */
export function joined(data: IntakeData, personal: Record<string, unknown> | undefined): Transaction {
  return { ...data.transaction, ...personal } as Transaction;
}
