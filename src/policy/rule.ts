import type { Outcome } from '../domain/decision.ts';

export type RuleMode = 'live' | 'shadow' | 'off';

/** A rule as it stands in the policy and as the API shows it. Times are in milliseconds. */
export interface Rule {
  id: string;
  version: number;
  name: string;
  /** The expression that must be true. */
  when: string;
  outcome: Outcome;
  mode: RuleMode;
  /** The model speaks at 0: to overrule it takes 1 or more. */
  priority: number;
  /** In words, for the analyst who sees the hit. */
  reason?: string;
  /** Which share of an entity's values it applies to. */
  rollout?: { percent: number; by: string };
  /** Later hits of the entity open no second case for so long. */
  suppress?: { entity: string; seconds: number };
  /** A decline that nothing overrules. */
  hard?: boolean;
  /** What is asked for beside the outcome, such as `request_3ds`. */
  actions?: string[];
  /** In force from, and before, the time of the decision's record. */
  validFrom?: number | null;
  validTo?: number | null;
  tags?: string[];
}

/** A rule that hit, as the decision records it. */
export interface Hit {
  id: string;
  version: number;
  outcome: Outcome;
  /** `shadow` too where a live rule's rollout left this payment out. */
  mode: 'live' | 'shadow';
  priority: number;
}
