/** What the state is restored from without the log. */
export interface Base {
  /** The sequence that two whole snapshots cover; 0 without. */
  verified(): Promise<number>;
  take(): Promise<void>;
  /** Removes what else is kept of records before a sequence. */
  forget(before: number): Promise<void>;
}
