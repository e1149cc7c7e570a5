import type { RuleContent, RuleVersion } from '../../domain/policy.ts';
import type {
  ControlData,
  ListCommandData,
  ListEntriesData,
  PolicyCommandData,
  PolicyRestoreData,
  RuleCommandData,
  ThresholdsData,
} from '../../domain/records.ts';
import type { JournalRecord } from '../../journal/journal.ts';
import { createList } from '../../policy/lists/list.ts';
import type { PolicyAnswer, PolicyChange, PolicyState, RuleState } from './state.ts';
import { policyAt } from './versions.ts';
import { listView, policyView, ruleView } from './views.ts';

/** Idempotency-Keys are kept for 24 h; an hour more for clocks that differ. */
const KEPT_MS = 25 * 3_600_000;
const MAX_ANSWERS = 50_000;
const MAX_OUTCOMES = 10_000;
/** Rules that may be at once, off ones too. */
export const MAX_RULES = 5_000;
export const MAX_LISTS = 1_000;

/** Which lists a rule's expression names. */
export type ListsNamed = (content: RuleContent) => readonly string[];

/**
 * Folds a command of the policy, in log order: here it is settled who was first, so that of two changes of one version one is
 * refused, whichever process took them. Undefined for records of other types.
 */
export function foldPolicy(
  state: PolicyState,
  record: JournalRecord,
  listsNamed: ListsNamed,
): PolicyAnswer | undefined {
  if (!record.type.startsWith('policy.')) return undefined;
  const answer = dispatch(state, record, listsNamed);
  keep(state, record, answer);
  state.outcomes.set(record.sequence, { version: state.version, ...(answer.error ? { error: answer.error } : {}) });
  if (state.outcomes.size > MAX_OUTCOMES) state.outcomes.delete(state.outcomes.keys().next().value!);
  return answer;
}

function dispatch(state: PolicyState, record: JournalRecord, listsNamed: ListsNamed): PolicyAnswer {
  const data = record.data as unknown;
  switch (record.type) {
    case 'policy.rule':
      return foldRule(state, record, data as RuleCommandData);
    case 'policy.thresholds': {
      const { thresholds } = data as ThresholdsData;
      state.thresholds = thresholds;
      return changed(state, record, { kind: 'thresholds', thresholds });
    }
    case 'policy.control': {
      const { control, secret } = data as ControlData;
      state.control = control;
      state.secret ??= secret ?? null;
      return changed(state, record, { kind: 'control', control });
    }
    case 'policy.restore':
      return restore(state, record, data as PolicyRestoreData, listsNamed);
    case 'policy.list':
      return foldList(state, record, data as ListCommandData, listsNamed);
    default:
      return foldEntries(state, record, data as ListEntriesData);
  }
}

function foldRule(state: PolicyState, record: JournalRecord, data: RuleCommandData): PolicyAnswer {
  const rule = state.rules.get(data.ruleId);
  const known = rule?.current ?? rule?.proposed;
  if (data.action === 'create') {
    if (known) return conflict(`There is a rule ${data.ruleId} already; change it by PUT.`);
    if (inForce(state) >= MAX_RULES) return conflict(`There are ${MAX_RULES} rules; delete one first.`);
    return write(state, record, data.content, data);
  }
  if (!rule || (!known && data.action !== 'restore')) return noRule(data.ruleId);
  switch (data.action) {
    case 'put': {
      return data.version === versionOf(rule)
        ? write(state, record, data.content, data)
        : overtaken(rule, data.version);
    }
    case 'delete': {
      if (data.version !== undefined && data.version !== versionOf(rule)) return overtaken(rule, data.version);
      const wasInForce = rule.current !== null;
      rule.current = rule.proposed = null;
      if (wasInForce) changed(state, record, { kind: 'rule', action: 'delete', id: rule.id, version: null });
      return { status: 204 };
    }
    case 'restore': {
      const old = rule.versions.find(({ version }) => version === data.restores);
      if (!old) return refused('not_found', `Rule ${rule.id} has no version ${data.restores}.`);
      return write(state, record, old.content, data);
    }
    case 'approve':
      return approve(state, record, rule);
  }
}

const versionOf = (rule: RuleState): number => (rule.proposed ?? rule.current!).version;

function overtaken(rule: RuleState, version: number): PolicyAnswer {
  const which = rule.proposed ? `version ${versionOf(rule)} of it is proposed` : `it is at version ${versionOf(rule)}`;
  return conflict(`Rule ${rule.id} was changed meanwhile: ${which}, and this changes version ${version}.`);
}

function inForce({ rules }: PolicyState): number {
  let count = 0;
  for (const { current, proposed } of rules.values()) if (current ?? proposed) count++;
  return count;
}

/** The next version of a rule: in force, or proposed. */
function write(
  state: PolicyState,
  record: JournalRecord,
  content: RuleContent,
  data: Extract<RuleCommandData, { action: 'create' | 'put' | 'restore' }>,
): PolicyAnswer {
  const { ruleId: id, action } = data;
  const rule: RuleState = state.rules.get(id) ?? { id, versions: [], current: null, proposed: null };
  state.rules.set(id, rule);
  const by = data.by ?? null;
  const first = action === 'create' ? undefined : rule.versions[0];
  const version: RuleVersion = Object.freeze({
    ...{ id, version: (rule.versions.at(-1)?.version ?? 0) + 1, content: frozen(content), at: record.at, by },
    ...{ createdAt: first?.createdAt ?? record.at, createdBy: first ? first.createdBy : by },
  });
  rule.versions.push(version);
  if (data.propose) rule.proposed = version;
  else {
    rule.current = version;
    rule.proposed = null;
    changed(state, record, { kind: 'rule', action, id, version: version.version });
  }
  return { status: action === 'create' ? 201 : 200, body: ruleView(rule) };
}

