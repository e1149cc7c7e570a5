import { hash53 } from '../domain/hash.ts';
import type { SubjectEvent } from '../domain/records.ts';
import type { Transaction } from '../domain/transaction.ts';
import { type EntityNaming, entityKeys, recordedEntities } from './event.ts';

/**
 * What is told of a payment whose record was removed from the log: its entities as the database shows it, amended or erased as it may be.
 */
export function subjectOfView(view: Record<string, unknown>, naming: EntityNaming): SubjectEvent {
  const { id, type, transactionDate, amountBase } = view as unknown as {
    id: string;
    type: Transaction['type'];
    transactionDate: string;
    amountBase: number | null;
  };
  const keys = entityKeys(view as unknown as Transaction, naming);
  return {
    ...{ id: hash53(id), time: Date.parse(transactionDate), amount: amountBase },
    ...recordedEntities(keys, naming.entityTypes),
    ...(type && type !== 'payment' ? { type } : {}),
  };
}
