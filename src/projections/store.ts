import type { CaseStatus, Resolution } from '../domain/case.ts';
import type { DeskBody, DeskKind, QueueFilter } from '../domain/desk.ts';
import type { EntityNoteKind } from '../domain/entity-note.ts';
import type { LabelState } from '../domain/label-state.ts';
import type { LedgerPayment } from '../domain/ledgers/payment.ts';
import type { JournalRecord } from '../journal/journal.ts';
import type { AuditRow } from './audit.ts';
import type { CaseView } from './case-view.ts';
import type { CommandAnswer } from './command-answer.ts';
import type { Links } from './links.ts';
import type { WebhookStore } from './webhooks/store.ts';

/**
 * The port of what people query: the journal, applied. An adapter applies each record once, in order, and keeps the
 * sequence it reached in the same transaction as the rows.
 */
export interface QueryStore {
  /** Sequence of the last record applied and committed. */
  applied(): Promise<number>;
  /** The same with that record's key, which tells whether this is the journal that the store was filled from. */
  position(): Promise<{ sequence: number; key: string | undefined }>;
  /**
   * Applies records in order; those at or below `applied` are skipped. All or nothing. Resolves with the sequence that is applied
   * then, which falls short of the last record where another process is applying: try again.
   */
  apply(records: JournalRecord[]): Promise<number>;
  /** The answer that a command (finalize, amend, delete, label, user…) got when it was applied. */
  answer(sequence: number): Promise<CommandAnswer | undefined>;
  transactions: TransactionQueries;
  users: UserQueries;
  /** Everyone who ever paid, whoever paid on the latest day first; `q` begins their id. */
  customers(query: { q?: string }, page: PageRequest): Promise<Page<CustomerView>>;
  cases: CaseQueries;
  audit: AuditQueries;
  ledgers: LedgerQueries;
  /** Who belongs together with an entity. */
  links(query: LinksQuery): Promise<Links>;
  /** What a text names or begins, of every kind, newest first; at most `limit`. */
  search(q: string, limit: number): Promise<SearchHit[]>;
  /** Views of the list of payments that whoever has that key sees: shared, or their own. */
  savedViews(by: string | null): Promise<SavedView[]>;
  desk: DeskQueries;
  entityNotes: EntityNoteQueries;
  webhooks: WebhookStore;
  erasing: ErasureStore;
  /** Throws where the database is away. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface SavedView {
  id: string;
  name: string;
  /** By the names of the list's parameters. */
  filters: Record<string, string | number>;
  shared: boolean;
  by: string | null;
  createdAt: string;
  updatedAt: string;
}

/** A queue, a template or an absence. */
export interface DeskThing {
  id: string;
  kind: DeskKind;
  /** Goes up with every change. */
  version: number;
  name: string;
  body: DeskBody;
  /** Of a queue: who was given a case last. */
  turn: string | null;
  by: string | null;
  createdAt: string;
  updatedAt: string;
}

/** Open cases of a queue. */
export interface QueueLoad {
  open: number;
  unassigned: number;
  overdue: number;
}

export interface DeskQueries {
  /** By when they were made, the oldest first. */
  all(kind: DeskKind): Promise<DeskThing[]>;
  /** Who is away as of then, milliseconds. */
  away(now: number): Promise<Set<string>>;
  load(filter: QueueFilter, now: number): Promise<QueueLoad>;
  /** How many open cases each of them has; absent: none. */
  openOf(members: readonly string[]): Promise<Map<string, number>>;
  /** Open cases that nobody is assigned to and that await no customer, the most urgent first: due, then at risk. */
  free(filter: QueueFilter, limit: number): Promise<{ id: string; version: number }[]>;
}

export interface EntityNote {
  id: string;
  kind: EntityNoteKind;
  text: string;
  at: string;
  by: string | null;
}

export interface EntityNoteQueries {
  of(type: string, id: string): Promise<EntityNote[]>;
  labels(limit: number): Promise<string[]>;
}

export interface LinksQuery {
  type: string;
  id: string;
  /** Steps, 1..4. */
  depth: number;
  /** By payments and labels of then, milliseconds; absent: of now. */
  at?: number;
  /** An entity with more others is named, and not walked. */
  hub: number;
  /** Types of entities that join; absent: all. */
  types?: readonly string[];
}

/** `type` is `user`, another entity's, `transaction`, `case` or `note`. `at`: of its newest payment, or when it was made. */
export type SearchHit = { type: string; id: string; title: string; at: string } & Record<string, unknown>;

export interface Page<T> {
  data: T[];
  hasMore: boolean;
  nextCursor: string | null;
}

export interface PageRequest {
  /** 1..200 */
  limit: number;
  cursor?: string;
}

