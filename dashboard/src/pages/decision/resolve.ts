import type { QueryClient } from '@tanstack/react-query';
import { finalizeTransaction, findTransaction, type LabelInput, labelTransaction } from '../../api/queries.ts';
import type { Transaction } from '../../api/types.ts';

export type Resolution = { as: 'approve'; note?: string } | { as: 'decline'; note?: string };

/** Somebody was faster. */
export class AlreadyResolved extends Error {
  constructor(transaction: Transaction | undefined) {
    const how = !transaction
      ? 'it has been deleted'
      : transaction.label
        ? `it is labelled ${transaction.label}`
        : 'it is finalized';
    super(`Nothing was changed: ${how}.`);
    this.name = 'AlreadyResolved';
  }
}

/**
 * Approve: labelled legitimate and finalized, a declined one by an override. Decline: labelled fraud. What somebody else
 * resolved since `seen` was read is left as it is.
 */
export async function resolve(seen: Transaction, { as, note }: Resolution): Promise<void> {
  const now = await findTransaction(seen.id);
  if (!now || (now.labels?.length ?? 0) !== (seen.labels?.length ?? 0) || now.status !== seen.status)
    throw new AlreadyResolved(now);
  const label = as === 'approve' ? 'legitimate' : 'fraud';
  const text = note?.trim();
  const body: LabelInput = { label, source: 'analyst', ...(text ? { note: text } : {}) };
  // Finalize first: it is the one that can be refused.
  if (as === 'approve' && now.status === 'pending')
    await finalizeTransaction(now.tempId ?? now.id, now.decision === 'decline' ? { reason: text ?? '' } : undefined);
  await labelTransaction(now.id, body);
}

/** Whatever shows this transaction asks again. */
export function refreshAfter(client: QueryClient, id: string): void {
  for (const key of ['transaction', 'history', 'audit']) void client.invalidateQueries({ queryKey: [key, id] });
  for (const key of ['alerts', 'entity', 'transactions', 'stats', 'case'])
    void client.invalidateQueries({ queryKey: [key] });
}
