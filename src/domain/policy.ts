import type { Outcome } from './decision.ts';

export type { RuleHit } from './decision.ts';

/** `live` is applied, `shadow` recorded and not applied, `off` not even evaluated. */
export const RULE_MODES = ['live', 'shadow', 'off'] as const;
export type RuleMode = (typeof RULE_MODES)[number];

/** Everything that a person writes of a rule. Frozen: a version of a rule is one of these for ever. */
export interface RuleContent {
  name: string;
  /** A CEL expression: see `policy/expression`. */
  when: string;
  outcome: Outcome;
  mode: RuleMode;
  /** The model speaks at 0. */
  priority: number;
  /** What the sentence of the decision says where this rule decides. */
  reason: string;
  /** Applied to the entities whose hash lies below the percentage; null: to all. */
  rollout: { percent: number; by: string } | null;
  /** Alerts once per entity and time; null: each time. */
  suppress: { entity: string; seconds: number } | null;
  /** A decline that beats every priority. */
  hard: boolean;
  /** Asked for beside the outcome, such as `request_3ds`. */
  actions: readonly string[];
  /** Milliseconds; compared with the time of the decision's record. */
  validFrom: number | null;
  validTo: number | null;
  tags: readonly string[];
}

/** A rule as it was from one change to the next. */
export interface RuleVersion {
  id: string;
  /** 1 for the first; goes on where a deleted id is used again, so that (id, version) names one content for ever. */
  version: number;
  content: RuleContent;
  /** When this version was made, and when the rule first was; milliseconds. */
  at: number;
  createdAt: number;
  /** Id of the API key; null while keyless. */
  by: string | null;
  createdBy: string | null;
  /** Who else agreed, where two are asked for. */
  approvedBy?: string;
}

/** Calibrated probabilities from which a payment is reviewed and declined; null: the model's own. */
export interface Thresholds {
  review: number | null;
  decline: number | null;
}

export const THRESHOLDS_OF_MODEL: Thresholds = Object.freeze({ review: null, decline: null });

/** The share of declines that is let through to learn from: see `policy/control`. */
export interface Control {
  /** 0 to 1; 0 is off. */
  share: number;
  /** In the base currency; null: no limit of its own. */
  maxAmount: number | null;
  /** How many of one entity (its card, else its user) a day; null: no limit. */
  maxPerEntity: number | null;
  /** Let through a day (UTC, of the records), in the base currency; null: no limit. */
  maxDailyAmount: number | null;
}

export const CONTROL_OFF: Control = Object.freeze({
  share: 0,
  maxAmount: null,
  maxPerEntity: 1,
  maxDailyAmount: null,
});

export const LIST_TYPES = [
  ...(['user', 'card', 'device', 'ip', 'network', 'email', 'mailbox', 'emailDomain', 'merchant', 'country'] as const),
  ...(['bin', 'text'] as const),
] as const;
export type ListType = (typeof LIST_TYPES)[number];

/** What is known of a list besides its entries. */
export interface ListHead {
  name: string;
  type: ListType;
  description: string;
  /** Whether people who work cases may change its entries. */
  fromCases: boolean;
  /** Milliseconds. */
  createdAt: number;
  createdBy: string | null;
}

/** The whole policy as one version has it. */
export interface Policy {
  /** 0 is the policy of an installation that never had one. */
  version: number;
  thresholds: Thresholds;
  control: Control;
  /** By id, in the order of their making. */
  rules: readonly RuleVersion[];
  /** By name. */
  lists: readonly ListHead[];
  /** Milliseconds; null for version 0. */
  updatedAt: number | null;
  updatedBy: string | null;
}
