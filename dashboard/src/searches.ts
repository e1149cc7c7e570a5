/** What the addresses of pages may carry behind the question mark. */

export const WINDOWS = ['15m', '1h', '6h', '24h', '7d', '30d'] as const;
export type Window = (typeof WINDOWS)[number];

export const QUEUE_SHOWS = ['open', 'mine', 'unassigned', 'resolved'] as const;
export interface QueueSearch {
  /** The one whose details are shown. */
  case?: string;
  show?: (typeof QUEUE_SHOWS)[number];
  sort?: 'risk' | 'newest' | 'due';
  /** Id of a queue: only its cases. */
  queue?: string;
}

export const TEAM_WINDOWS = ['24h', '7d', '30d'] as const;
export type TeamWindow = (typeof TEAM_WINDOWS)[number];

export const LEDGERS = ['tra', 'vamp', 'mastercard'] as const;
export type LedgerName = (typeof LEDGERS)[number];
export interface LedgerSearch {
  ledger?: LedgerName;
  /** A quarter such as `2026Q4`, or a month such as `2026-11`. */
  period?: string;
  /** A figure that is opened, and of which instrument or merchant. */
  part?: string;
  of?: string;
}

/** The API takes others too. */
export const PROOF_WINDOWS = ['7d', '30d', '90d'] as const;
export type ProofWindow = (typeof PROOF_WINDOWS)[number];
export interface ProofSearch {
  model?: string;
  /** What it is held against: a version of a model, or `policy:` and a version of the policy. */
  against?: string;
  window?: ProofWindow;
}

export const DRIFT_WINDOWS = ['6h', '1d', '7d', '14d'] as const;
export type DriftWindow = (typeof DRIFT_WINDOWS)[number];
