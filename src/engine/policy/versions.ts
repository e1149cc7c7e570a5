import {
  CONTROL_OFF,
  type Control,
  type ListHead,
  type Policy,
  type RuleVersion,
  THRESHOLDS_OF_MODEL,
} from '../../domain/policy.ts';
import type { PolicyState } from './state.ts';

type Content = Pick<Policy, 'thresholds' | 'control'> & { rules: Map<string, RuleVersion> };

/** The policy as a version has it: the very values that were in force then. Undefined where there was none. */
export function policyAt(state: PolicyState, version: number): Policy | undefined {
  if (!Number.isSafeInteger(version) || version < 0 || version > state.version) return undefined;
  const { thresholds, control, rules } = contentAt(state, version);
  const last = version === 0 ? undefined : state.changes[version - 1];
  return {
    ...{ version, thresholds, control, lists: listsAt(state, version) },
    rules: [...state.rules.keys()].flatMap((id) => rules.get(id) ?? []),
    updatedAt: last?.at ?? null,
    updatedBy: last?.by ?? null,
  };
}

/** Thresholds, control and rules: from the newest restoration on, for that leads back to one earlier version. */
function contentAt(state: PolicyState, version: number): Content {
  let from = version;
  while (from > 0 && state.changes[from - 1].kind !== 'restore') from--;
  const content = from === 0 ? nothing() : contentAt(state, restoredBy(state, from));
  for (const change of state.changes.slice(from, version)) {
    if (change.kind === 'thresholds') content.thresholds = change.thresholds;
    else if (change.kind === 'control') content.control = change.control;
    else if (change.kind === 'rule') {
      if (change.version === null) content.rules.delete(change.id);
      else content.rules.set(change.id, ruleVersion(state, change.id, change.version)!);
    }
  }
  return content;
}

const nothing = (): Content => ({ thresholds: THRESHOLDS_OF_MODEL, control: CONTROL_OFF as Control, rules: new Map() });

function restoredBy(state: PolicyState, version: number): number {
  const change = state.changes[version - 1];
  if (change.kind !== 'restore') throw new Error(`version ${version} restores nothing`);
  return change.restores;
}

/** A restoration leaves lists as they are: their entries are not of the policy's versions. */
function listsAt(state: PolicyState, version: number): ListHead[] {
  const lists = new Map<string, ListHead>();
  for (const change of state.changes.slice(0, version)) {
    if (change.kind !== 'list') continue;
    if (change.action === 'delete') lists.delete(change.head.name);
    else lists.set(change.head.name, change.head);
  }
  return [...lists.values()];
}

export function ruleVersion(state: PolicyState, id: string, version: number): RuleVersion | undefined {
  return state.rules.get(id)?.versions.find((one) => one.version === version);
}
