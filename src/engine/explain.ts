import type { Decision } from '../domain/decision.ts';
import type { TransactionType } from '../domain/fields.ts';
import type { IntakeData } from '../domain/records.ts';
import type { Transaction } from '../domain/transaction.ts';
import type { JournalRecord } from '../journal/journal.ts';
import type { Explanation } from './engine.ts';
import { joined } from './entry.ts';
import { allReasons, type Serving } from './judge.ts';
import { rulesOf } from './policy/explain-rules.ts';
import { type InForce, NO_POLICY } from './policy/in-force.ts';
import { decideRecorded, refillOf } from './policy/recorded.ts';

interface Models {
  serving: () => Serving | undefined;
  /** The model of a version, serving or not. */
  servingOf: (version: string) => Serving | undefined;
  policy?: () => InForce;
  /** The policy of a version, over lists as they were at a time. */
  policyAt?: (version: number, listsAt: number) => InForce | undefined;
}

/**
 * A stored decision as model and policy of today make it of the numbers of then: the transaction does not meet itself. Undefined
 * where these do not hold what is asked today.
 */
export function judgeAgain(ports: Models, record: JournalRecord): Decision | undefined {
  const serving = ports.serving();
  const { decision } = record.data as { decision?: Decision };
  const made = decision?.model && ports.servingOf(decision.model.version);
  if (!serving || !record.vector || !made || made.model.featureSchema !== serving.model.featureSchema) return undefined;
  const inForce = ports.policy?.() ?? NO_POLICY;
  const then = ports.policyAt?.(decision.policyVersion ?? 0, record.at) ?? NO_POLICY;
  const refill = refillOf({ inForce: then, serving: made }, inForce.definitions);
  return refill.missing.length > 0 ? undefined : decideRecorded(record, refill, { inForce, serving });
}

/** The transaction of a record, for where its vector is of no use to the model of today. */
export function transactionOf(record: JournalRecord): Transaction {
  return joined(record.data as unknown as IntakeData, record.personal);
}

/** Every contribution of a stored decision and every rule's clauses, from its vectors and the versions that made it. */
export function explain(ports: Models, record: JournalRecord): Explanation {
  const data = record.data as { transaction: { id: string; type?: TransactionType }; decision?: Decision };
  const reference = data.decision?.model;
  const transactionId = data.transaction.id;
  const then = ports.policyAt?.(data.decision?.policyVersion ?? 0, record.at);
  const rules = then ? rulesOf(record, then) : [];
  const nothing = { transactionId, model: null, baseValue: 0, rawScore: 0, probability: 0, contributions: [], rules };
  if (!reference || !record.vector) return nothing;
  const serving = ports.servingOf(reference.version);
  // The rules are explained by what the record holds, with the model or without.
  if (!serving)
    return {
      ...nothing,
      ...{ model: reference, probability: data.decision!.probability },
      incomplete: `Model ${reference.version}, which decided, is not here any more: its contributions cannot be computed.`,
    };
  const contributions = new Float64Array(record.vector.length);
  const baseValue = serving.model.explain(record.vector, contributions);
  const rawScore = contributions.reduce((sum, part) => sum + part, baseValue);
  return {
    transactionId,
    model: reference,
    baseValue,
    rawScore,
    probability: serving.model.calibrate(rawScore),
    contributions: allReasons(serving, record.vector, contributions, data.transaction.type),
    rules,
  };
}
