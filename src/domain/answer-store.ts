/**
 * Where answers to requests with an Idempotency-Key outlive the process, by a name that does not tell the key. Each is held for
 * at least 24 h.
 */
export interface AnswerStore {
  /**
   * What is held of a name, `sealed` once there is an answer: without it the first request is under way in another process.
   * Undefined where nothing is held: then the caller's is the first. Throws `unavailable` where that cannot be known.
   */
  claim(name: string, bodyHash: string): Promise<{ bodyHash: string; sealed?: Buffer } | undefined>;
  /** Resolves once it is durable. */
  keep(name: string, bodyHash: string, sealed: Buffer): Promise<void>;
  /** The first request failed: the next attempt is the first again. */
  release(name: string): Promise<void>;
  close(): Promise<void>;
}
