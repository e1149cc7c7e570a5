import type { QueryClient } from '@tanstack/react-query';
import { finalizeTransaction, findTransaction, type LabelInput, labelTransaction } from '../../api/queries.ts';
import type { LabelValue, Transaction } from '../../api/types.ts';

/** `override`: a declined one goes through after all, and was legitimate. */
export type Resolution = { as: 'override'; reason: string } | { as: LabelValue };

/** Somebody was faster. */
export class AlreadyResolved extends Error {
  constructor(transaction: Transaction | undefined) {
    const how = !transaction
      ? 'it has been deleted'
      : transaction.label
        ? `it is labelled ${transaction.label}`
        : `it is ${transaction.status === 'finalized' ? 'finalized' : 'not as it was shown'}`;
    super(`Nothing was changed: ${how}.`);
    this.name = 'AlreadyResolved';
  }
}

/** What somebody else said or did since `seen` was read is left as it is. */
export async function resolve(seen: Transaction, resolution: Resolution): Promise<void> {
  const now = await findTransaction(seen.id);
  if (!now || (now.labels?.length ?? 0) !== (seen.labels?.length ?? 0) || now.status !== seen.status)
    throw new AlreadyResolved(now);
  const reason = resolution.as === 'override' ? resolution.reason.trim() : undefined;
  const label = resolution.as === 'override' ? 'legitimate' : resolution.as;
  const body: LabelInput = { label, source: 'analyst', ...(reason ? { note: reason } : {}) };
  // Finalize first: it is the one that can be refused.
  if (reason !== undefined && now.status === 'pending') await finalizeTransaction(now.tempId ?? now.id, { reason });
  await labelTransaction(now.id, body);
}

/** Whatever shows this transaction asks again. */
export function refreshAfter(client: QueryClient, id: string): void {
  for (const key of ['transaction', 'history', 'audit']) void client.invalidateQueries({ queryKey: [key, id] });
  for (const key of ['alerts', 'entity', 'transactions', 'stats', 'case', 'cases', 'case-stats'])
    void client.invalidateQueries({ queryKey: [key] });
}
