import { randomBytes } from 'node:crypto';
import type { Clock } from '../../domain/clock.ts';
import type { Policy, RuleContent } from '../../domain/policy.ts';
import type { Journal, JournalRecord } from '../../journal/journal.ts';
import { type Check, checkExpression } from '../../policy/expression/check.ts';
import { compileExpression } from '../../policy/expression/compile.ts';
import type { ListsNamed } from './fold.ts';
import { environmentOf, type InForce, inForceOf } from './in-force.ts';
import { createPolicyLog, type PolicyLog } from './policy-log.ts';
import { policyPart } from './snapshot.ts';
import { policyAt } from './versions.ts';

/** The policy of this process: its log, what is in force, and what was. */
export interface PolicyService {
  readonly log: PolicyLog;
  /** What decides now. */
  inForce(): InForce;
  /** As a version had it, over lists as they were at a time; undefined where there was none. */
  at(version: number, listsAt: number): InForce | undefined;
  /** Any policy, ready to decide: over lists as they were at each decision's record. */
  prepare(policy: Policy): InForce;
  check(when: string): Check;
  stats(): PolicyStats;
  /** Lists that a rule's expression names. */
  listsNamed: ListsNamed;
  /** Hex; for the draws of the control share. */
  newSecret(): string;
  fold(record: JournalRecord): void;
  /** What became of a command, as the audit and the feed tell it; undefined where it is none of the newest. */
  outcomeOf(sequence: number): CommandOutcome | undefined;
  /** Of a snapshot. */
  readonly part: ReturnType<typeof policyPart>;
}

export interface PolicyStats {
  version: number;
  /** Evaluations that failed, by rule, since the process began. */
  failures: Record<string, number>;
  /** Why the last of them did, in words. */
  lastFailures: Record<string, string>;
  /** Rules that do not check any more: they hit nothing. */
  broken: string[];
  /** Evaluations that were timed, and what they took together. */
  timed: number;
  seconds: number;
}

export interface CommandOutcome {
  status: number;
  body?: Record<string, unknown>;
  error?: { code: string; detail: string };
}

export interface PolicyPorts {
  journal: Journal;
  clock: Clock;
  entityTypes: readonly string[];
  /** Monotonic milliseconds, to time evaluations; nothing is timed without. */
  stopwatch?: () => number;
}

/** Versions that are kept compiled for explanations. */
const COMPILED_KEPT = 8;
const STATUS = { conflict: 409, not_found: 404, forbidden: 403 };
const NAMED_KEPT = 20_000;

export function createPolicy({ journal, clock, entityTypes, stopwatch }: PolicyPorts): PolicyService {
  const environment = environmentOf(entityTypes);
  const named = new Map<string, readonly string[]>();
  const compiled = new Map<number, InForce>();
  let current: InForce | undefined;

  /** By the text: what was written once is asked for again at each change. */
  function listsNamed({ when }: RuleContent): readonly string[] {
    let names = named.get(when);
    if (names === undefined) {
      const result = compileExpression(when, environment);
      const uses = result.ok ? result.expression.uses : [];
      names = uses.filter(({ kind }) => kind === 'list').map(({ name }) => name);
      if (named.size >= NAMED_KEPT) named.clear();
      named.set(when, names);
    }
    return names;
  }

  const log = createPolicyLog({ journal, clock, listsNamed });
  const { state } = log;

  const inList = (name: string, value: string, at: number) => state.lists.get(name)?.list.has(value, at);

  function compiledAt(version: number): InForce | undefined {
    const known = compiled.get(version);
    if (known) return known;
    const policy = policyAt(state, version);
    if (!policy) return undefined;
    const made = inForceOf(policy, environment, inList);
    compiled.set(version, made);
    if (compiled.size > COMPILED_KEPT) compiled.delete(compiled.keys().next().value!);
    return made;
  }

  /** Failures of programs of before. */
  const failures = new Map<string, Failures>();
  const meter = stopwatch && { count: 0, timed: 0, seconds: 0, stopwatch };

  function renewed(): InForce {
    addFailures(failures, current);
    const made = inForceOf(policyAt(state, state.version)!, environment, inList);
    return meter ? { ...made, meter } : made;
  }

  return {
    log,
    stats() {
      const sums = addFailures(new Map(failures), current);
      const { timed = 0, seconds = 0 } = meter ?? {};
      const broken = current?.program.broken.map(({ id }) => id) ?? [];
      return {
        ...{ version: state.version, broken, timed, seconds },
        failures: Object.fromEntries([...sums].map(([id, { count }]) => [id, count])),
        lastFailures: Object.fromEntries([...sums].map(([id, { last }]) => [id, last])),
      };
    },
    inForce() {
      if (current?.policy.version !== state.version) current = renewed();
      return current;
    },
    at(version, listsAt) {
      const then = compiledAt(version);
      return then && { ...then, inList: (name, value) => inList(name, value, listsAt) };
    },
    prepare: (policy) => inForceOf(policy, environment, inList),
    check: (when) =>
      checkExpression(when, {
        ...environment,
        lists: new Map([...state.lists].map(([name, { head }]) => [name, head.type])),
      }),
    listsNamed,
    newSecret: () => randomBytes(32).toString('hex'),
    fold: log.fold,
    outcomeOf(sequence) {
      const settled = state.outcomes.get(sequence);
      if (!settled) return undefined;
      const { version, error } = settled;
      return error ? { status: STATUS[error.code], error } : { status: 200, body: { version } };
    },
    part: policyPart(state),
  };
}

interface Failures {
  count: number;
  last: string;
}

function addFailures(sums: Map<string, Failures>, inForce: InForce | undefined): Map<string, Failures> {
  for (const { rule, failures, lastFailure = '' } of inForce?.program.rules ?? [])
    if (failures > 0) sums.set(rule.id, { count: (sums.get(rule.id)?.count ?? 0) + failures, last: lastFailure });
  return sums;
}
