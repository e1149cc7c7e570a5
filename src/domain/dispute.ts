import type { LabelWord } from './label.ts';
import { type DisputeKind, isFraudReason } from './reason-codes.ts';

/** `won`: the merchant keeps the money; `reversed`: whoever disputed took it back. */
export const DISPUTE_STATUSES = ['open', 'won', 'lost', 'reversed'] as const;
export type DisputeStatus = (typeof DISPUTE_STATUSES)[number];

/** What a dispute says of a payment's truth. It never says legitimate: money won back proves no good faith. */
export function disputeWord(scheme: string, kind: DisputeKind, reasonCode: string, status: DisputeStatus): LabelWord {
  if (status === 'won' || status === 'reversed') return 'none';
  return isFraudReason(scheme, kind, reasonCode) ? 'fraud' : 'none';
}

/** Whether it stands: then nobody may presume that nothing was wrong. */
export function stands(status: DisputeStatus): boolean {
  return status === 'open' || status === 'lost';
}
