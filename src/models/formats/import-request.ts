import type { ArtifactHead } from '../artifact.ts';
import type { FeatureStatistics, Thresholds } from '../model.ts';

export interface ImportRequest {
  bytes: Uint8Array;
  /** Of the model, not of the file. */
  name: string;
  /**
   * What is served, and how its words are coded: that of a model trained here. Without it the file's own features are
   * the vector.
   */
  served?: {
    features: ArtifactHead['features'];
    encodings: Record<string, unknown>;
    statistics: FeatureStatistics[];
  };
  thresholds: Thresholds;
  /** Names of the file's features, in its order, where it has none or others. */
  names?: string[];
  /** Of boosted trees, only the first so many rounds. */
  rounds?: number;
  /** XGBoost: what counts as missing beside NaN. */
  missing?: number;
  onnx?: OnnxOptions;
  codeVersion: string;
}

export interface OnnxOptions {
  /** The output that holds the probability; needed where several could. */
  output?: string;
  /** What the output is; needed where the file does not show it. */
  form?: 'probability' | 'log-odds' | 'margin';
  /** The label that is fraud, where the file's labels do not say; the place, 0 or 1, where it has none. */
  fraudClass?: string;
  /** The caller fits a calibration to the scores; without it, margins are refused. */
  calibrated?: boolean;
  /** Where the file expects (x − mean) / scale: both by feature, in the file's order. */
  scaling?: { mean: number[]; scale: number[] };
  /** Instead of a missing value. Default: NaN where the file bears it, else the median. */
  fill?: number;
}

/** A kind of model with its numbers, before the head around them. */
export interface ImportedPart {
  kind: string;
  model: Record<string, unknown>;
  body: Uint8Array;
  calibration: ArtifactHead['calibration'];
  importance?: Record<string, unknown>;
  options: Record<string, unknown>;
  notes: string[];
}
