import type { Decision } from '../../domain/decision.ts';

export interface Change {
  field: string;
  from: unknown;
  to: unknown;
  message: string;
}

export interface Counterfactual {
  changes: Change[];
  decision: Decision['decision'];
  probability: number;
}

export interface Counterfactuals {
  counterfactuals: Counterfactual[];
  /** Why there are none. */
  none?: string;
}
