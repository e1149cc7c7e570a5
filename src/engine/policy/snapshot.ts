import type { Control, ListHead, Thresholds } from '../../domain/policy.ts';
import type { EntryRow } from '../../policy/lists/entries.ts';
import { createList } from '../../policy/lists/list.ts';
import type { KeptAnswer, PolicyChange, PolicyState, RuleState, Settled } from './state.ts';

/** The policy without the lists' entries: taken at once, so that it is of one moment. */
interface Saved {
  version: number;
  thresholds: Thresholds;
  control: Control;
  secret: string | null;
  rules: RuleState[];
  lists: ListHead[];
  changes: PolicyChange[];
  answers: [key: string, answer: KeptAnswer][];
  outcomes: [sequence: number, settled: Settled][];
}

/** Some entries of a list, newest first. */
interface SavedEntries {
  list: string;
  rows: EntryRow[];
}

/** Entries of a line of a snapshot. */
const ROWS = 10_000;

/** The policy's part of a snapshot. Filled in place: others hold on to the same state. */
export function policyPart(state: PolicyState) {
  const pending = new Map<string, EntryRow[][]>();
  return {
    save: (): Saved => ({
      ...{ version: state.version, thresholds: state.thresholds, control: state.control, secret: state.secret },
      ...{ rules: [...state.rules.values()], changes: [...state.changes], answers: [...state.answers] },
      lists: [...state.lists.values()].map(({ head }) => head),
      outcomes: [...state.outcomes],
    }),

    load(value: unknown) {
      const saved = value as Saved | undefined;
      if (!saved) return;
      const { version, thresholds, control, secret } = saved;
      for (const held of [state.rules, state.lists, state.answers, state.outcomes, pending]) held.clear();
      Object.assign(state, { version, thresholds, control, secret, changes: saved.changes });
      for (const rule of saved.rules) state.rules.set(rule.id, restored(rule));
      for (const head of saved.lists) state.lists.set(head.name, { head, list: createList(head.type) });
      for (const [key, answer] of saved.answers) state.answers.set(key, answer);
      for (const [sequence, settled] of saved.outcomes) state.outcomes.set(sequence, settled);
    },

    /**
     * Entries may change between the lines: what is written of them may be newer than the rest, and the log says it again. Pages
     * go by serials, which stay while rows move.
     */
    *lines(): IterableIterator<SavedEntries> {
      for (const { head, list } of [...state.lists.values()]) {
        let before: number | undefined;
        do {
          const { data, next } = list.entries.page('', before, ROWS);
          const rows = data.map(({ value, expiresAt, note, by, at }): EntryRow => [value, expiresAt, note, by, at]);
          if (rows.length > 0) yield { list: head.name, rows };
          before = next;
        } while (before !== undefined);
      }
    },

    loadLine(value: unknown) {
      const { list, rows } = value as SavedEntries;
      pending.set(list, [...(pending.get(list) ?? []), rows]);
    },

    loaded() {
      for (const [name, chunks] of pending)
        for (const rows of chunks.reverse()) state.lists.get(name)?.list.entries.fill(rows.reverse());
      pending.clear();
    },
  };
}

/** What was one object before is one again: a rule's versions are told apart by identity. */
function restored(rule: RuleState): RuleState {
  const same = (version: number | undefined) => rule.versions.find((one) => one.version === version) ?? null;
  return { ...rule, current: same(rule.current?.version), proposed: same(rule.proposed?.version) };
}
