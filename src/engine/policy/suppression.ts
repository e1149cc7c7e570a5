import type { Decision } from '../../domain/decision.ts';
import type { DecisionData } from '../../domain/records.ts';
import type { JournalRecord } from '../../journal/journal.ts';
import { eventOfRecord } from '../event.ts';
import type { PolicyState } from './state.ts';
import { ruleVersion } from './versions.ts';

/** Which decisions of a rule are one alert: the first of an entity, and none for so long after it. A fold of the log. */
export interface Suppression {
  isSuppressed(decision: Decision, entities: ArrayLike<number>, at: number): boolean;
  /** Takes in a decision, in log order. */
  fold(record: JournalRecord): void;
  save(): unknown;
  load(value: unknown): void;
}

/** Entities whose last alert is remembered; the oldest are forgotten first, and alert again. */
const MAX_ENTITIES = 200_000;

export function createSuppression(state: PolicyState, entityTypes: readonly string[]): Suppression {
  /** When the alert was that later ones belong to, by rule and entity; the oldest first. */
  const alerted = new Map<string, number>();

  function subjectOf({ decidedBy, rules }: Decision, entities: ArrayLike<number>) {
    const id = decidedBy?.startsWith('rule:') ? decidedBy.slice(5) : undefined;
    const hit = id === undefined ? undefined : rules.find((one) => one.id === id);
    const suppress = hit && ruleVersion(state, hit.id, hit.version)?.content.suppress;
    const key = suppress ? entities[entityTypes.indexOf(suppress.entity)] : 0;
    return suppress && key > 0 ? { name: `${id} ${key}`, forMs: suppress.seconds * 1_000 } : undefined;
  }

  function isSuppressed(decision: Decision, entities: ArrayLike<number>, at: number): boolean {
    const subject = decision.decision === 'approve' ? undefined : subjectOf(decision, entities);
    const since = subject && alerted.get(subject.name);
    return since !== undefined && at >= since && at - since < subject!.forMs;
  }

  return {
    isSuppressed,
    fold(record) {
      if (record.type !== 'decision') return;
      const { decision } = record.data as unknown as DecisionData;
      if (decision.suppressed || decision.decision === 'approve' || !decision.decidedBy?.startsWith('rule:')) return;
      const subject = subjectOf(decision, eventOfRecord(record, entityTypes).entities);
      if (!subject) return;
      alerted.delete(subject.name);
      alerted.set(subject.name, record.at);
      if (alerted.size > MAX_ENTITIES) alerted.delete(alerted.keys().next().value!);
    },
    save: () => [...alerted],
    load(value) {
      alerted.clear();
      for (const [name, at] of (value as [string, number][] | undefined) ?? []) alerted.set(name, at);
    },
  };
}
