import type { RuleHit, RuleVersion } from '../domain/policy.ts';
import { compileExpression, type Expression } from './expression/compile.ts';
import type { Environment } from './expression/environment.ts';
import type { Issue } from './expression/issue.ts';
import { createRequests, type FeatureRequest } from './expression/request.ts';
import { createGuards, type Guards } from './guards.ts';

/** The rules of a policy as they run. */
export interface Program {
  /** What they ask of the features, each once: compile these into one extractor and fill `facts.values` from it. */
  readonly requests: readonly FeatureRequest[];
  /** Those that are live or in shadow, in the order of their ids. */
  readonly rules: readonly CompiledRule[];
  readonly guards: Guards;
  readonly byId: ReadonlyMap<string, CompiledRule>;
  /** Rules that no longer check (a list is gone, a feature): they hit nothing, and are shown. */
  readonly broken: readonly { id: string; version: number; errors: Issue[] }[];
}

export interface CompiledRule {
  readonly rule: RuleVersion;
  readonly expression: Expression;
  readonly from: number;
  readonly to: number;
  readonly percent: number;
  /** Index of the rollout's entity among the entity types; -1 for everyone. */
  readonly by: number;
  /** What a hit records; frozen, so that a decision allocates none. */
  readonly liveHit: RuleHit;
  readonly shadowHit: RuleHit;
  /** Evaluations that failed, since it was compiled. */
  failures: number;
  lastFailure: string | undefined;
}

/** Rules that are off are left out: they cost nothing. */
export function compileRules(rules: readonly RuleVersion[], environment: Environment): Program {
  const requests = createRequests();
  const compiled: CompiledRule[] = [];
  const broken: { id: string; version: number; errors: Issue[] }[] = [];
  const inOrder = rules.filter((rule) => rule.content.mode !== 'off').sort((a, b) => (a.id < b.id ? -1 : 1));
  for (const rule of inOrder) {
    const result = compileExpression(rule.content.when, environment, requests);
    if (result.ok) compiled.push(prepare(rule, result.expression, environment.entityTypes));
    else broken.push({ id: rule.id, version: rule.version, errors: result.errors });
  }
  const byId = new Map(compiled.map((one) => [one.rule.id, one]));
  const guards = createGuards(compiled.map((one) => one.expression.guard));
  return { requests: requests.all, rules: compiled, guards, byId, broken };
}

function prepare(rule: RuleVersion, expression: Expression, entityTypes: readonly string[]): CompiledRule {
  const { id, version } = rule;
  const { outcome, priority, rollout, validFrom, validTo } = rule.content;
  const hit = (mode: 'live' | 'shadow'): RuleHit => Object.freeze({ id, version, outcome, mode, priority });
  return {
    rule,
    expression,
    from: validFrom ?? Number.NEGATIVE_INFINITY,
    to: validTo ?? Number.POSITIVE_INFINITY,
    percent: rollout?.percent ?? 100,
    by: rollout === null ? -1 : entityTypes.indexOf(rollout.by),
    liveHit: hit('live'),
    shadowHit: hit('shadow'),
    failures: 0,
    lastFailure: undefined,
  };
}
