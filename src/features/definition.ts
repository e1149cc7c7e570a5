/**
 * A feature is data. `compile` turns a list of these into one pass over each entity's profile.
 * Everything that changes a value is in the definition, so its hash is the feature schema.
 */
export interface FeatureDefinition {
  name: string;
  /** Which computation; the family files list theirs. */
  operation: string;
  /** The profile it reads; absent for features of the transaction alone. */
  entity?: string;
  /** What of the events it reads: `amount`, a counterpart such as `card`, … */
  field?: string;
  /** Length of the window in seconds: (T − delay − window, T − delay]. */
  windowSeconds?: number;
  /** Shift of the window into the past, for what is only known later. */
  delaySeconds?: number;
  /** Whether the transaction itself counts. */
  self?: boolean;
  /** Further parameters of the operation. */
  parameters?: Record<string, number | string>;
}

/** Codes of words learnt in training: word hash → number. A word that is not listed has `other`. */
export interface Encoding {
  other: number;
  codes: [hash: number, code: number][];
}
