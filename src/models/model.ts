/** A model ready to serve. A vector is one Float64 per feature in the order of `features`; NaN is a missing value. */
export interface Model {
  readonly name: string;
  /** Content address of the artifact. */
  readonly version: string;
  readonly featureSchema: string;
  readonly features: string[];
  readonly thresholds: Thresholds;
  /** What training saw of each feature: for out-of-distribution warnings and for words like "which is usual". */
  readonly statistics: FeatureStatistics[];
  /** Raw score: log-odds before calibration. */
  score(vector: Float64Array): number;
  /**
   * Exact attribution: writes one contribution per feature into `out` and returns the base value.
   * base + sum(out) = score(vector) to 1e-6.
   */
  explain(vector: Float64Array, out: Float64Array): number;
  /** Calibrated probability of fraud from a raw score. Monotone. */
  calibrate(raw: number): number;
}

/** Calibrated probabilities from which a transaction is reviewed or declined. review ≤ decline. */
export interface Thresholds {
  review: number;
  decline: number;
}

export interface FeatureStatistics {
  mean: number;
  deviation: number;
  /** Quantiles of the values that were present. */
  p01: number;
  p50: number;
  p99: number;
  /** Share of rows in which the value was missing. */
  missing: number;
}
