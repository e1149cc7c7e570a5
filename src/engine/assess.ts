import type { Decision } from '../domain/decision.ts';
import type { Transaction } from '../domain/transaction.ts';
import { profileKeys } from '../profiles/keys.ts';
import type { Profiles } from '../profiles/profiles.ts';
import { eventOf } from './event.ts';
import { judge, judgeWithoutModel, type Serving, thresholdsOf } from './judge.ts';
import { applyPolicy, type DrawControl } from './policy/apply.ts';
import { type InForce, NO_POLICY } from './policy/in-force.ts';
import { passOf } from './policy/pass.ts';
import type { ScaAdvisor } from './sca.ts';

export interface AssessPorts {
  profiles: Profiles;
  /** What decides; of a payment of these entities, where a model decides for a share of them. */
  serving: (entities?: ArrayLike<number>) => Serving | undefined;
  /** What is in force; without it no rule speaks. */
  policy?: () => InForce;
  draw?: DrawControl;
  /** A model could not judge a payment: see `guard`. */
  onModelFailed?: (version: string, at: number) => void;
  /** Whether it belongs to an alert that there was already. */
  suppressed?: (decision: Decision, entities: ArrayLike<number>, at: number) => boolean;
  /** Where the operator wants payments to be told that they may go without strong authentication. */
  sca?: Pick<ScaAdvisor, 'advise'> | undefined;
}

/** A decision and what it was made of. */
export interface Assessed {
  decision: Decision;
  /** The model's; undefined without one. */
  vector: Float64Array | undefined;
  readSet: [count: number, fingerprint: number][];
  rules: RuleNumbers | undefined;
}

/** The rules' own numbers, by the definitions of the policy's version. */
export interface RuleNumbers {
  vector: Float64Array;
  /** Names the definitions in their order. */
  schema: string;
  /** Slots whose windows reach past what is exactly known. */
  approximate: number[] | undefined;
}

/** Reads, computes, scores, judges and hears the policy; changes nothing. `at` is the time of the decision's record. */
export function assess(ports: AssessPorts, transaction: Transaction, entities: Float64Array, at: number): Assessed {
  const serving = ports.serving(entities);
  const inForce = ports.policy?.() ?? NO_POLICY;
  const event = eventOf(transaction, entities);
  const readSet = ports.profiles.readSet(profileKeys(event));
  const pass = passOf(serving, inForce, ports.profiles.entityTypes);
  const numbers = new Float64Array(pass.model + pass.rules);
  const approximate = pass.extract(ports.profiles, event, numbers);
  const ruleVector = numbers.subarray(pass.model);
  const byModel = serving && judgedBy(ports, serving, inForce, numbers.subarray(0, pass.model), transaction, at);
  const judged = byModel ?? judgeWithoutModel();
  const vector = byModel && numbers.subarray(0, pass.model);
  const decision = applyPolicy(inForce, judged, { transaction, event, ruleVector, recordedAt: at }, ports.draw);
  if (ports.suppressed?.(decision, entities, at)) decision.suppressed = true;
  const sca = ports.sca?.advise(decision, { profiles: ports.profiles, transaction, event, at });
  if (sca) decision.sca = sca;
  const rules = pass.rules > 0 ? { vector: ruleVector, schema: inForce.schema, approximate } : undefined;
  return { decision, vector, readSet, rules };
}

/** Undefined where the model throws or gives no number: the payment is then decided by rules alone, and marked so. */
function judgedBy(
  { onModelFailed }: AssessPorts,
  serving: Serving,
  { policy }: InForce,
  vector: Float64Array,
  { type }: Transaction,
  at: number,
): Decision | undefined {
  try {
    const decision = judge(serving, vector, new Float64Array(vector.length), thresholdsOf(serving, policy), type);
    if (Number.isFinite(decision.probability)) return decision;
  } catch (error) {
    if (!onModelFailed) throw error;
  }
  onModelFailed?.(serving.model.version, at);
  return undefined;
}
