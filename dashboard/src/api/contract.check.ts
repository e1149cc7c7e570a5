import type { Static } from 'typebox';
import type * as Operations from '../../../src/api/contract/operations.ts';
import type * as Transactions from '../../../src/api/contract/transactions.ts';
import type { EntityView, Explanation, Health, Stats, Transaction, TransactionInput, User } from './types.ts';

/**
 * Checked when types are, and never loaded: what the dashboard takes an answer to be must be what the contract says, and
 * what it sends must be what the contract takes. The contract's answers may gain fields, so they may be narrower.
 */
type Fits<Ours extends Theirs, Theirs> = [Ours, Theirs];

export type Checks = [
  Fits<Transaction, Static<typeof Transactions.TransactionShown>>,
  Fits<Stats, Static<typeof Transactions.Stats>>,
  Fits<Explanation, Static<typeof Transactions.Explanation>>,
  Fits<TransactionInput, Transactions.TransactionBody>,
  Fits<EntityView, Static<typeof Operations.EntityShown>>,
  Fits<User, Static<typeof Operations.UserShown>>,
  Fits<Health, Static<typeof Operations.Health>>,
];
