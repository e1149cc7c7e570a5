import type { RuleHit } from '../domain/policy.ts';
import type { Facts } from './expression/facts.ts';
import { TRUE, type Truth, truthValue, UNKNOWN } from './expression/truth.ts';
import type { CompiledRule, Program } from './program.ts';
import { inRollout } from './rollout.ts';

const NONE: readonly RuleHit[] = Object.freeze([]);

/**
 * The hits of a payment, in the order of the rules' ids; nothing is allocated where nothing hits. A rule that fails is no hit:
 * it is counted in its `failures`.
 */
export function evaluateRules(program: Program, facts: Facts): readonly RuleHit[] {
  const { rules, guards } = program;
  let hits: RuleHit[] | undefined;
  for (let i = 0; i < rules.length; i++) {
    if (!guards.pass(i, facts.values)) continue;
    const compiled = rules[i];
    if (facts.recordedAt < compiled.from || facts.recordedAt >= compiled.to) continue;
    if (truthFor(compiled, facts) !== TRUE) continue;
    hits ??= [];
    hits.push(appliesTo(compiled, facts) ? compiled.liveHit : compiled.shadowHit);
  }
  return hits ?? NONE;
}

function truthFor(compiled: CompiledRule, facts: Facts): Truth {
  facts.fault = undefined;
  try {
    const truth = compiled.expression.hits(facts);
    // What is decided in spite of a fault (`true || …`) did not fail.
    if (truth !== UNKNOWN || facts.fault === undefined) return truth;
  } catch (error) {
    facts.fault = error instanceof Error ? error.message : String(error);
  }
  compiled.failures++;
  compiled.lastFailure = facts.fault;
  return UNKNOWN;
}

function appliesTo(compiled: CompiledRule, facts: Facts): boolean {
  const { rule, percent, by } = compiled;
  if (rule.content.mode !== 'live') return false;
  return rule.content.rollout === null || inRollout(rule.id, percent, facts.entities[by] ?? 0);
}

/** Why, and why not: a rule's clauses with their values; null is unknown. */
export interface RuleExplanation {
  id: string;
  version: number;
  hit: boolean;
  mode: 'live' | 'shadow';
  clauses: { text: string; value: boolean | null; fault?: string }[];
}

export function explainRules(program: Program, facts: Facts): RuleExplanation[] {
  const hits = new Map(evaluateRules(program, facts).map((hit) => [hit.id, hit]));
  return program.rules.map(({ rule, expression }) => ({
    id: rule.id,
    version: rule.version,
    hit: hits.has(rule.id),
    mode: hits.get(rule.id)?.mode ?? (rule.content.mode === 'live' ? 'live' : 'shadow'),
    clauses: expression.clauses.map((clause) => explainClause(clause, facts)),
  }));
}

function explainClause(clause: { text: string; evaluate: (facts: Facts) => Truth }, facts: Facts) {
  facts.fault = undefined;
  const value = truthValue(clause.evaluate(facts));
  const why = facts.fault as string | undefined;
  return { text: clause.text, value, ...(why === undefined || value !== null ? {} : { fault: why }) };
}
