import type { Policy } from '../../domain/policy.ts';
import type { DecisionData } from '../../domain/records.ts';
import type { Profiles } from '../../profiles/profiles.ts';
import type { InForce } from '../policy/in-force.ts';
import { createStoredEvaluator, type EvaluatorPorts } from './evaluator.ts';
import type { RecentDecision } from './recent.ts';

/** Declines of the last month that a rule which approves would have overridden. */
export interface Overridden {
  count: number;
  /** Base currency. */
  amount: number;
  samples: { id: string; at: string; amount: number | null; currency: string }[];
  /** RFC 3339: from when on decisions were looked at; null without any. */
  since: string | null;
}

const MOST_SAMPLES = 20;

export function overriddenBy(
  ports: EvaluatorPorts & { deleted: ReadonlySet<string>; profiles: Profiles | undefined },
  { inForce }: { policy: Policy; inForce: InForce },
  ruleId: string,
  decisions: readonly RecentDecision[],
): Overridden {
  const evaluator = createStoredEvaluator(ports, { inForce, other: undefined }, ports.profiles);
  const found: Overridden = { count: 0, amount: 0, samples: [], since: null };
  for (const { record, payment } of decisions.toReversed()) {
    found.since = new Date(record.at).toISOString();
    const { transaction, decision } = record.data as unknown as DecisionData;
    if (decision.decision !== 'decline' || ports.deleted.has(transaction.id)) continue;
    if (evaluator.decide(record, payment)?.decision.decidedBy !== `rule:${ruleId}`) continue;
    found.count++;
    found.amount += transaction.amountBase ?? 0;
    const { id, amount, currency } = transaction;
    if (found.samples.length < MOST_SAMPLES) found.samples.push({ id, at: found.since, amount, currency });
  }
  found.amount = Math.round(found.amount * 100) / 100;
  return found;
}
