/** The port of a copy of what people query, kept by another system that people watch. */
export interface ReplicaTarget {
  place(): Promise<ReplicaPlace>;
  /**
   * Writes rows and the place in one transaction if it is `turn`'s turn, and says whether it was. An error says nothing: it may have been
   * done, or may yet be.
   */
  apply(batch: ReplicaBatch): Promise<ReplicaPlace & { applied: boolean }>;
}

/** `turn` counts the writes; `sequence` is the last record of the log that is in the copy, `key` that record's. */
export interface ReplicaPlace {
  turn: number;
  sequence: number;
  key: string;
  /** It is being emptied: nothing is taken. */
  clearing: boolean;
}

export interface ReplicaBatch {
  turn: number;
  sequence: number;
  key: string;
  changes: Change[];
}

/** A row as it is from now on; `payment` and `user` take one away, wherever it is. */
export type Change = { id: string } & (
  | { table: 'transactions' | 'tempTransactions' | 'users'; row: Record<string, unknown> }
  | { table: 'payment' | 'user'; row: null }
);
