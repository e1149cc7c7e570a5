import { AssayError } from '../domain/errors.ts';
import type { CanaryData, CanaryPlan } from '../domain/records.ts';
import type { JournalRecord } from '../journal/journal.ts';
import { inRollout } from '../policy/rollout.ts';

/** A model that decides for a share: what the log says of it. */
export interface Canary extends CanaryPlan {
  version: string;
  name: string;
  /** Which of the steps holds, counted from 0. */
  step: number;
  /** Milliseconds: when that step began, and when the first did. */
  since: number;
  startedAt: number;
  by?: string;
  reason?: string;
}

/** How the last one ended, where a person or the guard ended it. */
export interface EndedCanary {
  version: string;
  at: number;
  reason?: string;
  by?: string;
  guard?: true;
}

export interface CanaryState {
  canary: Canary | null;
  ended: EndedCanary | null;
}

export const USUAL_PLAN: CanaryPlan = { steps: [10, 50, 100], minutes: 60, entity: 'user' };

/** What a record makes of it; the same state where it says nothing of canaries. A promotion ends whatever there is. */
export function foldCanary(state: CanaryState, { type, at, data }: JournalRecord): CanaryState {
  if (type === 'model.promote') return state.canary ? { ...state, canary: null } : state;
  if (type !== 'model.canary') return state;
  const told = data as unknown as CanaryData;
  const { version } = told;
  if (told.action === 'start') {
    const { steps, minutes, entity, name, by, reason } = told;
    return {
      canary: { version, name, steps, minutes, entity, step: 0, since: at, startedAt: at, ...who(by, reason) },
      ended: null,
    };
  }
  const { canary } = state;
  // Told twice, or of one that is over.
  if (canary?.version !== version || canary.startedAt !== told.startedAt) return state;
  if (told.action === 'raise')
    return told.step > canary.step ? { ...state, canary: { ...canary, step: told.step, since: at } } : state;
  const { by, reason, guard } = told;
  return { canary: null, ended: { version, at, ...who(by, reason), ...(guard ? { guard } : {}) } };
}

/** Who asked for it and why, where that is said. */
export const who = (by?: string, reason?: string) => ({ ...(by ? { by } : {}), ...(reason ? { reason } : {}) });

export const percentOf = ({ steps, step }: Canary): number => steps[Math.min(step, steps.length - 1)];

/** The same in every process: by a hash of version and entity, so that who is in at 10% is in at 50%. Without the entity nobody is. */
export function takesPart(canary: Canary, entities: ArrayLike<number>, entityTypes: readonly string[]): boolean {
  const key = entities[entityTypes.indexOf(canary.entity)] ?? 0;
  return inRollout(`canary ${canary.version}`, percentOf(canary), key);
}

/** Throws `invalid_request` where steps do not rise, or the entity is none. */
export function planOf(asked: Partial<CanaryPlan>, entityTypes: readonly string[]): CanaryPlan {
  const plan = { ...USUAL_PLAN, ...asked };
  const wrong = (path: string, message: string) =>
    new AssayError('invalid_request', `${path} ${message}.`, { errors: [{ path, message }] });
  if (plan.steps.some((step, i) => i > 0 && step <= plan.steps[i - 1]))
    throw wrong('/canary/steps', 'must rise, such as 10, 50, 100');
  if (!entityTypes.includes(plan.entity)) throw wrong('/canary/by', `is one of ${entityTypes.join(', ')}`);
  return plan;
}
