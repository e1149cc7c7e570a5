import type { Outcome, Reason } from '../domain/decision.ts';

const OPENING: Record<Outcome, string> = {
  approve: 'Approved',
  review: 'Sent to review',
  decline: 'Declined',
};

/** One or two sentences: the outcome, and the two strongest reasons that speak for it. */
export function sentence(outcome: Outcome, reasons: Reason[]): string {
  const speaksFor = reasons.filter((reason) =>
    outcome === 'approve' ? reason.contribution < 0 : reason.contribution > 0,
  );
  const because = speaksFor.slice(0, 2).map((reason) => reason.message);
  if (because.length === 0)
    return outcome === 'approve' ? 'Approved: nothing about this payment stands out.' : `${OPENING[outcome]}.`;
  return `${OPENING[outcome]}: ${because.join('; ')}.`;
}
