import type { Decision, RuleHit } from '../../domain/decision.ts';
import type { Event } from '../../domain/event.ts';
import type { Transaction } from '../../domain/transaction.ts';
import { localHour, localWeekday } from '../../features/time.ts';
import { combine } from '../../policy/combine.ts';
import { evaluateRules } from '../../policy/evaluate.ts';
import { controlSentence, ruleSentence } from '../../policy/explanation.ts';
import type { Facts } from '../../policy/expression/facts.ts';
import { type InForce, TIMED_EVERY } from './in-force.ts';

/** What rules see of a payment, and the model's decision of it. */
export interface Seen {
  transaction: Transaction;
  event: Event;
  /** By the definitions of the policy: NaN where missing. */
  ruleVector: Float64Array;
  /** Milliseconds: of the decision's record. */
  recordedAt: number;
}

/** Whether a decline that may be let through is; undefined where it is not. */
export type DrawControl = (seen: Seen) => { share: number } | undefined;

/** The model's decision, or that of no model, as the policy has it: rules heard, combined, and the control share drawn. Changes it. */
export function applyPolicy(inForce: InForce, decision: Decision, seen: Seen, draw?: DrawControl): Decision {
  const { program, policy } = inForce;
  const judged = decision.model !== undefined;
  const hits = program.rules.length === 0 ? NO_HITS : hitsOf(inForce, decision, seen);
  const combined = combine(hits, judged ? decision.decision : undefined, program);
  const probability = judged ? decision.probability : undefined;
  decision.rules = hits;
  decision.policyVersion = policy.version;
  decision.decidedBy = combined.decidedBy;
  decision.decision = combined.decision;
  if (combined.actions.length > 0) decision.actions = combined.actions;
  if (combined.decidedBy.startsWith('rule:')) {
    const { id, content } = program.byId.get(combined.decidedBy.slice(5))!.rule;
    decision.fraudExplanation = ruleSentence(combined.decision, { id, ...content }, probability);
  }
  const drawn = combined.decision === 'decline' && !combined.hard ? draw?.(seen) : undefined;
  if (drawn) {
    decision.control = { share: drawn.share, would: combined.decision };
    decision.decision = 'approve';
    decision.decidedBy = 'control';
    decision.fraudExplanation = controlSentence(probability);
  }
  decision.isFraudulent = decision.decision === 'decline';
  return decision;
}

const NO_HITS = Object.freeze([]);

function hitsOf(inForce: InForce, decision: Decision, seen: Seen): readonly RuleHit[] {
  const { program, meter } = inForce;
  const facts = factsOf(inForce, decision, seen);
  if (!meter || ++meter.count % TIMED_EVERY !== 0) return evaluateRules(program, facts);
  const began = meter.stopwatch();
  const hits = evaluateRules(program, facts);
  meter.seconds += (meter.stopwatch() - began) / 1000;
  meter.timed++;
  return hits;
}

/** What an expression is evaluated over. */
export function factsOf(inForce: InForce, { model, score, probability }: Decision, seen: Seen): Facts {
  const { transaction, event, ruleVector, recordedAt } = seen;
  return {
    tx: transaction as unknown as Facts['tx'],
    values: ruleVector,
    score: model ? score : Number.NaN,
    probability: model ? probability : Number.NaN,
    model,
    hour: localHour(event),
    weekday: localWeekday(event),
    entities: event.entities,
    recordedAt,
    inList: inForce.inList,
    fault: undefined,
  };
}
