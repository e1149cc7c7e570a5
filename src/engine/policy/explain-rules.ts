import type { DecisionData } from '../../domain/records.ts';
import type { JournalRecord } from '../../journal/journal.ts';
import { explainRules, type RuleExplanation } from '../../policy/evaluate.ts';
import { factsOf } from './apply.ts';
import type { InForce } from './in-force.ts';
import { refillOf, seenOf } from './recorded.ts';

/**
 * Each rule of the version that decided, with the value of every clause, from the numbers that were kept. Whether it hit is what
 * the record says: personal fields that were erased since leave clauses unknown.
 */
export function rulesOf(record: JournalRecord, then: InForce): RuleExplanation[] {
  const { decision, ruleSchema } = record.data as unknown as DecisionData;
  const refill = refillOf({ inForce: then, serving: undefined }, then.definitions);
  const readable = then.definitions.length === 0 || ruleSchema === then.schema;
  const explained = explainRules(then.program, factsOf(then, decision, seenOf(record, refill, then.entityTypes)));
  return explained.map((rule) => {
    const hit = decision.rules.find(({ id, version }) => id === rule.id && version === rule.version);
    return {
      ...rule,
      hit: hit !== undefined,
      mode: hit?.mode ?? rule.mode,
      ...(readable ? {} : { clauses: rule.clauses.map((clause) => ({ ...clause, value: null })) }),
    };
  });
}