export interface TransactionFilter {
  userId?: string;
  decision?: 'approve' | 'review' | 'decline';
  status?: 'processing' | 'pending' | 'finalized' | 'failed';
  /** By createdAt, milliseconds; from included, to not. */
  from?: number;
  to?: number;
  minScore?: number;
  /** A live or shadow rule that hit. */
  rule?: string;
  /** What it names, by type of entity: all of them. */
  entities?: readonly { type: string; id: string }[];
  /** One of the case's reviews and declines. */
  caseId?: string;
  /** The label in force; `none`: there is none. */
  label?: 'fraud' | 'legitimate' | 'none';
  labelState?: LabelState;
  currency?: string;
  /** Version of the model that decided. */
  model?: string;
  /** Code of a reason that pushed a review or a decline up. */
  reason?: string;
  country?: string;
  channel?: string;
  type?: string;
  /** Something of this kind was told of it, such as `refunded`. */
  event?: string;
  /** Major units of the base currency, included; what had no rate is not found by them, nor what pays nothing. */
  minAmount?: number;
  maxAmount?: number;
  /** Only review and decline that nobody has labelled, reviewed, overridden or finalized. */
  alerts?: boolean;
  /** Only what is held: sent to review, and neither released, cancelled nor finalized. */
  held?: boolean;
}

/** A transaction as the API shows it: the fields of a 201 answer with what happened since (status, labels, …). */
export type TransactionView = Record<string, unknown> & { id: string; createdAt: string };

export interface TransactionQueries {
  /** A page may fall short and yet have more behind it: only so many rows are looked at for one. */
  list(filter: TransactionFilter, page: PageRequest): Promise<Page<TransactionView>>;
  /** How many fit, among as many as are looked at; `more`: there may be more. */
  count(filter: TransactionFilter): Promise<{ count: number; more: boolean }>;
  /** Undefined when unknown or deleted. */
  get(id: string): Promise<TransactionView | undefined>;
  /** Of the record that decided it, or took it in where it is not decided; that of a deleted one too. */
  sequence(id: string): Promise<number | undefined>;
  stats(from: number, to: number): Promise<TransactionStats>;
  /** Scores of what a model decided in [from, to), milliseconds; intervals without any are left out. */
  scores(model: string, from: number, to: number): Promise<ScoreHistory>;
  /** Recent transactions of an entity and the entities that share them. `type` as in domain/entity. */
  entity(type: string, id: string, limit: number): Promise<EntityView>;
}

/** How a model scored over time. */
export interface ScoreHistory {
  /** Of an interval. */
  widthMs: number;
  /** Oldest first. `bins` are those of a training report: scores 0–4, 5–9, …, 95–100. */
  series: { at: string; count: number; bins: number[] }[];
}

export interface EntityView {
  type: string;
  id: string;
  transactions: TransactionView[];
  /** Who shares its newest 200, and when the first and the last of these were decided. */
  linked: { type: string; id: string; transactions: number; firstAt: string; lastAt: string }[];
  life: EntityLife;
}

/** Amounts in major units of the base currency, of what had a rate. */
export interface EntityLife {
  /** The newest 1,000; `truncated`: there are more, and all but `firstAt` is of these. */
  payments: number;
  truncated: boolean;
  /** The first of all. */
  firstAt: string | null;
  lastAt: string | null;
  decisions: { approve: number; review: number; decline: number };
  labels: { fraud: number; legitimate: number };
  amountBase: { total: number; declined: number; fraud: number; unconverted: number };
}

/** Someone who paid; name and e-mail are of whoever is registered. Figures are of the newest 200 payments; `more`: there are more. */
export interface CustomerView {
  id: string;
  name: string | null;
  email: string | null;
  payments: number;
  more: boolean;
  firstAt: string | null;
  lastAt: string | null;
  /** Base currency. */
  amountBase: number;
  /** Reviewed or declined. */
  stopped: number;
  fraud: number;
}

export interface TransactionStats {
  count: number;
  decisions: { approve: number; review: number; decline: number };
  statuses: Record<string, number>;
  /** Shares of count, 0..1; 0 when there is nothing. */
  rates: { approve: number; review: number; decline: number; fraud: number };
  /** Labelled as fraud / legitimate. */
  labels: { fraud: number; legitimate: number };
  /** What is known of the truth: each of the five states apart, as of `at`. */
  labelStates: Record<LabelState, number> & { at: string };
  /** Major units of the base currency, of all that had a rate; `unconverted` payments had none. */
  amountBase: { total: number; blocked: number; unconverted: number };
  /** Major units by currency. */
  amounts: Record<string, { total: number; blocked: number }>;
  /** Ten bins of score: 0–9, …, 90–100. */
  scoreHistogram: number[];
  series: StatsPoint[];
  latencyMs: { p50: number; p95: number; p99: number };
  topReasons: { code: string; count: number }[];
  /** Devices, cards, addresses and users that most reviews and declines named when they were decided. */
  topEntities: { type: string; id: string; alerts: number }[];
  /** Countries that most payments named; `alerts` are reviews and declines. */
  places: { country: string; count: number; alerts: number }[];
}

/** An interval of a window; latencies in milliseconds, amounts in major units by currency. */
export interface StatsPoint {
  at: string;
  count: number;
  approve: number;
  review: number;
  decline: number;
  p50: number;
  p95: number;
  p99: number;
  amounts: TransactionStats['amounts'];
  amountBase: TransactionStats['amountBase'];
}

export interface UserView {
  id: string;
  userId: string;
  name: string;
  email: string;
  createdAt: string;
  updatedAt: string;
}

