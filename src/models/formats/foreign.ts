/** What a reader of a foreign file hands over: trees in the file's own terms, before they become our ensemble. */
import { AssayError } from '../../domain/errors.ts';
import type { Calibration } from '../calibrator.ts';

/** How a split decides. `set` lists category codes; `inLeft` sends its members to the left child, else to the right. */
export type Decision =
  | { kind: 'number'; threshold: number; missingLeft: boolean }
  /** As `number`, but `value`, a float32, counts as missing too. */
  | { kind: 'except'; threshold: number; missingLeft: boolean; value: number }
  /** As `number`, but |x| ≤ 1e-35 counts as missing too. */
  | { kind: 'nonzero'; threshold: number; missingLeft: boolean }
  | { kind: 'set'; codes: number[]; inLeft: true }
  | { kind: 'set'; codes: number[]; inLeft: false; missingLeft: boolean };

/** Children as in models/trees.ts, within the tree: c ≥ 0 is split c, c < 0 is leaf ~c. */
export interface ForeignSplit {
  /** Place in the file's feature names. */
  feature: number;
  decision: Decision;
  gain: number;
  left: number;
  right: number;
}

export interface ForeignTree {
  /** The child at which the tree begins. */
  root: number;
  splits: ForeignSplit[];
  leaves: { value: number; cover: number }[];
}

export interface ForeignModel {
  format: 'lightgbm' | 'xgboost' | 'catboost';
  names: string[];
  base: number;
  trees: ForeignTree[];
  calibration: Calibration;
  /** Objective, booster and the like, for the lineage. */
  options: Record<string, unknown>;
  /** What the reader should know, one sentence each. */
  notes: string[];
  /** Two labels, the second of which the score speaks for; undefined where the file names none. */
  classes?: string[];
}

/** As people call what writes the files. */
export const TOOLS = { lightgbm: 'LightGBM', xgboost: 'XGBoost', catboost: 'CatBoost' } as const;

/** What to do where a file reads features that the model it goes by has left out. */
export const KEPT_ALL = '; a model that assay train --tune 0 made has them all';

export function refusal(format: string, what: string): AssayError {
  return new AssayError('invalid_request', `${format}: ${what}`);
}
