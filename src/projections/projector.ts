/** Carries the journal into the query store: catches up, follows, waits out an outage, applies each record once. */
export interface Projector {
  /** Sequence that the store has committed. */
  readonly applied: number;
  /** The store answers. */
  readonly healthy: boolean;
  /**
   * Resolves once the store holds everything that was durable when it was called (or `sequence`).
   * Throws `AssayError('unavailable')` with Retry-After beyond the configured bound, or at once while the store is away.
   */
  settled(sequence?: number): Promise<void>;
  close(): Promise<void>;
}
