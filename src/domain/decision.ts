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

export interface RuleResult {
  id: string;
  outcome: 'hit' | 'no_hit' | 'error';
}

export interface ModelReference {
  name: string;
  version: string;
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
  rules: RuleResult[];
  /** Absent when no model took part. */
  model?: ModelReference;
  /** Decided without a model, or without all that is known of its entities. */
  degraded?: boolean;
  /** Features far (|z| > 3) from what the model was trained on. */
  oodWarning: string[];
}