export interface UserQueries {
  /** `newest`: among how many of the newest what no index narrows down is looked for; absent: among all. */
  list(query: { q?: string; newest?: number }, page: PageRequest): Promise<Page<UserView>>;
  get(id: string): Promise<UserView | undefined>;
}

export interface CaseFilter {
  status?: CaseStatus;
  assignee?: string;
  /** Whether anyone is assigned. */
  assigned?: boolean;
  /** Any entity that a transaction of the case names. */
  entity?: { type: string; id: string };
  minScore?: number;
  /** Those of a queue. */
  queue?: QueueFilter;
}

export type CaseSort = 'risk' | 'newest' | 'due';

export interface CaseOutcome {
  resolution: Resolution;
  reason: string | null;
  /** Id of the key. */
  by: string | null;
  cases: number;
  transactions: number;
  /** Base currency. */
  amount: number;
}

export interface CaseQueries {
  /** By amount at risk, the highest first; by opening, the newest first; or those that are due, the first first. */
  list(filter: CaseFilter, sort: CaseSort, page: PageRequest): Promise<Page<CaseView>>;
  /** Undefined when unknown, or when all of its transactions are deleted. */
  get(id: string): Promise<CaseDetail | undefined>;
  /** Its transactions, newest first. */
  transactions(id: string, page: PageRequest): Promise<Page<TransactionView>>;
  /** The case that a transaction is in. */
  ofTransaction(transactionId: string): Promise<{ caseId: string; at: string } | undefined>;
  /** What cases that were resolved in [from, to), milliseconds, turned out to be, why, and by whom: the commonest first. */
  outcomes(from: number, to: number): Promise<CaseOutcome[]>;
  /** Cases whose labels are not all recorded, or not all taken back, the oldest first. */
  owing(limit: number): Promise<string[]>;
  /** What such a case owes; undefined where it owes nothing. */
  owed(id: string): Promise<OwedLabels | undefined>;
  /** Open cases that nobody worked in time and that were not told so, those due first first. Milliseconds. */
  overdue(now: number, limit: number): Promise<{ id: string; due: number }[]>;
  /** Cases opened in [from, to), milliseconds. */
  stats(from: number, to: number): Promise<CaseStats>;
}

export interface OwedLabels {
  /** Null where it was reopened: what it labelled before is to be taken back. */
  resolution: Exclude<Resolution, 'unsure'> | null;
  /** Whoever resolved or reopened it. */
  by: string | null;
  /** How often it was reopened. */
  round: number;
  /** `sequence` is that of the decision's record. */
  transactions: { id: string; sequence: number }[];
}

/** A case with what it is made of, but for its transactions, which are paged. */
export interface CaseDetail {
  case: CaseView;
  /** Entities that its transactions name, those that most share first; at most 50. */
  entities: { type: string; id: string | null; transactions: number }[];
  /** What was done to it, the oldest first; at most the newest 500. Comments among it. */
  actions: AuditView[];
  /** Resolved cases that share an entity, the newest first; at most 10. */
  similar: Related[];
  /** Open cases with which a merge is proposed, for an alert belonged to both, those opened last first. */
  proposed: Related[];
}

/** A case, and what another has in common with it. */
export type Related = CaseView & { shared: { type: string; id: string | null }[] };

export interface CaseStats {
  opened: number;
  open: number;
  unassigned: number;
  resolved: number;
  resolutions: Record<Resolution, number>;
  /** Of the open ones, base currency. */
  amountAtRisk: number;
  /** Service times in milliseconds; null where there is none yet. */
  firstActionMs: { p50: number | null; p95: number | null };
  resolvedMs: { p50: number | null; p95: number | null };
}

export interface AuditFilter {
  by?: string;
  type?: string;
  transactionId?: string;
  caseId?: string;
  /** By when it was done, milliseconds; from included, to not. */
  from?: number;
  to?: number;
}

export type AuditView = Omit<AuditRow, 'at'> & { at: string };

export interface AuditQueries {
  /** Newest first. */
  list(filter: AuditFilter, page: PageRequest): Promise<Page<AuditView>>;
}

/** Reads of many payments, in steps; times in milliseconds. */
export interface LedgerQueries {
  /** What was decided from `from` on, and what was held or declined from `heldFrom` on. */
  decided(from: number, heldFrom: number, visit: (payment: LedgerPayment) => void): Promise<void>;
  /** Payments of which a dispute was told since then, once each. */
  disputed(since: number, visit: (payment: LedgerPayment) => void): Promise<void>;
}

/** What an erasure takes out of the database; repeated, it finds nothing more. */
export interface ErasureStore {
  /** Cases that these payments are in, and those that they were merged into. */
  casesOf(payments: string[]): Promise<string[]>;
  /** Payments that name an entity, by its key. */
  paymentsOf(key: number): Promise<string[]>;
  /** `keys`: of entities that nothing written is kept of. */
  erase(found: { payments: string[]; users: string[]; cases: string[]; keys: number[] }): Promise<void>;
  /** Frees what deleted rows and the write-ahead log still hold, by the means that the server has. */
  reclaim(): Promise<void>;
}
