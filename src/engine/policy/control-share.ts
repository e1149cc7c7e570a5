import type { DecisionData } from '../../domain/records.ts';
import type { JournalRecord } from '../../journal/journal.ts';
import { type Candidate, createDailyUsage, drawControl, isEligible } from '../../policy/control.ts';
import type { DrawControl } from './apply.ts';
import type { PolicyState } from './state.ts';
import { ruleVersion } from './versions.ts';

/** The control share in the path: draws for declines, and folds what was drawn for, so that its limits hold. */
export interface ControlShare {
  draw: DrawControl;
  /** Takes in a decision, in log order. */
  fold(record: JournalRecord): void;
  save(): unknown;
  load(value: unknown): void;
}

const DAY_MS = 86_400_000;

/**
 * `knownFrom`: nothing is let through before this time (milliseconds), where what was let through before it that day is not known.
 */
export function createControlShare(
  state: PolicyState,
  entityTypes: readonly string[],
  knownFrom = Number.NEGATIVE_INFINITY,
): ControlShare {
  const usage = createDailyUsage();
  const card = entityTypes.indexOf('card');
  const user = entityTypes.indexOf('user');
  const candidate = (
    entities: ArrayLike<number>,
    recordedAt: number,
    amountBase: number | null,
    hard: boolean,
  ): Candidate => ({
    ...{ card: entities[card] ?? 0, user: entities[user] ?? 0 },
    ...{ recordedAt, amountBase: amountBase ?? Number.NaN, hard },
  });

  return {
    draw({ transaction, event, recordedAt }) {
      const { control, secret } = state;
      if (!(control.share > 0) || secret === null || recordedAt < knownFrom) return undefined;
      const one = candidate(event.entities, recordedAt, transaction.amountBase, false);
      return drawControl(control, secret, one, usage.of(one));
    },
    fold({ type, at, data }) {
      if (type !== 'decision' || !(state.control.share > 0)) return;
      const { decision, transaction, entities } = data as unknown as DecisionData;
      if (decision.decision !== 'decline' && !decision.control) return;
      const one = candidate(entities, at, transaction.amountBase, wasHard(state, decision));
      if (isEligible(state.control, one, usage.of(one))) usage.add(one, decision.control !== undefined);
    },
    save: () => usage.save(),
    load: (value) => usage.load(value),
  };
}

/** The next midnight, UTC: from when on a process that begins now knows a whole day. */
export const nextDay = (now: number): number => (Math.floor(now / DAY_MS) + 1) * DAY_MS;

function wasHard(state: PolicyState, { decidedBy, rules }: DecisionData['decision']): boolean {
  if (!decidedBy?.startsWith('rule:')) return false;
  const hit = rules.find(({ id }) => id === decidedBy.slice(5));
  return (hit && ruleVersion(state, hit.id, hit.version)?.content.hard) ?? false;
}
