import type { Outcome, Reason } from '../domain/decision.ts';

const OPENING: Record<Outcome, string> = {
  approve: 'Approved',
  review: 'Sent to review',
  decline: 'Declined',
};

/** Two sentences at most: the outcome with its risk, and the two strongest reasons that speak for it. */
export function sentence(outcome: Outcome, probability: number, reasons: Reason[]): string {
  const forIt = reasons.filter(({ contribution }) => (outcome === 'approve' ? contribution < 0 : contribution > 0));
  const said = forIt
    .slice(0, 2)
    .map(({ message }) => message)
    .join('; ');
  const opening = `${OPENING[outcome]}: the risk of fraud is ${percent(probability)}.`;
  if (said === '') return opening;
  return outcome === 'approve'
    ? `${opening} In its favour: ${said}.`
    : `${opening} ${said[0].toUpperCase()}${said.slice(1)}.`;
}

function percent(probability: number): string {
  const share = 100 * probability;
  if (share < 0.1) return 'under 0.1%';
  if (share > 99.9) return 'over 99.9%';
  return `${share < 10 || share > 99 ? share.toFixed(1) : Math.round(share)}%`;
}
