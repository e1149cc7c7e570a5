import type { Outcome, Reason } from '../domain/decision.ts';
import { capital, percent, sentenceOf } from './phrases.ts';

const OPENING: Record<Outcome, string> = {
  approve: 'Approved',
  review: 'Sent to review',
  decline: 'Declined',
};

/** Two sentences at most: the outcome with its risk, and the two strongest reasons that speak for it. */
export function sentence(outcome: Outcome, probability: number, reasons: Reason[]): string {
  const opening = `${OPENING[outcome]}: the risk of fraud is ${percent(probability)}.`;
  const [first, second] = reasonsFor(outcome, reasons, 2);
  if (first === undefined) return opening;
  const said = sentenceOf(first.message);
  if (second === undefined) return `${opening} ${capital(said)}.`;
  return `${opening} ${capital(said)}, and ${sentenceOf(second.message)}.`;
}

/** Where a rule decided: why, in its own words, and how sure the model was beside it. */
export function ruleSentence(
  outcome: Outcome,
  rule: { id: string; name: string; reason: string },
  probability: number | undefined,
): string {
  const why = rule.reason.trim().replace(/\.$/, '') || rule.name;
  const risk = probability === undefined ? '' : ` The model’s risk of fraud is ${percent(probability)}.`;
  return `${OPENING[outcome]} by rule ${rule.id}: ${why}.${risk}`;
}

/** Where the control share let a decline through. */
export function controlSentence(probability: number | undefined): string {
  const risk = probability === undefined ? '' : ` The model’s risk of fraud is ${percent(probability)}.`;
  return `Approved to learn from: it would have been declined, and was drawn for the control share.${risk}`;
}

/**
 * The strongest reasons that speak for the outcome, at most `limit`: of one thing seen over several lengths of time
 * (`user_count_1h`, `user_count_24h`) only the strongest.
 */
export function reasonsFor(outcome: Outcome, reasons: readonly Reason[], limit: number): Reason[] {
  const sign = outcome === 'approve' ? -1 : 1;
  const found: Reason[] = [];
  for (const reason of reasons) {
    if (sign * reason.contribution <= 0) continue;
    if (found.length > 0) {
      const about = subjectOf(reason.code);
      if (found.some(({ code }) => subjectOf(code) === about)) continue;
    }
    if (found.push(reason) === limit) break;
  }
  return found;
}

/** `device_cards` of `device_cards_10m`. */
function subjectOf(code: string): string {
  let subject = subjects.get(code);
  if (subject === undefined) {
    if (subjects.size >= SUBJECTS_KEPT) subjects.clear();
    subject = code.replace(/(?:_\d+[mhd]|_delay)+$/, '');
    subjects.set(code, subject);
  }
  return subject;
}

/** Every decision asks for the same few. */
const subjects = new Map<string, string>();
const SUBJECTS_KEPT = 2_000;
