import type { Static } from 'typebox';
import { AssayError } from '../domain/errors.ts';
import type { Policy, RuleVersion, Thresholds } from '../domain/policy.ts';
import type { Backtest } from '../engine/backtest/run.ts';
import type { InForce } from '../engine/policy/in-force.ts';
import { policyAt } from '../engine/policy/versions.ts';
import { createList } from '../policy/lists/list.ts';
import { entryValue } from '../policy/lists/values.ts';
import type { BacktestBody } from './contract/backtests.ts';
import type { RuleBody, RuleFields } from './contract/policy.ts';
import { assertChecks, contentOf } from './rule-body.ts';
import type { Services } from './services.ts';
import { instant, invalid } from './window.ts';

type Asked = Static<typeof BacktestBody>;
type RuleAsked = Static<typeof RuleBody>;
type Ports = Pick<Services, 'policy' | 'roster' | 'config'>;

/** What a body asks to be tried on the past: the policy in force with what is to be another. Throws `invalid_request`. */
export function backtestOf(ports: Ports, body: Asked, now: number): Backtest {
  const { policy, roster } = ports;
  const tried: Policy = { ...inForceNow(policy), rules: rulesOf(ports, body) };
  if (body.thresholds !== undefined) tried.thresholds = thresholdsOf(tried, body.thresholds);
  const other = body.model == null ? undefined : roster.servingOf(body.model);
  if (body.model != null && !other) throw invalid('/model', `is none that is kept here: ${body.model}`);
  return {
    ...{ policy: tried, inForce: withLists(ports, policy.prepare(tried), body.lists ?? {}), other },
    from: body.from == null ? 0 : instant('from', body.from),
    to: body.to == null ? now + 1 : instant('to', body.to),
    ...{ mode: body.mode ?? 'stored', samples: body.samples ?? 20 },
  };
}

/** The policy in force with one rule more, live whatever its mode is: what a preview tries. */
export function withRule(ports: Ports, rule: RuleAsked, path: string): { policy: Policy; inForce: InForce } {
  const before = inForceNow(ports.policy);
  const tried = ruleOf(ports, { ...rule, mode: 'live' }, path);
  const policy = { ...before, rules: [...before.rules.filter(({ id }) => id !== tried.id), tried] };
  return { policy, inForce: ports.policy.prepare(policy) };
}

function inForceNow({ log: { state } }: Services['policy']): Policy {
  return policyAt(state, state.version)!;
}

function rulesOf(ports: Ports, { rules, add = [], remove = [] }: Asked): RuleVersion[] {
  const before = rules?.map((rule, i) => ruleOf(ports, rule, `/rules/${i}`)) ?? inForceNow(ports.policy).rules;
  const byId = new Map<string, RuleVersion>();
  for (const rule of before) {
    if (byId.has(rule.id)) throw invalid('/rules', `has two rules with the id ${rule.id}`);
    byId.set(rule.id, rule);
  }
  for (const [i, id] of remove.entries())
    if (!byId.delete(id)) throw invalid(`/remove/${i}`, `is no rule in force: ${id}`);
  const added = new Set<string>();
  for (const [i, rule] of add.entries()) {
    const made = ruleOf(ports, rule, `/add/${i}`);
    if (added.has(made.id)) throw invalid('/add', `has two rules with the id ${made.id}`);
    added.add(made.id);
    byId.set(made.id, made);
  }
  return [...byId.values()];
}

/** Live unless it says otherwise: nobody asks what a rule that is off would have done. */
function ruleOf({ policy, config }: Ports, rule: RuleAsked, path: string): RuleVersion {
  const id = rule.id ?? `new${path.replaceAll('/', '-')}`;
  const content = at(path, () => {
    const made = contentOf({ mode: 'live', ...rule } as RuleFields, undefined, config.entityTypes);
    assertChecks(policy.check(made.when));
    return made;
  });
  const version = policy.log.state.rules.get(id)?.versions.at(-1)?.version ?? 0;
  return { id, version: version + 1, content, at: 0, createdAt: 0, by: null, createdBy: null };
}

/** Errors of a rule, by its place in the body. */
function at<T>(path: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof AssayError) || !error.errors) throw error;
    const errors = error.errors.map((one) => ({ ...one, path: `${path}${one.path}` }));
    throw new AssayError(error.code, error.message, { errors });
  }
}

function thresholdsOf(policy: Policy, asked: Asked['thresholds']): Thresholds {
  const { review = policy.thresholds.review, decline = policy.thresholds.decline } = asked ?? {
    review: null,
    decline: null,
  };
  if (review !== null && decline !== null && review > decline)
    throw invalid('/thresholds/review', 'must not be above decline');
  return { review, decline };
}

/** Lists that the body brings are as it says at all times. */
function withLists({ policy }: Ports, inForce: InForce, lists: Record<string, string[]>): InForce {
  const brought = new Map(
    Object.entries(lists).map(([name, values]) => {
      const head = policy.log.state.lists.get(name)?.head;
      if (!head) throw invalid(`/lists/${name}`, 'is no list there is');
      const list = createList(head.type);
      values.forEach((text, i) => {
        const value = entryValue(head.type, text);
        if ('refused' in value) throw invalid(`/lists/${name}/${i}`, value.refused);
        list.entries.put(value.value, { expiresAt: null, note: '', by: null, at: 0 });
      });
      return [name, list];
    }),
  );
  if (brought.size === 0) return inForce;
  const { inList } = inForce;
  return {
    ...inForce,
    inList: (name, value, when) => brought.get(name)?.has(value, when) ?? inList(name, value, when),
  };
}
