import type { CaseEntity } from '../domain/case.ts';
import type { Outcome, Reason, RuleHit } from '../domain/decision.ts';
import type { TransactionType } from '../domain/fields.ts';

/**
 * The port of who puts decisions into words. `template.ts` does it without a model and never fails; the adapters under
 * `adapters/llm/` ask a language model. Nothing that one answers can change a decision: it is checked (`validation.ts`)
 * and kept beside.
 */
export interface Narrator {
  /** What signs its texts: the model's name. */
  readonly name: string;
  /**
   * Answers what should fit `brief.schema`, unchecked: whoever calls checks it. Rejects with a NarratorError where
   * another attempt may help or not, with any other where it may not. Should end when `signal` aborts.
   */
  narrate(brief: Brief, signal: AbortSignal): Promise<unknown>;
  close(): Promise<void>;
}

/** What a language model is told. */
export interface Brief {
  /** What to do; nothing of it comes from outside. */
  system: string;
  /** The facts, as JSON between marks. */
  user: string;
  /** JSON Schema of the answer; signals are the codes of this very subject. */
  schema: Record<string, unknown>;
}

/** An attempt that failed. */
export class NarratorError extends Error {
  /** Whether another attempt may do better. */
  readonly retryable: boolean;
  /** How long its other side asked to be left alone. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, options: { retryable: boolean; retryAfterMs?: number }) {
    super(message);
    this.name = 'NarratorError';
    this.retryable = options.retryable;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** What there is to tell. `untrusted` comes from outside and is sent to a model only where a setting says so. */
export type Subject = TransactionFacts | CaseFacts;

export interface TransactionFacts {
  kind: 'transaction';
  id: string;
  decision: Outcome;
  score: number;
  probability: number;
  type: TransactionType;
  /** Major units; null where nothing is paid. */
  amount: number | null;
  currency: string;
  /** Event time in milliseconds, and its offset from UTC in minutes. */
  time: number;
  offsetMinutes: number;
  reasons: Reason[];
  /** Those that were hit. */
  rules: RuleHit[];
  degraded: boolean;
  oodWarning: string[];
  untrusted: Record<string, unknown>;
}

export interface CaseFacts {
  kind: 'case';
  id: string;
  /** Of all of its transactions that were looked at; undefined where they differ. */
  type: TransactionType | undefined;
  entity: CaseEntity;
  transactions: number;
  reviews: number;
  declines: number;
  /** The highest of its transactions. */
  score: number;
  /** Base currency, major units. */
  amount: number;
  amountAtRisk: number;
  currency: string;
  /** How many different ones its transactions name, by type. */
  entities: Partial<Record<CaseEntity, number>>;
  /** Event times of the first and the last of the transactions looked at, milliseconds. */
  from: number;
  to: number;
  /** The reasons of its newest transactions by how many of them give it, each as its strongest case says it. */
  reasons: (Reason & { transactions: number })[];
  /** Resolved cases that share an entity with it, and how many of them were fraud. */
  similar: number;
  similarFrauds: number;
  untrusted: Record<string, unknown>;
}
