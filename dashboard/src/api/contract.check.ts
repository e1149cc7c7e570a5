import type { Static } from 'typebox';
import type * as BacktestContract from '../../../src/api/contract/backtests.ts';
import type * as CaseContract from '../../../src/api/contract/cases.ts';
import type * as DriftContract from '../../../src/api/contract/drift.ts';
import type * as LedgerContract from '../../../src/api/contract/ledgers.ts';
import type * as ModelContract from '../../../src/api/contract/models.ts';
import type * as Operations from '../../../src/api/contract/operations.ts';
import type * as PolicyContract from '../../../src/api/contract/policy.ts';
import type * as SearchContract from '../../../src/api/contract/search.ts';
import type * as Transactions from '../../../src/api/contract/transactions.ts';
import type { AuditEntry } from './audit.ts';
import type { Curve, Effect, RuleEffect } from './backtests.ts';
import type { BulkAnswer, Case, CaseStats, WholeCase } from './cases.ts';
import type { Demo } from './demo.ts';
import type { Drift, DriftSeries } from './drift.ts';
import type { SchemeLedger, SchemeRow, TraLedger, TraRow } from './ledgers.ts';
import type { Links } from './links.ts';
import type { Entry, List, Taken } from './lists.ts';
import type { Comparison, Distribution, ModelDetail, ModelList } from './model-types.ts';
import type { Check, Policy, PolicyChange, Rule, RuleVersion } from './policy.ts';
import type { Hit } from './search.ts';
import type {
  Counterfactuals,
  EntityView,
  Explanation,
  Health,
  Session,
  Stats,
  Transaction,
  TransactionInput,
  User,
} from './types.ts';

/**
 * Checked when types are, and never loaded: what the dashboard takes an answer to be must be what the contract says, and
 * what it sends must be what the contract takes. Fields that only one of them has do not matter: answers may gain some.
 */
type Fits<Ours extends Pick<Theirs, keyof Theirs & keyof Ours>, Theirs> = [Ours, Theirs];

export type Checks = [
  Fits<Transaction, Static<typeof Transactions.TransactionShown>>,
  Fits<Stats, Static<typeof Transactions.Stats>>,
  Fits<Explanation, Static<typeof Transactions.Explanation>>,
  Fits<Counterfactuals, Required<Pick<Static<typeof Transactions.Explanation>, 'counterfactuals'>>>,
  Fits<TransactionInput, Transactions.TransactionBody>,
  Fits<Case, Static<typeof CaseContract.CaseShown>>,
  Fits<WholeCase, Static<typeof CaseContract.CaseWhole>>,
  Fits<BulkAnswer, Static<typeof CaseContract.CaseBulkAnswer>>,
  Fits<CaseStats, Static<typeof CaseContract.CaseFigures>>,
  Fits<AuditEntry, Static<typeof CaseContract.AuditEntry>>,
  Fits<Demo, Static<typeof Operations.DemoShown>>,
  Fits<EntityView, Static<typeof Operations.EntityShown>>,
  Fits<Links, Static<typeof SearchContract.LinksShown>>,
  Fits<Hit, Static<typeof SearchContract.Found>['data'][number]>,
  Fits<User, Static<typeof Operations.UserShown>>,
  Fits<Session, Static<typeof Operations.SessionShown>>,
  Fits<Health, Static<typeof Operations.Health>>,
  Fits<ModelList, Static<typeof ModelContract.ModelList>>,
  Fits<ModelDetail, Static<typeof ModelContract.ModelDetail>>,
  Fits<Comparison, Static<typeof ModelContract.Comparison>>,
  Fits<Rule, Static<typeof PolicyContract.RuleShown>>,
  Fits<RuleVersion, Static<typeof PolicyContract.RuleVersionShown>>,
  Fits<Check, Static<typeof PolicyContract.Checked>>,
  Fits<Policy, Static<typeof PolicyContract.PolicyShown>>,
  Fits<PolicyChange, Static<typeof PolicyContract.PolicyVersionShown>>,
  Fits<Effect, Static<typeof BacktestContract.BacktestResult>>,
  Fits<RuleEffect, Static<typeof BacktestContract.RuleFigures>>,
  Fits<Curve, Static<typeof BacktestContract.CurveShown>>,
  Fits<List, Static<typeof PolicyContract.ListShown>>,
  Fits<Entry, Static<typeof PolicyContract.EntryShown>>,
  Fits<Taken, Static<typeof PolicyContract.EntriesTaken>>,
  Fits<Drift, Static<typeof DriftContract.Drift>>,
  Fits<DriftSeries, Static<typeof DriftContract.DriftSeries>>,
  Fits<TraLedger, Static<typeof LedgerContract.TraLedger>>,
  Fits<TraRow, Static<typeof LedgerContract.TraRow>>,
  Fits<SchemeLedger, Static<typeof LedgerContract.SchemeLedger>>,
  Fits<SchemeRow, Static<typeof LedgerContract.SchemeRow>>,
  Fits<Distribution, Static<typeof ModelContract.Distribution>>,
];
