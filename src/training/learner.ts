import type { Dataset } from './dataset.ts';

/** A fitted scorer: raw log-odds for a vector, exact attribution, and its data. */
export interface Fitted {
  score(vector: Float64Array): number;
  /** Writes contributions, returns the base value; base + sum = score to 1e-6. */
  explain(vector: Float64Array, out: Float64Array): number;
  /** Options that validation settled (such as the number of rounds), for a fit on all rows without validation. */
  settled?: Record<string, unknown>;
  /** Gain and number of splits, or the like, by feature. */
  importance?: { gain: ArrayLike<number>; splits: ArrayLike<number> };
  /** JSON head and binary body of the artifact; `models/` reads them back. */
  toArtifact(): { kind: string; head: Record<string, unknown>; body: Uint8Array };
}

/** One learner: trees, forest, logistic, network, ensemble. Deterministic for `options` and data. */
export interface Learner<Options> {
  name: string;
  defaults: Options;
  /** Does not look at labels, and so is of use without any. */
  unlabelled?: boolean;
  /** `validation` is later in time than `train`; learners stop early on it. */
  fit(train: Dataset, validation: Dataset | undefined, options: Options, progress?: (share: number) => void): Fitted;
}
