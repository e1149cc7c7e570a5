import type { Decision } from '../domain/decision.ts';
import type { AssayError } from '../domain/errors.ts';
import type { Transaction } from '../domain/transaction.ts';
import type { JournalRecord } from '../journal/journal.ts';
import type { RuleExplanation } from '../policy/evaluate.ts';
import type { Earlier } from './counterfactual/moves.ts';
import type { Counterfactuals } from './counterfactual/told.ts';

/** What the API asks of the engine. */
export interface Engine {
  /**
   * Decides and records; resolves when durable. `idempotent` is set when the id (or the Idempotency-Key alias) had been
   * taken by the same body; another body throws `AssayError('conflict')` (`'idempotency_conflict'` for the alias).
   */
  decide(submission: Submission): Promise<{ record: JournalRecord; idempotent: boolean }>;
  /** Decides history in the order given; resolves when all of it is durable. A row that cannot be decided is answered by its error. */
  decideInOrder(
    submissions: Submission[],
    before: (submission: Submission) => void,
  ): Promise<({ record: JournalRecord; idempotent: boolean } | AssayError)[]>;
  /** Records the intake, resolves when durable, decides afterwards. */
  accept(submission: Submission): Promise<{ record: JournalRecord; idempotent: boolean }>;
  /** Decides a failed transaction again. Throws not_found, or conflict when it has not failed. */
  retry(id: string): Promise<JournalRecord>;
  /** As `decide`, with nothing recorded or learnt. A promise where profiles are a round trip away. */
  score(transaction: Transaction): Scored | Promise<Scored>;
  /** A stored decision as the serving model makes it now, of what was known then. */
  rescore(record: JournalRecord): Scored | Promise<Scored>;
  /** Every contribution of a stored decision, from its vector and the model version that made it. */
  explain(record: JournalRecord): Explanation;
  /** What would have changed a stored decision; `earlier` is what the user's approved payments say of how they pay. */
  counterfactuals(record: JournalRecord, earlier: readonly Earlier[]): Promise<Counterfactuals>;
  /** A model serves, or rules do. */
  readonly ready: boolean;
  readonly modelVersion: string | undefined;
}

export interface Scored {
  decision: Decision;
  latencyMs: number;
}

export interface Submission {
  transaction: Transaction;
  /** Tells a repetition from another body: over what was sent, in a fixed order. */
  bodyHash: string;
  /** The same as the first version made it, where that differs: its records are compared by it. */
  formerHash?: string;
  /** Journal alias of the Idempotency-Key: `i:<key id>:<hash>`. */
  alias?: string;
  /** Id of the API key. */
  by?: string;
}

export interface Explanation {
  transactionId: string;
  model: { name: string; version: string } | null;
  /** Log-odds of the model before any feature is known. */
  baseValue: number;
  /** base + all contributions. */
  rawScore: number;
  probability: number;
  contributions: { code: string; value: number | null; contribution: number; message: string }[];
  /** Of the policy's version that decided: why each rule hit, and why not. */
  rules: RuleExplanation[];
  /** Why there are no contributions although a model decided. */
  incomplete?: string;
}