function approve(state: PolicyState, record: JournalRecord, rule: RuleState): PolicyAnswer {
  const { proposed } = rule;
  const { by } = record.data as PolicyCommandData;
  if (!proposed) return conflict(`Nothing is proposed of rule ${rule.id}.`);
  if (by === undefined) return refused('forbidden', 'Who approves needs an API key, so that it is known who agreed.');
  if (by === proposed.by)
    return refused('forbidden', 'Whoever proposed a change cannot approve it: that takes another key.');
  const agreed: RuleVersion = Object.freeze({ ...proposed, at: record.at, approvedBy: by });
  rule.versions = rule.versions.map((one) => (one === proposed ? agreed : one));
  rule.current = agreed;
  rule.proposed = null;
  changed(state, record, { kind: 'rule', action: 'approve', id: rule.id, version: agreed.version });
  return { status: 200, body: ruleView(rule) };
}

/** The values of an earlier version, as they were: versions of rules are named again, not made again. */
function restore(
  state: PolicyState,
  record: JournalRecord,
  { restores }: PolicyRestoreData,
  listsNamed: ListsNamed,
): PolicyAnswer {
  const old = policyAt(state, restores);
  if (!old) return refused('not_found', `There is no version ${restores} of the policy.`);
  const missing = new Set(
    old.rules.flatMap(({ content }) => listsNamed(content)).filter((name) => !state.lists.has(name)),
  );
  if (missing.size > 0)
    return conflict(`Version ${restores} needs lists that are not here any more: ${[...missing].join(', ')}.`);
  state.thresholds = old.thresholds;
  state.control = old.control;
  const rules = new Map(old.rules.map((rule) => [rule.id, rule]));
  for (const rule of state.rules.values()) {
    rule.current = rules.get(rule.id) ?? null;
    rule.proposed = null;
  }
  return changed(state, record, { kind: 'restore', restores });
}

function foldList(
  state: PolicyState,
  record: JournalRecord,
  data: ListCommandData,
  listsNamed: ListsNamed,
): PolicyAnswer {
  const { list: name } = data;
  const known = state.lists.get(name);
  if (data.action === 'create') {
    if (known) return conflict(`There is a list ${name} already.`);
    if (state.lists.size >= MAX_LISTS) return conflict(`There are ${MAX_LISTS} lists; delete one first.`);
    const { type, description, fromCases } = data;
    const head = { name, type, description, fromCases, createdAt: record.at, createdBy: data.by ?? null };
    state.lists.set(name, { head, list: createList(type) });
    changed(state, record, { kind: 'list', action: 'create', head });
    return { status: 201, body: listView(head, 0) };
  }
  if (!known) return noList(name);
  const users = [...state.rules.values()].filter(({ current, proposed }) =>
    [current, proposed].some((rule) => rule && listsNamed(rule.content).includes(name)),
  );
  if (users.length > 0)
    return conflict(`List ${name} is named by ${users.map(({ id }) => `rule ${id}`).join(', ')}; change that first.`);
  state.lists.delete(name);
  changed(state, record, { kind: 'list', action: 'delete', head: known.head });
  return { status: 204 };
}

function foldEntries(state: PolicyState, record: JournalRecord, data: ListEntriesData): PolicyAnswer {
  const known = state.lists.get(data.list);
  if (!known) return noList(data.list);
  const { entries } = known.list;
  if (data.action === 'remove') {
    let removed = 0;
    for (const value of data.values) if (entries.remove(value, record.at)) removed++;
    if (removed > 0) return { status: 204 };
    return refused('not_found', `List ${data.list} has no entry ${data.values.join(', ')}.`);
  }
  let [added, updated] = [0, 0];
  for (const [value, expiresAt, note] of data.entries) {
    const isNew = entries.put(value, { expiresAt, note: note ?? '', by: data.by ?? null, at: record.at });
    if (isNew) added++;
    else updated++;
  }
  return { status: 200, body: { added, updated } };
}

type Told<T> = T extends unknown ? Omit<T, 'at' | 'by'> : never;

function changed(state: PolicyState, record: JournalRecord, change: Told<PolicyChange>): PolicyAnswer {
  const { by = null } = record.data as { by?: string | null };
  state.changes.push({ ...change, at: record.at, by } as PolicyChange);
  state.version++;
  if (change.kind === 'rule' || change.kind === 'list') return { status: 200 };
  return { status: 200, body: policyView(policyAt(state, state.version)!) };
}

/** By the log's own time, so that every process and every replay keeps the same. */
function keep({ answers }: PolicyState, { key, at, type, data }: JournalRecord, answer: PolicyAnswer): void {
  const { bodyHash } = data as PolicyCommandData;
  if (bodyHash === undefined || answers.has(key)) return;
  answers.set(key, { at, type, bodyHash, answer });
  for (const [oldest, kept] of answers) {
    if (at - kept.at < KEPT_MS && answers.size <= MAX_ANSWERS) break;
    answers.delete(oldest);
  }
}

function frozen(content: RuleContent): RuleContent {
  return Object.freeze({
    ...content,
    actions: Object.freeze([...content.actions]),
    tags: Object.freeze([...content.tags]),
  });
}

const refused = (code: 'conflict' | 'not_found' | 'forbidden', detail: string): PolicyAnswer => ({
  status: { conflict: 409, not_found: 404, forbidden: 403 }[code],
  error: { code, detail },
});
const conflict = (detail: string) => refused('conflict', detail);
const noRule = (id: string) => refused('not_found', `There is no rule ${id}.`);
const noList = (name: string) => refused('not_found', `There is no list ${name}.`);
