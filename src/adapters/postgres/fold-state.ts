import type { AuditRow } from '../../projections/audit.ts';
import { type CaseFold, emptyCaseFold } from '../../projections/case-fold.ts';
import type { CommandAnswer } from '../../projections/command-answer.ts';
import type { DeskFold } from './desk.ts';
import type { EntityNoteFold } from './entity-notes.ts';
import { type EntityNames, standingColumns, type TransactionRow } from './rows.ts';
import type { SavedViewFold } from './saved-views.ts';
import type { UserFold } from './users-fold.ts';
import { emptyWebhookFold, type WebhookFold } from './webhooks-fold.ts';

/** Where a transaction stands: the key of its rows. */
export interface Place {
  createdAt: string;
  sequence: number;
}

/** What a batch needs to know of the database, and what it changes. Pure: the database is before and after it. */
export interface Fold extends UserFold {
  names: EntityNames;
  /** What was decided before is retired: gone from every read, its id free again. Milliseconds. */
  horizon: number;
  /** The horizon that a record of this time brings. */
  horizonAt: (at: number) => number;
  /** Days after which an undisputed payment is presumed legitimate. */
  maturityDays: number;
  /** What became of commands that are settled elsewhere, as the policy's are. */
  outcomeOf: OutcomeOf | undefined;
  /** Loaded, then as the records left them. A plain decision whose id is new need not be loaded. */
  transactions: Map<string, TransactionRow>;
  /** As they were loaded. */
  before: Map<string, TransactionRow>;
  /** Ids that a transaction has or, before it was deleted, had. */
  taken: Map<string, Place>;
  /** Ids with a row of their own, as they were loaded. */
  placed: Map<string, Place>;
  touched: Set<string>;
  cases: CaseFold;
  webhooks: WebhookFold;
  savedViews: SavedViewFold;
  desk: DeskFold;
  entityNotes: EntityNoteFold;
  audit: AuditRow[];
  /** Transactions deleted, in this batch. */
  deleted: Set<string>;
  answers: { sequence: number; at: string; answer: CommandAnswer }[];
  rejected: { sequence: number; type: string; reason: string }[];
}

export type OutcomeOf = (sequence: number) => CommandAnswer | undefined;

type Given = Pick<Fold, 'names' | 'horizon' | 'horizonAt' | 'maturityDays' | 'outcomeOf'>;

export function emptyFold(given: Given): Fold {
  return {
    ...given,
    transactions: new Map(),
    before: new Map(),
    taken: new Map(),
    placed: new Map(),
    touched: new Set(),
    users: new Map(),
    emails: new Map(),
    touchedUsers: new Set(),
    cases: emptyCaseFold(),
    webhooks: emptyWebhookFold(),
    savedViews: { rows: new Map(), touched: new Set() },
    desk: { rows: new Map(), touched: new Set() },
    entityNotes: { rows: new Map(), touched: new Set() },
    audit: [],
    deleted: new Set(),
    answers: [],
    rejected: [],
  };
}

/** Holds a transaction as it is now, with the columns that follow from its view. */
export function put(fold: Fold, changed: TransactionRow): void {
  const row = { ...changed, ...standingColumns(changed.view) };
  const { id, createdAt, sequence } = row;
  fold.touched.add(id);
  // So late that it is retired when it comes.
  if (Date.parse(createdAt) < fold.horizon) {
    fold.transactions.delete(id);
    fold.taken.delete(id);
    return;
  }
  fold.transactions.set(id, row);
  fold.taken.set(id, { createdAt, sequence });
}
