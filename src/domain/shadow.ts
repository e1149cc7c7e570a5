import type { Outcome } from './decision.ts';

/** What the champion and a challenger say of one decision. */
export interface ShadowRow {
  /** Of the decision's record. */
  sequence: number;
  champion: ShadowOpinion;
  shadow: ShadowOpinion;
}

export interface ShadowOpinion {
  /** Calibrated, 0..1. */
  probability: number;
  outcome: Outcome;
}

/** A label of a decision that was scored beside. The latest counts. */
export interface ShadowLabel {
  /** Of the label's record. */
  sequence: number;
  /** Of the decision's. */
  decision: number;
  fraud: boolean;
}

/** The port of what is kept of a challenger: rows and labels in journal order, appended. */
export interface ShadowRows {
  /** Everything that was there when it was opened, in order; others have their turn in between. */
  read(onRow: (row: ShadowRow) => void, onLabel: (label: ShadowLabel) => void): Promise<void>;
  addRow(row: ShadowRow): void;
  addLabel(label: ShadowLabel): void;
  /** The row of a decision. */
  find(sequence: number): ShadowRow | undefined;
  close(): Promise<void>;
}
