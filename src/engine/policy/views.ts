import type { ListHead, Policy, RuleVersion } from '../../domain/policy.ts';
import type { PolicyChange, RuleState } from './state.ts';

const iso = (ms: number): string => new Date(ms).toISOString();
const isoOrNull = (ms: number | null): string | null => (ms === null ? null : iso(ms));

/** A version of a rule as the API shows it. */
export function ruleVersionView(rule: RuleVersion): Record<string, unknown> {
  const { id, version, content, at, createdAt, by, createdBy, approvedBy } = rule;
  return {
    ...{ id, version, ...content },
    ...{ validFrom: isoOrNull(content.validFrom), validTo: isoOrNull(content.validTo) },
    ...{ createdAt: iso(createdAt), createdBy, updatedAt: iso(at), updatedBy: by },
    ...(approvedBy === undefined ? {} : { approvedBy }),
  };
}

/** A rule: what is in force of it, and what is proposed. `status` is `proposed` where nothing is in force yet. */
export function ruleView({ current, proposed }: RuleState): Record<string, unknown> {
  const shown = current ?? proposed!;
  return {
    ...ruleVersionView(shown),
    status: current ? 'active' : 'proposed',
    ...(proposed && current ? { proposed: ruleVersionView(proposed) } : {}),
  };
}

export function listView(head: ListHead, entries: number): Record<string, unknown> {
  const { name, type, description, fromCases, createdAt, createdBy } = head;
  return { name, type, description, fromCases, entries, createdAt: iso(createdAt), createdBy };
}

export function policyView(policy: Policy): Record<string, unknown> {
  const { version, thresholds, control, rules, lists, updatedAt, updatedBy } = policy;
  return {
    ...{ version, thresholds, control, rules: rules.map(ruleVersionView) },
    lists: lists.map(({ name, type }) => ({ name, type })),
    ...{ updatedAt: isoOrNull(updatedAt), updatedBy },
  };
}

/** A version in the list of versions: who changed what. */
export function changeView(change: PolicyChange, version: number): Record<string, unknown> {
  const { at, by, ...what } = change;
  const detail =
    what.kind === 'list' ? { kind: 'list', action: what.action, list: what.head.name } : changeDetail(what);
  return { version, at: iso(at), by, change: detail };
}

function changeDetail(what: Omit<PolicyChange, 'at' | 'by'>): Record<string, unknown> {
  const { version: ruleVersion, ...rest } = what as Record<string, unknown>;
  return ruleVersion === undefined ? rest : { ...rest, ruleVersion };
}
