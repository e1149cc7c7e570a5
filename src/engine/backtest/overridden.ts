import type { Policy } from '../../domain/policy.ts';
import type { DecisionData } from '../../domain/records.ts';
import type { Profiles } from '../../profiles/profiles.ts';
import type { InForce } from '../policy/in-force.ts';
import { createStoredEvaluator, type EvaluatorPorts } from './evaluator.ts';
import type { RecentDecision } from './recent.ts';
import type { Pause } from './turns.ts';

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

/** In turns. */
export async function overriddenBy(
  ports: EvaluatorPorts & { deleted: ReadonlySet<string>; profiles: Profiles | undefined; pause: Pause },
  { inForce }: { policy: Policy; inForce: InForce },
  ruleId: string,
  decisions: readonly RecentDecision[],
): Promise<Overridden> {
  const evaluator = createStoredEvaluator(ports, { inForce, other: undefined }, ports.profiles);
  const since = decisions[0] ? new Date(decisions[0].record.at).toISOString() : null;
  const found: Overridden = { count: 0, amount: 0, samples: [], since };
  for (const { record, payment } of decisions.toReversed()) {
    const pausing = ports.pause();
    if (pausing) await pausing;
    const { transaction, decision } = record.data as unknown as DecisionData;
    if (decision.decision !== 'decline' || ports.deleted.has(transaction.id)) continue;
    if (evaluator.decide(record, payment)?.decision.decidedBy !== `rule:${ruleId}`) continue;
    found.count++;
    found.amount += transaction.amountBase ?? 0;
    const { id, amount, currency } = transaction;
    const at = new Date(record.at).toISOString();
    if (found.samples.length < MOST_SAMPLES) found.samples.push({ id, at, amount, currency });
  }
  found.amount = Math.round(found.amount * 100) / 100;
  return found;
}
