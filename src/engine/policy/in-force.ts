import { CONTROL_OFF, type Policy, THRESHOLDS_OF_MODEL } from '../../domain/policy.ts';
import { catalogueFor } from '../../features/catalogue.ts';
import { schemaHash } from '../../features/compile.ts';
import type { FeatureDefinition } from '../../features/definition.ts';
import type { Environment } from '../../policy/expression/environment.ts';
import { compileRules, type Program } from '../../policy/program.ts';
import { counterpartsOf } from '../../profiles/counterparts.ts';

/** A version of the policy, ready to decide. */
export interface InForce {
  policy: Policy;
  program: Program;
  /** Types of the entities that its rules name, in the order of an event's. */
  entityTypes: readonly string[];
  /** What the rules ask of profiles: the definitions of a decision's `ruleVector`, in its order. */
  definitions: readonly FeatureDefinition[];
  /** Names the definitions in their order, so that a vector is never read by others. */
  schema: string;
  /** Whether some rule is applied: then decisions go on without a model. */
  hasLive: boolean;
  /** Whether a list has the value. Undefined where there is no such list. */
  inList: (name: string, value: string, recordedAt: number) => boolean | undefined;
  /** Times some of the evaluations; absent where nobody asks. */
  meter?: PolicyMeter;
}

/** What evaluations take: one of so many is timed. */
export interface PolicyMeter {
  count: number;
  timed: number;
  /** Of those that were timed. */
  seconds: number;
  /** Monotonic milliseconds. */
  stopwatch: () => number;
}

export const TIMED_EVERY = 16;

export type InList = InForce['inList'];

/**
 * What rules may name here. Features are those of the default catalogue, whatever a model was trained on. Lists are left open:
 * a program must not change because of them, and one that is missing is unknown when it is asked.
 */
export function environmentOf(entityTypes: readonly string[]): Environment {
  const counterparts = (entity: string) => counterpartsOf(entity, entityTypes);
  return { features: catalogueFor(entityTypes), entityTypes, counterparts };
}

export function inForceOf(policy: Policy, environment: Environment, inList: InList): InForce {
  const program = compileRules(policy.rules, environment);
  const definitions = program.requests as readonly FeatureDefinition[];
  return {
    ...{ policy, program, definitions, inList, entityTypes: environment.entityTypes },
    schema: definitions.length === 0 ? '' : schemaHash(definitions),
    hasLive: program.rules.some(({ rule }) => rule.content.mode === 'live'),
  };
}

const NOTHING: Policy = {
  ...{ version: 0, thresholds: THRESHOLDS_OF_MODEL, control: CONTROL_OFF, rules: [], lists: [] },
  ...{ updatedAt: null, updatedBy: null },
};

/** Of an installation that never had a policy. */
export const NO_POLICY: InForce = inForceOf(NOTHING, { features: [], entityTypes: [] }, () => undefined);
