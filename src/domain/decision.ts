export type Outcome = 'approve' | 'review' | 'decline';

/** One feature's part in a score. Contributions are in log-odds; all of them and the base value sum to the raw score. */
export interface Reason {
  /** The feature's name in the catalogue. */
  code: string;
  /** The feature's value; null where the input was missing. */
  value: number | null;
  contribution: number;
  message: string;
}

/** A live or shadow rule that hit, as decisions carry it. `mode` is shadow for a live one outside its rollout. */
export interface RuleHit {
  id: string;
  version: number;
  outcome: Outcome;
  mode: 'live' | 'shadow';
  priority: number;
}

/** `control`: a decline that the control share let through; `none`: nobody had a voice. */
export type DecidedBy = 'model' | 'control' | 'none' | `rule:${string}`;

/** A payment that was let through to learn from. */
export interface Controlled {
  /** Of such declines that are let through. */
  share: number;
  would: Outcome;
}

export interface ModelReference {
  name: string;
  version: string;
}

/** That the payment may go without strong authentication, as far as is known here: see `engine/sca.ts`. */
export interface ScaAdvice {
  exemption: 'tra';
  /** Euros: the highest band whose fraud rate is kept. */
  upTo: number;
}

/** What the engine decided of one transaction. */
export interface Decision {
  decision: Outcome;
  /** round(100 × probability), 0..100. */
  score: number;
  /** Calibrated probability of fraud, 0..1. */
  probability: number;
  isFraudulent: boolean;
  fraudExplanation: string;
  reasons: Reason[];
  /** In the order of their ids. */
  rules: readonly RuleHit[];
  /** The version of the policy that decided; absent in records of before there was one. */
  policyVersion?: number;
  decidedBy?: DecidedBy;
  /** What live rules that hit ask for beside the outcome. */
  actions?: readonly string[];
  /** Absent: no exemption is advised. */
  sca?: ScaAdvice;
  control?: Controlled;
  /** One of several alerts that the rule's `suppress` makes one: it opens no case of its own. */
  suppressed?: true;
  /** Absent when no model took part. */
  model?: ModelReference;
  /** Decided without a model, or without all that is known of its entities. */
  degraded?: boolean;
  /** Features far (|z| > 3) from what the model was trained on. */
  oodWarning: string[];
}
